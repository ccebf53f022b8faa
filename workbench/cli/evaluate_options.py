"""Options of `workbench evaluate`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.options import MOST_SECONDS
from workbench.cli.paths import Reads, Writes


class SplitChoice(StrEnum):
    """The splits of a records file."""

    EVAL = "eval"
    DEV = "dev"
    TRAIN = "train"


DataArgument = Annotated[
    Path, typer.Argument(help="Records (JSONL) of export or refine."), Reads("records")
]
AskedOption = Annotated[
    str | None,
    typer.Option("--model", help="A model folder, or a name for the endpoint or Gemini."),
    Reads("model"),
]
EndpointOption = Annotated[
    str | None, typer.Option("--endpoint", metavar="URL", help="An OpenAI-compatible server.")
]
GeminiOption = Annotated[bool, typer.Option("--gemini", help="Evaluate Gemini itself.")]
RawOption = Annotated[
    bool, typer.Option("--raw", help="Render prompts and read calls here, not in the server.")
]
TemplateOption = Annotated[
    Path | None,
    typer.Option("--template", metavar="FOLDER", help="The model's folder, for --raw."),
    Reads("model of the template"),
]
ChatTemplateOption = Annotated[
    str | None,
    typer.Option(
        "--chat-template",
        metavar="FILE|chatml",
        help="In place of the model's own, where prompts are rendered here.",
    ),
    Reads("chat template"),
]
OutputsOption = Annotated[
    Path | None,
    typer.Option(
        "--outputs",
        metavar="FILE",
        help="Where answers are saved; without a model, those in it are scored anew.",
    ),
    Writes("answers"),
]
CompareOption = Annotated[
    Path | None,
    typer.Option("--compare", metavar="FILE", help="Answers of another model to compare with."),
    Reads("answers to compare with"),
]
ReportOption = Annotated[
    Path,
    typer.Option("--report", help="The report: JSON here, Markdown and plots beside it."),
    Writes("report"),
]
LabelsOption = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="DATASET",
        help="Store each result beside this dataset, where the review shows it (model:wrong).",
    ),
    Reads("dataset"),
]
SplitOption = Annotated[SplitChoice, typer.Option("--split", help="The records to evaluate on.")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Only so many records.")]
QuestionsOption = Annotated[int, typer.Option("--workers", min=1, help="Questions at a time.")]
AnswerTokensOption = Annotated[
    int, typer.Option("--max-tokens", min=1, help="Of an answer of a folder or an endpoint.")
]
SecondsOption = Annotated[
    float,
    typer.Option("--timeout", max=MOST_SECONDS, help="Seconds for an answer of an endpoint."),
]
MetricsOption = Annotated[bool, typer.Option("--json", help="The metrics as JSON.")]
