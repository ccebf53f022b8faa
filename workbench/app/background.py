"""Jobs that run in the background of the app, whatever screen is shown."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from textual.app import App
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from workbench.core.errors import WorkbenchError

_TURN = 0.0005
"""Seconds of a thread's turn while keys come first."""

BackgroundState = Literal["none", "running", "stopping", "done", "stopped", "failed"]


@contextmanager
def keys_first() -> Iterator[None]:
    """Give a thread that works in the background short turns: a key needs many in between."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@dataclass(kw_only=True)
class JobStanding:
    """Where a job stands. problem: why it failed or gave up."""

    state: BackgroundState = "running"
    problem: str = ""

    @property
    def alive(self) -> bool:
        """Whether it goes on."""
        return self.state in ("running", "stopping")

    def end(self, state: BackgroundState, problem: str = "") -> None:
        """Note how it ended."""
        self.state = state
        self.problem = problem or self.problem


S = TypeVar("S", bound=JobStanding)


class BackgroundJob(Generic[S]):
    """One job at a time, owned by the app. now: where the latest stands, None before it."""

    def __init__(self, app: App[Any]) -> None:
        self.now: S | None = None
        self._app = app
        self._worker: Worker[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether one is under way."""
        return self.now is not None and self.now.alive

    def cancel(self) -> None:
        """Stop asking; what came in is kept."""
        if self._worker is not None and self.now is not None and self.alive:
            self.now.state = "stopping"
            self._worker.cancel()

    async def stop(self) -> None:
        """Stop asking, and wait until everything is saved."""
        self.cancel()
        if self._worker is not None:
            with suppress(WorkerCancelled, WorkerFailed):
                await self._worker.wait()
        # How it ended stands in `now`, unless it had not even begun.
        if self.now is not None and self.now.alive:
            self.now.end("stopped")

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        group = type(self).__name__
        self._worker = self._app.run_worker(work, group=group, exit_on_error=False)

    @contextmanager
    def _to_its_end(self, now: S) -> Iterator[None]:
        """Note how a job ends: a block that ends by a `WorkbenchError` has failed, and says why."""
        try:
            yield
            now.end("done")
        except asyncio.CancelledError:
            now.end("stopped")
            raise
        except WorkbenchError as error:
            now.end("failed", str(error))
        except Exception as error:
            now.end("failed", f"An error in the program: {error!r}")
            raise
