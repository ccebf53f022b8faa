"""Check an export's records: each against its provenance, with its calls run on a simulated
vehicle.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from workbench.core.car.words import brief
from workbench.core.checks import Verifier
from workbench.core.samples import Sample
from workbench.core.text.plain import visible
from workbench.core.training.provenance import Provenance, line_hash
from workbench.core.training.records import SplitName, read_record
from workbench.core.training.selection import OFFLINE, Include

_SIDES: tuple[SplitName, ...] = ("train", "dev", "eval")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that doesn't match. where: `record 3`, counted from 1, or the file."""

    where: str
    what: str


@dataclass
class CheckedExport:
    """The result of a check. calls: how many were run on the vehicle. dismissed: findings that
    reviewers called wrong, by code, as the provenance says.
    """

    records: int = 0
    calls: int = 0
    dismissed: Counter[str] = field(default_factory=Counter)
    discrepancies: list[Discrepancy] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Add a discrepancy."""
        self.discrepancies.append(Discrepancy(where, what))


class RecordCheck:
    """Checks the records, one after another.

    counts: records by split, hashes: SHA-256 of their lines, and ids: by their provenance.
    sidecar: lines of the provenance, None if there isn't one or a line is unreadable.
    include: what the manifest says was exported.
    """

    def __init__(
        self,
        verifier: Verifier,
        sidecar: Sequence[Provenance | None] | None,
        include: Include | None,
        found: CheckedExport,
    ) -> None:
        self.counts: Counter[SplitName] = Counter()
        self.hashes = {name: sha256() for name in _SIDES}
        self.ids: dict[SplitName, list[str]] = {name: [] for name in _SIDES}
        self._verifier = verifier
        self._sidecar = sidecar
        self._include = include
        self._found = found
        self._seen: dict[str, int] = {}
        engines = {entry.engine for entry in sidecar or () if entry}
        self._mixed = OFFLINE in engines and len(engines) > 1

    def record(self, line: bytes) -> None:
        """Check one record."""
        found = self._found
        found.records += 1
        where = f"record {found.records}"
        try:
            split, sample = read_record(line)
        except ValueError as error:
            found.add(where, f"it can't be read: {visible(str(error))}")
            return
        self.counts[split] += 1
        self.hashes[split].update(line)
        entry = None
        if self._sidecar is not None and found.records <= len(self._sidecar):
            entry = self._sidecar[found.records - 1]
            if entry:
                found.dismissed.update(code for code, _ in entry.dismissed)
        for what in self._replayed(sample):
            found.add(where, what)
        earlier = self._seen.setdefault(sample.id, found.records)
        if earlier != found.records:
            found.add(where, f"it is the same sample as record {earlier}")
        if self._sidecar is None:
            return
        if found.records > len(self._sidecar):
            found.add(where, "it has no provenance")
            return
        if entry:
            for what in self._compared(line, split, sample, entry):
                found.add(where, what)

    def _replayed(self, sample: Sample) -> Iterator[str]:
        """Yield the errors of a record; nobody can call these wrong."""
        self._found.calls += len(sample.answers)
        for finding in self._verifier.errors(sample):
            call = "" if finding.call is None else f"call {finding.call + 1}: "
            yield f"{call}{finding.code}: {finding.message}"

    def _compared(
        self, line: bytes, split: SplitName, sample: Sample, entry: Provenance
    ) -> Iterator[str]:
        if line_hash(line) != entry.sha256:
            yield "it isn't the record in its provenance: the SHA-256 differs"
        if sample.id != entry.content:
            yield (
                f"its sample is {sample.id} ({brief(sample.query)}), but its provenance says "
                f"{entry.content}"
            )
        if split != entry.split:
            yield f"it is in {split}, but its provenance says {entry.split}"
        if entry.edited and not entry.decision:
            yield "its provenance has an edit, but no decision"
        if entry.decision == "rejected":
            yield "its provenance says it was rejected"
        elif self._include == "accepted" != entry.decision:
            said = entry.decision or "undecided"
            yield f"the manifest says accepted samples only, but its provenance says {said}"
        self.ids[split].append(entry.id)
        if split == "eval" and self._mixed and entry.engine == OFFLINE:
            yield "it comes from the offline engine, which is never in eval if there are others"
