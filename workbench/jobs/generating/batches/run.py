"""One run of batch jobs over an open dataset: plan a round, submit it, wait, take it in, again."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress

from workbench.adapters.journal import ArrivedLine, BatchLine, JobLine, ReplyLine, now
from workbench.adapters.models import ModelError, ModelReply, Prompt
from workbench.adapters.models.batches import ENDED, JobState
from workbench.adapters.runs import End
from workbench.jobs.generating.batches.jobs import STATE_WORDS, BatchJobs, nothing_came
from workbench.jobs.generating.batches.planning import JobReservations, Means, RoundPlanner
from workbench.jobs.generating.events import (
    Answered,
    Collected,
    DatasetSaved,
    Finished,
    GenerationEvent,
    Standing,
)
from workbench.jobs.generating.generation import PATIENCE
from workbench.jobs.generating.opening import OpenedDataset
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generating.planning import plans_of

BROKEN = 2
"""How many jobs in a row may come to nothing before a run gives up."""


class BatchRun:
    """Rounds of batch jobs; see the protocol `GenerationRun`."""

    def __init__(self, options: GenerateOptions, means: Means, opened: OpenedDataset) -> None:
        self._options = options
        self._means = means
        self._opened = opened
        self._asker = opened.asker
        self._journal, self._state, self._intake = opened.journal, opened.state, opened.intake
        self._news: asyncio.Queue[GenerationEvent | None] = asyncio.Queue()
        self._tell = self._news.put_nowait
        self._jobs = BatchJobs(means.service, opened.journal, means.times, self._tell)
        self._number, self._next_request = opened.next_numbers()
        self._reservations = JobReservations(opened.asker)
        self._planner = RoundPlanner(options, means, opened.intake, self._reservations)
        self._begun = False
        self._barren = self._broken = 0
        self._changed = False
        self._left = ""

    async def events(self) -> AsyncGenerator[GenerationEvent, None]:
        """Yield what happens until nothing is left for batch jobs to do."""
        task = asyncio.create_task(self._go_on())
        try:
            while (event := await self._news.get()) is not None:
                yield event
            await task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def _go_on(self) -> None:
        """Collect the jobs that are at the service, then go on with rounds while they are worth
        it. What is to be asked directly is left."""
        try:
            if self._state.replies:
                self._begin()
                self._take_in(list(self._state.replies.values()))
            for line in list(self._state.batches.values()):
                self._begin()
                await self._see_through(line, await self._find(line))
            while not (self._asker.stopped or self._left or self._stalled):
                if not self._planner.size():
                    return
                planned = self._plan()
                if planned is not None:
                    line, prompts = planned
                    await self._see_through(line, await self._jobs.submit(line, prompts))
        except ModelError as error:
            self._asker.fatal = str(error)
        finally:
            self._news.put_nowait(None)

    @property
    def _stalled(self) -> bool:
        """Whether too many replies in a row brought nothing new."""
        return self._barren >= PATIENCE * self._options.workers

    # ------------------------------------------------------------ planning

    def _begin(self) -> None:
        if not self._begun:
            engine = self._means.engine
            self._opened.begin(self._number, engine, self._options, use_batch_api=True)
            self._begun = True

    def _plan(self) -> tuple[BatchLine, Mapping[int, Prompt]] | None:
        """Plan a round within the budget, and note it; with its last line all of it is on disk.

        None if there is no money left for a single request.
        """
        asks, prompts = self._planner.round(self._number, self._next_request)
        if not asks:
            self._asker.give_up()
            return None
        self._begin()
        self._next_request += len(asks)
        for ask in asks:
            self._journal.append(ask, sync=False)
            self._state.apply(ask)
        line = BatchLine(
            run=self._number,
            name=f"cartool-{self._number}-{uuid.uuid4().hex[:16]}",
            engine=self._means.engine.name,
            model=self._means.engine.model,
            requests=tuple(prompts),
            time=now(),
        )
        # From here on the service is searched for a job of this name before it is handed in.
        self._journal.append(line)
        self._state.apply(line)
        return line, prompts

    # ------------------------------------------------------------ one job

    async def _find(self, line: BatchLine) -> str:
        """Find a job of an earlier run, or submit it if it never was; "" without money."""
        known = self._state.jobs.get(line.name)
        job = known.job if known else await self._jobs.find(line)
        if job:
            return job
        prompts = {
            number: self._planner.prompt(self._state.asked[number]) for number in self._open(line)
        }
        for number, prompt in prompts.items():
            if not self._reservations.reserve(number, prompt):
                self._reservations.release(prompts)
                self._asker.give_up()
                return ""
        return await self._jobs.submit(line, prompts)

    def _open(self, line: BatchLine) -> list[int]:
        """Return the requests of a job that have no outcome yet."""
        answered, asked = self._state.answered, self._state.asked
        return [number for number in line.requests if number in asked and number not in answered]

    async def _see_through(self, line: BatchLine, job: str) -> None:
        """Wait for a job and take it in."""
        if not job:
            return
        self._left = line.name
        output = self._state.outputs.get(line.name)
        if output is not None:  # the last run was killed over it
            state: JobState = "done"
            answers = self._jobs.read(line, output)
        else:
            state = await self._jobs.wait(line, job, once=not self._means.wait)
            if state not in ENDED:
                return
            answers = {} if state == "gone" else await self._jobs.collect(line, job)
        replies = self._note(line, job, state, answers)
        self._left = ""
        self._take_in(replies)
        self._judge(line, state, replies)

    def _note(
        self,
        line: BatchLine,
        job: str,
        state: JobState,
        answers: dict[int, ModelReply | ModelError],
    ) -> Sequence[ReplyLine]:
        """Journal all results of a job, and then that it is complete."""
        replies: list[ReplyLine] = []
        failed: Counter[str] = Counter()
        for number in self._open(line):
            answer = answers.get(number) or nothing_came(state)
            ask = self._state.asked[number]
            asked = ArrivedLine(
                run=line.run,
                request=number,
                engine=line.engine,
                model=line.model,
                asked=ask.count,
                body="",
            )
            entry = asked.ended(answer, self._reservations.settle(number, answer), now())
            self._means.engine.learn(ask.count, answer)
            self._journal.append(entry, sync=False)
            self._state.apply(entry)
            if isinstance(entry, ReplyLine):
                replies.append(entry)
            else:
                failed[entry.error] += 1
                self._intake.count_failure()
                self._barren += 1
        end = JobLine(batch=line.name, job=job, state=state, time=now())
        self._journal.append(end)
        self._state.apply(end)
        self._changed = True
        self._tell(Collected(line.name, len(replies), failed, self.standing()))
        return replies

    def _take_in(self, replies: Sequence[ReplyLine]) -> None:
        """Take in replies that are in the journal, and save."""
        for entry in replies:
            kept = self._intake.add(entry, plans_of(self._state.asked.get(entry.request)))
            self._state.replies.pop(entry.request, None)
            self._barren = 0 if kept else self._barren + 1
            self._changed = True
            self._tell(Answered(entry.request, entry.asked, kept, self.standing()))
        self._save()

    def _judge(self, line: BatchLine, state: JobState, replies: Sequence[ReplyLine]) -> None:
        """Stop if going on would only cost money."""
        self._broken = 0 if replies else self._broken + 1
        if state == "cancelled":
            self._asker.fatal = (
                f"the batch job {line.name} was {STATE_WORDS[state]}; run the same command to ask "
                "for the rest again, in a new job"
            )
        elif self._broken >= BROKEN:
            self._asker.fatal = (
                f"{self._broken} batch jobs in a row came to nothing, the last one was "
                f"{STATE_WORDS[state]}; try again later, or without --use-batch-api"
            )

    # ------------------------------------------------------------ standing

    def _save(self) -> None:
        """Save what is not saved yet."""
        if self._changed:
            self._intake.fold(self._journal, self._state.replies)
            self._changed = False
            self._tell(DatasetSaved(self._intake.saved))

    def end(self) -> None:
        """Save, and leave any job at the service to the next run."""
        self._reservations.release()
        self._save()

    def standing(self) -> Standing:
        """Where the dataset stands."""
        return self._opened.standing(self._options.num_samples)

    @property
    def how(self) -> End:
        """How the run ended, once it has run out."""
        if self._asker.stopped:
            return self._asker.how
        return "stalled" if self._in_vain else "done"

    @property
    def why(self) -> str:
        """Why it ended early, if it says so itself."""
        left = "a batch job is at the service, to be collected by the next run"
        return self._asker.why or (left if self._left else "")

    @property
    def _in_vain(self) -> bool:
        return self._stalled and len(self._intake) < self._options.num_samples

    def finished(self) -> Finished:
        """The last event."""
        return self._opened.finished(
            self._options.num_samples,
            self._means.verifier.catalog,
            stalled=self._in_vain,
            left=self._left,
        )
