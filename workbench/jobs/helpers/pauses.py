"""Pauses: long work in an event loop lets the others in it, such as a screen, have their turn."""

import asyncio
import gc
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Protocol, TypeVar

T = TypeVar("T")

_WORK = 0.003
"""Seconds of work after which the others get their turn."""
_TURN = 0.001
"""A real sleep: with `sleep(0)` a key waits for about ten pieces of work, with this for two."""
_HOLD = 0.025
"""Seconds of rest after a key: drawing what the key did may take that long."""

_SWITCH = 0.0005
"""Seconds until a thread makes way for the loop's: every key waits for this."""
_USUAL = gc.get_threshold()
_NEVER = 1_000_000


def loading() -> None:
    """Put off full garbage collections until `keep_loaded`: everything being loaded stays."""
    gc.set_threshold(*_USUAL[:2], _NEVER)


def keep_loaded() -> None:
    """Hide what is loaded from the garbage collector. It stays anyway, and looking through all of
    it takes longer than a key may wait.
    """
    gc.freeze()
    gc.set_threshold(*_USUAL)


def _kept(work: Callable[[], T]) -> T:
    result = work()
    gc.freeze()
    return result


class Pause(Protocol):
    """How long work gives way to whoever shares its event loop."""

    async def __call__(self) -> None:
        """Let others work; called between pieces of work of a few milliseconds at most."""

    async def aside(self, work: Callable[[], T]) -> T:
        """Do a longer piece that doesn't need the loop. It is finished even if cancelled; the
        cancellation is raised at the next wait.
        """


class NoPause:
    """Go on at once: nobody else is waiting."""

    async def __call__(self) -> None:
        pass

    async def aside(self, work: Callable[[], T]) -> T:
        return work()


no_pause = NoPause()


class Turns:
    """A `Pause` for a program with a screen: sleeps after enough work. key_at: returns when the
    latest key came, in seconds of `perf_counter`; there is no work until its effect can have been
    drawn.
    """

    def __init__(self, key_at: Callable[[], float] = lambda: 0.0) -> None:
        self._since = perf_counter()
        self._key_at = key_at
        self._answered = 0.0
        self._gate = asyncio.Lock()

    async def __call__(self) -> None:
        # One at a time: several that wake together would all work in one go.
        async with self._gate:
            key_at = self._key_at()
            if key_at > self._answered:
                self._answered = key_at  # one rest per key: holding one down stops nothing
                await asyncio.sleep(max(_TURN, key_at + _HOLD - perf_counter()))
                self._since = perf_counter()
            elif perf_counter() - self._since >= _WORK:
                await asyncio.sleep(_TURN)
                self._since = perf_counter()

    async def aside(self, work: Callable[[], T]) -> T:
        collecting = gc.isenabled()
        gc.disable()
        task = asyncio.ensure_future(asyncio.to_thread(_kept, work))
        cancelled = False
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                cancelled = True
        sys.setswitchinterval(usual)
        if collecting:
            gc.enable()
        current = asyncio.current_task()
        if cancelled and current is not None:
            current.cancel()
        return task.result()
