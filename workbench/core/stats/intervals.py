"""Shares with their uncertainty, and whether two models differ.

E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the
American Statistical Association 22 (1927), 209-212; Q. McNemar, Note on the sampling error of the
difference between correlated proportions or percentages, Psychometrika 12 (1947), 153-157.
"""

from dataclasses import dataclass
from math import comb, sqrt

_Z = 1.959963984540054
"""Two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """Hits out of a total, with the 95 % interval (Wilson). All 0 if the total is 0."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.hits / self.total if self.total else 0.0


def wilson(hits: int, total: int) -> Share:
    """Return a share with its 95 % score interval (Wilson 1927), good for small counts, 0 and 1.

    `total` is what was asked: a model that never answers scores 0 of all, not 0 of 0.
    """
    if not total:
        return Share(hits, total, 0.0, 0.0)
    share = hits / total
    bulk = 1 + _Z**2 / total
    middle = (share + _Z**2 / (2 * total)) / bulk
    half = _Z * sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2)) / bulk
    # At the ends the bounds are exact, whatever floats make of them.
    low = max(0.0, middle - half) if hits else 0.0
    return Share(hits, total, low, min(1.0, middle + half) if hits < total else 1.0)


def mcnemar(only_left: int, only_right: int) -> float:
    """Return the exact two-sided p-value that two models are equally good (McNemar 1947).

    only_left, only_right: samples that only one of them got right. The test is a sign test on
    these: under equality each falls to either side with probability one half.
    """
    total = only_left + only_right
    tail = sum(comb(total, k) for k in range(min(only_left, only_right) + 1))
    # Integers divide exactly rounded, where floats of such size would overflow.
    return min(1.0, (2 * tail) / (1 << total))
