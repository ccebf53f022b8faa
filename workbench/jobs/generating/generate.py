"""Generate: ask an engine for samples until there are enough, losing nothing on the way.

Requests run concurrently. A reply is journaled the moment it arrives and then taken in: at once
from a paid service, in the order of the requests from a deterministic engine. What is asked next
follows from what was taken in and from nothing else, so that such an engine's dataset is the
same whatever the number of workers, and after a crash.
"""

from collections.abc import AsyncGenerator, Callable
from functools import partial

from workbench.adapters.config.prices import load_prices
from workbench.adapters.models.engine import Engine
from workbench.adapters.runs import End
from workbench.core.checks import Verifier
from workbench.jobs.generating.events import (
    DatasetSaved,
    GenerationEvent,
    Noted,
    Standing,
)
from workbench.jobs.generating.generation import Generation
from workbench.jobs.generating.opening import opened_dataset
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.helpers.pauses import Pause, no_pause
from workbench.jobs.spending.budget import Budget
from workbench.jobs.spending.runs import difference


async def generate(
    options: GenerateOptions,
    engine: Engine,
    verifier: Verifier,
    pause: Pause = no_pause,
    ended: Callable[[Standing], None] | None = None,
) -> AsyncGenerator[GenerationEvent, None]:
    """Run a generation, yielding what happens. Cancelling it saves what came in.

    pause: awaited between pieces of work, for whoever shares the event loop. ended: told where the
    run stands when all is saved, also where it was cancelled and no event can say so.
    Raises `InputError` for options or files that cannot be used, `OtherEngineError` among them,
    and `LockedError` where another process is writing the same dataset.
    """
    prices = load_prices(options.prices)
    budget = Budget(prices, engine.model, tier=options.tier, limit=options.max_cost)
    async with opened_dataset(options, engine, verifier, prices, pause) as opened:
        log, intake = opened.log, opened.intake
        run = await pause.aside(
            partial(Generation, options, engine, verifier, opened, budget, pause)
        )
        yield opened.resumed
        if opened.state.batches:
            yield Noted(
                "What this dataset asked for by batch jobs is still to be collected: "
                "run again with --use-batch-api."
            )
        for sentence in log.told():
            yield Noted(sentence)
        end: End = "interrupted"
        try:
            async for event in run.events():
                yield event
            await intake.settle(pause)
            end = run.how
        except Exception:
            end = "failed"
            raise
        finally:
            try:
                await run.end()
            finally:
                ledger = difference(intake.ledger.as_dict(), opened.before)
                log.end(budget, end, run.why, ledger=ledger)
                if ended is not None:
                    ended(run.standing())
        for sentence in log.told():
            yield Noted(sentence)
        yield DatasetSaved(intake.saved)
        await intake.settle(pause)
        yield run.finished()
