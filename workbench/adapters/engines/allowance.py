"""How many samples to ask a model for at a time, and how many tokens to let it write.

Both are adjusted to its answers: fewer samples after an answer was cut, slowly more after whole
ones. The limit is generous, because a cut answer is paid for in full; it exists so that the cost of
requests in flight is known.
"""

import math

from workbench.adapters.models import Thinking

BATCH, COLD_BATCH, LEAST = 30, 15, 3
"""Samples per request; in the seed round, when there is nothing to show; and at least."""

PLANS = 8
"""Conversations of a request, of which only the sentences are written."""

PER_SAMPLE = 100
"""Tokens of a sample: on average 250 characters of JSON, 340 with line breaks."""

_ROOM = 3
"""Multiple of the expected tokens: for samples with three or four calls, or in other scripts."""

_THINKING: dict[Thinking | None, int] = {
    None: 16_384,
    "minimal": 2_048,
    "low": 8_192,
    "medium": 16_384,
    "high": 32_768,
}


class Allowance:
    """limit: the most tokens the model can write. thinking: the level requested."""

    def __init__(self, limit: int, thinking: Thinking | None = None) -> None:
        self._limit = limit
        self._thinking = _THINKING[thinking]
        self._per_sample = float(PER_SAMPLE)
        self._batch = BATCH

    def batch_size(self, *, cold: bool) -> int:
        """Return the number of samples to ask for."""
        return min(self._batch, COLD_BATCH) if cold else self._batch

    def tokens(self, count: int) -> int:
        """Return the output limit of a request for `count` samples."""
        wanted = count * self._per_sample * _ROOM + self._thinking
        return min(self._limit, math.ceil(wanted))

    def whole(self, count: int, output: int | None) -> None:
        """Learn from a whole answer. output: its tokens, without thinking, if known."""
        self._batch = min(BATCH, self._batch + 1)
        if output:
            self._per_sample = max(PER_SAMPLE, self._per_sample * 0.9, output / count)

    def cut(self, asked: int, whole: int) -> None:
        """Learn from an answer cut after `whole` samples: ask for fewer."""
        self._batch = max(LEAST, min(self._batch, max(whole, asked // 2)))
        if whole == 0:
            self._thinking = min(self._limit, self._thinking * 2)
        else:
            self._per_sample *= 1.5
