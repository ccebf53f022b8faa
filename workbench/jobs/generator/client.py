"""The screen's side of the generation process."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import WorkbenchError
from workbench.core.text.plain import visible
from workbench.jobs.generating.engines import EngineChoice
from workbench.jobs.generating.events import GenerationEvent
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generator.wire import (
    GenerationEnded,
    GeneratorReport,
    StartGeneration,
    StopGeneration,
    read,
    written,
)
from workbench.jobs.helpers.pipes import HelperProcess

_PATIENCE = 30.0
"""Seconds in which a process that was asked to stop must have saved and ended. Nothing is lost if
it has to be killed: each reply is journaled when it arrives."""


async def generate_apart(
    options: GenerateOptions,
    choice: EngineChoice,
    files: CatalogFiles,
    ended: Callable[[GenerationEnded], None],
) -> AsyncGenerator[GenerationEvent, None]:
    """Run a generation in a process of its own, yielding what happens; see `generate`.

    Closing or cancelling it stops asking, and returns once what came in is saved. ended: called
    with the last report, however it ends, unless the process died. How it failed stands there.
    Raises `WorkbenchError` if the process can't be started or dies.
    """
    try:
        process = await HelperProcess.start("workbench.jobs.generator", silent=True)
    except OSError as error:
        why = visible(error.strerror or str(error))
        raise WorkbenchError(f"The generation process can't be started: {why}.") from None
    last: GenerationEnded | None = None
    try:
        process.send(written(StartGeneration(options, choice, files)))
        await process.drained()
        while last is None:
            report: GeneratorReport = read(await process.receive())
            if isinstance(report, GenerationEnded):
                last = report
            else:
                for event in report.events:
                    yield event
    except (OSError, EOFError):
        how = await process.exit_words()
        raise WorkbenchError(
            f"The generation process has stopped ({how}). What had arrived is in the journal; "
            "start again to go on."
        ) from None
    finally:
        if last is None:
            last = await _stopped(process)
        if last is not None:
            ended(last)
        await process.close()


async def _stopped(process: HelperProcess) -> GenerationEnded | None:
    """Have a process stop, and return its last report; None if it ends without one."""
    task = asyncio.ensure_future(_last_report(process))
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True  # it is stopping already
    current = asyncio.current_task()
    if cancelled and current is not None:
        current.cancel()
    return task.result()


async def _last_report(process: HelperProcess) -> GenerationEnded | None:
    with suppress(OSError, EOFError, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            process.send(written(StopGeneration()))
            while True:
                report = read(await process.receive())
                if isinstance(report, GenerationEnded):
                    return report
    return None
