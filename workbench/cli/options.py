"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.catalogs import CatalogFiles
from workbench.core.overlay import DriverSide

_PANEL = "Vehicle"

PropertiesOption = Annotated[
    Path | None,
    typer.Option(
        "--properties",
        metavar="FILE",
        help="Vehicle properties as the car reports them (JSON), in place of the catalogue here.",
        rich_help_panel=_PANEL,
    ),
]
FunctionsOption = Annotated[
    Path | None,
    typer.Option(
        "--functions",
        metavar="FILE",
        help="The callable functions (JSON), in place of those here.",
        rich_help_panel=_PANEL,
    ),
]
OverlayOption = Annotated[
    Path | None,
    typer.Option(
        "--overlay",
        metavar="FILE",
        help="What the catalogue lacks: units, names of values, … (TOML).",
        rich_help_panel=_PANEL,
    ),
]
PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy", metavar="FILE", help="The labelling policy (TOML).", rich_help_panel=_PANEL
    ),
]
LexiconOption = Annotated[
    Path | None,
    typer.Option(
        "--lexicon",
        metavar="FOLDER",
        help="The word lists of grounding and policy (TOML), in place of those here.",
        rich_help_panel=_PANEL,
    ),
]
DriverSideOption = Annotated[
    DriverSide,
    typer.Option("--driver-side", help="Where the driver sits.", rich_help_panel=_PANEL),
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
SeedOption = Annotated[int, typer.Option("--seed", help="Same seed, same result.")]


class StageChoice(StrEnum):
    """The verifier's stages, as Typer wants a choice that may be repeated."""

    FORMAT = "format"
    EXECUTION = "execution"
    GROUNDING = "grounding"
    POLICY = "policy"


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
