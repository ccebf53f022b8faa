"""What is shown of a dataset, and where the cursor is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter

from workbench.adapters.labels import LabelStore
from workbench.core.checks import Verifier
from workbench.core.review.search import Search
from workbench.jobs.review.groups import RowGroups
from workbench.jobs.review.items import Items

EVERYTHING = Search()
CHUNK = 400
"""Samples looked at in one go while a view is made: a few milliseconds of work."""
_CHUNK_SECONDS = 0.02
"""Fewer, if they take longer than that."""


class View(Items):
    """A dataset as it is shown.

    view: the rows shown, in order. cursor: the position in the view. marks: marked rows, including
    hidden ones. search: what the view shows. groups: of the view, None if it has none.
    """

    def __init__(
        self, raw: list[bytes], verifier: Verifier, catalog_hash: str, store: LabelStore
    ) -> None:
        super().__init__(raw, verifier, catalog_hash, store)
        self.view: Sequence[int] = range(len(raw))
        self.cursor = 0
        self.marks: set[int] = set()
        self.search = EVERYTHING
        self.groups: RowGroups | None = None
        self.looked = 0

    @property
    def row(self) -> int | None:
        """The row under the cursor, None if the view is empty."""
        return self.view[self.cursor] if self.view else None

    def move(self, place: int) -> None:
        """Put the cursor on a position in the view, or the nearest one."""
        self.cursor = max(0, min(place, len(self.view) - 1))

    def go_to(self, row: int) -> bool:
        """Put the cursor on a row; False if the view doesn't show it."""
        place = row if isinstance(self.view, range) and row in self.view else _find(self.view, row)
        if place is None:
            return False
        self.cursor = place
        return True

    def next_unreviewed(
        self, step: int = 1, start: int | None = None, most: int | None = None
    ) -> int | None:
        """Return the next position in the view that needs a decision, from the cursor on.

        Unusable items need none. most: how many positions to look at.
        """
        place = (self.cursor if start is None else start - step) + step
        stop = len(self.view) if step > 0 else -1
        if most is not None:
            stop = min(stop, place + most) if step > 0 else max(stop, place - most)
        for at in range(place, stop, step):
            sample_id = self.sample_id(self.view[at])
            if sample_id and not self.tally.is_reviewed(sample_id):
                return at
        return None

    def next_match(self, search: Search, step: int, start: int, most: int) -> int | None:
        """Return the next position in the view that a search finds, from a position on.

        step: 1 for down, -1 for up. most: how many positions to look at.
        """
        end = min(len(self.view), start + most) if step > 0 else max(-1, start - most)
        for place in range(start, end, step):
            if self.matches(self.view[place], search):
                return place
        return None

    def make_view(
        self,
        search: Search,
        order: Sequence[int] | None,
        groups: RowGroups | None = None,
        name_of: Callable[[int], str] | None = None,
    ) -> Iterator[list[int]]:
        """Find the rows of a view, a chunk at a time: yields what has been found so far.

        order: all rows in the desired order, None for file order. `looked` says how many rows have
        been looked at. groups: to be filled; name_of: gives a row's group.
        """
        if groups is not None:
            self.tally.groups = tuple(filter(None, (self.groups, groups)))
        found: list[int] = []
        start = self.looked = 0
        # The file may grow meanwhile.
        while start < len(rows := range(len(self.raw)) if order is None else order):
            end, until = start + CHUNK, perf_counter() + _CHUNK_SECONDS
            while start < min(end, len(rows)) and perf_counter() < until:
                row = rows[start]
                if not search or self.matches(row, search):
                    found.append(row)
                    if groups is not None and name_of is not None:
                        decided = self.tally.is_reviewed(self.sample_id(row))
                        groups.add(row, name_of(row), decided)
                start += 1
            self.looked = start
            yield found

    def show(self, view: Sequence[int], search: Search, groups: RowGroups | None = None) -> None:
        """Adopt a view and keep the cursor on its row, or near it."""
        row = self.row
        self.view = view
        self.search = search
        self.groups = groups
        self.tally.groups = () if groups is None else (groups,)
        if row is None or not self.go_to(row):
            self.move(self.cursor)

    def replace(self, raw: Sequence[bytes]) -> None:
        """Replace all items; cursor and marks stay on their samples."""
        here = "" if self.row is None else self.sample_id(self.row)
        marked = {self.sample_id(row) for row in self.marks}
        place = 0 if self.row is None else self.row
        self.reset(raw)
        rows: dict[str, int] = {}
        if here or marked:
            for row in range(len(self.raw)):
                rows.setdefault(self.sample_id(row), row)
        self.marks = {rows[one] for one in marked if one and one in rows}
        self.show(range(len(self.raw)), EVERYTHING)
        self.move(rows.get(here, place) if here else place)

    def group_here(self) -> int:
        """Return the group that the cursor is in, -1 for none."""
        return self.groups.at(self.cursor) if self.groups else -1

    def rows_of(self, sample_ids: Iterable[str]) -> list[int]:
        """Return the rows of samples, where known, in the file's order."""
        wanted = set(sample_ids)
        found = {row for sample_id in wanted for row in self.tally.rows(sample_id)}
        if len(found) < len(wanted):
            found |= {row for row in self._near_cursor() if self.sample_id(row) in wanted}
        return sorted(found)

    def _near_cursor(self) -> Iterator[int]:
        size = len(self.view)
        for place in range(max(0, self.cursor - CHUNK), min(size, self.cursor + CHUNK)):
            yield self.view[place]


def _find(view: Sequence[int], row: int) -> int | None:
    try:
        return view.index(row)
    except ValueError:
        return None
