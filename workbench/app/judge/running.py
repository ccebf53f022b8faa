"""The judging that runs in the background of the app, whatever screen is shown."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message

from workbench.adapters.models import ModelOptions
from workbench.app.background import BackgroundJob, JobStanding
from workbench.app.prices import price_file_of
from workbench.core.errors import InputError
from workbench.core.judge.tasks import template_for
from workbench.core.plural import number_of
from workbench.core.samples import Sample
from workbench.jobs.helpers.pauses import Turns
from workbench.jobs.review import Review

if TYPE_CHECKING:
    from workbench.adapters.models import TextModel
    from workbench.adapters.prompts import Prompts
    from workbench.core.spending.cost import PriceTier
    from workbench.jobs.generating.estimate import GenerationEstimate
    from workbench.jobs.second_opinion.judge import Judged, JudgeOptions


@dataclass
class JudgingStanding(JobStanding):
    """How far the latest judging has come."""

    wanted: int
    done: int = 0
    wrong: int = 0
    cost: str = ""

    @property
    def words(self) -> str:
        """Say it in a line."""
        of = f"{self.done:,} of " if self.done < self.wanted else ""
        return f"{of}{number_of(self.wanted, 'sample')} judged, {wrong_words(self.wrong)}"

    def take_in(self, event: "Judged", model: str) -> None:
        """Take in what happened."""
        self.done, self.wrong = event.standing.done, event.standing.wrong
        self.problem = event.reading.fatal or event.reading.spent or event.failure or self.problem
        if event.reading.requests:
            self.cost = event.reading.tally.cost_words(model)


def wrong_words(wrong: int) -> str:
    """Say how many are wrong: `none wrong`, `3 wrong`."""
    return f"{wrong:,} wrong" if wrong else "none wrong"


class Judging(BackgroundJob[JudgingStanding]):
    """The judgings of the app.

    What is said goes into the review's opinions as it comes; every screen hears of it.
    """

    class Changed(Message, bubble=False):
        """There is news. ended: it is over."""

        def __init__(self, *, ended: bool) -> None:
            self.ended = ended
            super().__init__()

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Judging.Changed) and message.ended >= self.ended

    async def estimate(
        self, review: Review, samples: Sequence[Sample], votes: int = 1
    ) -> "tuple[GenerationEstimate, str]":
        """Return what judging samples would cost, and the model; asks nothing, writes nothing.

        votes: for each sample.

        Raises `InputError` where there is no key, and for files that cannot be used.
        """
        model, prompts, tier = await asyncio.to_thread(_prepare, review)
        options = _options(review, price_file_of(self._app), tier, votes)

        def look() -> "GenerationEstimate":
            from workbench.jobs.second_opinion.estimate import reading_estimate
            from workbench.jobs.second_opinion.judge import planned_judging

            planned = planned_judging(samples, options, model, prompts, review.catalog)
            return asyncio.run(reading_estimate(planned, review.path, options))

        try:
            return await asyncio.to_thread(look), model.model
        finally:
            await model.close()

    async def known(self, review: Review) -> Mapping[str, Set[int]]:
        """Return the contents that have been judged as they would be now, with the numbers of their
        votes, which are not asked for again.

        Raises like `estimate`.
        """
        if not review.opinions:
            return {}
        model, prompts, _ = await asyncio.to_thread(_prepare, review)

        def look() -> Mapping[str, Set[int]]:
            from workbench.adapters.judgements import judge_path, read_judgements

            book = read_judgements(judge_path(review.path))
            judged = book.judged()
            templates = {template_for("judge", one) for one in judged}
            prompt = {template: prompts.reading_hash(template) for template in templates}

            found = {
                one: book.entry("judge", one, model.model, prompt[template_for("judge", one)])
                for one in judged
            }
            return {
                one: {vote.number for vote in entry.votes} for one, entry in found.items() if entry
            }

        try:
            return await asyncio.to_thread(look)
        finally:
            await model.close()

    def start(
        self,
        review: Review,
        samples: Sequence[Sample],
        max_cost: Decimal | None = None,
        votes: int = 1,
    ) -> None:
        """Judge samples of the open dataset; nothing where a judging is under way.

        max_cost: US dollars, None for no limit. votes: for each sample.
        """
        if self.alive:
            return
        self.now = JudgingStanding(len({sample.id for sample in samples}))
        self._begin(self._run(self.now, review, samples, max_cost, votes))

    async def _run(
        self,
        now: JudgingStanding,
        review: Review,
        samples: Sequence[Sample],
        max_cost: Decimal | None,
        votes: int,
    ) -> None:
        try:
            with self._to_its_end(now):
                # In a thread, once: google-genai takes more than half a second to import.
                model, prompts, tier = await asyncio.to_thread(_prepare, review)
                options = _options(review, price_file_of(self._app), tier, votes, max_cost)
                await self._consume(now, review, samples, model, prompts, options)
        finally:
            self._tell()

    async def _consume(
        self,
        now: JudgingStanding,
        review: Review,
        samples: Sequence[Sample],
        model: "TextModel",
        prompts: "Prompts",
        options: "JudgeOptions",
    ) -> None:
        from workbench.jobs.second_opinion.judge import judge

        pause = Turns()
        try:
            async with aclosing(
                judge(samples, options, model, prompts, review.catalog, pause)
            ) as events:
                async for event in events:
                    now.take_in(event, model.model)
                    review.opinions.add(event.judgements)
                    self._tell()
                    await pause()
        finally:
            await model.close()

    def _tell(self) -> None:
        for screen in self._app.screen_stack:
            screen.post_message(self.Changed(ended=not self.alive))


def _options(
    review: Review,
    prices: Path | None,
    tier: "PriceTier",
    votes: int,
    max_cost: Decimal | None = None,
) -> "JudgeOptions":
    from workbench.jobs.second_opinion.judge import JudgeOptions

    return JudgeOptions(
        dataset=review.path, prices=prices, tier=tier, votes=votes, max_cost=max_cost
    )


def _prepare(review: Review) -> "tuple[TextModel, Prompts, PriceTier]":
    """Load what only a judging needs; its imports alone take longer than a key may wait."""
    import workbench.jobs.second_opinion.judge  # noqa: F401
    from workbench.adapters.prompts import Prompts
    from workbench.jobs.generating.engines import make_model
    from workbench.jobs.second_opinion.reader_prompts import reader_choice

    choice = reader_choice("judge", ModelOptions())
    prompts = Prompts(review.catalog, review.verifier.words.policy)
    return make_model(choice), prompts, choice.tier


def why_not_asked() -> str:
    """Say why no model can be asked, "" if one can; to be called in a thread."""
    from workbench.jobs.second_opinion.reader_prompts import reader_choice

    try:
        reader_choice("judge", ModelOptions())
    except InputError as error:
        return str(error)
    return ""


def judging_of(app: App[Any]) -> Judging | None:
    """Return the app's judgings, None where it has none to offer."""
    found = getattr(app, "judging", None)
    return found if isinstance(found, Judging) else None
