"""One run of batch jobs over an open dataset: plan a round, hand it in, wait, take it in, again."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from workbench.adapters.journal import BatchLine, JobLine, ReplyLine, now
from workbench.adapters.models import ModelError, Prompt, Reply
from workbench.adapters.models.batches import ENDED, JobState
from workbench.adapters.runs import End
from workbench.jobs.generating.batches.billing import nothing_came
from workbench.jobs.generating.batches.desk import WORDS, Desk
from workbench.jobs.generating.batches.planning import RoundPlanner, Tools
from workbench.jobs.generating.events import (
    Answered,
    Collected,
    DatasetSaved,
    GenerationEvent,
    Standing,
)
from workbench.jobs.generating.generation import PATIENCE
from workbench.jobs.generating.intake import origin_of
from workbench.jobs.generating.opening import OpenedDataset
from workbench.jobs.generating.options import GenerateOptions

BROKEN = 2
"""Jobs in a row that came to nothing, after which a run gives up."""


class BatchRun:
    """Rounds of batch jobs. tell: is given all that happens. wait: until a job has ended.

    fatal: why no job can succeed, "" where that is not so. spent: why the budget allows no
    further request. left: the job that is still at the service, "" for none.
    """

    def __init__(
        self,
        options: GenerateOptions,
        opened: OpenedDataset,
        tools: Tools,
        tell: Callable[[GenerationEvent], None],
        *,
        wait: bool,
    ) -> None:
        self._options = options
        self._tools = tools
        self._journal, self._state, self._intake = opened.journal, opened.state, opened.intake
        self._tell = tell
        self._wait = wait
        self._desk = Desk(tools.service, opened.journal, tools.times, tell)
        state, origins = opened.state, [origin_of(sample) for sample in opened.intake.samples]
        self._number = max([state.next_run, *(run + 1 for run, _ in origins)])
        self._next_request = max([state.next_request, *(request + 1 for _, request in origins)])
        self._planner = RoundPlanner(
            tools, opened.intake, options.num_samples, options.seed, options.focus
        )
        self._begun = False
        self._barren = self._broken = 0
        self._changed = False
        self.fatal = self.spent = self.left = ""

    async def go(self) -> None:
        """Collect the jobs that are at the service, then go on with rounds while they are worth
        it. What is to be asked directly is left."""
        try:
            if self._state.replies:
                self._begin()
                await self._take_in(list(self._state.replies.values()))
            for line in list(self._state.batches.values()):
                self._begin()
                await self._see_through(line, await self._find(line))
            while not (self.fatal or self.spent or self.left or self.stalled):
                if not self._planner.size():
                    return
                planned = await self._plan()
                if planned is not None:
                    line, prompts = planned
                    await self._see_through(line, await self._desk.hand_in(line, prompts))
        except ModelError as error:
            self.fatal = str(error)

    @property
    def stalled(self) -> bool:
        """Whether too many replies in a row brought nothing new."""
        return self._barren >= PATIENCE * self._options.workers

    # ------------------------------------------------------------ planning

    def _begin(self) -> None:
        if not self._begun:
            self._journal.append(self._tools.begin(self._number))
            self._begun = True

    async def _plan(self) -> tuple[BatchLine, Mapping[int, Prompt]] | None:
        """Plan a round within the budget, and note it; with its last line all of it is on disk.

        None where there is no money left for a single request.
        """
        asks, prompts = await self._planner.round(self._number, self._next_request)
        if not asks:
            self.spent = self._tools.billing.budget.why_refused()
            return None
        self._begin()
        self._next_request += len(asks)
        for ask in asks:
            self._journal.append(ask, sync=False)
            self._state.take(ask)
        line = BatchLine(
            run=self._number,
            name=f"cartool-{self._number}-{uuid.uuid4().hex[:16]}",
            engine=self._tools.engine.name,
            model=self._tools.engine.model,
            requests=tuple(prompts),
            time=now(),
        )
        # From here on a job of this name is looked for before it is handed in.
        self._journal.append(line)
        self._state.take(line)
        return line, prompts

    # ------------------------------------------------------------ one job

    async def _find(self, line: BatchLine) -> str:
        """Find a job of an earlier run, or hand it in where it never was; "" without money."""
        known = self._state.jobs.get(line.name)
        job = known.job if known else await self._desk.find(line)
        if job:
            return job
        prompts = {
            number: self._planner.prompt(self._state.asked[number]) for number in self._open(line)
        }
        for number, prompt in prompts.items():
            if not self._tools.billing.reserve(number, prompt):
                self._tools.billing.release(prompts)
                self.spent = self._tools.billing.budget.why_refused()
                return ""
        return await self._desk.hand_in(line, prompts)

    def _open(self, line: BatchLine) -> list[int]:
        """Give the requests of a job of which nothing came yet."""
        answered, asked = self._state.answered, self._state.asked
        return [number for number in line.requests if number in asked and number not in answered]

    async def _see_through(self, line: BatchLine, job: str) -> None:
        """Wait for a job and take it in."""
        if not job:
            return
        self.left = line.name
        output = self._state.outputs.get(line.name)
        if output is not None:  # the last run was killed over it
            state: JobState = "done"
            answers = self._desk.read(line, output)
        else:
            state = await self._desk.wait(line, job, once=not self._wait)
            if state not in ENDED:
                return
            answers = {} if state == "gone" else await self._desk.collect(line, job)
        replies = self._note(line, job, state, answers)
        self.left = ""
        await self._take_in(replies)
        self._judge(line, state, replies)

    def _note(
        self, line: BatchLine, job: str, state: JobState, answers: dict[int, Reply | ModelError]
    ) -> Sequence[ReplyLine]:
        """Journal all that came of a job, and then that this was all."""
        replies: list[ReplyLine] = []
        failed: Counter[str] = Counter()
        for number in self._open(line):
            answer = answers.get(number) or nothing_came(state)
            ask = self._state.asked[number]
            entry = self._tools.billing.entry(line, ask, answer)
            self._tools.engine.learn(ask.count, answer)
            self._journal.append(entry, sync=False)
            self._state.take(entry)
            if isinstance(entry, ReplyLine):
                replies.append(entry)
            else:
                failed[entry.error] += 1
                self._intake.count_failure()
                self._barren += 1
        end = JobLine(batch=line.name, job=job, state=state, time=now())
        self._journal.append(end)
        self._state.take(end)
        self._changed = True
        self._tell(Collected(line.name, len(replies), failed, self.standing()))
        return replies

    async def _take_in(self, replies: Sequence[ReplyLine]) -> None:
        """Take in replies that are in the journal, and save."""
        for entry in replies:
            await self._tools.pause()
            kept = self._intake.take(entry)
            self._state.replies.pop(entry.request, None)
            self._barren = 0 if kept else self._barren + 1
            self._changed = True
            self._tell(Answered(entry.request, entry.asked, kept, self.standing()))
        await self.save()

    def _judge(self, line: BatchLine, state: JobState, replies: Sequence[ReplyLine]) -> None:
        """Give up where going on would only cost."""
        self._broken = 0 if replies else self._broken + 1
        if state == "cancelled":
            self.fatal = (
                f"the batch job {line.name} was {WORDS[state]}; run the same command to ask for "
                "the rest anew, in a new job"
            )
        elif self._broken >= BROKEN:
            self.fatal = (
                f"{self._broken} batch jobs in a row came to nothing, the last one was "
                f"{WORDS[state]}; try again later, or without --use-batch-api"
            )

    # ------------------------------------------------------------ standing

    async def save(self) -> None:
        """Save what is not saved yet."""
        if self._changed:
            replies = self._state.replies
            await self._intake.fold(self._journal, lambda: list(replies), self._tools.pause)
            self._changed = False
            self._tell(DatasetSaved(self._intake.saved))

    async def end(self) -> None:
        """Save, and leave what is at the service to the next run."""
        self._tools.billing.release()
        await self.save()

    def standing(self) -> Standing:
        """Tell where the dataset stands."""
        intake, budget = self._intake, self._tools.billing.budget
        return Standing(
            len(intake),
            self._options.num_samples,
            intake.ledger,
            intake.statuses.copy(),
            budget.tally.copy(),
            budget.model,
            budget.free,
        )

    @property
    def enough(self) -> bool:
        return len(self._intake) >= self._options.num_samples

    @property
    def how(self) -> End:
        """How the run ended, once it has run out."""
        if self.fatal:
            return "fatal"
        if self.spent:
            return "budget"
        return "stalled" if self.stalled and not self.enough else "done"

    @property
    def why(self) -> str:
        """Why it ended early, as far as it says so itself."""
        left = "a batch job is at the service, to be collected by the next run" if self.left else ""
        return self.fatal or self.spent or left
