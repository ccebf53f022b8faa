"""How far two readers agree beyond chance: Cohen's kappa, with its interval.

J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement
20 (1960), 37-46; the standard error is that of J. L. Fleiss, J. Cohen and B. S. Everitt, Large
sample standard errors of kappa and weighted kappa, Psychological Bulletin 72 (1969), 323-327.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from workbench.core.stats.intervals import wilson

_Z = 1.959963984540054
"""Of a 95 % interval."""

TOO_FEW = 30
"""With fewer compared samples than this, agreement means little, so no kappa is shown."""


@dataclass(frozen=True, slots=True)
class IntervalEstimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def observed(table: Sequence[Sequence[int]]) -> float:
    """Return the share of a confusion table's cases on its diagonal; 0.0 for an empty one."""
    total = sum(map(sum, table))
    return sum(row[i] for i, row in enumerate(table)) / total if total else 0.0


def cohens_kappa(table: Sequence[Sequence[int]]) -> IntervalEstimate | None:
    """Return kappa of a square confusion table: one reader's answers by row, the other's by column.

    None if both always give the same single answer, or there are no cases: kappa is then undefined.
    """
    total = sum(map(sum, table))
    if not total:
        return None
    p = [[count / total for count in row] for row in table]
    size = range(len(p))
    rows = [sum(p[i]) for i in size]
    columns = [sum(p[i][j] for i in size) for j in size]
    by_chance = sum(rows[i] * columns[i] for i in size)
    if by_chance >= 1:
        return None
    kappa = (observed(table) - by_chance) / (1 - by_chance)
    rest = 1 - kappa
    agreed = sum(p[i][i] * (1 - (rows[i] + columns[i]) * rest) ** 2 for i in size)
    apart = rest**2 * sum(
        p[i][j] * (columns[i] + rows[j]) ** 2 for i in size for j in size if i != j
    )
    variance = (agreed + apart - (kappa - by_chance * rest) ** 2) / (total * (1 - by_chance) ** 2)
    half = _Z * sqrt(max(variance, 0.0))
    return IntervalEstimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half))


def share(count: int, total: int) -> IntervalEstimate | None:
    """Return a share with its interval; None if there is nothing to have a share of."""
    if not total:
        return None
    found = wilson(count, total)
    return IntervalEstimate(found.value, found.low, found.high)
