"""When a send that failed is sent again, and after how long."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from workbench.adapters.models import FaultKind, ModelError

T = TypeVar("T")

RETRIED: frozenset[FaultKind] = frozenset(
    {"rate limit", "server", "timeout", "unreachable", "connection", "unreadable"}
)
"""Faults that pass. What a prompt, a key or a day's quota is to blame for stays as it is."""


@dataclass(frozen=True)
class Retry:
    """Exponential backoff with full jitter: before the nth new send, 0 to `first` * 2^(n-1) s.

    sends: at most, the first one counted. longest: of these waits. patience: seconds after the
    first send within which a request is sent again. ceiling: the longest wait that is granted to
    a service that asks for one. jitter: else the whole of such a time is waited, or what the
    service asks where that is more. sleep, uniform, clock: for tests.
    """

    sends: int = 8
    first: float = 2.0
    longest: float = 120.0
    patience: float = 1800.0
    ceiling: float = 600.0
    jitter: bool = True
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uniform: Callable[[float, float], float] = random.uniform
    clock: Callable[[], float] = time.monotonic

    def wait(self, sends: int, asked: float | None) -> float:
        """Return the seconds to wait after N sends in vain, no less than the service asked."""
        most = min(self.longest, self.first * 2 ** (sends - 1))
        least = asked or 0.0
        return least + self.uniform(0.0, most) if self.jitter else max(least, most)

    def passes(self, error: ModelError, sends: int, elapsed: float) -> bool:
        """Say whether to send again, after this many sends and seconds."""
        kind, asked = error.fault.kind, error.fault.retry_after or 0.0
        return (
            kind in RETRIED
            and not error.fatal
            and sends < self.sends
            and asked <= self.ceiling
            and elapsed + asked <= self.patience
        )


async def persist(
    send: Callable[[], Awaitable[T]],
    retry: Retry,
    faults: list[FaultKind],
    may_resend: Callable[[str], bool] | None = None,
) -> T:
    """Send until there is an answer or no point in sending again; then raise the last `ModelError`.

    faults: the kinds of all faults, added to. may_resend: see `Prompt`.
    """
    began = retry.clock()
    while True:
        try:
            return await send()
        except ModelError as error:
            failure = error
        kind = failure.fault.kind
        faults.append(kind)
        if not retry.passes(failure, len(faults), retry.clock() - began) or (
            may_resend is not None and not may_resend(kind)
        ):
            raise failure
        await retry.sleep(retry.wait(len(faults), failure.fault.retry_after))


def given_up(error: ModelError, faults: tuple[FaultKind, ...], elapsed: float) -> ModelError:
    """Return the last error, saying how often a request was sent, and what each send came to."""
    sentence = str(error)
    if error.fault.kind in RETRIED and len(faults) > 1:
        sentence += f"; tried {len(faults)} times in {duration(elapsed)}"
    return ModelError(sentence, fatal=error.fatal, fault=replace(error.fault, faults=faults))


def duration(seconds: float) -> str:
    """Say a time in words: 94 s, 12 min, 5 h 3 min, 4 days."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes >= 48 * 60:
        return f"{round(seconds / 86_400):,} days"
    return f"{minutes // 60} h {minutes % 60} min"
