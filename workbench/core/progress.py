"""Telling a caller how far a long loop has got."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
Progress = Callable[[int], None]
"""Called now and then with the number of items done; the last time with all."""
PartProgress = Callable[[int, int], None]
"""Called with how much is done, of how much."""

_STEP = 256


def counted(items: Sequence[T], on_progress: Progress | None) -> Iterator[T]:
    """Yield the items; an item counts as done when the next is asked for."""
    for done, item in enumerate(items):
        if on_progress and done and done % _STEP == 0:
            on_progress(done)
        yield item
    if on_progress:
        on_progress(len(items))


def unheard(_done: int, _total: int) -> None:
    """Show no progress."""
