"""`workbench review`: open a dataset in the terminal workbench."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.options import OwnLabelsOption
from workbench.core.errors import InputError
from workbench.core.options import Reads

DATASET = Path("build/dataset.json")


def review(
    dataset: Annotated[
        Path | None,
        typer.Argument(help="A dataset file.", show_default=str(DATASET)),
        Reads("dataset"),
    ] = None,
    labels: OwnLabelsOption = None,
    reviewer: Annotated[
        str, typer.Option("--reviewer", help="Who decides; by default your user name.")
    ] = "",
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="Draw with ASCII signs only, for poor terminals.")
    ] = False,
    *,
    files: CatalogFiles,
) -> None:
    """Go through the samples by keyboard: accept, edit or reject each."""
    if not in_terminal():
        raise InputError(
            "review needs a terminal for input, output and errors; `workbench verify` and "
            "`workbench labels` do without one."
        )
    open_app(dataset, files, labels=labels, reviewer=reviewer, ascii_only=ascii_only)


def in_terminal() -> bool:
    """Whether there is someone to see a screen, which is drawn on stderr, and press keys."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def open_app(
    dataset: Path | None,
    files: CatalogFiles,
    *,
    labels: Path | None = None,
    reviewer: str = "",
    ascii_only: bool = False,
) -> None:
    """Open the app on a dataset; on the usual one, or the welcome, where none is named.

    Raises `InputError` where a dataset is there, or named, and cannot be used.
    """
    from workbench.adapters.dataset import collection_paused

    path = dataset or DATASET
    # What is imported and loaded all stays: the collector need not look at it, now or later.
    with collection_paused():
        from workbench.adapters.config.settings import load_settings
        from workbench.app.main import run_review
        from workbench.app.welcome import Opening
        from workbench.jobs.review import Review, open_review

        settings = load_settings()
        settings = settings.model_copy(update={"ascii": ascii_only or settings.ascii})

        def open_dataset(path: Path) -> Review:
            return open_review(path, files, labels, reviewer or settings.reviewer)

        review = open_dataset(path) if dataset or path.exists() else None
        gc.freeze()
    run_review(review, settings, opening=Opening(path, open_dataset, files))
