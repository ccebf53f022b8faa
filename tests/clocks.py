"""A clock that tests turn: whoever sleeps is woken at once, and the time has passed."""

import asyncio


class Clock:
    """now: seconds. sleeps: all that were slept, in order."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
