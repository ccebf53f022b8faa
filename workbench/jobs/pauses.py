"""Pauses: what works long in an event loop gives the others in it, such as a screen, their turn."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

Pause = Callable[[], Awaitable[None]]
"""Called between pieces of work, each some milliseconds long at the most."""

_WORK = 0.004
"""Seconds of work after which the others have their turn."""
_TURN = 0.001
"""A real sleep: with `sleep(0)` a key waits for about ten pieces of work, with this for two."""


async def no_pause() -> None:
    """Go on at once: nobody else is waiting."""


class Turns:
    """A `Pause` for a program with a screen: sleeps once there was work for long enough."""

    def __init__(self) -> None:
        self._since = perf_counter()
        self._gate = asyncio.Lock()

    async def __call__(self) -> None:
        # One at a time: of several that wake together, all would work in one go.
        async with self._gate:
            if perf_counter() - self._since >= _WORK:
                await asyncio.sleep(_TURN)
                self._since = perf_counter()
