"""Generate with batch jobs: a seed round and the last few requests directly, jobs in between."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal

from workbench.core.spending.tally import Tally
from workbench.jobs.generating.batches.planning import Means
from workbench.jobs.generating.batches.run import BatchRun
from workbench.jobs.generating.events import (
    Answered,
    Collected,
    Finished,
    GenerationEvent,
    RequestFailed,
    Resumed,
)
from workbench.jobs.generating.generate import generate, run_through
from workbench.jobs.generating.opening import opened_dataset
from workbench.jobs.generating.options import GenerateOptions


async def generate_in_batches(
    options: GenerateOptions, means: Means
) -> AsyncGenerator[GenerationEvent, None]:
    """Run a generation by batch jobs, yielding what happens. Raises as `generate` does.

    Cancelling it leaves a job at the service, to be collected by the next run.
    """
    seed = replace(options, num_samples=min(means.rounds.seed, options.num_samples))
    spent, earlier, resumed, after_jobs = Tally(), Decimal(0), False, True
    part = _jobs(options, means)
    while True:
        end: Finished | None = None
        async with aclosing(part):
            async for event in part:
                if isinstance(event, Finished):
                    end = event
                elif not (resumed and isinstance(event, Resumed)):
                    yield _with_spent(event, spent, options)
        resumed = True
        assert end is not None, "a part ends with how it ended"
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
            part, after_jobs = _jobs(rest, means), True
        else:
            # Either the seed is still to be made, or a few samples are left.
            few = replace(rest, num_samples=seed.num_samples) if have < seed.num_samples else rest
            part, after_jobs = generate(few, means.engine, means.verifier), False


def _rest(limit: Decimal | None, spent: Tally, earlier: Decimal) -> Decimal | None:
    """Return what is left of a limit; jobs of earlier runs don't count against it."""
    if limit is None:
        return None
    return max(Decimal(0), limit - (spent.cost + spent.unsure_cost - earlier))


def _with_spent(event: GenerationEvent, spent: Tally, options: GenerateOptions) -> GenerationEvent:
    """Give an event the figures of the whole run, not of one part of it."""
    if not isinstance(event, Answered | RequestFailed | Collected | Finished):
        return event
    tally, wanted = spent + event.standing.tally, options.num_samples
    return replace(event, standing=replace(event.standing, tally=tally, wanted=wanted))


async def _jobs(options: GenerateOptions, means: Means) -> AsyncGenerator[GenerationEvent, None]:
    """Collect what is at the service, and go on with rounds of jobs, at the price of jobs."""
    with opened_dataset(options, means.engine, means.verifier, tier="batch") as opened:
        run = BatchRun(options, means, opened)
        async with aclosing(run_through(run, opened)) as events:
            async for event in events:
                yield event
