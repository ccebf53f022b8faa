"""A generation with its display."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.batches import JobDisplay
from workbench.cli.console import err, note, say
from workbench.core.plural import number_of
from workbench.core.spending.cost import money
from workbench.core.spending.usage import token_words
from workbench.core.text.plain import visible
from workbench.jobs.generating.engines import EngineChoice, make_engine
from workbench.jobs.generating.events import (
    Answered,
    BatchNews,
    Collected,
    DatasetSaved,
    Finished,
    GenerationEvent,
    Noted,
    RequestFailed,
    Resumed,
    Standing,
    kinds_words,
)
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.generation import PATIENCE
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.helpers.pauses import loading

EXIT_STALLED = 3
EXIT_BUDGET = 4
EXIT_LEFT = 5
EXIT_INTERRUPTED = 130


def run_generation(
    options: GenerateOptions,
    choice: EngineChoice,
    files: CatalogFiles,
    *,
    batch: bool,
    verbose: bool = False,
    use_batch_api: bool = False,
    wait: bool = True,
) -> int:
    """Run a generation with its display; returns the exit status.

    use_batch_api: by batch jobs; wait: until they are done.
    """
    loading()  # what comes in stays; collecting garbage among it would take a tenth of the time
    verifier = load_verifier(files)
    engine = make_engine(choice, verifier.catalog, verifier.words.policy)
    display = _Display(options, batch=batch, verbose=verbose, steady=not use_batch_api)

    def begin() -> AsyncGenerator[GenerationEvent, None]:
        if not use_batch_api:
            return generate(options, engine, verifier)
        from workbench.jobs.generating.batches import Means, generate_in_batches
        from workbench.jobs.generating.batches.service import batch_service

        means = Means(engine, batch_service(engine), verifier, wait=wait)
        return generate_in_batches(options, means)

    async def consume() -> Finished | None:
        finished = None
        try:
            async with aclosing(begin()) as events:
                async for event in events:
                    display.say(event)
                    finished = event if isinstance(event, Finished) else finished
        finally:
            await engine.close()
        return finished

    try:
        with display:
            finished = asyncio.run(consume())
    except KeyboardInterrupt:
        note("Interrupted. Everything received is saved; run the same command to continue.")
        if display.job.waiting:
            note("The batch job goes on at the service; the same command collects it.")
        if display.cost:
            note(f"Cost: {display.cost}, without what was in flight (see `workbench runs`)")
        return EXIT_INTERRUPTED
    assert finished is not None
    for sentence in engine.notes:
        note(sentence)
    print_finished(finished, options)
    if finished.fatal:
        return 1
    if finished.budget:
        return EXIT_BUDGET
    if finished.left:
        return EXIT_LEFT
    return EXIT_STALLED if finished.stalled else 0


class _Display:
    """A bar and a line of counts on stderr; plain lines without a terminal.

    cost: of this run so far, in words, "" if nothing is billed. job: the batch job at the
    service.
    """

    def __init__(
        self, options: GenerateOptions, *, batch: bool, verbose: bool, steady: bool
    ) -> None:
        """steady: samples arrive all the time, so that the time left can be estimated."""
        self._options = options
        self._verbose = verbose
        self._live = not batch and err.is_terminal
        self._progress = Progress(
            TextColumn("{task.completed}/{task.total} samples"),
            BarColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            *([TimeRemainingColumn()] if steady else []),
            console=err,
        )
        self._task = self._progress.add_task("", total=options.num_samples, rate="")
        self._counts = Text()
        self.cost = ""
        self.job = JobDisplay(live=self._live)
        self._start: int | None = None
        self._saved = 0
        self._view = Live(
            get_renderable=lambda: Group(
                self._progress, self._counts, Text(visible(self.job.line()))
            ),
            console=err,
            transient=True,
            refresh_per_second=8,
        )

    def __enter__(self) -> "_Display":
        if self._live:
            self._view.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._view.stop()

    def say(self, event: GenerationEvent) -> None:
        """Show one event."""
        if isinstance(event, Resumed):
            self._show_resumed(event)
        elif isinstance(event, RequestFailed):
            note(f"request {event.request} failed: {event.reason}")
            self._show_standing(event.standing)
        elif isinstance(event, Answered):
            self._show_standing(event.standing)
            if self._verbose:
                note(f"request {event.request}: {event.asked} asked, {event.kept} new")
        elif isinstance(event, Noted):
            note(event.sentence)
        elif isinstance(event, BatchNews):
            self.job.tell(event)
        elif isinstance(event, Collected):
            self.job.collected(event)
            self._show_standing(event.standing)
        elif isinstance(event, DatasetSaved):
            self._show_saved(event.samples)

    def _show_saved(self, samples: int) -> None:
        """Tell how many samples are in the file, once for each number."""
        if samples != self._saved and (self._verbose or not self._live):
            note(f"saved: {number_of(samples, 'sample')}")
        self._saved = samples

    def _show_resumed(self, event: Resumed) -> None:
        path = self._options.output
        if event.rebuilt:
            note(
                f"{path} is gone, but its journal isn't: it is rebuilt from that (to start "
                "over, move the journal away)"
            )
        elif event.samples:
            since = ", changed since they were saved" if event.changed else ""
            note(f"{path} has {event.samples:,} samples{since}; continuing from there")
        if event.unusable:
            note(f"{event.unusable} items in the file are not samples; they are left alone")
        if event.waiting and not event.rebuilt:
            note(f"{event.waiting} replies in the journal were not in the dataset yet")

    def _show_standing(self, standing: Standing) -> None:
        self.cost = standing.cost
        if not self._live:
            return
        if self._start is None:
            self._start = standing.samples
        elapsed = self._progress.tasks[0].elapsed or 0
        rate = (standing.samples - self._start) / elapsed if elapsed > 1 else 0
        shown = f"{rate:.0f}/s" if rate >= 10 else f"{rate * 60:.0f}/min" if rate else ""
        self._progress.update(self._task, completed=standing.samples, rate=shown)
        self._counts = Text(_counts(standing))


def _counts(standing: Standing) -> str:
    ledger, statuses = standing.ledger, standing.statuses
    parts = [f"{ledger.duplicate:,} duplicates", f"{ledger.quarantined:,} quarantined"]
    parts += [f"✓ {statuses['pass']:,}", f"! {statuses['warn']:,}", f"✗ {statuses['fail']:,}"]
    if ledger.failures:
        parts.append(f"{ledger.failures:,} failed requests")
    if standing.cost:
        parts.append(standing.cost)
    return "   ".join(parts)


def print_finished(finished: Finished, options: GenerateOptions) -> None:
    """Print how the run ended: the dataset, the ledger, the coverage."""
    standing, ledger = finished.standing, finished.standing.ledger
    if finished.fatal:
        note(f"The run stopped: {finished.fatal}")
    elif finished.budget:
        note(
            f"The run stopped at --max-cost: {finished.budget}. Run the same command to "
            "continue with as much again."
        )
    elif finished.stalled and finished.failure:
        note(
            f"The run stopped: {PATIENCE} rounds in a row brought nothing, and most "
            f"requests failed, most recently: {finished.failure}"
        )
    elif finished.stalled and finished.spoiled:
        quarantine = DatasetFiles(options.output).quarantine
        set_aside = "leave --passing-only out, or " if options.passing_only else ""
        note(
            f"The run stopped: {PATIENCE} rounds in a row brought no new sample. "
            f"{finished.spoiled}. {quarantine} has them as they came; {set_aside}choose another "
            "--model, or change the prompt templates."
        )
    elif finished.stalled:
        note(
            f"The run stopped: {PATIENCE} rounds in a row brought no new sample. "
            "A higher --threshold or --contrast lets more through; another --seed tries others."
        )
    if finished.left:
        note(
            f"The batch job {finished.left} is at the service; run the same command to collect it."
        )
    statuses = standing.statuses
    say(
        f"{options.output}: {standing.samples:,} samples "
        f"(✓ {statuses['pass']:,} pass, ! {statuses['warn']:,} warn, "
        f"✗ {statuses['fail']:,} fail), "
        f"{finished.covered} of {finished.cells} spoken cells covered"
    )
    if finished.kinds:
        say(f"Kinds: {kinds_words(finished.kinds)}")
    states = ", ".join(
        f"{getattr(ledger, state):,} {state}"
        for state in ("kept", "duplicate", "failing", "invalid", "unparsable")
    )
    failures = f", {ledger.failures:,} failed" if ledger.failures else ""
    say(f"Ledger: {ledger.received:,} received = {states}; {ledger.replies:,} replies{failures}")
    _print_bill(finished)


def _print_bill(finished: Finished) -> None:
    standing, total = finished.standing, finished.total
    if not standing.cost:
        return
    say(f"Tokens: {token_words(standing.tally.tokens)}")
    price = f" (prices of {finished.price})" if finished.price else ""
    say(f"Cost: {standing.cost}{price}")
    if finished.earlier:
        say(f"Of that, {money(finished.earlier)} for a batch job that an earlier run handed in")
    if total.requests > standing.tally.requests:
        say(f"All runs of this dataset: {total.cost_words(standing.model)}")
