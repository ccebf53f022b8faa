"""The generation that runs in the background of the app, whatever screen is shown."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from workbench.adapters.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.engines import Engine
from workbench.app.generate.standing import RunStanding
from workbench.core.catalog import Catalog
from workbench.core.errors import WorkbenchError
from workbench.jobs.events import Saved
from workbench.jobs.pauses import Turns
from workbench.jobs.review import Review

if TYPE_CHECKING:
    from workbench.jobs.engines import EngineChoice
    from workbench.jobs.generate import GenerateOptions

_TELL = 0.5
"""Seconds between two messages about a run."""
_TICK = 1.0
"""Seconds after which a run is told of though nothing has happened: its time goes on."""


class Running:
    """One generation at a time, owned by the app. now: where the latest stands, None before it.

    Every screen is told by `Running.Changed`, twice a second at most. The review is kept up to
    date with its file on the way.
    """

    class Changed(Message, bubble=False):
        """The run stands elsewhere now. grown: the review has new samples."""

        def __init__(self, *, grown: bool, ended: bool) -> None:
            self.grown = grown
            self.ended = ended
            super().__init__()

        def can_replace(self, message: Message) -> bool:
            # A later message takes this one's place, unless it says less.
            return (
                isinstance(message, Running.Changed)
                and message.grown >= self.grown
                and message.ended >= self.ended
            )

    def __init__(self, app: App[Any], review: Callable[[], Review | None]) -> None:
        """review: gives the dataset that is open at the moment."""
        self._app = app
        self._open = review
        self._worker: Worker[None] | None = None
        self._lost = False
        self._output = Path()
        self._told = 0.0
        self._news = self._grown = False
        self.now: RunStanding | None = None

    @property
    def alive(self) -> bool:
        """Whether a generation is under way."""
        return self.now is not None and self.now.alive

    def start(
        self, options: "GenerateOptions", choice: "EngineChoice", files: CatalogFiles
    ) -> None:
        """Begin a generation; nothing where one is under way."""
        if self.alive:
            return
        self.now = RunStanding(options.num_samples)
        self._output, self._lost = options.output, False
        self._worker = self._app.run_worker(
            self._run(self.now, options, choice, files), group="generate", exit_on_error=False
        )
        self._tell(at_once=True)

    def cancel(self) -> None:
        """Stop asking; what came in is saved."""
        if self._worker is not None and self.now is not None and self.alive:
            self.now.state = "stopping"
            self._worker.cancel()

    async def stop(self) -> None:
        """Stop, and wait until everything is saved."""
        self.cancel()
        if self._worker is not None:
            with suppress(WorkerCancelled, WorkerFailed):
                await self._worker.wait()
        # How it ended stands in `now`, unless it had not even begun.
        if self.now is not None and self.now.alive:
            self.now.end("stopped")

    async def _run(
        self,
        now: RunStanding,
        options: "GenerateOptions",
        choice: "EngineChoice",
        files: CatalogFiles,
    ) -> None:
        ticker = self._app.set_interval(_TELL, self._tell)
        try:
            # In a thread, once: google-genai takes more than half a second to import.
            catalog, engine = await asyncio.to_thread(_prepare, choice, files)
            await self._consume(now, options, engine, catalog)
            now.end("done")
        except asyncio.CancelledError:
            now.end("stopped")
            raise
        except WorkbenchError as error:
            now.end("failed", str(error))
        except Exception as error:
            now.end("failed", f"An error in the program: {error!r}")
            raise
        finally:
            ticker.stop()
            self._follow(now)
            self._tell(at_once=True)

    async def _consume(
        self, now: RunStanding, options: "GenerateOptions", engine: Engine, catalog: Catalog
    ) -> None:
        from workbench.jobs.generate import generate

        pause = Turns()
        try:
            async with aclosing(generate(options, engine, catalog, pause)) as events:
                async for event in events:
                    now.take(event)
                    self._news = True
                    if isinstance(event, Saved):
                        self._follow(now)
                    self._tell()
                    await pause()
        finally:
            now.notes += engine.notes
            await engine.close()

    def _follow(self, now: RunStanding) -> None:
        """Take what was saved into the review."""
        review = self._open()
        if review is None or review.path != self._output or self._lost:
            return
        try:
            rows = review.follow()
        except WorkbenchError as error:
            now.notes.append(str(error))
            self._lost = True
            return
        if rows:
            self._grown = True

    def _tell(self, *, at_once: bool = False) -> None:
        """Tell every screen, if it is time and there is something to tell."""
        waited = monotonic() - self._told
        if not at_once and (waited < _TELL or not (self._news or waited >= _TICK)):
            return
        self._told = monotonic()
        for screen in self._app.screen_stack:
            screen.post_message(self.Changed(grown=self._grown, ended=not self.alive))
        self._news = self._grown = False


def _prepare(choice: "EngineChoice", files: CatalogFiles) -> tuple[Catalog, Engine]:
    """Load what only a generation needs; its imports alone take longer than a key may wait."""
    import workbench.jobs.generate  # noqa: F401
    from workbench.jobs.engines import make_engine

    catalog = load_catalog(files)
    return catalog, make_engine(choice, catalog, load_policy(files))


def running_of(app: App[Any]) -> Running | None:
    """Give the app's generations, None where it has none to offer."""
    found = getattr(app, "running", None)
    return found if isinstance(found, Running) else None
