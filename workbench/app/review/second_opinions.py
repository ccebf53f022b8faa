"""What others say of the samples: a judge to ask, and models that were evaluated."""

import asyncio
from collections.abc import Iterator, Sequence, Set
from functools import partial
from time import monotonic

from textual.screen import Screen

from workbench.app.cost import CostPrompt, SpendingLimit
from workbench.app.dialogs import ConfirmPrompt
from workbench.app.judge.running import Judging, judging_of
from workbench.app.review.decider import Decider
from workbench.app.review.finder import Finder
from workbench.app.review.owner import BREATH, Owner, What
from workbench.app.toasts import announce, tell_error
from workbench.core.car.vehicle import Vehicle
from workbench.core.car.words import call_words
from workbench.core.errors import WorkbenchError
from workbench.core.judge.cases import requests_for
from workbench.core.plural import number_of
from workbench.core.review.labels import Calls, StepAnswer
from workbench.core.samples import Sample
from workbench.core.text.excerpts import excerpt_call, is_large, shown
from workbench.core.text.plain import visible
from workbench.core.training.model_results import ModelResult
from workbench.jobs.review import Review

_CHUNK = 400
"""Samples gathered for a judge in one go."""
_CALLS_SHOWN, _CALL_SHOWN = 8, 200
"""Calls of an answer that are shown before it is kept, and characters of each."""
_LOOK = 1.0
"""Seconds between two looks for another evaluation; one costs microseconds."""


class SecondOpinions(Owner):
    """Reads what a judge and models have said, has samples judged, accepts a model's answer too.

    looked_at: when it was last looked whether there is another evaluation.
    """

    def __init__(
        self, screen: Screen[None], review: Review, finder: Finder, decider: Decider
    ) -> None:
        super().__init__(screen, review)
        self.looked_at = 0.0
        self._finder, self._decider = finder, decider

    def begin(self) -> None:
        """Read what models said, and find out how reliable the judge is."""
        self.run(self._load(), "weigh", alone=True)

    async def _load(self) -> None:
        review = self.review
        if not review.opinions.loaded:
            await asyncio.to_thread(_read, review)
            for problem in _problems(review):
                announce(self.screen, problem, warn=True)
            self.changed(What.ALL)
        await self._weigh()

    async def _weigh(self) -> None:
        """Compare the judge with people, a piece at a time."""
        review = self.review
        there = set(review.opinions.ids())
        if review.all_known:
            there &= {facets.id for facets in review.facets if facets}
        for _ in review.opinions.weigh(review.store, review.catalog_hash, there):
            await asyncio.sleep(BREATH)
        await asyncio.to_thread(review.opinions.count)
        sample = None if review.row is None else review.in_force(review.row)
        if sample and review.judgement(sample):
            self.changed(What.SAMPLE)

    # ------------------------------------------------------------ the judge

    @property
    def judging(self) -> str:
        """Describe a judging under way in a line, "" if there isn't one."""
        judging = judging_of(self.app)
        return judging.now.words if judging and judging.alive and judging.now else ""

    def action_judge(self) -> None:
        """Show how reliable the judge is, and ask what to judge."""
        self.run(self._open_judge(), "weigh", alone=True)

    async def _open_judge(self) -> None:
        from workbench.app.judge.screen import JudgeScreen, Which  # see `later`

        await self._load()
        judging, review = judging_of(self.app), self.review
        if judging is None or not self.in_front:
            return
        row = review.row
        choices: list[tuple[Which, str, Set[str]]] = []
        if judging.alive:
            choices = [("stop", "stop judging; answers so far are kept", frozenset())]
        else:
            if row is not None and (here := await self._contents([row])):
                choices.append(("cursor", f"this sample, #{row}", here))
            if marked := await self._contents(sorted(review.marks)):
                choices.append(("marked", "what is marked", marked))
            if listed := await self._contents(review.view):
                words = "what the filter shows" if review.search else "all samples"
                choices.append(("list", words, listed))
            if not self.in_front:
                return

        def pick(answer: tuple[Which, int] | None) -> None:
            if answer is None:
                return
            which, votes = answer
            if which == "stop":
                judging.cancel()
            elif which == "cursor":
                self._ask_judge(judging, [] if row is None else [row], votes)
            else:
                rows = sorted(review.marks) if which == "marked" else list(review.view)
                self._ask_judge(judging, rows, votes)

        known = partial(judging.known, review)
        self.app.push_screen(JudgeScreen(review.opinions.reports, choices, known), pick)

    async def _contents(self, rows: Sequence[int]) -> Set[str]:
        """Return the ids of what a judge can be asked about in some rows: equal samples count once,
        unusable items not at all.
        """
        found: set[str] = set()
        for place, row in enumerate(rows, start=1):
            found.add(self.review.content_id(row))
            if place % _CHUNK == 0:
                await asyncio.sleep(BREATH)
        return {one for one in found if one}

    def _ask_judge(self, judging: Judging, rows: list[int], votes: int) -> None:
        self.run(self._judge(judging, rows, votes), "judge", alone=True)

    async def _judge(self, judging: Judging, rows: list[int], votes: int) -> None:
        """Judge rows; where that takes several requests, once someone has agreed to the cost."""
        samples: list[Sample] = []
        for place, row in enumerate(rows, start=1):
            sample = self.review.in_force(row)
            if sample is not None:
                samples.append(sample)
            if place % _CHUNK == 0:
                await asyncio.sleep(BREATH)
        if not samples:
            self.say("No sample here to judge.", warn=True)
        elif votes * requests_for({sample.id for sample in samples}) <= 1:
            self._start_judge(judging, samples, votes, SpendingLimit())
        else:
            await self._ask_cost(judging, samples, votes)

    async def _ask_cost(self, judging: Judging, samples: list[Sample], votes: int) -> None:
        self.say("Estimating what the judge will cost.")
        try:
            found, model = await judging.estimate(self.review, samples, votes)
        except WorkbenchError as error:
            tell_error(self.screen, error)
            return
        if not found.requests:
            self._start_judge(judging, samples, votes, SpendingLimit())
        elif self.in_front:
            self.app.clear_notifications()
            doing = f"Judge {number_of(found.missing, 'sample')}"
            answer = partial(self._start_judge, judging, samples, votes)
            self.app.push_screen(CostPrompt(doing, found, model, SpendingLimit()), answer)

    def _start_judge(
        self, judging: Judging, samples: list[Sample], votes: int, limit: SpendingLimit | None
    ) -> None:
        if limit is not None:
            judging.start(self.review, samples, limit.dollars, votes)
            self.changed()

    def judged(self, event: Judging.Changed) -> None:
        """Take in that a judging has come further, or has ended."""
        judging = judging_of(self.app)
        if not event.ended or judging is None or judging.now is None:
            return
        now = judging.now
        self.run(self._weigh(), "weigh", alone=True)
        if self._finder.order == "judge" or self.review.search:
            self._finder.refresh()
        cost = f", {now.cost}" if now.cost else ""
        end = {"stopped": "Judging stopped: ", "failed": "Judging failed: "}.get(now.state, "")
        why = visible(now.problem)
        if now.state == "failed" and not now.done:
            words = f"{end}{why}"
        else:
            words = f"{end}{now.words}{cost}. {why[:1].upper()}{why[1:]}".strip()
        self.say(words, warn=bool(now.problem))

    # ------------------------------------------------------------ evaluated models

    def look(self) -> None:
        """Take in what an evaluation has stored since; keys ask, so an idle screen does nothing."""
        if monotonic() - self.looked_at >= _LOOK:
            self.looked_at = monotonic()
            if self.review.answers.outdated(self.review.path):
                self.run(self._read_answers(), "answers", alone=False)

    async def _read_answers(self) -> None:
        answers = self.review.answers
        await asyncio.to_thread(answers.load, self.review.path)
        if answers.problem:
            self.say(answers.problem, warn=True)
        else:
            self.say("A model's answers have arrived; model:wrong lists the wrong ones.")
        if self._finder.wanted:  # asked for, if not shown yet
            self._finder.refresh()
        self.changed(What.ALL)

    def action_also_right(self) -> None:
        """Accept the sample as it is, and the model's answer as another right one."""
        review, row = self.review, self.review.row
        sample = None if row is None else review.in_force(row)
        result = None if row is None else review.model_result(row)
        if row is None or sample is None or result is None:
            self.say("No model has answered this sample.", warn=True)
        elif result.right:
            self.say("The model's answer already counts as right.")
        elif result.driven:
            self.say(
                "The model drove the car itself here, so its calls answer no single step; "
                "evaluate it step by step to accept one.",
                warn=True,
            )
        elif result.broken or not result.calls:
            self.say("The model's answer has no usable calls.", warn=True)
        elif is_large(Sample(sample.query, result.calls)):
            self.say("The model's answer is too large to verify here.", warn=True)
        elif why := _why_wrong(review, sample, result):
            self.say(f"The model's answer {why}, so it can't be right.", warn=True)
        else:
            self._ask_also_right(row, sample, result)

    def _ask_also_right(self, row: int, sample: Sample, result: ModelResult) -> None:
        """Show both answers, and keep the model's too if that is meant."""
        calls, step = result.calls, sample.steps[result.step]

        def keep(agreed: bool | None) -> None:
            if not agreed:
                return
            label = self.review.label(row)
            decide = partial(self._decider.decide, "accepted", row=row)
            if sample.is_conversation:
                at = (*(label.accept_at if label else ()), StepAnswer(result.step, calls))
                also = f", and the model's answer is kept as also right in step {result.step + 1}"
                decide(accept_at=at, also=also)
            else:
                known = label.accept if label else ()
                also = ", and the model's answer is kept as also right"
                decide(accept=(*known, calls), also=also)

        said = step.reply.text if step.reply is not None and not step.answers else ""
        words = "\n".join(
            [
                "The sample has",
                *([f"  {shown(said, _CALL_SHOWN)}"] if said else _call_lines(step.answers)),
                "The model answered",
                *_call_lines(calls),
            ]
        )
        where = f" in step {result.step + 1}" if sample.is_conversation else ""
        question = f"Is the model's answer to #{row}{where} right as well?"
        hint = f"y accepts #{row} and keeps both answers, Escape cancels"
        self.app.push_screen(ConfirmPrompt(question, words=words, hint=hint), keep)


def _why_wrong(review: Review, sample: Sample, result: ModelResult) -> str:
    """Return why a model's calls can't be right where it was asked, "" if they can.

    In a conversation they are made in the state that the steps before have led to; whether they are
    what was meant is for people to say.
    """
    if not sample.is_conversation:
        answer = Sample(sample.query, result.calls)
        return "fails verification" if review.verdict(answer).status == "fail" else ""
    before = sample.steps[: result.step]
    car = Vehicle(review.catalog, sample.state)
    for step in before:
        car.run_together(step.answers)
    refused = next((one.refused for one in car.run_together(result.calls) if one.refused), "")
    return f"is refused by the car ({refused})" if refused else ""


def _call_lines(calls: Calls) -> Iterator[str]:
    for call in calls[:_CALLS_SHOWN]:
        yield f"  {shown(call_words(excerpt_call(call)), _CALL_SHOWN)}"
    if len(calls) > _CALLS_SHOWN:
        yield f"  … and {len(calls) - _CALLS_SHOWN:,} more calls"


def _read(review: Review) -> None:
    review.answers.load(review.path)
    review.opinions.load(review.path)


def _problems(review: Review) -> Iterator[str]:
    yield from filter(None, (review.opinions.problem, review.answers.problem))
    changed = review.answers.changed(review.store)
    if changed:
        samples = "1 sample was" if changed == 1 else f"{changed:,} samples were"
        yield (
            f"{samples} signed again since a model was evaluated on them; its answers no longer "
            "count. `workbench evaluate --labels` scores again."
        )
