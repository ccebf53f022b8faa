"""What `judge` and `repair` share: the model's options, the display, and how a run ends."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import Annotated, Protocol, TypeVar

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from workbench.adapters.catalogs import CatalogFiles
from workbench.adapters.dataset import Dataset
from workbench.adapters.models import TextModel
from workbench.cli.console import err, note, note_bad_items
from workbench.core.catalog import Catalog
from workbench.core.usage import Usage
from workbench.jobs.verify import (
    Checked,
    catalog_for,
    processes_for,
    verify_dataset,
    verify_in_processes,
)

EXIT_REFUSED = 1
EXIT_INTERRUPTED = 130

ModelOption = Annotated[str | None, typer.Option("--model", help="Gemini model.")]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", help="Another address of the Gemini service.")
]
WorkersOption = Annotated[int, typer.Option("--workers", help="Requests at the same time.")]


class Standing(Protocol):
    """What a run of either tells of itself."""

    requests: int
    failures: int
    dropped: int
    usage: Usage
    fatal: str


class Happened(Protocol):
    """An event of either."""

    @property
    def failure(self) -> str: ...


E = TypeVar("E", bound=Happened)


def verified(dataset: Dataset, files: CatalogFiles) -> tuple[Catalog, list[Checked]]:
    """Give the catalogue, and the verdict of each item by the rules."""
    note_bad_items(dataset.bad)
    catalog = catalog_for(files, None)
    processes = processes_for(dataset, None, os.cpu_count() or 1)
    results: Iterable[Checked]
    if processes > 1:
        results = verify_in_processes(dataset, files, None, processes)
    else:
        results = verify_dataset(dataset, catalog, None)
    return catalog, list(results)


def run_reader(
    what: str,
    events: AsyncGenerator[E, None],
    model: TextModel,
    progress: Callable[[E], tuple[int, int, str]],
    *,
    batch: bool,
) -> E | None:
    """Run to the end, showing how far it is; None where Ctrl-C ended it.

    progress: gives of an event how many are done of how many, and more in words.
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
        note("Interrupted. What came in is saved; run the same command to go on.")
        return None
    for sentence in model.notes:
        note(sentence)
    return last


def requests_words(standing: Standing) -> str:
    """Say what was sent and what came of it, in a line."""
    usage = standing.usage
    parts = [f"{standing.requests:,} requests"]
    if standing.failures:
        parts.append(f"{standing.failures:,} failed")
    if standing.dropped:
        parts.append(f"{standing.dropped:,} answers without a right tag or form were dropped")
    if usage.prompt:
        cached = f"{usage.cached / usage.prompt:.0%} of them cached"
        written = usage.output + usage.thinking
        parts.append(f"{usage.prompt:,} tokens read ({cached}), {written:,} written")
    return "; ".join(parts)
