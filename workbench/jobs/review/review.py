"""A dataset under review: what is shown of it, where one is in it, and what is decided."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from workbench.adapters.catalogs import CatalogFiles
from workbench.adapters.dataset import load_grown
from workbench.adapters.labels import LabelStore
from workbench.core.catalog import Catalog
from workbench.core.choices import KEEP, Choice, Keep
from workbench.core.facets import Facets
from workbench.core.labels import Decision, How
from workbench.core.samples import Sample
from workbench.core.search import Search
from workbench.jobs.review.items import Items
from workbench.jobs.review.tally import Progress, Tally

EVERYTHING = Search()
CHUNK = 400
"""Samples that are looked at in one go while a view is made: some milliseconds of work."""


class Review(Items):
    """An open dataset. view: the rows shown, in their order. cursor: the place in the view.

    Free of any screen and for one thread.
    """

    def __init__(
        self,
        path: Path,
        raw: list[bytes],
        digest: str,
        files: CatalogFiles,
        catalog: Catalog,
        store: LabelStore,
    ) -> None:
        super().__init__(raw, catalog, files.digest(), store)
        self.path = path
        self.digest = digest
        self.files = files
        self.view: Sequence[int] = range(len(raw))
        self.cursor = 0
        self.marks: set[int] = set()
        self.search = EVERYTHING
        self._tally = Tally(store)
        self._known = 0
        self._unusable = 0
        self._early: set[int] = set()
        self._tally.recount()

    # ------------------------------------------------------------ what becomes known

    def know(self, row: int, facets: Facets) -> None:
        """Take in what a helper found out about a row."""
        if self.facets[row] is None:
            self._place(row, facets.id)
            self._early.discard(row)
            self._known += 1
            self._unusable += not facets.id
        self.facets[row] = facets

    def _place(self, row: int, sample_id: str) -> None:
        """Note which row a sample has, once; a decision may come before the helper's word."""
        if sample_id and self.facets[row] is None and row not in self._early:
            self._tally.place(row, sample_id)
            self._early.add(row)

    @property
    def all_known(self) -> bool:
        """Whether a helper has told of every row."""
        return 0 < self._known == len(self.raw)

    def recount(self) -> None:
        """Count decisions anew: all labels, each for the rows that it is known to have."""
        self._tally.complete = self.all_known
        self._tally.recount()

    def progress(self) -> Progress:
        """Count decisions; see `Progress`."""
        return self._tally.progress(len(self.raw), self._unusable)

    def elsewhere(self) -> int:
        """Count the labels of samples that are not in the dataset; 0 until all rows are known."""
        return self._tally.elsewhere() if self.all_known else 0

    def rows_of(self, sample_ids: Iterable[str]) -> list[int]:
        """Give the rows of samples, as far as they are known, in the file's order."""
        wanted = set(sample_ids)
        found = {row for sample_id in wanted for row in self._tally.rows(sample_id)}
        if len(found) < len(wanted):
            found |= {row for row in self._near_cursor() if self.sample_id(row) in wanted}
        return sorted(found)

    def _near_cursor(self) -> Iterator[int]:
        size = len(self.view)
        for place in range(max(0, self.cursor - CHUNK), min(size, self.cursor + CHUNK)):
            yield self.view[place]

    # ------------------------------------------------------------ what others write meanwhile

    def append(self, items: Sequence[bytes]) -> range:
        """Take in samples that have come to the file's end; returns their rows.

        The cursor stays. Where all samples are shown, the new ones are too; what a search in force
        finds of them is for the next view.
        """
        rows = self.extend(items)
        self._tally.complete = False
        if not self.search:
            in_order = isinstance(self.view, range)
            self.view = range(len(self.raw)) if in_order else [*self.view, *rows]
        return rows

    def follow(self) -> range:
        """Take in what has been written to the file's end since; returns the new rows.

        Raises `InputError` where the file cannot be read, or is another one now.
        """
        items, self.digest = load_grown(self.path, self.raw)
        return self.append(items)

    def follow_labels(self) -> list[int]:
        """Take in what the holder of labels open for reading only has decided since.

        Returns the rows concerned. Raises `InputError` where the labels cannot be read any more.
        """
        changed = self.store.follow()
        self._tally.update(changed)
        return self.rows_of(changed) if changed else []

    # ------------------------------------------------------------ where one is

    @property
    def row(self) -> int | None:
        """The row under the cursor, None where the view is empty."""
        return self.view[self.cursor] if self.view else None

    def move(self, place: int) -> None:
        """Put the cursor on a place of the view, or the nearest there is."""
        self.cursor = max(0, min(place, len(self.view) - 1))

    def go_to(self, row: int) -> bool:
        """Put the cursor on a row; False where the view does not show it."""
        place = row if isinstance(self.view, range) and row in self.view else _find(self.view, row)
        if place is None:
            return False
        self.cursor = place
        return True

    def next_unreviewed(
        self, step: int = 1, start: int | None = None, most: int | None = None
    ) -> int | None:
        """Give the next place in the view that waits for accept or reject, from the cursor on.

        Unusable items wait for nothing. most: look at so many places at most.
        """
        place = (self.cursor if start is None else start - step) + step
        stop = len(self.view) if step > 0 else -1
        if most is not None:
            stop = min(stop, place + most) if step > 0 else max(stop, place - most)
        for at in range(place, stop, step):
            sample_id = self.sample_id(self.view[at])
            if sample_id and not self._tally.is_reviewed(sample_id):
                return at
        return None

    # ------------------------------------------------------------ what is shown

    def make_view(self, search: Search, order: Sequence[int] | None) -> Iterator[list[int]]:
        """Look for the rows of a view, a chunk at a time: yields what has been found so far.

        order: all rows in the order wanted, None for the file's.
        """
        found: list[int] = []
        start = 0
        # The file may grow meanwhile.
        while start < len(rows := range(len(self.raw)) if order is None else order):
            chunk = rows[start : start + CHUNK]
            found += [row for row in chunk if self.matches(row, search)]
            start += len(chunk)
            yield found

    def show(self, view: Sequence[int], search: Search) -> None:
        """Take a view over and keep the cursor on its row, or near it."""
        row = self.row
        self.view = view
        self.search = search
        if row is None or not self.go_to(row):
            self.move(self.cursor)

    # ------------------------------------------------------------ decisions

    def decide(
        self,
        row: int,
        decision: Decision,
        how: How = "read",
        seconds: float = 0.0,
        *,
        reason: str = "",
        edited: Sample | Keep | None = KEEP,
    ) -> None:
        """Decide on a row's sample; on disk when this returns. Raises `InputError`."""
        sample = self.sample(row)
        if sample is not None:
            self._place(row, sample.id)
            self.store.decide(sample, decision, how, seconds, reason=reason, edited=edited)
            self._tally.update([sample.id])

    def annotate(
        self, row: int, *, note: str | Keep = KEEP, tags: Iterable[str] | Keep = KEEP
    ) -> None:
        """Set a comment or tags; "" and () take them away. Raises `InputError`."""
        sample = self.sample(row)
        if sample is not None:
            self._place(row, sample.id)
            self.store.annotate(sample, note=note, tags=tags)
            self._tally.update([sample.id])

    def decide_all(self, rows: Iterable[int], decision: Decision, seconds: float = 0.0) -> int:
        """Decide on many rows in one stroke; returns how many samples. Raises `InputError`."""
        samples = {s.id: s for row in rows if (s := self.sample(row))}
        each = seconds / len(samples) if samples else 0.0
        choices = [Choice(sample, decision, "bulk", each) for sample in samples.values()]
        changed = self.store.bulk(choices) if choices else []
        self._tally.update(changed)
        return len(changed)

    def undo(self) -> list[int]:
        """Take the latest action back; returns its rows, the cursor's first."""
        return self._returned(self.store.undo())

    def redo(self) -> list[int]:
        """Make the action again that was undone last; returns its rows."""
        return self._returned(self.store.redo())

    def _returned(self, sample_ids: Sequence[str]) -> list[int]:
        self._tally.update(sample_ids)
        rows = self.rows_of(sample_ids)
        if rows:
            self.go_to(rows[0])
        return rows

    def close(self) -> None:
        """Save the labels and let them go. Raises `InputError` where they cannot be saved."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _find(view: Sequence[int], row: int) -> int | None:
    try:
        return view.index(row)
    except ValueError:
        return None
