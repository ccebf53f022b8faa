"""A generation under way: what is asked, what has arrived, what was taken in."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from functools import partial

import msgspec

from workbench.adapters.journal import (
    ArrivedLine,
    FailureLine,
    ReplyLine,
    body_text,
    now,
)
from workbench.adapters.models import ModelError, ModelReply
from workbench.adapters.models.engine import Engine, Request
from workbench.adapters.runs import End
from workbench.core.checks import Verifier
from workbench.core.samples import Sample
from workbench.jobs.generating.events import (
    Answered,
    DatasetSaved,
    Finished,
    GenerationEvent,
    RequestFailed,
    Standing,
)
from workbench.jobs.generating.intake import origin_of
from workbench.jobs.generating.opening import OpenedDataset
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generating.planning import (
    RequestPlan,
    draw_examples,
    plan_kinds,
    plan_of,
    plan_request,
    plans_of,
)
from workbench.jobs.spending.asking import NOTHING_SENT

LOOKAHEAD = 8
"""How many requests a deterministic engine may be ahead of the replies taken in."""

PATIENCE = 10
"""Rounds without a new sample after which a run gives up."""

_FOLD_SHARE = 0.05
"""Growth, as a share of the dataset file, that makes writing it again worthwhile."""


class Generation:
    """One generation under way: what is asked, what has arrived, what was taken in."""

    def __init__(
        self,
        options: GenerateOptions,
        engine: Engine,
        verifier: Verifier,
        opened: OpenedDataset,
    ) -> None:
        state, intake = opened.state, opened.intake
        self._options = options
        self._engine = engine
        self._verifier, self._catalog = verifier, verifier.catalog
        self._journal = opened.journal
        self._intake = intake
        self._opened = opened
        self._asker = opened.asker
        origins = [origin_of(sample) for sample in intake.samples]
        self._number, self._next_request = opened.next_numbers()
        self._arrived = state.replies
        # Samples of answers still to be taken in: a kill came between the file and its note.
        self._ahead = Counter(request for _, request in origins if request in state.replies)
        self._recorded: list[int] = []
        self._deferred: list[int] = []
        self._failures: list[FailureLine] = []
        self._last_failure = ""
        self._plans: dict[int, RequestPlan] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(options.workers)
        self._window = LOOKAHEAD if engine.deterministic else options.workers
        self._settled = 0
        self._barren = self._failing = 0
        self._last_save = 0
        self._changed = bool(state.replies) or not intake.files.dataset.exists()
        self._begun = False
        self._state = state
        if engine.deterministic:
            self._recorded = sorted(state.asks.keys() | state.replies.keys())
            self._arrived = {}
            # A run that left requests open continues under its number, to the same file.
            runs = [ask.run for ask in state.asks.values() if ask.engine == engine.name]
            runs += [reply.run for reply in state.replies.values() if reply.engine == engine.name]
            self._number = max(runs, default=self._number)
        for asked, line in state.asked.items() if options.kinds else ():
            plan = plan_of(line)
            intake.reached.steer(asked, plan.kinds, plan.thin)

    def _take_over(self, missing: int) -> None:
        """Take over the next request of the last run, if it is still wanted.

        They are taken over one by one, when a new one would be planned, so that a killed run
        continues as if nothing had happened. Requests without an answer are asked again; an answer
        that is not needed yet waits in the journal.
        """
        number = self._recorded.pop(0)
        reply, ask = self._state.replies.get(number), self._state.asks.get(number)
        if reply is not None and reply.asked > missing:
            self._deferred.append(number)
            return
        if ask is not None and ask.engine == self._engine.name:
            self._plans[number] = plan_of(ask).cut(missing)
        if reply is not None:
            self._arrived[number] = reply

    def _begin(self) -> None:
        """Note the run in its record and in the journal, once, before anything comes of it."""
        if not self._begun:
            self._opened.begin(self._number, self._engine, self._options)
            self._begun = True

    @property
    def _stalled(self) -> bool:
        return self._barren >= PATIENCE * self._options.workers

    async def events(self) -> AsyncGenerator[GenerationEvent, None]:
        """Yield what happens until there are enough samples, or there is no point in going on."""
        while True:
            for event in self._settle():
                yield event
            if self._stalled or self._asker.fatal or not self._plans:
                return
            for number, plan in self._plans.items():
                started = number in self._tasks or number in self._arrived
                if not started and not self._asker.spent:
                    self._begin()
                    self._tasks[number] = asyncio.create_task(self._ask(number, plan))
            if not self._tasks:
                return
            await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)
            for number in [number for number, task in self._tasks.items() if task.done()]:
                self._tasks.pop(number).result()

    async def _ask(self, number: int, plan: RequestPlan) -> None:
        """Ask the engine, unless there is no money left for it."""
        async with self._slots:
            examples: tuple[Sample, ...] = ()
            if not self._engine.deterministic:
                examples = draw_examples(self._intake.samples, self._verifier, plan.seed, number)
            line = await self._answered(plan.request(number, examples))
        if isinstance(line, FailureLine):
            # Counted with the journal's line of it, so that a save in between knows of both.
            self._intake.count_failure()
            self._changed = True
            self._failures.append(line)
        elif line is not None:
            self._arrived[number] = line

    async def _answered(self, request: Request) -> ReplyLine | FailureLine | None:
        """Ask the engine; returns the journal's line with the outcome, None if no money is left."""
        asked = ArrivedLine(
            run=self._number,
            request=request.number,
            engine=self._engine.name,
            model=self._engine.model,
            asked=request.count,
            body="",
        )

        def arrived(body: bytes) -> None:
            line = msgspec.structs.replace(asked, body=body_text(body), time=now())
            self._journal.append(line)

        def ended(came: ModelReply | ModelError, unsure: str) -> ReplyLine | FailureLine:
            # Until this line exists, the body's line stands for it.
            line = asked.ended(came, unsure, now())
            self._journal.append(line)
            return line

        try:
            prompt = self._engine.prompt(request) or NOTHING_SENT
        except ModelError as error:
            return ended(error, self._asker.refused(error))
        return await self._asker.ask(
            prompt, partial(self._engine.ask, request), ended, arrived=arrived
        )

    def _settle(self) -> Iterator[GenerationEvent]:
        """Take in what has arrived, planning again after each reply; save when it is time."""
        while self._failures:
            failed = self._failures.pop(0)
            self._plans.pop(failed.request, None)
            self._last_failure = failed.error
            self._count(0)
            self._failing += 1
            yield RequestFailed(failed.request, failed.error, self.standing())
        self._plan()
        while not self._stalled and (answered := self._take_next()):
            yield answered
            self._plan()
            if self._save_is_due():
                self._fold()
                yield DatasetSaved(self._intake.saved)
        self._plan()

    def _next_ready(self) -> int | None:
        """Return the request whose reply is to be taken in next, if it has arrived."""
        if not self._engine.deterministic:
            return next(iter(self._arrived), None)
        first = min((*self._plans, *self._arrived), default=None)
        return first if first in self._arrived else None

    def _take_next(self) -> Answered | None:
        """Take in the next reply that is ready, if any."""
        number = self._next_ready()
        if number is None:
            return None
        self._begin()
        entry = self._arrived.pop(number)
        plan = self._plans.pop(number, None)
        self._ahead.pop(number, None)
        plans = plan.plans if plan else plans_of(self._state.asked.get(number))
        kept = self._intake.add(entry, plans)
        self._count(kept)
        return Answered(number, entry.asked, kept, self.standing())

    def _plan(self) -> None:
        """Plan requests until all missing samples are asked for, or the window is full."""
        while len(self._plans.keys() | self._arrived.keys()) < self._window:
            asked = sum(plan.count for plan in self._plans.values())
            asked += sum(entry.asked for n, entry in self._arrived.items() if n not in self._plans)
            missing = self._options.num_samples - len(self._intake) - asked + self._ahead.total()
            if missing <= 0 or self._stalled or self._asker.fatal:
                return
            if self._recorded:
                self._take_over(missing)
                continue
            count = min(missing, self._engine.batch_size(cold=not self._intake.samples))
            plan = self._next_plan(count)
            self._begin()
            line = plan.line(self._number, self._next_request, self._engine.name)
            self._journal.append(line, sync=False)
            self._plans[self._next_request] = plan
            self._next_request += 1

    def _next_plan(self, count: int) -> RequestPlan:
        """Plan the next request, for `count` samples at most."""
        options, catalog = self._options, self._catalog
        in_flight = list(self._plans.values())
        if not options.kinds:
            coverage = self._intake.coverage
            return plan_request(
                count, options.seed, catalog, coverage, in_flight, options.focus, options.styles
            )
        waiting = self._arrived.keys() - self._plans.keys()
        in_flight += [plan_of(ask) for n in waiting if (ask := self._state.asked.get(n))]
        reached, number = self._intake.reached, self._next_request
        return plan_kinds(options, self._engine, catalog, reached, in_flight, number, count)

    def _count(self, kept: int) -> None:
        self._settled += 1
        self._changed = True
        self._barren = 0 if kept else self._barren + 1
        self._failing = 0 if kept else self._failing

    def _save_is_due(self) -> bool:
        interval = self._options.save_interval * self._options.workers
        if not interval or self._settled - self._last_save < interval:
            return False
        return self._intake.unsaved >= max(1, _FOLD_SHARE * self._intake.saved)

    def _fold(self) -> None:
        self._intake.fold(self._journal, self._not_taken_in())
        self._last_save = self._settled
        self._changed = False

    def end(self) -> None:
        """Stop asking, take in what has arrived, and save. A deterministic engine's next requests
        are noted as they would have been asked, for the next run to ask.
        """
        for task in self._tasks.values():
            task.cancel()
        self._asker.budget.abandon()
        while True:
            if self._engine.deterministic:
                self._plan()
            if not self._take_next():
                break
        if self._changed:
            self._fold()

    def _not_taken_in(self) -> list[int]:
        """Return the requests that were answered and are not taken in, of the last run as well."""
        waiting = [number for number in self._recorded if number in self._state.replies]
        return [*self._arrived, *self._deferred, *waiting]

    def standing(self) -> Standing:
        """Where the run stands."""
        return self._opened.standing(self._options.num_samples)

    @property
    def how(self) -> End:
        """How the run ended, once it is over."""
        if self._asker.stopped:
            return self._asker.how
        return "stalled" if self._in_vain else "done"

    @property
    def why(self) -> str:
        """Why it ended early, if it says so itself."""
        return self._asker.why

    @property
    def _in_vain(self) -> bool:
        return self._stalled and len(self._intake) < self._options.num_samples

    def finished(self) -> Finished:
        """The last event."""
        failure = self._last_failure if 2 * self._failing > self._barren else ""
        return self._opened.finished(
            self._options.num_samples,
            self._catalog,
            stalled=self._in_vain,
            failure=failure,
        )
