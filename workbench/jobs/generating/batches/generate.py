"""Generate with batch jobs: a seed round and the last few requests directly, jobs in between."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from decimal import Decimal

from workbench import __version__
from workbench.adapters.config.prices import load_prices
from workbench.adapters.journal import RunLine, now
from workbench.adapters.models.batches import BatchService
from workbench.adapters.models.engine import Engine
from workbench.adapters.prompts import generation_hash
from workbench.adapters.runs import End
from workbench.core.car.catalog import Catalog
from workbench.core.car.coverage import covered
from workbench.core.checks import Verifier
from workbench.core.spending.tally import Tally
from workbench.jobs.generating.batches.billing import Billing
from workbench.jobs.generating.batches.desk import Times
from workbench.jobs.generating.batches.planning import Tools
from workbench.jobs.generating.batches.rounds import Rounds
from workbench.jobs.generating.batches.run import BatchRun
from workbench.jobs.generating.events import (
    Answered,
    Collected,
    Finished,
    GenerationEvent,
    Noted,
    RequestFailed,
    Resumed,
)
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.intake import side_lengths
from workbench.jobs.generating.opening import OpenedDataset, opened_dataset
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.helpers.pauses import Pause, no_pause
from workbench.jobs.spending.budget import Budget
from workbench.jobs.spending.runs import difference

USUAL = Times()
SIZES = Rounds()


@dataclass(frozen=True)
class Means:
    """What a generation is made with. wait: stay until all is done; else leave as soon as a job
    is at the service."""

    engine: Engine
    service: BatchService
    verifier: Verifier
    pause: Pause = no_pause
    times: Times = USUAL
    rounds: Rounds = SIZES
    wait: bool = True


async def generate_in_batches(
    options: GenerateOptions, means: Means
) -> AsyncGenerator[GenerationEvent, None]:
    """Run a generation by batch jobs, yielding what happens; see `generate`, which raises alike.

    Cancelling it leaves a job at the service, to be collected by the next run.
    """
    seed = replace(options, num_samples=min(means.rounds.seed, options.num_samples))
    spent, earlier, resumed, after_jobs = Tally(), Decimal(0), False, True
    leg = _jobs(options, means)
    while True:
        end: Finished | None = None
        async with aclosing(leg):
            async for event in leg:
                if isinstance(event, Finished):
                    end = event
                elif not (resumed and isinstance(event, Resumed)):
                    yield _with_spent(event, spent, options)
        resumed = True
        assert end is not None, "a leg ends with how it ended"
        have = end.standing.samples
        over = end.fatal or end.stalled or end.left or end.budget
        if over or have >= options.num_samples:
            end = replace(end, earlier=earlier + end.earlier)
            yield _with_spent(end, spent, options)
            return
        spent += end.standing.tally
        earlier += end.earlier
        rest = replace(options, max_cost=_rest(options.max_cost, spent, earlier))
        if not after_jobs:
            leg, after_jobs = _jobs(rest, means), True
        else:
            # Either the seed is still to be made, or a few samples are left.
            few = replace(rest, num_samples=seed.num_samples) if have < seed.num_samples else rest
            leg, after_jobs = generate(few, means.engine, means.verifier, means.pause), False


def _rest(limit: Decimal | None, spent: Tally, earlier: Decimal) -> Decimal | None:
    """Give what is left of a limit, in which the jobs of earlier runs do not count."""
    if limit is None:
        return None
    return max(Decimal(0), limit - (spent.cost + spent.unsure_cost - earlier))


def _with_spent(event: GenerationEvent, spent: Tally, options: GenerateOptions) -> GenerationEvent:
    """Let an event's figures be those of the whole run, not of one leg of it."""
    if not isinstance(event, Answered | RequestFailed | Collected | Finished):
        return event
    tally, wanted = spent + event.standing.tally, options.num_samples
    return replace(event, standing=replace(event.standing, tally=tally, wanted=wanted))


async def _jobs(options: GenerateOptions, means: Means) -> AsyncGenerator[GenerationEvent, None]:
    """Collect what is at the service, and go on with rounds of jobs, at the price of jobs."""
    prices = load_prices(options.prices)
    budget = Budget(prices, means.engine.model, tier="batch", limit=options.max_cost)
    engine, verifier = means.engine, means.verifier
    async with opened_dataset(options, engine, verifier, prices, means.pause) as opened:
        yield opened.resumed
        for sentence in opened.log.told():
            yield Noted(sentence)
        news: asyncio.Queue[GenerationEvent | None] = asyncio.Queue()
        tools = Tools(
            engine,
            means.service,
            verifier,
            Billing(budget),
            means.times,
            means.rounds,
            means.pause,
            lambda number: _begin(number, options, engine, budget, opened),
        )
        run = BatchRun(options, opened, tools, news.put_nowait, wait=means.wait)
        task = asyncio.create_task(_to_the_end(run, news))
        end: End = "interrupted"
        try:
            async for event in _read(news):
                yield event
            await task
            end = run.how
        except Exception:
            end = "failed"
            raise
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
            try:
                await run.end()
            finally:
                ledger = difference(opened.intake.ledger.as_dict(), opened.before)
                opened.log.end(budget, end, run.why, ledger=ledger)
        for sentence in opened.log.told():
            yield Noted(sentence)
        await opened.intake.settle(means.pause)
        yield _finished(run, opened, budget, verifier.catalog)


def _begin(
    number: int, options: GenerateOptions, engine: Engine, budget: Budget, opened: OpenedDataset
) -> RunLine:
    """Note in the record of runs that a run begins, and give the journal's line of it."""
    prompts = generation_hash()
    record = opened.log.begin(
        "generate",
        budget,
        options.as_dict() | {"use_batch_api": True},
        run=number,
        engine=engine.name,
        prompts=prompts,
    )
    lengths = side_lengths(opened.intake.files)
    return RunLine(
        run=number,
        engine=engine.name,
        model=engine.model,
        seed=options.seed,
        prompts=prompts,
        version=__version__,
        time=now(),
        quarantine=lengths["quarantine"],
        duplicates=lengths["duplicates"],
        record=record,
        tier=budget.tier,
    )


async def _to_the_end(run: BatchRun, news: "asyncio.Queue[GenerationEvent | None]") -> None:
    try:
        await run.go()
    finally:
        news.put_nowait(None)


async def _read(news: "asyncio.Queue[GenerationEvent | None]") -> AsyncIterator[GenerationEvent]:
    while (event := await news.get()) is not None:
        yield event


def _finished(run: BatchRun, opened: OpenedDataset, budget: Budget, catalog: Catalog) -> Finished:
    price = budget.price
    return Finished(
        run.standing(),
        covered(catalog, opened.intake.coverage),
        len(catalog.spoken_cells),
        run.stalled and not run.enough,
        run.fatal,
        budget="" if run.enough else run.spent,
        total=opened.log.total + budget.tally,
        price=price.words if price else "",
        left=run.left,
        earlier=budget.earlier,
        spoiled=opened.intake.spoiled if run.stalled else "",
    )
