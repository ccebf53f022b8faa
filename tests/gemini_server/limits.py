"""Quotas that the server enforces, as the service does: 429 above them."""

import threading
import time
from collections import deque
from dataclasses import dataclass

from .answers import Answer, Answers
from .asked import Asked
from .tokens import count


@dataclass(frozen=True)
class Limits:
    """Quotas; None: none. per_minute: requests. tokens_per_minute: of prompts. per_day: requests
    until the server ends. in_flight: at the same time. minute: its length in seconds, for tests
    that will not wait so long.
    """

    per_minute: int | None = None
    tokens_per_minute: int | None = None
    per_day: int | None = None
    in_flight: int | None = None
    minute: float = 60.0


class Limiter:
    """Lets requests through or refuses them. What is refused does not count."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, int]] = deque()  # when, tokens
        self._today = 0

    def refusal(self, asked: Asked, in_flight: int, say: Answers) -> Answer | None:
        """Give the refusal, or None where the request may pass. in_flight: with this one."""
        limits, now, tokens = self.limits, time.monotonic(), count(asked.text)
        with self._lock:
            while self._recent and self._recent[0][0] <= now - limits.minute:
                self._recent.popleft()
            if limits.in_flight is not None and in_flight > limits.in_flight:
                return say.rate_limited(1.0, limit=limits.in_flight, model=asked.model)
            if limits.per_day is not None and self._today >= limits.per_day:
                return say.quota_of_the_day(limits.per_day, asked.model)
            if limits.per_minute is not None and len(self._recent) >= limits.per_minute:
                wait = self._recent[0][0] + limits.minute - now
                return say.rate_limited(wait, limit=limits.per_minute, model=asked.model)
            if limits.tokens_per_minute is not None:
                wait = self._until_room(limits.tokens_per_minute - tokens, now)
                if wait > 0:
                    limit = limits.tokens_per_minute
                    return say.rate_limited(wait, quota="tokens", limit=limit, model=asked.model)
            self._recent.append((now, tokens))
            self._today += 1
        return None

    def _until_room(self, room: int, now: float) -> float:
        """Seconds until the tokens of the last minute are no more than `room`."""
        used, wait = sum(tokens for _, tokens in self._recent), 0.0
        for then, tokens in self._recent:
            if used <= room:
                break
            used, wait = used - tokens, then + self.limits.minute - now
        return wait if used <= room else self.limits.minute
