"""Draws that depend only on their key, not on order, process or hash seed."""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def keyed(*key: int | str) -> Random:
    """Return a generator for a key: equal keys give equal draws."""
    text = "\x1f".join(str(part) for part in key)
    return Random(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big"))


def pick(rng: Random, items: Sequence[T]) -> T:
    """Draw one of the items, each as likely."""
    return items[int(rng.random() * len(items))]


class Weighted(Generic[T]):
    """Items to draw by weight. Items of weight 0 or less are left out."""

    def __init__(self, items: Sequence[tuple[T, float]]) -> None:
        kept = [(item, weight) for item, weight in items if weight > 0]
        self.items = [item for item, _ in kept]
        self._sums = list(accumulate(weight for _, weight in kept))

    def __bool__(self) -> bool:
        return bool(self.items)

    def draw(self, rng: Random) -> T:
        """Draw one item. Raises `IndexError` if there isn't one."""
        return self.items[bisect_right(self._sums, rng.random() * self._sums[-1])]
