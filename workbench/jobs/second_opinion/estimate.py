"""What a judge or repair run would cost, before anything billable is sent."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path

from workbench.adapters.config.prices import load_prices
from workbench.adapters.judgements import judge_path, read_replies
from workbench.adapters.models import ModelError
from workbench.core.errors import InputError
from workbench.core.judge.tasks import ReaderTemplate, template_for
from workbench.core.spending.cost import Price
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
from workbench.jobs.second_opinion.readers import PlannedRun, ReadingOptions, SampleBatch
from workbench.jobs.spending.budget import today

SAMPLE_TOKENS: dict[ReaderTemplate, int] = {
    "judge": 150,
    "repair": 150,
    "judge_conversation": 300,
    "repair_conversation": 600,
}
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
    kinds: dict[ReaderTemplate, list[SampleBatch]] = {}
    for batch in planned.batches:
        kinds.setdefault(batch.template(planned.task), []).append(batch)
    if not kinds:
        nothing = Decimal(0)
        return GenerationEstimate(0, 0, Usage(), nothing, nothing, 0, price, None, ())
    found = [
        await _of_kind(template, batches, planned, dataset, options, price, count_tokens)
        for template, batches in sorted(kinds.items())  # single requests first
    ]
    joined = _joined(found)
    if planned.most > joined.requests:
        more = (
            f"Attempts: the next one for each sample. What it does not fix is asked for again: "
            f"{planned.most:,} requests at most."
        )
        joined = replace(joined, basis=(*joined.basis, more))
    return joined


async def _of_kind(
    template: ReaderTemplate,
    batches: Sequence[SampleBatch],
    planned: PlannedRun,
    dataset: Path,
    options: ReadingOptions,
    price: Price | None,
    count_tokens: Callable[[str], Awaitable[int]] | None,
) -> GenerationEstimate:
    """Estimate the requests about single requests, or those about conversations."""
    requests = len(batches)
    measured = _measure(template, planned, dataset)
    try:
        first, last = (planned.render(batches[place]) for place in (0, -1))
    except ModelError as error:
        raise InputError(f"{error}.") from None
    sent, how = await prompt_tokens(first.text, measured, count_tokens)
    asked = sum(len(batch.tags) for batch in batches)
    samples = {sample.id for batch in batches for sample in batch.tags.values()}
    assumed = SAMPLE_TOKENS[template]
    thinking = THINKING_TOKENS if measured.thinking is None else measured.thinking
    written = ceil(asked * (measured.sample or assumed) / requests)
    constant = same_beginning(first.text, last.text) if requests > 1 else 0.0
    later = max(0, requests - options.workers) / requests
    cached = constant * later if measured.cached is None else measured.cached
    basis = [how, how_written(measured, assumed), how_cached(measured, constant)]
    each = Usage(sent, written, ceil(thinking))
    tier = options.tier
    return summed(len(samples), requests, each, cached, price, tier, first, basis)


def _joined(found: Sequence[GenerationEstimate]) -> GenerationEstimate:
    """Add up the estimate of single requests and that of conversations."""
    first, *more = found
    for other in more:
        tokens = first.tokens + other.tokens
        cached = first.cached * first.tokens.prompt + other.cached * other.tokens.prompt
        first = replace(
            first,
            missing=first.missing + other.missing,
            requests=first.requests + other.requests,
            tokens=tokens,
            cost=_sum(first.cost, other.cost),
            full_cost=_sum(first.full_cost, other.full_cost),
            cached=cached / tokens.prompt if tokens.prompt else 0.0,
            basis=(*first.basis, *_of_conversations(first.basis, other.basis)),
        )
    return first


def _of_conversations(said: Sequence[str], more: Sequence[str]) -> Iterator[str]:
    """Yield what isn't said of single requests already."""
    for sentence in more:
        if sentence not in said:
            yield f"Conversations, {sentence[:1].lower()}{sentence[1:]}"


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _measure(template: ReaderTemplate, planned: PlannedRun, dataset: Path) -> MeasuredReplies:
    """Take the averages from the journal's replies to this task by this model, of one kind."""
    replies, asked, total = 0, 0, Usage()
    for tags, usage in _told(template, planned, dataset):
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


def _told(
    template: ReaderTemplate, planned: PlannedRun, dataset: Path
) -> Iterator[tuple[int, Usage]]:
    wanted = (planned.task, planned.model, template)
    for line in read_replies(judge_path(dataset)):
        asked = template_for(line.task, next(iter(line.tags.values()), ""))
        if line.usage and (line.task, line.model, asked) == wanted:
            yield len(line.tags), Usage.from_dict(line.usage)
