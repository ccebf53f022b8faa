"""The generation that runs in the app's background, whatever screen is shown."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message

from workbench.adapters.dataset import load_grown
from workbench.adapters.models.engine import Engine
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.app.background import BackgroundJob
from workbench.app.generate.standing import RunStanding
from workbench.core.checks import Verifier
from workbench.core.errors import WorkbenchError
from workbench.jobs.generating.events import DatasetSaved
from workbench.jobs.helpers.pauses import Turns
from workbench.jobs.review import Review

if TYPE_CHECKING:
    from workbench.jobs.generating.engines import EngineChoice
    from workbench.jobs.generating.estimate import GenerationEstimate
    from workbench.jobs.generating.options import GenerateOptions
    from workbench.jobs.generator.wire import GenerationEnded

_TELL = 0.5
"""Seconds between two messages about a run."""
_TICK = 1.0
"""Seconds after which to send a message even if nothing has happened, to update the time."""


class Running(BackgroundJob[RunStanding]):
    """The generations of the app.

    Every screen gets `Running.Changed`, at most twice a second. The review is kept up to date with
    its file.
    """

    class Changed(Message, bubble=False):
        """The run has moved on. grown: the review has new samples."""

        def __init__(self, *, grown: bool, ended: bool) -> None:
            self.grown = grown
            self.ended = ended
            super().__init__()

        def can_replace(self, message: Message) -> bool:
            # A later message replaces this one, unless it says less.
            return (
                isinstance(message, Running.Changed)
                and message.grown >= self.grown
                and message.ended >= self.ended
            )

    def __init__(
        self,
        app: App[Any],
        review: Callable[[], Review | None],
        key_at: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """review: returns the currently open dataset. key_at: see `Turns`."""
        super().__init__(app)
        self._open = review
        self._key_at = key_at
        self._lost = self._leaving = False
        self._told = 0.0
        self._news = self._grown = False

    async def estimate(
        self, options: "GenerateOptions", choice: "EngineChoice", files: CatalogFiles
    ) -> "tuple[GenerationEstimate, str]":
        """Return what a generation would cost, and its model; asks nothing, writes nothing.

        Raises `InputError` for files that cannot be used.
        """
        pause = Turns(self._key_at)
        verifier, engine = await pause.aside(partial(_prepare, choice, files))

        def look() -> "GenerationEstimate":
            from workbench.jobs.generating.estimate import estimate

            return asyncio.run(estimate(options, engine, verifier))

        try:
            return await pause.aside(look), engine.model
        finally:
            await engine.close()

    def start(
        self, options: "GenerateOptions", choice: "EngineChoice", files: CatalogFiles
    ) -> None:
        """Begin a generation, unless one is running."""
        if self.alive:
            return
        self.now = RunStanding(options.num_samples, options.output)
        self._lost = False
        self._begin(self._run(self.now, options, choice, files))
        self._tell(at_once=True)

    async def stop(self) -> None:
        """Stop asking, and wait until everything is saved, because the app is about to end: a
        screen that heard of it now might open another one.
        """
        self._leaving = True
        await super().stop()

    async def _run(
        self,
        now: RunStanding,
        options: "GenerateOptions",
        choice: "EngineChoice",
        files: CatalogFiles,
    ) -> None:
        ticker = self._app.set_interval(_TELL, self._tell)
        pause = Turns(self._key_at)
        try:
            with self._to_its_end(now):
                await self._consume(now, options, choice, files, pause)
        finally:
            ticker.stop()
            await self._follow(now, pause)
            self._tell(at_once=True)

    async def _consume(
        self,
        now: RunStanding,
        options: "GenerateOptions",
        choice: "EngineChoice",
        files: CatalogFiles,
        pause: Turns,
    ) -> None:
        from workbench.jobs.generator import generate_apart

        how: list[GenerationEnded] = []
        try:
            job = generate_apart(options, choice, files, how.append)
            async with aclosing(job) as events:
                async for event in events:
                    now.take_in(event)
                    self._news = True
                    if isinstance(event, DatasetSaved):
                        await self._follow(now, pause)
                    self._tell()
        finally:
            for last in how:
                now.notes += last.notes
                now.others = last.others
                if last.standing is not None:
                    now.settle(last.standing)
        if how and how[0].bug:
            raise RuntimeError(how[0].problem)
        if how and how[0].problem:
            raise WorkbenchError(_problem(how[0], options.output))

    async def _follow(self, now: RunStanding, pause: Turns) -> None:
        """Add what was saved to the review."""
        review = self._open()
        if review is None or review.path != now.output or self._lost:
            return
        try:
            # Rereading the whole file takes longer than a key may wait.
            items, digest = await pause.aside(partial(load_grown, review.path, review.raw))
        except WorkbenchError as error:
            now.notes.append(str(error))
            self._lost = True
            return
        review.digest = digest
        if review.append(items):
            self._grown = True

    def _tell(self, *, at_once: bool = False) -> None:
        """Notify every screen, if it is time and there is news."""
        if self._leaving:
            return
        waited = monotonic() - self._told
        if not at_once and (waited < _TELL or not (self._news or waited >= _TICK)):
            return
        self._told = monotonic()
        for screen in self._app.screen_stack:
            screen.post_message(self.Changed(grown=self._grown, ended=not self.alive))
        self._news = self._grown = False


def _problem(how: "GenerationEnded", path: Path) -> str:
    """Return why it failed, in the screen's terms."""
    if not how.others:
        return how.problem
    others = " and ".join(how.others)
    return (
        f"{path} contains {others} samples; nothing was written. Set Mix to yes to add "
        f"{how.engine} samples."
    )


def _prepare(choice: "EngineChoice", files: CatalogFiles) -> tuple[Verifier, Engine]:
    """Load what an estimate needs; the imports alone take longer than a key may wait."""
    from workbench.jobs.generating.engines import make_engine

    verifier = load_verifier(files).ready()
    return verifier, make_engine(choice, verifier.catalog, verifier.words.policy)


def running_of(app: App[Any]) -> Running | None:
    """Return the app's generations, None if it has none."""
    found = getattr(app, "running", None)
    return found if isinstance(found, Running) else None
