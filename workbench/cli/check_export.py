"""`workbench check-export`: whether an export is unchanged, and its calls run."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.vehicle.catalogs import Car
from workbench.cli.console import note, say
from workbench.cli.options import BatchOption
from workbench.cli.progress import counting
from workbench.core.options import Reads
from workbench.core.review.dismissals import dismissed_words


def check_export(
    file: Annotated[Path, typer.Argument(help="An export's records (JSONL)."), Reads("records")],
    batch: BatchOption = False,
    *,
    files: Car,
) -> None:
    """Check records, provenance and manifest against each other, and run every call.

    Each call is run on a simulated vehicle of the built-in catalogue, or of the one you name.

    Exit status: 0 if everything matches, 1 if anything does not, 2 for a file that is not there.
    """
    # Imported here: the checks take time to load.
    from workbench.jobs.records.check_export import check_export as run

    with counting("Checking records", batch=batch) as progress:
        found = run(file, files, progress)
    for one in found.discrepancies:
        say(f"{one.where}: {one.what}")
    if found.dismissed:
        say(dismissed_words(found.dismissed))
    number = len(found.discrepancies)
    told = f"{file}: {found.records:,} records, {found.calls:,} calls run"
    if number:
        note(f"{told}, {number:,} {'discrepancy' if number == 1 else 'discrepancies'}")
        raise typer.Exit(1)
    say(f"{told}: everything matches")
