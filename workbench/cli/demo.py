"""`workbench demo`: sixty samples, eight of them with faults to find in the review."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.invocation import invocation
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import say
from workbench.cli.options import BatchOption
from workbench.cli.review import in_terminal, open_app
from workbench.core.options import Writes


def demo(
    output: Annotated[
        Path,
        typer.Option("--output", metavar="FOLDER", help="The folder to create."),
        Writes("demonstration"),
    ] = Path("demo"),
    batch: BatchOption = False,
) -> None:
    """Make 60 samples offline, eight of them with faults, and open the review on them.

    The faults are of the kinds that language models make; faults.md in the folder lists
    them. If you run it again, it opens the same samples with your decisions. Nothing is
    overwritten.

    With --batch, or without a terminal, it prints what to run instead.
    """
    # Imported here: the grammar and the duplicate filter take time to load.
    from workbench.jobs.demo import demo_path, make_demo

    path = demo_path(output)
    if path.exists():
        say(f"{path} is already there; it was not changed.")
    else:
        faults = make_demo(output)
        found = sum(bool(one.fault.code) for one in faults)
        say(f"{path}: 60 samples, {len(faults)} of them with faults of the kinds that models make.")
        say(
            f"The verifier finds {found} of the faults; {len(faults) - found} are for you to find. "
            f"{output / 'faults.md'} lists them."
        )
    if not batch and in_terminal():
        open_app(path, CatalogFiles())
        say(f"To go on: {invocation()} review {shlex.quote(str(path))}")
    else:
        _print_next(output, path)


def _print_next(folder: Path, path: Path) -> None:
    data, unique, records = (
        shlex.quote(str(one)) for one in (path, folder / "unique.json", folder / "records.jsonl")
    )
    called = invocation()
    say("What to run next:")
    for command, purpose in (
        (f"{called} review {data}", "go through them by keyboard, in a terminal"),
        (f"{called} verify {data}", "what the verifier finds"),
        (f"{called} dedup {data} --output {unique}", "drop the duplicate"),
        (
            f"{called} export {data} --batch --include passing --output {records}",
            "training records of those that pass",
        ),
    ):
        say(f"{command}  # {purpose}", indent=2)
