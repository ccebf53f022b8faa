"""Generate: ask an engine for samples until there are enough, losing nothing on the way.

Requests run concurrently. A reply is journaled the moment it arrives and then taken in: at once
from a paid service, in the order of the requests from a deterministic engine. What is asked next
follows from what was taken in and from nothing else, so that such an engine's dataset is the
same whatever the number of workers, and after a crash.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Protocol

from workbench.adapters.models.engine import Engine
from workbench.adapters.runs import End
from workbench.core.checks import Verifier
from workbench.jobs.generating.events import (
    DatasetSaved,
    Finished,
    GenerationEvent,
    Noted,
    Standing,
)
from workbench.jobs.generating.generation import Generation
from workbench.jobs.generating.opening import OpenedDataset, opened_dataset
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.spending.runs import difference


async def generate(
    options: GenerateOptions,
    engine: Engine,
    verifier: Verifier,
    ended: Callable[[Standing], None] | None = None,
) -> AsyncGenerator[GenerationEvent, None]:
    """Run a generation, yielding what happens. Cancelling it saves what came in.

    ended: called with the state of the run when all is saved, also after a cancellation, when no
    event can say so.
    Raises `InputError` for options or files that cannot be used, `OtherEngineError` among them, and
    `LockedError` if another process is writing the same dataset.
    """
    with opened_dataset(options, engine, verifier) as opened:
        run = Generation(options, engine, verifier, opened)
        notes = []
        if opened.state.batches:
            notes.append(
                "This dataset has batch jobs still to collect: run again with --use-batch-api."
            )
        async with aclosing(run_through(run, opened, notes, ended)) as events:
            async for event in events:
                yield event


class GenerationRun(Protocol):
    """A run over an open dataset: what happens in it, how it ends, where it stands.

    end: stops asking, takes in what has arrived, and saves; called however the events end.
    """

    @property
    def how(self) -> End: ...
    @property
    def why(self) -> str: ...

    def events(self) -> AsyncGenerator[GenerationEvent, None]: ...
    def end(self) -> None: ...
    def standing(self) -> Standing: ...
    def finished(self) -> Finished: ...


async def run_through(
    run: GenerationRun,
    opened: OpenedDataset,
    notes: Sequence[str] = (),
    ended: Callable[[Standing], None] | None = None,
) -> AsyncGenerator[GenerationEvent, None]:
    """Carry out a run, yielding what happens; its end is recorded however it ends.

    notes: to begin with. ended: see `generate`.
    """
    log, intake = opened.log, opened.intake
    yield opened.resumed
    for sentence in (*notes, *log.new_notices()):
        yield Noted(sentence)

    def added() -> dict[str, int]:
        return difference(intake.ledger.as_dict(), opened.before)

    with log.until_end(run, added):
        try:
            async with aclosing(run.events()) as events:
                async for event in events:
                    yield event
            intake.settle()
        finally:
            try:
                run.end()
            finally:
                if ended is not None:
                    ended(run.standing())
    for sentence in log.new_notices():
        yield Noted(sentence)
    yield DatasetSaved(intake.saved)
    intake.settle()
    yield run.finished()
