"""What a judge or repair run would cost, before anything billable is sent."""

from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from math import ceil
from pathlib import Path

from workbench.adapters.config.prices import load_prices
from workbench.adapters.judgements import judge_path, read_replies
from workbench.adapters.models import ModelError
from workbench.core.errors import InputError
from workbench.core.spending.usage import Usage
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
from workbench.jobs.second_opinion.readers import PlannedRun, ReadingOptions
from workbench.jobs.spending.budget import today

SAMPLE_TOKENS = 150
"""Output tokens per sample, if none was measured."""


async def reading_estimate(
    planned: PlannedRun,
    dataset: Path,
    options: ReadingOptions,
    count_tokens: Callable[[str], Awaitable[int]] | None = None,
) -> GenerationEstimate:
    """Estimate what is planned; writes nothing.

    count_tokens: as for `estimate`. Raises `InputError` for files that cannot be used, and for a
    prompt that cannot be rendered.
    """
    price = load_prices(options.prices).find(planned.model, today())
    requests, nothing = len(planned.batches), Decimal(0)
    if not requests:
        return GenerationEstimate(0, 0, Usage(), nothing, nothing, 0, price, None, ())
    measured = _measure(planned, dataset)
    try:
        first, last = (planned.render(planned.batches[place]) for place in (0, -1))
    except ModelError as error:
        raise InputError(f"{error}.") from None
    sent, how = await prompt_tokens(first.text, measured, count_tokens)
    asked = sum(len(batch.tags) for batch in planned.batches)
    thinking = THINKING_TOKENS if measured.thinking is None else measured.thinking
    written = ceil(asked * (measured.sample or SAMPLE_TOKENS) / requests)
    constant = same_beginning(first.text, last.text) if requests > 1 else 0.0
    later = max(0, requests - options.workers) / requests
    cached = constant * later if measured.cached is None else measured.cached
    basis = [how, how_written(measured, SAMPLE_TOKENS), how_cached(measured, constant)]
    if planned.most > requests:
        basis.append(
            f"Attempts: the next one for each sample. What it does not fix is asked for again: "
            f"{planned.most:,} requests at most."
        )
    each = Usage(sent, written, ceil(thinking))
    tier = options.tier
    return summed(planned.samples, requests, each, cached, price, tier, first, basis)


def _measure(planned: PlannedRun, dataset: Path) -> MeasuredReplies:
    """Take the averages from the journal's replies to this task by this model."""
    replies, asked, total = 0, 0, Usage()
    for tags, usage in _told(planned, dataset):
        replies, asked, total = replies + 1, asked + tags, total + usage
    if not replies or not asked:
        return MeasuredReplies(0)
    return MeasuredReplies(
        replies,
        prompt=total.prompt / replies,
        sample=total.output / asked,
        thinking=total.thinking / replies,
        cached=total.cached_share,
    )


def _told(planned: PlannedRun, dataset: Path) -> Iterator[tuple[int, Usage]]:
    for line in read_replies(judge_path(dataset)):
        if (line.task, line.model) == (planned.task, planned.model) and line.usage:
            yield len(line.tags), Usage.from_dict(line.usage)
