"""What it would cost to ask Gemini the remaining questions."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from workbench.adapters.answerers.gemini import Gemini
from workbench.adapters.answers import read_answers
from workbench.adapters.config.prices import load_prices
from workbench.core.car.catalog import Catalog
from workbench.core.spending.cost import PriceTier
from workbench.core.spending.usage import Usage
from workbench.core.training.free import Course, Drive
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import Output, parameter_types
from workbench.jobs.evaluate.asking import unasked
from workbench.jobs.evaluate.driving import by_question, replay
from workbench.jobs.generating.estimate import (
    THINKING_TOKENS,
    GenerationEstimate,
    MeasuredReplies,
    how_cached,
    how_written,
    prompt_tokens,
    same_beginning,
    summed,
)
from workbench.jobs.spending.budget import today

ANSWER_TOKENS = 120
"""Tokens of an answer: about a call and a half."""


def questions_left(golds: Sequence[Gold], path: Path) -> list[Gold]:
    """Return the records that the file has no answer to. Raises `InputError` for a wrong file."""
    there = path.exists() and path.stat().st_size
    return unasked(golds, read_answers(path)[1] if there else ())


def courses_left(
    courses: Sequence[Course], path: Path, catalog: Catalog, tries: int
) -> list[Course]:
    """Return the conversations that the file's answers don't lead through to the end, each as often
    as it is still to be tried.

    Raises `InputError` for a wrong file.
    """
    if not path.exists() or not path.stat().st_size:
        return list(courses) * tries
    head, answers = read_answers(path)
    saved, types = by_question(answers), parameter_types(catalog.functions)
    left = []
    for attempt in range(tries):
        for course in courses:
            drive = Drive(course, catalog, attempt)
            replay(drive, saved, head, types)
            left += [course] if drive.question is not None else []
    return left


def signed_questions(course: Course, catalog: Catalog) -> Iterator[Gold]:
    """Yield what a model is asked that calls and says what is signed, and no more."""
    drive = Drive(course, catalog)
    for turn in course.turns:
        outputs = [Output(step.calls, text=step.text or "") for step in turn]
        if outputs[-1].calls:
            outputs.append(Output())
        for output in outputs:
            if (question := drive.question) is not None:
                yield question
                drive.answered(output)


async def evaluation_estimate(
    left: Sequence[Gold],
    gemini: Gemini,
    *,
    workers: int,
    tier: PriceTier,
    prices: Path | None,
    count_tokens: Callable[[str], Awaitable[int]] | None = None,
) -> GenerationEstimate:
    """Estimate; writes nothing. Raises `InputError` if the template is broken."""
    price = load_prices(prices).find(gemini.model, today())
    nothing = Decimal(0)
    if not left:
        return GenerationEstimate(0, 0, Usage(), nothing, nothing, 0, price, None, ())
    first, last = (gemini.prompt(left[place]) for place in (0, -1))
    sent, how = await prompt_tokens(first.text, MeasuredReplies(0), count_tokens)
    each = Usage(sent, ANSWER_TOKENS, THINKING_TOKENS)
    constant = same_beginning(first.text, last.text) if len(left) > 1 else 0.0
    cached = constant * max(0, len(left) - workers) / len(left)
    basis = (
        how,
        how_written(MeasuredReplies(0), ANSWER_TOKENS),
        how_cached(MeasuredReplies(0), constant),
    )
    return summed(len(left), len(left), each, cached, price, tier, first, basis)
