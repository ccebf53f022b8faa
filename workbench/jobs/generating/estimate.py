"""What a generation would cost, before anything billable is sent.

Figures are measured if the dataset's journal has them; otherwise they are assumed here, and said to
be.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil

from workbench.adapters.config.prices import load_prices
from workbench.adapters.dataset import Dataset, load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.journal import JournalState, ReplyLine, read_journal
from workbench.adapters.models import ModelError, Prompt
from workbench.adapters.models.engine import Engine
from workbench.core.car.coverage import count_cells
from workbench.core.checks import Verifier
from workbench.core.errors import InputError
from workbench.core.kinds import SampleKind, kind_of
from workbench.core.shares import allotted
from workbench.core.spending.cost import Price, PriceTier, cost
from workbench.core.spending.usage import Usage
from workbench.jobs.generating.kind_coverage import KindCoverage
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generating.planning import draw_examples, plan_kinds, plan_request
from workbench.jobs.spending.budget import today

CHARACTERS = 3.0
"""Characters per token if nothing was counted: instructions and names, many of them not words."""
SAMPLE_TOKENS = 90
"""Output tokens per sample if none was measured."""
THINKING_TOKENS = 3000
"""Thinking tokens per request if none were measured."""
KEPT = 0.9
"""The share of requested samples that are kept, if it was not measured."""


@dataclass(frozen=True)
class GenerationEstimate:
    """What a generation would cost. requests, tokens, cost: in all; tokens without a cached share,
    cost with it, None if no price is known. full_cost: with nothing cached. cached: the share
    assumed of what is sent. prompt: one that would be sent, None if nothing is sent. basis: where
    the figures are from, in sentences.
    """

    missing: int
    requests: int
    tokens: Usage
    cost: Decimal | None
    full_cost: Decimal | None
    cached: float
    price: Price | None
    prompt: Prompt | None
    basis: Sequence[str]


@dataclass(frozen=True)
class MeasuredReplies:
    """Averages over this dataset's earlier replies; None if there were none.

    prompt: tokens of a request. sample: tokens written for each sample asked for. thinking: tokens
    of a request. kept: share of the samples asked for. cached: share of what was sent.
    """

    replies: int
    prompt: float | None = None
    sample: float | None = None
    thinking: float | None = None
    kept: float | None = None
    cached: float | None = None


async def estimate(
    options: GenerateOptions,
    engine: Engine,
    verifier: Verifier,
    count_tokens: Callable[[str], Awaitable[int]] | None = None,
) -> GenerationEstimate:
    """Estimate a generation; writes nothing.

    count_tokens: the service's own count of a text, where there is one to ask. Raises `InputError`
    for files that cannot be used, and for a prompt that cannot be rendered.
    """
    price = load_prices(options.prices).find(engine.model, today())
    files = DatasetFiles(options.output)
    exists = files.dataset.exists()
    dataset = load_dataset(files.dataset) if exists else Dataset(files.dataset, [], [], "")
    state = read_journal(files.journal)
    measured = _measure(state, engine.model)
    missing = max(0, options.num_samples - len(dataset.samples))
    kept = measured.kept or KEPT
    planned = _planned(options, dataset, missing) if engine.apart else 0
    warm = bool(dataset.samples)
    requests, asked = _requests(missing - planned, kept, options.workers, engine, warm)
    prompt, constant = _prompt(options, engine, verifier, dataset, state)
    if prompt is None or not requests + planned:
        return GenerationEstimate(
            missing, requests, Usage(), Decimal(0), Decimal(0), 0, price, prompt, ()
        )
    sent, how = await prompt_tokens(prompt.text, measured, count_tokens)
    if planned:
        more = ceil(planned / kept / engine.apart)
        share = _plan_share(options, engine, verifier, prompt)
        sent = ceil(sent * (requests + more * share) / (requests + more))
        requests, asked = requests + more, asked + ceil(planned / kept)
    each = Usage(
        sent,
        ceil(asked * (measured.sample or SAMPLE_TOKENS) / requests),
        ceil(measured.thinking if measured.thinking is not None else THINKING_TOKENS),
    )
    later = max(0, requests - options.workers) / requests
    cached = constant * later if measured.cached is None else measured.cached
    basis = (
        how,
        how_written(measured, SAMPLE_TOKENS),
        _how_kept(measured, kept),
        how_cached(measured, constant),
    )
    return summed(missing, requests, each, cached, price, options.tier, prompt, basis)


def summed(
    missing: int,
    requests: int,
    each: Usage,
    cached: float,
    price: Price | None,
    tier: PriceTier,
    prompt: Prompt,
    basis: Sequence[str],
) -> GenerationEstimate:
    """Sum up requests of `each` tokens; see `GenerationEstimate`."""
    full_cost = _times(requests, cost(each, price, tier))
    each = replace(each, cached=round(each.prompt * cached))
    return GenerationEstimate(
        missing,
        requests,
        Usage(requests * each.prompt, requests * each.output, requests * each.thinking),
        _times(requests, cost(each, price, tier)),
        full_cost,
        cached,
        price,
        prompt,
        basis,
    )


async def prompt_tokens(
    text: str, measured: MeasuredReplies, count_tokens: Callable[[str], Awaitable[int]] | None
) -> tuple[int, str]:
    """Return the tokens of a prompt, and a sentence that says how they are known."""
    if count_tokens is not None:
        try:
            return await count_tokens(text), "Prompt: counted by the service."
        except ModelError as error:
            why = f" (the service did not count it: {error})"
    else:
        why = ""
    if measured.prompt:
        return ceil(
            measured.prompt
        ), f"Prompt: the mean of {measured.replies:,} replies so far{why}."
    tokens = ceil(len(text) / CHARACTERS)
    return tokens, f"Prompt: assumed, {CHARACTERS:g} characters a token{why}."


def how_written(measured: MeasuredReplies, assumed: int) -> str:
    """Say what is taken to be written. assumed: tokens a sample, where none were measured."""
    if measured.sample is not None and measured.thinking is not None:
        return (
            f"Output: as measured, {measured.sample:,.0f} tokens a sample and "
            f"{measured.thinking:,.0f} of thinking a request."
        )
    return (
        f"Output: assumed, {assumed} tokens a sample and {THINKING_TOKENS:,} of thinking a request."
    )


def _how_kept(measured: MeasuredReplies, kept: float) -> str:
    how = "as measured" if measured.kept else "assumed"
    return f"Kept: {how}, {percent(kept)} of the samples asked for."


def how_cached(measured: MeasuredReplies, constant: float) -> str:
    """Say what share is taken to be cached. constant: share of a prompt that all begin with."""
    if measured.cached is not None:
        return f"Cached: as measured, {percent(measured.cached)} of what is sent."
    return (
        f"Cached: assumed, the constant beginning ({percent(constant)} of a prompt) in all "
        "requests but the first of each worker."
    )


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:.0f} %"


def _times(requests: int, each: Decimal | None) -> Decimal | None:
    return None if each is None else each * requests


def _measure(state: JournalState, model: str) -> MeasuredReplies:
    """Take the averages from the journal's replies of this model."""
    replies = [
        call
        for part in state.parts
        for call in part.calls
        if isinstance(call, ReplyLine) and call.model == model and call.usage
    ]
    if not replies:
        return MeasuredReplies(0)
    total = sum((Usage.from_dict(reply.usage or {}) for reply in replies), Usage())
    asked = sum(reply.asked for reply in replies)
    received = state.counts.get("replies", 0)
    every = sum(reply.asked for reply in state.answered.values())
    kept = state.counts.get("kept", 0) / every if received and every else None
    return MeasuredReplies(
        len(replies),
        total.prompt / len(replies),
        total.output / asked if asked else None,
        total.thinking / len(replies),
        min(1.0, kept) if kept else None,
        total.cached_share,
    )


def _requests(
    missing: int, kept: float, workers: int, engine: Engine, warm: bool
) -> tuple[int, int]:
    """Return how many requests it takes, and how many samples they ask for together."""
    requests = asked = 0
    left = float(missing)
    while left > 0.5:
        cold = not warm and requests < workers
        count = min(ceil(left), engine.batch_size(cold=cold))
        requests, asked, left = requests + 1, asked + count, left - count * kept
    return requests, asked


def _planned(options: GenerateOptions, dataset: Dataset, missing: int) -> int:
    """Count the missing samples of which only the sentences are written."""
    wanted = allotted(dict(options.kinds), options.num_samples)
    have = Counter(map(kind_of, dataset.samples)) if options.kinds else Counter[SampleKind]()
    others = sum(max(0, n - have[kind]) for kind, n in wanted.items() if kind != "calls")
    return min(others, missing)


def _plan_share(
    options: GenerateOptions, engine: Engine, verifier: Verifier, prompt: Prompt
) -> float:
    """Return how long a prompt with plans is, relative to one that asks for calls."""
    others = tuple((kind, share) for kind, share in options.kinds if kind != "calls")
    only = replace(options, kinds=others, num_samples=engine.apart)
    catalog, reached = verifier.catalog, KindCoverage()
    plan = plan_kinds(only, engine, catalog, reached, (), 0, engine.apart)
    try:
        planned = engine.prompt(plan.request(0))
    except ModelError as error:
        raise InputError(f"{error}.") from None
    return len(planned.text) / len(prompt.text) if planned else 0.0


def _prompt(
    options: GenerateOptions,
    engine: Engine,
    verifier: Verifier,
    dataset: Dataset,
    state: JournalState,
) -> tuple[Prompt | None, float]:
    """Render the prompt that would be sent first; returns too what share of it is constant."""
    catalog = verifier.catalog
    coverage = count_cells(dataset.samples, catalog)
    count = engine.batch_size(cold=not dataset.samples)
    number = state.next_request
    plan = plan_request(count, options.seed, catalog, coverage, (), options.focus, options.styles)
    if options.kinds and options.num_samples > len(dataset.samples):
        reached = KindCoverage()
        for sample in dataset.samples:
            reached.add(sample, catalog)
        plan = plan_kinds(options, engine, catalog, reached, (), number, count)
    examples = draw_examples(dataset.samples, verifier, plan.seed, number)
    request = plan.request(number, examples)
    try:
        prompt = engine.prompt(request)
        other = engine.prompt(replace(request, number=number + 1, examples=(), thin=plan.thin[1:]))
    except ModelError as error:
        raise InputError(f"{error}.") from None
    if prompt is None or other is None:
        return None, 0.0
    return prompt, same_beginning(prompt.text, other.text)


def same_beginning(one: str, two: str) -> float:
    """Return the share of the first text that both begin with."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((i for i, (a, b) in pairs if a != b), len(one)) / len(one)
