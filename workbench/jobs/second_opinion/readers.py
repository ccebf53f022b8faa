"""Models that read samples: several requests at once, within a budget, on record.

Each reply is put on disk before anything is done with it.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from workbench.adapters.config.prices import load_prices
from workbench.adapters.journal import body_text, now
from workbench.adapters.judgements import (
    Judgements,
    ReaderArrivedLine,
    ReaderAskLine,
    ReaderReplyLine,
    judge_path,
    opened_judgements,
)
from workbench.adapters.models import ModelError, ModelReply, Prompt, TextModel
from workbench.adapters.prompts import Prompts
from workbench.adapters.runs import READERS
from workbench.core.errors import InputError
from workbench.core.judge.answers import Answers
from workbench.core.judge.tasks import ReaderTask, ReaderTemplate, template_for
from workbench.core.samples import Sample
from workbench.core.spending.cost import PriceTier
from workbench.core.spending.tally import Tally
from workbench.jobs.helpers.pauses import Pause, no_pause
from workbench.jobs.spending.asking import Asker
from workbench.jobs.spending.budget import Budget
from workbench.jobs.spending.run_log import recorded_asking

E_co = TypeVar("E_co", covariant=True)

AGAIN = 2
"""Samples per request for those left unanswered: one that causes trouble affects few others."""


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """What to read, and how. seed: of the orders. max_cost: US dollars. prices: a file over those
    here.

    tier: of the service, for the price.
    """

    dataset: Path
    workers: int = 4
    seed: int = 0
    max_cost: Decimal | None = None
    prices: Path | None = None
    tier: PriceTier = "standard"

    def check(self) -> None:
        """Raise `InputError` for impossible options."""
        if self.workers < 1:
            raise InputError(f"--workers {self.workers}: it must be 1 or more.")


@dataclass
class ReadingStanding:
    """How far a run has come.

    asker: what it is asked through. notices: what went wrong with the record of the run, in
    sentences. dropped: answers with a wrong tag, or none that could be read.
    """

    asker: Asker
    notices: Sequence[str] = ()
    dropped: int = 0

    @property
    def tally(self) -> Tally:
        """What its requests cost."""
        return self.asker.budget.tally

    @property
    def fatal(self) -> str:
        """Why the service refuses all requests, "" if it does not."""
        return self.asker.fatal

    @property
    def spent(self) -> str:
        """Why the budget allows no more requests, "" if it does."""
        return self.asker.spent

    @property
    def requests(self) -> int:
        """Requests that have ended."""
        return self.tally.requests


@dataclass(frozen=True, slots=True)
class SampleBatch:
    """Samples to ask about in one request, by tag: single requests or conversations, not both.

    turn: the vote's or attempt's number.
    """

    tags: dict[str, Sample]
    turn: int

    @property
    def ids(self) -> dict[str, str]:
        """The samples' ids, by tag."""
        return {tag: sample.id for tag, sample in self.tags.items()}

    def template(self, task: ReaderTask) -> ReaderTemplate:
        """Return the template by which all of them are asked about."""
        return template_for(task, next(iter(self.tags.values())).id)


@dataclass(frozen=True)
class PlannedRun:
    """What a run would ask now. render: writes the prompt of a request.

    most: requests, if every answer were to need all further attempts that are allowed.
    """

    task: ReaderTask
    model: str
    batches: Sequence[SampleBatch]
    render: Callable[[SampleBatch], Prompt]
    most: int


class ModelReader:
    """A model that reads samples; stopped by a fatal error, or once the money is spent."""

    def __init__(
        self,
        task: ReaderTask,
        model: TextModel,
        asker: Asker,
        prompts: Prompts,
        notices: Sequence[str] = (),
    ) -> None:
        self.task = task
        self._prompts = prompts
        self._hashes: dict[ReaderTemplate, str] = {}
        self.standing = ReadingStanding(asker, notices)
        self._model = model
        self._asker = asker

    @property
    def model(self) -> str:
        """The model asked."""
        return self._model.model

    def prompt(self, sample_id: str) -> str:
        """Return the hash of what it is asked about a sample. Raises `PromptError`."""
        template = template_for(self.task, sample_id)
        if template not in self._hashes:
            self._hashes[template] = self._prompts.reading_hash(template)
        return self._hashes[template]

    @property
    def stopped(self) -> bool:
        """Whether there is no point in asking more."""
        return self._asker.stopped

    async def ask_all(
        self,
        batches: Sequence[SampleBatch],
        render: Callable[[SampleBatch], Prompt],
        book: Judgements,
        workers: int,
        pause: Pause = no_pause,
    ) -> AsyncGenerator[tuple[SampleBatch, Answers[Any] | ModelError], None]:
        """Ask about all batches; yields each as it ends, with its answer or error. book: writes
        each request to disk before it is sent, and each answer before anything reads it, whether or
        not anyone is listening. Closing this drops what is in flight.
        """
        if batches:
            self._asker.begin()
        waiting = deque(batches)
        ended: asyncio.Queue[tuple[SampleBatch, Answers[Any] | ModelError] | Exception | None] = (
            asyncio.Queue()
        )

        async def work() -> None:
            try:
                while waiting and not self.stopped:
                    batch = waiting.popleft()
                    await pause()
                    came = await self._ask(batch, render, book)
                    if came is not None:
                        ended.put_nowait((batch, came))
            except Exception as error:
                ended.put_nowait(error)
            ended.put_nowait(None)

        tasks = [asyncio.create_task(work()) for _ in range(min(workers, len(batches)))]
        left = len(tasks)
        try:
            while left:
                item = await ended.get()
                if item is None:
                    left -= 1
                elif isinstance(item, Exception):
                    raise item
                else:
                    yield item
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._asker.budget.abandon()

    async def _ask(
        self, batch: SampleBatch, render: Callable[[SampleBatch], Prompt], book: Judgements
    ) -> Answers[Any] | ModelError | None:
        """Ask about a batch; None if nothing more can be asked."""
        asker = self._asker
        try:
            prompt = render(batch)
        except ModelError as error:
            asker.fatal = str(error)
            return error
        ids = batch.ids
        request = ReaderArrivedLine(
            ask=uuid.uuid4().hex[:12],
            task=self.task,
            model=self.model,
            prompt=self.prompt(next(iter(ids.values()))),
            turn=batch.turn,
            tags=ids,
            body="",
            record=asker.record,
        )

        def begun(at_most: str) -> None:
            line = ReaderAskLine(ask=request.ask, record=request.record, unsure=at_most, time=now())
            book.note(line, sync=False)

        def arrived(body: bytes) -> None:
            book.note(msgspec.structs.replace(request, body=body_text(body), time=now()))

        def ended(came: ModelReply | ModelError, unsure: str) -> Answers[Any] | ModelError:
            line = request.ended(came, unsure, now())
            if isinstance(line, ReaderReplyLine):
                return book.record(line)
            book.note(line)
            assert isinstance(came, ModelError)
            return came

        return await asker.ask(prompt, self._model.ask, ended, arrived=arrived, begun=begun)


def idle_reader(
    task: ReaderTask, model: TextModel, prompts: Prompts, options: ReadingOptions
) -> ModelReader:
    """A reader that only says what would be asked; it is not recorded."""
    options.check()
    budget = Budget(
        load_prices(options.prices), model.model, tier=options.tier, limit=options.max_cost
    )
    return ModelReader(task, model, Asker(budget), prompts)


class Reading(Protocol[E_co]):
    """What one run asks, and what has come of it.

    known: what needs no asking. rounds: the requests for what is missing, each made up when the
    round before has ended. count: counts what has ended. event: how far the run has come.
    """

    def known(self) -> E_co: ...
    def rounds(self) -> Iterator[list[SampleBatch]]: ...
    def render(self, batch: SampleBatch) -> Prompt: ...
    def count(self, batch: SampleBatch, came: Answers[Any] | ModelError) -> E_co: ...
    def event(self) -> E_co: ...


async def read_through(
    task: ReaderTask,
    sample_ids: Iterable[str],
    options: ReadingOptions,
    model: TextModel,
    prompts: Prompts,
    begun: Callable[[ModelReader, Judgements], Reading[E_co]],
    pause: Pause,
    **noted: Any,
) -> AsyncGenerator[E_co, None]:
    """Ask all that a run asks, yielding what happens. sample_ids: of what it is about. noted: more
    options for its record.

    Raises `InputError` for options or files that cannot be used, `LockedError` if another
    process is reading the same dataset.
    """
    options.check()
    with (
        opened_judgements(judge_path(options.dataset), task) as book,
        _recorded_reader(task, sample_ids, options, model, prompts, noted) as reader,
    ):
        run = begun(reader, book)
        yield run.known()
        for batches in run.rounds():
            if reader.stopped:
                break
            async with aclosing(
                reader.ask_all(batches, run.render, book, options.workers, pause)
            ) as ended:
                async for batch, came in ended:
                    yield run.count(batch, came)
        last = run.event()
    yield last


@contextmanager
def _recorded_reader(
    task: ReaderTask,
    sample_ids: Iterable[str],
    options: ReadingOptions,
    model: TextModel,
    prompts: Prompts,
    noted: dict[str, Any],
) -> Iterator[ModelReader]:
    templates = sorted({template_for(task, one) for one in sample_ids} or {task})
    with recorded_asking(
        task,
        options.dataset,
        model,
        options.prices,
        tier=options.tier,
        max_cost=options.max_cost,
        options={"workers": options.workers, "seed": options.seed, **noted},
        prompts=", ".join(map(prompts.reading_hash, templates)),
        alone=READERS,
    ) as (asker, log):
        yield ModelReader(task, model, asker, prompts, log.notices)
