"""`workbench reread`: read the replies in a dataset's journal again, with today's reader."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import note, say
from workbench.cli.options import (
    BatchOption,
    ContrastOption,
    LabelsOption,
    PassingOnlyOption,
    ThresholdOption,
)
from workbench.core.options import Writes
from workbench.core.plural import number_of
from workbench.core.text.plain import visible

_SHOWN = 5


def reread(
    dataset: Annotated[
        Path,
        typer.Argument(help="A dataset file written by generate."),
        Writes("grown_dataset"),
    ],
    labels: LabelsOption = None,
    passing_only: PassingOnlyOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be gained; write nothing.")
    ] = False,
    threshold: ThresholdOption = "0.8",
    contrast: ContrastOption = 2,
    batch: BatchOption = False,  # noqa: ARG001 - its lines are always plain
    *,
    files: CatalogFiles,
) -> None:
    """Read saved replies again: a newer version of the program may get more samples from them.

    No service is contacted. New samples are verified, filtered and appended as in a generation;
    what was removed, decided on or dropped before does not come back.
    """
    from workbench.jobs.generating.reread import RereadOptions
    from workbench.jobs.generating.reread import reread as read_again

    options = RereadOptions(
        dataset=dataset,
        labels=labels,
        passing_only=passing_only,
        threshold=threshold,
        contrast=contrast,
        dry_run=dry_run,
    )
    result = read_again(options, load_verifier(files))
    for number, run in sorted(result.runs.items()):
        parts = [
            f"{number_of(run.gained, 'sample')} gained",
            *([f"{run.duplicate:,} duplicates"] if run.duplicate else []),
            *([f"{run.failing:,} failing"] if run.failing else []),
            *([f"{run.known:,} known already"] if run.known else []),
            f"{number_of(run.unreadable, 'item')} still unreadable",
        ]
        say(f"Run {number}: {', '.join(parts)}")
    for reason, count in result.reasons.most_common(_SHOWN):
        note(f"still unreadable: {count:,} × {visible(reason[:200])}")
    would = "would be gained; nothing was written" if dry_run else "gained"
    say(f"{dataset}: {result.samples:,} samples, {result.gained:,} {would}")
