"""Labels in memory: the JSON of each, parsed on demand, and how many of each kind."""

from collections import Counter
from dataclasses import dataclass

import msgspec

from workbench.core.review.labels import Decision, Label, read_kept_label

Raw = bytes | msgspec.Raw

_PARSED = 2048
"""How many labels are kept parsed: a screen asks repeatedly for those in sight."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many labels there are of each kind. commented: without a decision. edited: of all."""

    total: int
    accepted: int
    rejected: int
    skipped: int
    commented: int
    edited: int


class LabelTable:
    """Labels by sample id. rows: their JSON by TinyDB's document id; ids: that by sample id.

    repaired: how many could only be read with some of their text or numbers replaced.
    """

    def __init__(self, repaired: int = 0) -> None:
        self.repaired = repaired
        self.rows: dict[int, Raw] = {}
        self.ids: dict[str, int] = {}
        self._decisions: Counter[Decision | None] = Counter()
        self._edited = 0
        self._next = 1
        self._parsed: dict[str, tuple[Raw, Label]] = {}

    def raw(self, sample_id: str) -> Raw | None:
        """Return a sample's label as JSON."""
        doc_id = self.ids.get(sample_id)
        # A bulk may be under way in a thread: the row may have gone since.
        return None if doc_id is None else self.rows.get(doc_id)

    def get(self, sample_id: str) -> Label | None:
        """Return a sample's label."""
        raw = self.raw(sample_id)
        if raw is None:
            return None
        known = self._parsed.get(sample_id)
        if known is None or known[0] is not raw:
            if len(self._parsed) >= _PARSED:
                self._parsed.clear()
            known = self._parsed[sample_id] = (raw, read_kept_label(raw))
        return known[1]

    def load(self, doc_id: int, raw: Raw) -> None:
        """Add a label from a file. Raises `ValueError` if it isn't one, or a sample has one
        already.
        """
        label = read_kept_label(raw)
        if label.id in self.ids:
            raise ValueError(f"{label.id} has two labels, {self.ids[label.id]} and {doc_id}")
        self.rows[doc_id] = raw
        self.count(doc_id, None, label)

    def put(self, sample_id: str, raw: Raw | None) -> None:
        """Set or, with None, remove a sample's label. Raises `ValueError` if it isn't a label."""
        after = None if raw is None else read_kept_label(raw)
        if after is not None and after.id != sample_id:
            raise ValueError(f"the label is of {after.id}, not of {sample_id}")
        before = self.raw(sample_id)
        self.change(sample_id, raw, None if before is None else read_kept_label(before), after)

    def change(
        self, sample_id: str, raw: Raw | None, before: Label | None, after: Label | None
    ) -> None:
        """Set or remove a sample's label, given as it was and as it will be."""
        doc_id = self.ids.get(sample_id, self._next)
        if raw is not None:
            self.rows[doc_id] = raw
        else:
            self.rows.pop(doc_id, None)
        self.count(doc_id, before, after)

    def count(self, doc_id: int, before: Label | None, after: Label | None) -> None:
        """Note that the label at a document id, in `rows`, has changed."""
        if before is not None:
            del self.ids[before.id]
            self._decisions[before.decision] -= 1
            self._edited -= before.edited is not None
        if after is not None:
            self.ids[after.id] = doc_id
            self._decisions[after.decision] += 1
            self._edited += after.edited is not None
            self._next = max(self._next, doc_id + 1)

    def counts(self) -> Counts:
        """Count the labels."""
        found = self._decisions
        return Counts(
            total=len(self.ids),
            accepted=found["accepted"],
            rejected=found["rejected"],
            skipped=found["skipped"],
            commented=found[None],
            edited=self._edited,
        )
