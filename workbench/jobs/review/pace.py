"""How fast samples are decided on, and how long the rest will take at that pace."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import sqrt

from workbench.core.review.labels import Label

AWAY = 120.0
"""Seconds without a decision after which nobody is thought to be reading any more."""
_LATEST = 60
"""Steps that the pace is taken from: it changes as you get used to a dataset."""
_FEWEST_STEPS = 5
_FEWEST_SAMPLES = 10
"""Below these there is no pace worth telling."""
_BLOCKS = 5
_SPREAD = 1.28
"""Standard deviations on either side: the rest takes longer or less long one time in five."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A reviewer's pace.

    each: seconds a sample. latest: samples a second in a few equal parts of the latest steps, the
    newest last. shortest, longest: seconds that the samples left will probably take.
    """

    each: float
    latest: tuple[float, ...]
    shortest: float
    longest: float


class Pacer:
    """Times a review by any clock; `at` are its seconds.

    A step decides on one sample, or on many at once. The time since the step before belongs to it,
    unless it is `AWAY` or more: then someone took a break, and the step is left out.
    """

    def __init__(self, at: float) -> None:
        self._at = at
        self._steps: deque[tuple[float, int]] = deque(maxlen=_LATEST)

    def step(self, at: float, more: int) -> None:
        """Take in a step. more: samples decided on, fewer than 0 if they were undone."""
        if at - self._at < AWAY:
            self._steps.append((at - self._at, more))
        self._at = at

    def pace(self, left: int) -> Pace | None:
        """Return the pace, and how long `left` samples take; None while that is a guess."""
        steps = len(self._steps)
        seconds = sum(step[0] for step in self._steps)
        samples = sum(step[1] for step in self._steps)
        if steps < _FEWEST_STEPS or samples < _FEWEST_SAMPLES or seconds <= 0:
            return None
        mean = seconds / steps
        spread = sqrt(sum((step[0] - mean) ** 2 for step in self._steps) / (steps - 1))
        to_come = left * steps / samples
        # Both the steps to come and the mean of those seen are uncertain.
        uncertain = _SPREAD * spread * sqrt(to_come + to_come**2 / steps)
        expected = to_come * mean
        return Pace(
            seconds / samples,
            tuple(_speeds(tuple(self._steps))),
            max(expected / 2, expected - uncertain),
            expected + uncertain,
        )


def _speeds(steps: Sequence[tuple[float, int]]) -> Iterable[float]:
    size = max(1, len(steps) // _BLOCKS)
    newest = steps[-size * _BLOCKS :]
    for start in range(0, len(newest), size):
        part = newest[start : start + size]
        seconds = sum(step[0] for step in part)
        yield max(0, sum(step[1] for step in part)) / seconds if seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class ActiveTime:
    """The time that decisions took, breaks left out. samples: decided on in it."""

    seconds: float
    samples: int

    @property
    def each(self) -> float | None:
        """Seconds a sample, None without any."""
        return self.seconds / self.samples if self.samples else None


class ActiveClock:
    """Adds up the time that someone's decisions took, by when each was made."""

    def __init__(self, reviewer: str) -> None:
        self._reviewer = reviewer
        self._decided: Counter[float] = Counter()

    def add(self, label: Label) -> None:
        """Take in a label; one of someone else, or of an unknown time, counts for nothing."""
        if label.reviewer != self._reviewer or label.decision is None or label.how == "imported":
            return
        with suppress(ValueError):
            self._decided[datetime.fromisoformat(label.time).timestamp()] += 1

    def total(self) -> ActiveTime:
        """Return the time so far. What comes first, or first after a break, is not timed."""
        seconds, samples = 0.0, 0
        for before, now in pairwise(sorted(self._decided)):
            if now - before < AWAY:
                seconds += now - before
                samples += self._decided[now]
        return ActiveTime(seconds, samples)
