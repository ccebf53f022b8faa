"""Models that read samples: asked many things at once, within a budget, on record.

Each reply is put on disk before anything is done with it.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbench.adapters.config.prices import load_prices
from workbench.adapters.journal import body_text, now
from workbench.adapters.judgements import (
    Judgements,
    ReaderArrivedLine,
    ReaderAskLine,
    ReaderFailureLine,
    ReaderReplyLine,
)
from workbench.adapters.models import ModelError, Prompt, Reply, TextModel
from workbench.adapters.prompts import Prompts
from workbench.adapters.runs import READERS, End
from workbench.core.errors import InputError
from workbench.core.judge.answers import Answers
from workbench.core.judge.tasks import ReaderTask
from workbench.core.samples import Sample
from workbench.core.spending.cost import PriceTier
from workbench.core.spending.tally import RequestOutcome, Tally
from workbench.jobs.helpers.pauses import Pause, no_pause
from workbench.jobs.spending.budget import Budget, Reservation
from workbench.jobs.spending.run_log import RunLog

AGAIN = 2
"""Samples in a request for what went unanswered: one that makes trouble takes few others along."""


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """How to ask. seed: of the orders. max_cost: US dollars. prices: a file over those here.

    tier: of the service, for the price.
    """

    workers: int = 4
    seed: int = 0
    max_cost: Decimal | None = None
    prices: Path | None = None
    tier: PriceTier = "standard"

    def check(self) -> None:
        """Raise `InputError` for what cannot be."""
        if self.workers < 1:
            raise InputError(f"--workers {self.workers}: it must be 1 or more.")


@dataclass
class ReadingStanding:
    """How far a run has come.

    tally: of its requests. dropped: answers with a wrong tag, or none that could be read. fatal,
    spent: why it stopped early, "" where it did not: the service refuses, the budget is spent.
    """

    tally: Tally = field(default_factory=Tally)
    dropped: int = 0
    fatal: str = ""
    spent: str = ""
    notices: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """Requests that came to an end."""
        return self.tally.requests


@dataclass(frozen=True, slots=True)
class SampleBatch:
    """Samples to ask about in one request, by tag. turn: the vote's or attempt's number."""

    tags: dict[str, Sample]
    turn: int

    @property
    def ids(self) -> dict[str, str]:
        """The samples' ids, by tag."""
        return {tag: sample.id for tag, sample in self.tags.items()}


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

    @property
    def samples(self) -> int:
        """Samples that are asked about, each once."""
        return len({sample.id for batch in self.batches for sample in batch.tags.values()})


class ModelReader:
    """A model with a budget. Stopped by a fatal error, or once no money is left.

    prompt: hash of what it is asked. begin: called before its first request, gives the number of
    the run's record.
    """

    def __init__(
        self,
        task: ReaderTask,
        model: TextModel,
        budget: Budget,
        prompt: str,
        begin: Callable[[], int],
    ) -> None:
        self.task = task
        self.prompt = prompt
        self.budget = budget
        self.standing = ReadingStanding(budget.tally)
        self._model = model
        self._begin = begin
        self._record: int | None = None
        self._in_flight = 0
        self._room = asyncio.Condition()

    @property
    def model(self) -> str:
        """The model asked."""
        return self._model.model

    @property
    def stopped(self) -> bool:
        """Whether there is no point in asking on."""
        return bool(self.standing.fatal or self.standing.spent)

    async def ask_all(
        self,
        batches: Sequence[SampleBatch],
        render: Callable[[SampleBatch], Prompt],
        book: Judgements,
        workers: int,
        pause: Pause = no_pause,
    ) -> AsyncGenerator[tuple[SampleBatch, Answers[Any] | ModelError], None]:
        """Ask about all batches; yields each as it ends, with what it was answered, or the error.

        book: has what was asked on disk before it is sent, and each answer as it came before
        anything reads it, whether or not anyone listens yet. Closing this lets go of what is in
        flight.
        """
        if batches and self._record is None:
            self._record = self._begin()
        waiting = deque(batches)
        ended: asyncio.Queue[tuple[SampleBatch, Answers[Any] | ModelError] | Exception | None] = (
            asyncio.Queue()
        )

        async def work() -> None:
            try:
                while waiting and not self.stopped:
                    batch = waiting.popleft()
                    await pause()
                    try:
                        came = await self._ask(batch, render, book)
                    except ModelError as error:
                        ended.put_nowait((batch, error))
                        continue
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
            self.budget.abandon()

    async def _ask(
        self, batch: SampleBatch, render: Callable[[SampleBatch], Prompt], book: Judgements
    ) -> Answers[Any] | None:
        """Ask once there is money for it; None where there is none left."""
        try:
            prompt = render(batch)
        except ModelError as error:
            self.standing.fatal = str(error)
            raise
        reservation = await self._reserve(prompt)
        if reservation is None:
            return None
        try:
            return await self._send(batch, prompt, reservation, book)
        finally:
            async with self._room:
                self._in_flight -= 1
                self._room.notify_all()

    async def _reserve(self, prompt: Prompt) -> Reservation | None:
        """Reserve what it may cost, waiting for what is in flight: that may leave room."""
        budget, size = self.budget, len(prompt.text)
        async with self._room:
            while not self.stopped:
                tokens = budget.prompt_tokens(prompt.text)
                found = budget.reserve(tokens, prompt.max_output, characters=size)
                if found is not None:
                    self._in_flight += 1
                    return found
                if not self._in_flight:
                    self.standing.spent = budget.why_refused()
                    self._room.notify_all()
                else:
                    await self._room.wait()
        return None

    async def _send(
        self, batch: SampleBatch, prompt: Prompt, reservation: Reservation, book: Judgements
    ) -> Answers[Any]:
        budget, record, ask = self.budget, self._record or 0, uuid.uuid4().hex[:12]
        unsure = budget.at_most(reservation)
        book.note(ReaderAskLine(ask=ask, record=record, unsure=unsure, time=now()), sync=False)

        def arrived(body: bytes) -> None:
            line = ReaderArrivedLine(
                ask=ask,
                task=self.task,
                model=self.model,
                prompt=self.prompt,
                turn=batch.turn,
                tags=batch.ids,
                body=body_text(body),
                time=now(),
                record=record,
            )
            book.note(line)

        allowed = replace(
            prompt,
            may_resend=lambda fault: budget.resend(reservation, fault),
            arrived=arrived,
        )
        try:
            reply = await self._model.ask(allowed)
        except ModelError as error:
            fault = error.fault
            faults = fault.faults or (fault.kind,)
            outcome = budget.settle(reservation, fault.usage, answered=False, faults=faults)
            failure = ReaderFailureLine(
                ask=ask,
                error=str(error),
                record=record,
                usage=fault.usage.as_dict() if fault.usage else None,
                faults=faults,
                unsure=outcome.unsure_text,
                time=now(),
            )
            book.note(failure)
            if error.fatal:
                self.standing.fatal = str(error)
            raise
        outcome = budget.settle(
            reservation, reply.usage, version=reply.version, faults=reply.faults
        )
        return book.record(self._line(batch, ask, reply, outcome))

    def _line(
        self, batch: SampleBatch, ask: str, reply: Reply, outcome: RequestOutcome
    ) -> ReaderReplyLine:
        return ReaderReplyLine(
            task=self.task,
            model=self.model,
            prompt=self.prompt,
            turn=batch.turn,
            tags=batch.ids,
            reply=reply.text,
            finish=reply.finish,
            usage=reply.usage.as_dict() if reply.usage else None,
            version=reply.version,
            faults=reply.faults,
            unsure=outcome.unsure_text,
            time=now(),
            record=self._record or 0,
            ask=ask,
        )


def idle_reader(
    task: ReaderTask, model: TextModel, prompts: Prompts, options: ReadingOptions
) -> ModelReader:
    """Give a reader that only tells what would be asked: it stands in no record."""
    options.check()
    budget = Budget(
        load_prices(options.prices), model.model, tier=options.tier, limit=options.max_cost
    )
    return ModelReader(task, model, budget, prompts.reading_hash(task), lambda: 0)


@contextmanager
def reading(
    task: ReaderTask,
    dataset: Path,
    model: TextModel,
    prompts: Prompts,
    options: ReadingOptions,
    **noted: Any,
) -> Iterator[ModelReader]:
    """Give a reader, whose run is recorded beside the dataset. noted: more options for that.

    Raises `InputError` for options that cannot be used.
    """
    options.check()
    prices = load_prices(options.prices)
    budget = Budget(prices, model.model, tier=options.tier, limit=options.max_cost)
    log = RunLog(dataset, prices)
    log.look_back(None, READERS)
    prompt = prompts.reading_hash(task)
    chosen = {"workers": options.workers, "seed": options.seed, **noted}
    if options.max_cost is not None:
        chosen["max_cost"] = str(options.max_cost)

    def begin() -> int:
        return log.begin(task, budget, chosen, engine=model.name, prompts=prompt)

    reader = ModelReader(task, model, budget, prompt, begin)
    end: End = "interrupted"
    try:
        yield reader
        standing = reader.standing
        end = "fatal" if standing.fatal else "budget" if standing.spent else "done"
    except Exception:
        end = "failed"
        raise
    finally:
        log.end(budget, end, reader.standing.fatal or reader.standing.spent)
        reader.standing.notices = tuple(log.told())
