"""A dataset under review: its samples, their labels, the view of them, and what is done to them.

Free of any screen and for one thread. Samples are kept as the bytes they were and parsed when
looked at; what the whole file takes (verdicts of all, similarity) comes from elsewhere, as facets.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from workbench.adapters.catalogs import CatalogFiles
from workbench.adapters.dataset import BadItem, load_grown, load_raw, read_item
from workbench.adapters.labels import LabelStore, labels_path, open_labels
from workbench.core.catalog import Catalog
from workbench.core.checks import verify
from workbench.core.choices import KEEP, Choice, Keep
from workbench.core.facets import Facets, facets_of
from workbench.core.labels import Decision, How, Label, stale
from workbench.core.samples import Sample
from workbench.core.search import Search, searchable
from workbench.core.verdicts import Verdict
from workbench.jobs.verify import catalog_for

_PARSED = 2048
_VERIFIED = 512
EVERYTHING = Search()
CHUNK = 400
"""Samples that are looked at in one go while a view is made: some milliseconds of work."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review has come. Counts rows of the file: equal samples share a label.

    reviewed: accepted or rejected. left: neither.
    """

    total: int
    accepted: int
    rejected: int
    edited: int
    skipped: int

    @property
    def reviewed(self) -> int:
        return self.accepted + self.rejected

    @property
    def left(self) -> int:
        return self.total - self.reviewed


class _State(NamedTuple):
    """What is counted of a label."""

    decision: str
    edited: bool


_NO_STATE = _State("", False)


class Review:
    """An open dataset. view: the rows shown, in their order. cursor: the place in the view."""

    def __init__(
        self,
        path: Path,
        raw: list[bytes],
        digest: str,
        files: CatalogFiles,
        catalog: Catalog,
        store: LabelStore,
    ) -> None:
        self.path = path
        self.raw = raw
        self.digest = digest
        self.catalog = catalog
        self.store = store
        self.facets: list[Facets | None] = [None] * len(raw)
        self.view: Sequence[int] = range(len(raw))
        self.cursor = 0
        self.marks: set[int] = set()
        self.search = EVERYTHING
        self.catalog_hash = ""
        self.files = files
        self._rows: dict[str, list[int]] = {}
        self._early: set[int] = set()
        self._states: dict[str, _State] = {}
        self._counts: Counter[str] = Counter()
        self.item = lru_cache(_PARSED)(self._parse)
        self._verdicts: dict[str, Verdict] = {}

    # ------------------------------------------------------------ samples

    def _parse(self, row: int) -> Sample | BadItem:
        """Give what a row is."""
        return read_item(row, self.raw[row])

    def sample(self, row: int) -> Sample | None:
        """Give a row's sample as it is in the file, None for an unusable item."""
        item = self.item(row)
        return item if isinstance(item, Sample) else None

    def in_force(self, row: int) -> Sample | None:
        """Give a row's sample, as edited where it is."""
        sample, label = self.sample(row), self.label(row)
        return label.in_force(sample) if sample and label else sample

    def sample_id(self, row: int) -> str:
        """Give the id of a row's sample, "" for an unusable item."""
        facets = self.facets[row]
        if facets is not None:
            return facets.id
        sample = self.sample(row)
        return sample.id if sample else ""

    def label(self, row: int) -> Label | None:
        """Give the label of a row's sample."""
        sample_id = self.sample_id(row)
        return self.store.get(sample_id) if sample_id else None

    def is_stale(self, row: int) -> bool:
        """Whether sample or catalogue have changed since the decision."""
        label = self.label(row)
        return bool(label and stale(label, self.sample_id(row), self.catalog_hash))

    def verdict(self, sample: Sample) -> Verdict:
        """Give a sample's verdict, all its findings included."""
        sample_id = sample.id
        known = self._verdicts.get(sample_id)
        if known is None:
            if len(self._verdicts) >= _VERIFIED:
                self._verdicts.clear()
            known = self._verdicts[sample_id] = verify(sample, self.catalog)
        return known

    def status(self, row: int) -> str:
        """Give a row's verdict in a word, "" while it is not known."""
        facets = self.facets[row]
        label = self.label(row)
        if label and label.edited:
            return self.verdict(label.edited).status
        if facets is None:
            return ""
        return facets.status if facets.id else "fail"

    def know(self, row: int, facets: Facets) -> None:
        """Take in what a helper found out about a row."""
        self._remember(row, facets.id)
        self._early.discard(row)
        self.facets[row] = facets

    def _remember(self, row: int, sample_id: str) -> None:
        """Note which row a sample has, once; a decision may come before the helper's word."""
        if sample_id and self.facets[row] is None and row not in self._early:
            self._rows.setdefault(sample_id, []).append(row)
            self._early.add(row)

    def rows_of(self, sample_ids: Iterable[str]) -> list[int]:
        """Give the rows of samples, as far as they are known, in the file's order."""
        wanted = set(sample_ids)
        found = {row for sample_id in wanted for row in self._rows.get(sample_id, ())}
        if len(found) < len(wanted):
            found |= {row for row in self._near_cursor() if self.sample_id(row) in wanted}
        return sorted(found)

    # ------------------------------------------------------------ growing

    def append(self, items: Sequence[bytes]) -> range:
        """Take in samples that have come to the file's end; returns their rows.

        The cursor stays. Where all samples are shown, the new ones are too; what a search in force
        finds of them is for the next view.
        """
        rows = range(len(self.raw), len(self.raw) + len(items))
        self.raw.extend(items)
        self.facets.extend([None] * len(items))
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

    def _near_cursor(self) -> Iterator[int]:
        size = len(self.view)
        for place in range(max(0, self.cursor - CHUNK), min(size, self.cursor + CHUNK)):
            yield self.view[place]

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

    def next_unreviewed(self, step: int = 1, start: int | None = None) -> int | None:
        """Give the next place in the view without accept or reject, from the cursor on."""
        place = (self.cursor if start is None else start - step) + step
        while 0 <= place < len(self.view):
            label = self.label(self.view[place])
            if label is None or label.decision not in ("accepted", "rejected"):
                return place
            place += step
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

    def matches(self, row: int, search: Search) -> bool:
        """Whether a row is one that a search asks for."""
        sample = self.sample(row)
        if sample is None:
            return not search
        facets = self.facets[row] or facets_of(sample)
        label = self.label(row)
        changed = bool(label and stale(label, facets.id, self.catalog_hash))
        return search.matches(facets, label, changed, lambda: searchable(sample.query))

    def show(self, view: Sequence[int], search: Search) -> None:
        """Take a view over and keep the cursor on its row, or near it."""
        row = self.row
        self.view = view
        self.search = search
        if row is None or not self.go_to(row):
            self.move(self.cursor)

    def progress(self) -> Progress:
        """Count decisions; see `Progress`."""
        counts = self._counts
        return Progress(
            len(self.raw),
            counts["accepted"],
            counts["rejected"],
            counts["edited"],
            counts["skipped"],
        )

    def recount(self) -> None:
        """Count decisions anew: all labels, each for the rows that it is known to have."""
        self._states.clear()
        self._counts.clear()
        self._note_changes(self.store.ids())

    def _note_changes(self, sample_ids: Iterable[str]) -> None:
        """Bring the counts up to date with the labels of these samples."""
        lone = 0 if self.all_known else 1
        for sample_id in sample_ids:
            label = self.store.get(sample_id)
            before = self._states.get(sample_id, _NO_STATE)
            after = _State(label.decision or "", label.edited is not None) if label else _NO_STATE
            rows = len(self._rows.get(sample_id, ())) or lone
            for state, sign in ((before, -rows), (after, rows)):
                self._counts[state.decision] += sign
                self._counts["edited"] += sign * state.edited
            self._states[sample_id] = after

    @property
    def all_known(self) -> bool:
        """Whether a helper has told of every row."""
        return bool(self.raw) and self.facets[-1] is not None and None not in self.facets

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
            self._remember(row, sample.id)
            self.store.decide(sample, decision, how, seconds, reason=reason, edited=edited)
            self._note_changes([sample.id])

    def annotate(
        self, row: int, *, note: str | Keep = KEEP, tags: Iterable[str] | Keep = KEEP
    ) -> None:
        """Set a comment or tags; "" and () take them away. Raises `InputError`."""
        sample = self.sample(row)
        if sample is not None:
            self._remember(row, sample.id)
            self.store.annotate(sample, note=note, tags=tags)
            self._note_changes([sample.id])

    def decide_all(self, rows: Iterable[int], decision: Decision, seconds: float = 0.0) -> int:
        """Decide on many rows in one stroke; returns how many samples. Raises `InputError`."""
        samples = {s.id: s for row in rows if (s := self.sample(row))}
        each = seconds / len(samples) if samples else 0.0
        choices = [Choice(sample, decision, "bulk", each) for sample in samples.values()]
        changed = self.store.bulk(choices) if choices else []
        self._note_changes(changed)
        return len(changed)

    def undo(self) -> list[int]:
        """Take the latest action back; returns its rows, the cursor's first."""
        return self._returned(self.store.undo())

    def redo(self) -> list[int]:
        """Make the action again that was undone last; returns its rows."""
        return self._returned(self.store.redo())

    def _returned(self, sample_ids: Sequence[str]) -> list[int]:
        self._note_changes(sample_ids)
        rows = self.rows_of(sample_ids)
        if rows:
            self.go_to(rows[0])
        return rows

    def close(self) -> None:
        """Save the labels and let them go. Raises `InputError` where they cannot be saved."""
        self.store.close()


def open_review(
    path: Path, files: CatalogFiles, labels: Path | None = None, reviewer: str = ""
) -> Review:
    """Open a dataset for review. Raises `InputError` for what cannot be used."""
    raw, digest = load_raw(path)
    catalog = catalog_for(files, None)
    catalog_hash = files.digest()
    store = open_labels(labels or labels_path(path), reviewer, catalog=catalog_hash)
    review = Review(path, raw, digest, files, catalog, store)
    review.catalog_hash = catalog_hash
    review.recount()
    return review


def _find(view: Sequence[int], row: int) -> int | None:
    try:
        return view.index(row)
    except ValueError:
        return None
