"""How far a review has got: decisions, counted for every row with their sample."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.adapters.dataset import collection_paused
from workbench.adapters.labels import LabelStore
from workbench.jobs.review.groups import RowGroups

_DECIDED = ("accepted", "rejected")


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far the review has got. Counts rows of the file: equal samples share a label.

    reviewed: accepted or rejected. unusable: items that aren't samples, where known.
    left: the others. undecided: those of them that were not put off either. flagged: those left
    that are known to have an error or a warning.
    """

    total: int
    accepted: int
    rejected: int
    edited: int
    skipped: int
    unusable: int = 0
    flagged: int = 0

    @property
    def reviewed(self) -> int:
        return self.accepted + self.rejected

    @property
    def left(self) -> int:
        return max(0, self.total - self.reviewed - self.unusable)

    @property
    def undecided(self) -> int:
        return max(0, self.left - self.skipped)


_STATUSES = {"": 0, "pass": 1, "warn": 2, "fail": 3}


class _State(NamedTuple):
    """What is counted for a label, and for how many rows."""

    decision: str = ""
    edited: bool = False
    rows: int = 0


class ReviewTally:
    """Which rows a sample has, and how many rows have which decision.

    complete: whether the rows of all samples are known. Until then a label without a known row is
    assumed to have one; afterwards its sample is no longer in the dataset. altered: ids of the
    samples whose label changes what is verified, or what of that weighs. decided: 1 for each known
    row that is accepted or rejected; rows beyond its end are not. groups: of views, which count
    decisions as well.
    """

    def __init__(self, store: LabelStore, status_of: Callable[[int], str]) -> None:
        self.complete = False
        self.groups: tuple[RowGroups, ...] = ()
        self.decided = bytearray()
        self.altered: set[str] = set()
        self._store = store
        self._rows: dict[str, list[int]] = {}
        self._states: dict[str, _State] = {}
        self._counts: Counter[str] = Counter()
        self._status_of = status_of
        self._open: Counter[int] = Counter()
        self._open_as = bytearray()

    def place(self, row: int, sample_id: str) -> None:
        """Record that a row has a sample."""
        rows = self._rows.setdefault(sample_id, [])
        rows.append(row)
        if row >= len(self.decided):
            self.decided.extend(bytes(row + 1 - len(self.decided)))
        state = self._states.get(sample_id)
        if state is not None:
            self._count(sample_id, state._replace(rows=len(rows)))

    def rows(self, sample_id: str) -> Sequence[int]:
        """Return the known rows of a sample."""
        return self._rows.get(sample_id, ())

    def is_reviewed(self, sample_id: str) -> bool:
        """Whether a sample is accepted or rejected."""
        state = self._states.get(sample_id)
        return state is not None and state.decision in _DECIDED

    def decision(self, sample_id: str) -> str:
        """Return the decision on a sample, skipping included, "" for none."""
        state = self._states.get(sample_id)
        return state.decision if state else ""

    def open_with(self, status: str) -> int:
        """Count the rows with this verdict, as far as known, that still need a decision."""
        return self._open[_STATUSES[status]]

    def settle(self, row: int, sample_id: str, verdict: str | None = None) -> None:
        """Count a row by its verdict if it is open; to be called when either may have changed.

        verdict: the one in force for a row without a label, None to have it looked up.
        """
        state = self._states.get(sample_id)
        if not sample_id or (state is not None and state.decision in _DECIDED):
            verdict = ""
        elif state is not None or verdict is None:
            verdict = self._status_of(row)
        if row >= len(self._open_as):
            self._open_as.extend(bytes(max(row + 1, 2 * row) - len(self._open_as)))
        now, before = _STATUSES[verdict], self._open_as[row]
        if now != before:
            self._open[before] -= 1
            self._open[now] += 1
            self._open_as[row] = now

    def elsewhere(self) -> int:
        """Count the labels of samples that aren't in the dataset, once `complete`."""
        return sum(sample_id not in self._rows for sample_id in list(self._store.ids()))

    def recount(self) -> None:
        """Recount all labels."""
        self._states.clear()
        self._counts.clear()
        for groups in self.groups:
            groups.recount()
        self.altered.clear()
        self.update(list(self._store.ids()))

    def update(self, sample_ids: Iterable[str]) -> None:
        """Update the counts for the labels of these samples."""
        lone = 0 if self.complete else 1
        with collection_paused():
            for sample_id in sample_ids:
                label = self._store.get(sample_id)
                rows = len(self._rows.get(sample_id, ())) or lone
                decision = (label.decision or "") if label else ""
                edited = label is not None and label.edited is not None
                if edited or (label is not None and label.dismissed):
                    self.altered.add(sample_id)
                else:
                    self.altered.discard(sample_id)
                self._count(sample_id, _State(decision, edited, rows))

    def _count(self, sample_id: str, state: _State) -> None:
        """Count a sample in this state instead of its previous one."""
        for each, sign in ((self._states.get(sample_id), -1), (state, 1)):
            if each is not None:
                self._counts[each.decision] += sign * each.rows
                if each.edited:
                    self._counts["edited"] += sign * each.rows
        before = self.is_reviewed(sample_id)
        self._states[sample_id] = state
        rows, decided = self._rows.get(sample_id, ()), self.is_reviewed(sample_id)
        if decided != before:
            for groups in self.groups:
                groups.count(rows, 1 if decided else -1)
        for row in rows:
            self.decided[row] = decided
            self.settle(row, sample_id)

    def progress(self, total: int, unusable: int) -> ReviewProgress:
        """Return the counts, for `total` rows."""
        counts = self._counts
        return ReviewProgress(
            total,
            counts["accepted"],
            counts["rejected"],
            counts["edited"],
            counts["skipped"],
            unusable,
            self.open_with("warn") + self.open_with("fail"),
        )
