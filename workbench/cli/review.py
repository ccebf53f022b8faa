"""`workbench review`: open a dataset in the terminal workbench."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.options import (
    DriverSideOption,
    FunctionsOption,
    LexiconOption,
    OverlayOption,
    PolicyOption,
    PropertiesOption,
    catalog_files,
)
from workbench.core.errors import InputError

DATASET = Path("build/dataset.json")


def review(
    dataset: Annotated[Path, typer.Argument(help="A dataset file.")] = DATASET,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="The labels; by default beside it."),
    ] = None,
    reviewer: Annotated[
        str, typer.Option("--reviewer", help="Who decides; by default your user name.")
    ] = "",
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="Draw with ASCII signs only, for poor terminals.")
    ] = False,
    properties: PropertiesOption = None,
    functions: FunctionsOption = None,
    overlay: OverlayOption = None,
    policy: PolicyOption = None,
    lexicon: LexiconOption = None,
    driver_side: DriverSideOption = "left",
) -> None:
    """Go through the samples by keyboard: accept, edit or reject each."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            "review needs a terminal, and this is none; `workbench verify` and `workbench labels` "
            "do without one."
        )
    # Imported here: the screens take time to load.
    from workbench.adapters.settings import load_settings
    from workbench.app.main import run_review
    from workbench.jobs.review import open_review

    files = catalog_files(properties, functions, overlay, driver_side, policy, lexicon)
    settings = load_settings()
    settings = settings.model_copy(update={"ascii": ascii_only or settings.ascii})
    run_review(open_review(dataset, files, labels, reviewer or settings.reviewer), settings)
