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
_FEWEST_CLOSER = 3
"""Samples that needed a closer look below which the time that they take is a guess."""
_BLOCKS = 5
_SPREAD = 1.28
"""Standard deviations on either side: the rest takes longer or less long one time in five."""

_Step = tuple[float, int]
"""Seconds that a step took, and how many samples it decided on."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A reviewer's pace.

    each: seconds that a sample of those left will probably take, or of the latest if none is left.
    latest: samples a second in a few equal parts of the latest steps, the newest last. shortest,
    longest: seconds that the samples left will probably take.
    """

    each: float
    latest: tuple[float, ...]
    shortest: float
    longest: float


class Pacer:
    """Times a review by any clock; `at` are its seconds.

    A step decides on one sample, or on many at once. The time since the step before belongs to it,
    unless it is `AWAY` or more: then someone took a break, and the step is left out. Samples that
    need a closer look take longer, and can't be decided on by the screenful: they are timed apart.
    """

    def __init__(self, at: float) -> None:
        self._at = at
        self._steps: deque[_Step] = deque(maxlen=_LATEST)
        self._plain: deque[_Step] = deque(maxlen=_LATEST)
        self._closer: deque[_Step] = deque(maxlen=_LATEST)

    def step(self, at: float, more: int, closer: int = 0) -> None:
        """Take in a step.

        more: samples decided on, fewer than 0 if they were undone. closer: how many of them needed
        a closer look.
        """
        if at - self._at < AWAY:
            step = at - self._at, more
            self._steps.append(step)
            (self._closer if more == closer else self._plain).append(step)
        self._at = at

    def pace(self, left: int, closer: int = 0) -> Pace | None:
        """Return the pace, and how long `left` samples take; None while that is a guess.

        closer: how many of those left need a closer look.
        """
        steps = tuple(self._steps)
        seconds = sum(step[0] for step in steps)
        samples = sum(step[1] for step in steps)
        if len(steps) < _FEWEST_STEPS or samples < _FEWEST_SAMPLES or seconds <= 0:
            return None
        plain, one_by_one = tuple(self._plain), tuple(self._closer)
        if sum(step[1] for step in plain) < 1 or len(plain) < 2:
            plain = steps
        if sum(step[1] for step in one_by_one) < _FEWEST_CLOSER:
            # As long as a step of any kind: nobody decides on two of them at once.
            one_by_one = tuple((took, 1) for took, _ in steps)
        kinds = _to_come(plain, left - closer), _to_come(one_by_one, closer)
        expected = sum(kind[0] for kind in kinds)
        uncertain = _SPREAD * sqrt(sum(kind[1] for kind in kinds))
        return Pace(
            expected / left if left else seconds / samples,
            tuple(_speeds(steps)),
            max(expected / 2, expected - uncertain),
            expected + uncertain,
        )


def _to_come(steps: Sequence[_Step], left: int) -> tuple[float, float]:
    """Return the seconds that samples will take if it goes on as in these steps; the variance."""
    mean = sum(step[0] for step in steps) / len(steps)
    spread = sum((step[0] - mean) ** 2 for step in steps) / max(1, len(steps) - 1)
    to_come = left * len(steps) / sum(step[1] for step in steps)
    # Both the steps to come and the mean of those seen are uncertain.
    return to_come * mean, spread * (to_come + to_come**2 / len(steps))


def _speeds(steps: Sequence[_Step]) -> Iterable[float]:
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
