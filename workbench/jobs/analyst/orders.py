"""Orders of all items by what is known about them; each returns the items' numbers as uint32."""

from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.jobs.analyst.wire import STATUSES

Ranks = npt.NDArray[np.uint32]
Values = Sequence[str | tuple[str | int, ...]]


def by_calls(
    values: Sequence[str | tuple[str | int, ...]], columns: Sequence["array[int]"]
) -> bytes:
    """Order by columns of indices into `values`, the first column counting most."""
    return _order([_ranks(values, column) for column in columns])


def by_verdict(statuses: bytearray, values: Values, codes: "array[int]") -> bytes:
    """Put failing items first and unverified ones last, with equal codes together."""
    # Failing items have the lowest rank.
    ranks = np.array([len(STATUSES) - place for place in range(len(STATUSES))], np.uint32)
    return _order([ranks[np.frombuffer(statuses, np.uint8)], _ranks(values, codes)])


def _order(ranks: list[Ranks]) -> bytes:
    return np.lexsort(ranks[::-1]).astype(np.uint32).tobytes()


def _ranks(values: Values, column: "array[int]") -> Ranks:
    """Return each item's rank by a column's values; those without one come last."""
    numbers = np.frombuffer(column, np.uint32)
    used = sorted(set(numbers.tolist()), key=lambda n: (not values[n], values[n]))
    ranks = np.zeros(len(values), np.uint32)
    ranks[used] = np.arange(len(used), dtype=np.uint32)
    return ranks[numbers]
