"""Groups of neighbouring rows in a view, such as those of one property, with their counts."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable

_NONE = -1


class RowGroups:
    """Which rows of a view belong together, and how many of each group are decided.

    It is made while the view is, row by row. names: of the groups, in the view's order. rows: how
    many rows are in a group so far.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.rows = 0
        self._starts: list[int] = []
        self._decided: list[int] = []
        self._group_of = array("i")

    def add(self, row: int, name: str, decided: bool) -> None:
        """Add the view's next row; one with another name than that before it begins a group."""
        if not self.names or self.names[-1] != name:
            self.names.append(name)
            self._starts.append(self.rows)
            self._decided.append(0)
        self.rows += 1
        if row >= len(self._group_of):
            missing = max(row + 1, 2 * len(self._group_of)) - len(self._group_of)
            self._group_of.extend([_NONE] * missing)
        self._group_of[row] = len(self.names) - 1
        self._decided[-1] += decided

    def at(self, place: int) -> int:
        """Return the group of a place in the view, -1 for a place beyond what is known."""
        return bisect_right(self._starts, place) - 1 if place < self.rows else _NONE

    def size(self, group: int) -> int:
        """Return how many rows a group has."""
        end = self._starts[group + 1] if group + 1 < len(self._starts) else self.rows
        return end - self._starts[group]

    def decided(self, group: int) -> int:
        """Return how many rows of a group are decided."""
        return self._decided[group]

    def count(self, rows: Iterable[int], by: int) -> None:
        """Count rows as decided (1), or no longer (-1)."""
        known = len(self._group_of)
        for row in rows:
            if row < known and self._group_of[row] != _NONE:
                self._decided[self._group_of[row]] += by

    def recount(self) -> None:
        """Start counting again from none decided."""
        self._decided = [0] * len(self._decided)
