"""What `judge` and `repair` share: the display, and how a run ends."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol, TypeVar

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from workbench.adapters.dataset import Dataset
from workbench.adapters.labels import LabelStore
from workbench.adapters.models import TextModel
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import err, note, note_bad_items, say
from workbench.core.checks import Verifier
from workbench.core.plural import number_of
from workbench.core.spending.usage import token_words
from workbench.jobs.second_opinion.readers import ReadingStanding
from workbench.jobs.verifying.verify import Checked, processes_for, verify_dataset, with_labels

EXIT_REFUSED = 1
EXIT_BUDGET = 4
EXIT_INTERRUPTED = 130


class Happened(Protocol):
    """An event of a judge's or a repairer's run."""

    @property
    def reading(self) -> ReadingStanding: ...
    @property
    def failure(self) -> str: ...


E = TypeVar("E", bound=Happened)


def verified(
    dataset: Dataset, files: CatalogFiles, store: LabelStore
) -> tuple[Verifier, list[Checked]]:
    """Return the verifier, and each item's verdict by its rules, without findings marked wrong."""
    note_bad_items(dataset.bad)
    verifier = load_verifier(files).ready()
    processes = processes_for(dataset.items, verifier, os.cpu_count() or 1)
    results = verify_dataset(dataset, verifier, processes)
    return verifier, list(with_labels(results, store))


def run_reader(
    what: str,
    events: AsyncGenerator[E, None],
    model: TextModel,
    progress: Callable[[E], tuple[int, int, str]],
    *,
    batch: bool,
) -> E | None:
    """Run to the end, showing progress; None if Ctrl-C ended it. progress: returns an event's
    number done, its total, and more in words.
    """
    live = not batch and err.is_terminal
    columns = (
        TextColumn("{task.description} {task.completed} of {task.total}"),
        BarColumn(),
        TextColumn("{task.fields[words]}"),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=err, transient=True, disable=not live)
    task = bar.add_task(what, total=None, words="")

    async def consume() -> E | None:
        last = None
        try:
            async with aclosing(events):
                async for event in events:
                    last = event
                    done, total, words = progress(event)
                    bar.update(task, completed=done, total=total, words=words)
                    if event.failure:
                        note(f"a request failed: {event.failure}")
        finally:
            await model.close()
        return last

    try:
        with bar:
            last = asyncio.run(consume())
    except KeyboardInterrupt:
        note("Interrupted. Everything received is saved; run the same command to continue.")
        return None
    for sentence in model.notes:
        note(sentence)
    return last


def print_reading(standing: ReadingStanding, model: str) -> None:
    """Print why a run stopped, what was sent, and what it cost."""
    if standing.fatal:
        note(f"The run stopped: {standing.fatal}")
    if standing.spent:
        note(
            f"The run stopped at --max-cost: {standing.spent}. Run the same command to "
            "continue with as much again."
        )
    for notice in standing.notices:
        note(notice)
    tally = standing.tally
    if not tally.requests:
        return
    parts = [number_of(tally.requests, "request")]
    if tally.failures:
        parts.append(f"{tally.failures:,} failed")
    if tally.retries:
        parts.append(f"{tally.retries:,} sent again")
    if standing.dropped:
        parts.append(f"{standing.dropped:,} malformed answers dropped")
    say("; ".join([*parts, token_words(tally.tokens)]), indent=2)
    say(f"cost: {tally.cost_words(model)}", indent=2)


def exit_code(standing: ReadingStanding) -> int:
    """Return the status to exit with."""
    if standing.fatal:
        return EXIT_REFUSED
    return EXIT_BUDGET if standing.spent else 0
