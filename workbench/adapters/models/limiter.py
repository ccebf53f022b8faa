"""One limiter for all requests of a model: requests and tokens a minute, requests in flight.

Requests pass in the order in which they came. The number in flight is halved when the service
complains of the rate, and grows by one for each round of answers (additive increase,
multiplicative decrease), so that it settles a little below what the service bears.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class Pass:
    """One send that was let through. began: when. tokens: that were counted for it."""

    began: float
    tokens: float


class Limiter:
    """Lets sends through.

    rpm, tpm: requests and prompt tokens a minute, evenly spread; None for no limit. workers:
    requests in flight at first and at most; None for as many as come.
    """

    def __init__(
        self,
        *,
        rpm: int | None = None,
        tpm: int | None = None,
        workers: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._requests = _Bucket(rpm)
        self._tokens = _Bucket(tpm)
        self._most = float(workers) if workers else math.inf
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()  # first come, first served
        self._room = asyncio.Event()
        self._hold_until = 0.0
        self._shrunk = -math.inf
        self.window = self._most
        self.in_flight = 0

    @asynccontextmanager
    async def send(self, tokens: float) -> AsyncIterator[Pass]:
        """Wait until a request with this many prompt tokens may be sent; it is in flight within."""
        async with self._turn:
            await self._wait()
            now = self._clock()
            self._requests.take(now, 1)
            self._tokens.take(now, tokens)
            self.in_flight += 1
        try:
            yield Pass(now, tokens)
        finally:
            self.in_flight -= 1
            self._room.set()

    async def _wait(self) -> None:
        while True:
            if self.in_flight >= max(1, int(min(self.window, 1e9))):
                self._room.clear()
                await self._room.wait()
                continue
            now = self._clock()
            free = max(self._hold_until, self._requests.free, self._tokens.free)
            if free <= now:
                return
            await self._sleep(free - now)

    def answered(self, sent: Pass, tokens: int | None) -> None:
        """Take in an answer. tokens: of the prompt, as the service counted them."""
        if tokens is not None:
            self._tokens.give_back(sent.tokens - tokens)
        if self.window < self._most:
            self.window = min(self._most, self.window + 1 / self.window)
            self._room.set()

    def complained(self, sent: Pass) -> None:
        """Take in a complaint of the rate: halve what is in flight, once for each burst."""
        if sent.began < self._shrunk:
            return  # sent before the last time: of the same burst
        self._shrunk = self._clock()
        self.window = max(1.0, min(self.window, self.in_flight) / 2)

    def hold(self, seconds: float) -> None:
        """Let nothing through for so long: the service asks for it."""
        self._hold_until = max(self._hold_until, self._clock() + seconds)


class _Bucket:
    """So much a minute, evenly spread: what was taken is paid off before the next is let through.

    free: the time at which the next may pass.
    """

    def __init__(self, per_minute: int | None) -> None:
        self._cost = 60 / per_minute if per_minute else 0.0
        self.free = -math.inf

    def take(self, now: float, amount: float) -> None:
        self.free = max(self.free, now) + amount * self._cost

    def give_back(self, amount: float) -> None:
        self.free -= amount * self._cost
