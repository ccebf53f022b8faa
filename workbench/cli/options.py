"""Options that several commands share."""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from workbench.adapters.config.settings import load_settings
from workbench.adapters.models import ModelOptions
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.paths import Reads, Writes
from workbench.core.car.overlay import DriverSide
from workbench.core.errors import InputError

_PANEL = "Vehicle"
_MODEL = "Model"
_RECORDS = "Records"

MOST_SECONDS = 86_400
"""A day: nothing is waited for any longer."""


class ThinkingChoice(StrEnum):
    """Levels of thinking, as Typer wants a choice."""

    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class TierChoice(StrEnum):
    """The service's tiers, as Typer wants a choice."""

    FLEX = "flex"
    STANDARD = "standard"
    PRIORITY = "priority"


PropertiesOption = Annotated[
    Path | None,
    typer.Option(
        "--properties",
        metavar="FILE",
        help="Vehicle properties as the car reports them (JSON), in place of the catalogue here.",
        rich_help_panel=_PANEL,
    ),
    Reads("properties file"),
]
FunctionsOption = Annotated[
    Path | None,
    typer.Option(
        "--functions",
        metavar="FILE",
        help="The callable functions (JSON), in place of those here.",
        rich_help_panel=_PANEL,
    ),
    Reads("functions file"),
]
OverlayOption = Annotated[
    Path | None,
    typer.Option(
        "--overlay",
        metavar="FILE",
        help="What the catalogue lacks: units, names of values, … (TOML).",
        rich_help_panel=_PANEL,
    ),
    Reads("overlay"),
]
PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy", metavar="FILE", help="The labelling policy (TOML).", rich_help_panel=_PANEL
    ),
    Reads("policy"),
]
LexiconOption = Annotated[
    Path | None,
    typer.Option(
        "--lexicon",
        metavar="FOLDER",
        help="The word lists of grounding and policy (TOML), in place of those here.",
        rich_help_panel=_PANEL,
    ),
    Reads("lexicon"),
]
DriverSideOption = Annotated[
    DriverSide,
    typer.Option("--driver-side", help="Where the driver sits.", rich_help_panel=_PANEL),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="Gemini model.", rich_help_panel=_MODEL)
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--base-url", help="Another address of the Gemini service.", rich_help_panel=_MODEL
    ),
]
ThinkingOption = Annotated[
    ThinkingChoice | None,
    typer.Option(
        "--thinking", help="How much the model thinks (Gemini 3 and later).", rich_help_panel=_MODEL
    ),
]
TierOption = Annotated[
    TierChoice | None,
    typer.Option(
        "--service-tier",
        help="flex: half the price, slow; priority: dearer, quick.",
        rich_help_panel=_MODEL,
    ),
]
RpmOption = Annotated[
    int | None,
    typer.Option(
        "--rpm", help="Requests a minute that your plan allows.", min=1, rich_help_panel=_MODEL
    ),
]
TpmOption = Annotated[
    int | None,
    typer.Option(
        "--tpm", help="Prompt tokens a minute that your plan allows.", min=1, rich_help_panel=_MODEL
    ),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        help="Seconds to wait for an answer.",
        min=1,
        max=MOST_SECONDS,
        rich_help_panel=_MODEL,
    ),
]
WorkersOption = Annotated[
    int, typer.Option("--workers", help="Requests at the same time.", rich_help_panel=_MODEL)
]
BatchOption = Annotated[
    bool,
    typer.Option("--batch", help="For scripts: no live display, plain lines only."),
]
ThresholdOption = Annotated[
    str, typer.Option("--threshold", help="ROUGE-L above which queries are near-duplicates.")
]
ContrastOption = Annotated[
    int, typer.Option("--contrast", help="Near-duplicates with other calls kept for a query.")
]
PricesOption = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        metavar="FILE",
        help="Prices over those that are known (TOML, as data/prices.toml).",
    ),
    Reads("price file"),
]
MaxCostOption = Annotated[
    str | None,
    typer.Option(
        "--max-cost",
        metavar="USD",
        help="Stop before this run costs more, with what is in flight.",
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Say what it would come to; ask and write nothing."),
]
RecordsOption = Annotated[
    Path, typer.Option("--output", help="The records: JSONL."), Writes("records")
]
ExportOption = Annotated[
    Path, typer.Option("--output", help="The records: JSONL."), Writes("exported")
]
NumTestOption = Annotated[
    int | None,
    typer.Option(
        "--num-test", help="Records in the eval split.", show_default="a tenth, at most 1000"
    ),
]
NumDevOption = Annotated[
    int,
    typer.Option(
        "--num-dev", help="Records in a dev split: to steer by, so that eval stays apart."
    ),
]
EvalFromOption = Annotated[
    Path | None,
    typer.Option(
        "--eval-from",
        metavar="MANIFEST",
        help="Keep the eval split of an earlier run: that of this manifest.",
    ),
    Reads("manifest of the eval set"),
]
SplitOption = Annotated[
    Literal["cluster", "random"],
    typer.Option(
        "--split",
        help="cluster keeps near-duplicates on one side; random does not look for them.",
    ),
]
CatalogOption = Annotated[
    Literal["full", "compact"],
    typer.Option(
        "--catalog",
        help="full: as the car reports it. compact: a tenth of the tokens (catalog compact).",
        rich_help_panel=_RECORDS,
    ),
]
ToolsPerRecordOption = Annotated[
    int | None,
    typer.Option(
        "--tools-per-record",
        metavar="K",
        help="So many functions in a record: those called, and others drawn.",
        show_default="all",
        rich_help_panel=_RECORDS,
    ),
]
PropertiesPerRecordOption = Annotated[
    int | None,
    typer.Option(
        "--properties-per-record",
        metavar="K",
        help="So many properties in a record: those called, and others drawn.",
        show_default="all",
        rich_help_panel=_RECORDS,
    ),
]
MaxTokensOption = Annotated[
    int | None,
    typer.Option(
        "--max-tokens",
        metavar="N",
        help="Leave out longer records, by every --tokenizer: prompt and answer.",
        rich_help_panel=_RECORDS,
    ),
]
TokenizerOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--tokenizer",
        metavar="DIR|FILE",
        help="Count tokens: a model's folder, or a tokenizer.json; may be repeated.",
        rich_help_panel=_RECORDS,
    ),
    Reads("tokenizer"),
]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Also replace files that this program did not write."),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Same seed, same result.")]


class StageChoice(StrEnum):
    """The verifier's stages, as Typer wants a choice that may be repeated."""

    FORMAT = "format"
    EXECUTION = "execution"
    GROUNDING = "grounding"
    POLICY = "policy"


def max_cost(text: str | None) -> Decimal | None:
    """Read an amount in US dollars, `$` allowed. Raises `InputError`."""
    if text is None:
        return None
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise InputError(f"--max-cost {text}: it must be an amount in US dollars, such as 2.50.")
    return amount


def price_file(given: Path | None) -> Path | None:
    """Give the file of prices: the one named, else that of the settings."""
    return given or load_settings().price_file


def model_options(
    model: str | None = None,
    base_url: str | None = None,
    thinking: ThinkingChoice | None = None,
    service_tier: TierChoice | None = None,
    rpm: int | None = None,
    tpm: int | None = None,
    timeout: float | None = None,
    workers: int | None = None,
) -> ModelOptions:
    """Gather the options of the model."""
    return ModelOptions(
        model=model,
        base_url=base_url,
        timeout=timeout,
        service_tier=service_tier.value if service_tier else None,
        thinking=thinking.value if thinking else None,
        rpm=rpm,
        tpm=tpm,
        workers=workers,
    )


def catalog_files(
    properties: Path | None,
    functions: Path | None,
    overlay: Path | None = None,
    driver_side: DriverSide = "left",
    policy: Path | None = None,
    lexicon: Path | None = None,
) -> CatalogFiles:
    """Gather the vehicle options."""
    return CatalogFiles(properties, functions, overlay, policy, lexicon, driver_side)
