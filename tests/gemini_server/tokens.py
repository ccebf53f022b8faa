"""Count tokens: about four characters each, with thinking and the implicit cache."""

import threading
import time
from hashlib import blake2b

from .asked import Asked

_BLOCK = 256  # tokens, by which prefixes are compared
_LEVELS = {"minimal": 0.0, "low": 0.25, "medium": 0.5, "high": 1.0}


def count(text: str) -> int:
    """Four characters a token, rounded up."""
    return -(-len(text) // 4)


class Meter:
    """Measures requests and answers.

    thinking: tokens that a model spends at the level `high`. floor: tokens below which nothing
    is cached. keep: seconds for which a prefix is remembered.
    """

    def __init__(self, thinking: int = 200, floor: int = 1024, keep: float = 300.0) -> None:
        self.thinking = thinking
        self.floor = floor
        self.keep = keep
        self._lock = threading.Lock()
        self._seen: dict[bytes, float] = {}

    def thoughts(self, asked: Asked) -> int:
        """Tokens spent on thinking, by the level or budget asked for."""
        wanted = asked.config.get("thinkingConfig") or {}
        level = str(wanted.get("thinkingLevel", "medium")).lower()
        spent = int(self.thinking * _LEVELS.get(level, 0.5))
        budget = wanted.get("thinkingBudget", -1)
        return spent if budget < 0 else min(spent, budget)

    def usage(self, asked: Asked, text: str, thoughts: int) -> dict[str, int]:
        """The `usageMetadata` of an answer. As in the service, what is zero is left out."""
        prompt, output = count(asked.text), count(text)
        usage = {
            "promptTokenCount": prompt,
            "candidatesTokenCount": output,
            "thoughtsTokenCount": thoughts,
            "cachedContentTokenCount": self._cached(asked),
            "totalTokenCount": prompt + output + thoughts,
        }
        return {name: tokens for name, tokens in usage.items() if tokens}

    def _cached(self, asked: Asked) -> int:
        """Count the tokens of the longest prefix that a recent request had, and remember this."""
        digest = blake2b(asked.model.encode(), digest_size=12)
        text, now, cached = asked.text, time.monotonic(), 0
        size = 4 * _BLOCK
        with self._lock:
            for end in range(size, len(text) + 1, size):
                digest.update(text[end - size : end].encode("utf-8", "surrogatepass"))
                mark = digest.digest()
                if now - self._seen.get(mark, -self.keep) < self.keep:
                    cached = end // 4
                self._seen[mark] = now
            if len(self._seen) > 100_000:
                self._seen.clear()
        return cached if cached >= self.floor else 0
