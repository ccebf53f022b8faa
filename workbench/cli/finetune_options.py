"""The options of `workbench finetune`, as Typer wants them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.paths import Reads, Writes

MODEL_FOLDER = Path("build/model")
_HOW = "How to train"


class PresetChoice(StrEnum):
    """The presets, as Typer wants a choice."""

    RECOMMENDED = "recommended"
    PEER = "peer"


DataArgument = Annotated[
    Path | None, typer.Argument(help="Records (JSONL) of export or refine."), Reads("records")
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME|DIR", help="The base: a folder, or OWNER/NAME."),
    Reads("base model"),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", metavar="DIR", help=f"The model folder; {MODEL_FOLDER} by default."),
    Writes("folder"),
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the run in the output folder.")
]
DemoOption = Annotated[
    bool,
    typer.Option("--demo", help="A tiny model from scratch: no download, no GPU, minutes."),
]
SamplesOption = Annotated[
    int | None, typer.Option("--samples", min=10, help="Of the demo, to train on; 14,000.")
]
LoraOption = Annotated[
    bool | None,
    typer.Option(
        "--lora/--full",
        help="An adapter, merged at the end, or all weights; by the model's size by default.",
        show_default=False,
    ),
]
PresetOption = Annotated[
    PresetChoice,
    typer.Option("--preset", help="peer: as CarTool-Instruct.", rich_help_panel=_HOW),
]
EpochsOption = Annotated[float | None, typer.Option("--epochs", min=0.01, rich_help_panel=_HOW)]
LearningRateOption = Annotated[
    float | None, typer.Option("--learning-rate", min=0.0, rich_help_panel=_HOW)
]
BatchSizeOption = Annotated[
    int | None,
    typer.Option("--batch-size", min=1, help="Rows on a device.", rich_help_panel=_HOW),
]
GradientAccumulationOption = Annotated[
    int | None,
    typer.Option("--gradient-accumulation", min=1, help="Batches to a step.", rich_help_panel=_HOW),
]
MaxLengthOption = Annotated[
    int | None,
    typer.Option(
        "--max-length",
        min=1,
        help="Tokens of a record; a longer one stops it. The model's context by default.",
        rich_help_panel=_HOW,
    ),
]
TrainSamplesOption = Annotated[
    int | None,
    typer.Option(
        "--train-samples",
        min=1,
        help="So many of the training records, by the seed.",
        rich_help_panel=_HOW,
    ),
]
GradientCheckpointingOption = Annotated[
    bool | None,
    typer.Option(
        "--gradient-checkpointing/--no-gradient-checkpointing",
        help="Less memory, more time; on with a GPU.",
        show_default=False,
        rich_help_panel=_HOW,
    ),
]
KeepBestOption = Annotated[
    bool,
    typer.Option("--keep-best", help="The epoch of the lowest dev loss.", rich_help_panel=_HOW),
]
SaveStepsOption = Annotated[
    int | None,
    typer.Option(
        "--save-steps",
        min=1,
        help="Steps between checkpoints; one an epoch by default.",
        rich_help_panel=_HOW,
    ),
]
ChatTemplateOption = Annotated[
    str | None,
    typer.Option(
        "--chat-template",
        metavar="FILE|chatml",
        help="In place of the model's own. chatml: for models of <|im_start|> turns, as SmolLM.",
        rich_help_panel=_HOW,
    ),
    Reads("chat template"),
]
MapRolesOption = Annotated[
    bool,
    typer.Option(
        "--map-roles/--no-map-roles",
        help="The developer's message as the system's, but for Gemma.",
        rich_help_panel=_HOW,
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", rich_help_panel=_HOW)]
