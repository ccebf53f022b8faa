"""`workbench dedup`: drop near-duplicates from a dataset file."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.vehicle.catalogs import Car, load_catalog
from workbench.cli.console import note, note_bad_items, say
from workbench.cli.options import BatchOption, ContrastOption, DatasetArgument, ThresholdOption
from workbench.cli.progress import counting
from workbench.core.car.words import brief
from workbench.core.options import Force, Writes

_SHOWN = 5


def dedup(
    dataset: DatasetArgument,
    output: Annotated[
        Path, typer.Option("--output", help="The dataset without duplicates."), Writes("dataset")
    ],
    report: Annotated[
        Path | None,
        typer.Option("--report", help="List what is dropped, with its twin (JSONL)."),
        Writes("duplicates_report"),
    ] = None,
    threshold: ThresholdOption = "0.8",
    contrast: ContrastOption = 2,
    force: Force = False,
    batch: BatchOption = False,
    *,
    files: Car,
) -> None:
    """Drop samples whose query is nearly that of an earlier one (ROUGE-L of masked queries).

    Near-duplicates with different calls are contrast pairs; some of them are kept.
    """
    from workbench.jobs.dedup import dedup_file  # numpy and rapidfuzz take time to load

    catalog = load_catalog(files)
    with counting("Comparing", batch=batch) as progress:
        result = dedup_file(
            dataset,
            output,
            catalog,
            report=report,
            threshold=threshold,
            contrast=contrast,
            force=force,
            on_progress=lambda done: progress(done, 0),
        )
    note_bad_items(result.bad)
    for drop in result.drops[:_SHOWN]:
        query, twin = brief(drop.query), brief(drop.twin_query)
        note(f"#{drop.index} {query} is #{drop.twin_index} {twin} again")
    if len(result.drops) > _SHOWN:
        where = f"; {report} lists them all" if report else "; --report FILE lists them all"
        note(f"… and {len(result.drops) - _SHOWN} more{where}")
    unusable = f", {len(result.bad):,} unusable left out" if result.bad else ""
    same = sum(drop.calls == "same" for drop in result.drops)
    say(
        f"{output}: {result.kept:,} of {result.items:,} kept, {len(result.drops):,} dropped "
        f"({same:,} with the same calls, {len(result.drops) - same:,} with other calls)"
        f"{unusable}"
    )
