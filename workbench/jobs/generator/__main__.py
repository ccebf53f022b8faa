"""The generation process: one generation, told on its output; it stops when asked to, or when its
parent dies, and saves what came in.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from queue import SimpleQueue

from workbench.adapters.models.engine import Engine
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.errors import OtherEngineError, WorkbenchError
from workbench.jobs.generating.engines import make_engine
from workbench.jobs.generating.events import Answered, GenerationEvent, Standing
from workbench.jobs.generating.generate import generate
from workbench.jobs.generator.wire import (
    GenerationEnded,
    GenerationNews,
    GeneratorReport,
    GeneratorRequest,
    StartGeneration,
    StopGeneration,
    read,
    written,
)
from workbench.jobs.helpers.pipes import be_patient, capture_output, listen

_TELL = 0.1
"""Seconds between two messages about replies: each says all that those before it said."""
_PATIENCE = 30.0
"""Seconds to save in when the parent is gone."""


def main() -> None:
    """Serve one parent."""
    be_patient()
    write = capture_output()
    requests: SimpleQueue[GeneratorRequest] = SimpleQueue()

    def orphaned() -> None:
        requests.put(StopGeneration())
        time.sleep(_PATIENCE)
        os._exit(1)

    listen(lambda body: requests.put(read(body)), orphaned)
    start = requests.get()
    if isinstance(start, StartGeneration):
        telling = _Telling(write)
        telling.report(asyncio.run(_generated(start, requests, telling)))


class _Telling:
    """Tells the parent what happens, in few messages; nobody may be listening any more."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._events: list[GenerationEvent] = []
        self._soon: asyncio.TimerHandle | None = None

    def take_in(self, event: GenerationEvent) -> None:
        """Tell an event, at once or soon."""
        if isinstance(event, Answered):
            if self._events and isinstance(self._events[-1], Answered):
                self._events.pop()  # the new one says all that it said
            self._events.append(event)
            if self._soon is None:
                self._soon = asyncio.get_running_loop().call_later(_TELL, self.flush)
        else:
            self._events.append(event)
            self.flush()

    def flush(self) -> None:
        """Tell all that has not been told."""
        if self._events:
            self.report(GenerationNews(self._events))
        self._events = []
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None

    def report(self, report: GeneratorReport) -> None:
        with suppress(BrokenPipeError):
            self._write(written(report))


async def _generated(
    start: StartGeneration, requests: "SimpleQueue[GeneratorRequest]", telling: _Telling
) -> GenerationEnded:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def wait_for_stop() -> None:
        requests.get()
        with suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(task.cancel)

    threading.Thread(target=wait_for_stop, daemon=True).start()
    engine: Engine | None = None
    standing: list[Standing] = []
    how = GenerationEnded()
    try:
        verifier = load_verifier(start.files).ready()
        engine = make_engine(start.choice, verifier.catalog, verifier.words.policy)
        job = generate(start.options, engine, verifier, ended=standing.append)
        async with aclosing(job) as events:
            async for event in events:
                telling.take_in(event)
                await asyncio.sleep(0)  # a request to stop comes in between
    except asyncio.CancelledError:
        pass
    except OtherEngineError as error:
        how = replace(how, problem=str(error), others=error.others, engine=error.engine)
    except WorkbenchError as error:
        how = replace(how, problem=str(error))
    except Exception as error:
        how = replace(how, problem=repr(error), bug=True)
    finally:
        telling.flush()
    if engine is not None:
        how = replace(how, notes=tuple(engine.notes))
        await engine.close()
    return replace(how, standing=standing[-1] if standing else None)


if __name__ == "__main__":
    main()
    sys.exit(0)
