"""`workbench review`: open a dataset in the terminal workbench."""

import gc
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.invocation import invocation
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import say
from workbench.cli.options import OwnLabelsOption
from workbench.core.errors import InputError
from workbench.core.options import Reads

if TYPE_CHECKING:
    from workbench.jobs.datasets import FoundDataset

DATASET = Path("build/dataset.json")


def review(
    dataset: Annotated[
        Path | None,
        typer.Argument(help="A dataset file.", show_default=str(DATASET)),
        Reads("dataset"),
    ] = None,
    labels: OwnLabelsOption = None,
    reviewer: Annotated[
        str, typer.Option("--reviewer", help="Who decides (default: your user name).")
    ] = "",
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="Draw with ASCII characters only.")
    ] = False,
    *,
    files: CatalogFiles,
) -> None:
    """Go through the samples by keyboard: accept, edit or reject each."""
    if not in_terminal():
        if dataset is not None and not dataset.exists():
            read_bytes(dataset, "dataset")  # says so
        raise InputError(
            "review needs an interactive terminal; `workbench verify` and "
            "`workbench labels` do without one."
        )
    open_app(dataset, files, labels=labels, reviewer=reviewer, ascii_only=ascii_only)


def in_terminal() -> bool:
    """Whether someone can see a screen, which is drawn on stderr, and press keys."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def open_app(
    dataset: Path | None,
    files: CatalogFiles,
    *,
    labels: Path | None = None,
    reviewer: str = "",
    ascii_only: bool = False,
    found: "Sequence[FoundDataset]" = (),
) -> None:
    """Open the app on a dataset; if none is named, on the usual one, or the welcome.

    found: datasets to choose from in the welcome. Raises `InputError` if a dataset exists or is
    named, and can't be used.
    """
    from workbench.adapters.dataset import collection_paused

    path = dataset or DATASET
    # Everything imported and loaded stays: the garbage collector need not look at it.
    with collection_paused():
        from workbench.adapters.config.settings import load_settings
        from workbench.app.main import run_review
        from workbench.app.welcome import Opening
        from workbench.jobs.review import Review, open_review

        settings = load_settings()
        settings = settings.model_copy(update={"ascii": ascii_only or settings.ascii})

        def open_dataset(path: Path) -> Review:
            return open_review(path, files, labels, reviewer or settings.reviewer)

        review = open_dataset(path) if dataset or (path.exists() and not found) else None
        gc.freeze()
    run_review(review, settings, opening=Opening(path, open_dataset, files, found))


def print_datasets(found: "Sequence[FoundDataset]") -> None:
    """Print the datasets found, how much of each is reviewed, and what to run."""
    from workbench.jobs.datasets import size_of

    say("Datasets here, newest first:")
    width = max(len(shlex.quote(str(one.path))) for one in found)
    for one in found:
        say(f"{shlex.quote(str(one.path)):{width}}  {size_of(one.path).words}".rstrip(), indent=2)
    say("What to run, with any of them:")
    first = shlex.quote(str(found[0].path))
    called = invocation()
    say(f"{called} review {first}  # in a terminal", indent=2)
    say(f"{called} verify {first}", indent=2)
