"""What it would cost to ask Gemini the remaining questions."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from pathlib import Path

from workbench.adapters.answerers.gemini import Gemini
from workbench.adapters.answers import read_answers
from workbench.adapters.config.prices import load_prices
from workbench.core.spending.cost import PriceTier
from workbench.core.spending.usage import Usage
from workbench.core.training.gold import Gold
from workbench.jobs.evaluate.asking import unasked
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
