"""Check an export's records: each against its provenance, with its calls run on a simulated
vehicle.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from workbench.core.car.vehicle import MOST_ROUNDS
from workbench.core.car.words import brief
from workbench.core.checks import Verifier
from workbench.core.samples import Sample, from_item
from workbench.core.text.plain import visible
from workbench.core.training.provenance import Provenance, line_hash
from workbench.core.training.records import (
    DialogStep,
    RecordShape,
    SplitName,
    differences,
    expected_steps,
    read_dialog,
    recorded,
    said_last,
    sample_told,
    too_many_rounds,
)
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
    reviewers marked wrong, by code, as the provenance says.
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

    counts: records by split, hashes: SHA-256 of their lines, and ids: of their samples, by their
    provenance.
    sidecar: lines of the provenance, None if there isn't one or a line is unreadable.
    include: what the manifest says was exported. shape: of the records; a conversation is one of
    several steps in all but single ones.
    """

    def __init__(
        self,
        verifier: Verifier,
        sidecar: Sequence[Provenance | None] | None,
        include: Include | None,
        found: CheckedExport,
        shape: RecordShape,
    ) -> None:
        self.counts: Counter[SplitName] = Counter()
        self.hashes = {name: sha256() for name in _SIDES}
        self.ids: dict[SplitName, list[str]] = {name: [] for name in _SIDES}
        self._verifier = verifier
        self._sidecar = sidecar
        self._include = include
        self._shape = shape
        self._found = found
        self._seen: dict[tuple[str, int | None], int] = {}
        self._samples: dict[str, tuple[int, SplitName]] = {}
        engines = {entry.engine for entry in sidecar or () if entry}
        self._mixed = OFFLINE in engines and len(engines) > 1

    def record(self, line: bytes) -> None:
        """Check one record."""
        found = self._found
        found.records += 1
        where = f"record {found.records}"
        try:
            split, steps = read_dialog(line)
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
        sample, said = self._sample(where, steps, entry), entry.said if entry else None
        if sample is not None:
            self._check(where, split, sample, said)
        if self._sidecar is None:
            return
        if found.records > len(self._sidecar):
            found.add(where, "it has no provenance")
            return
        if entry:
            for what in self._compared(line, split, sample, entry):
                found.add(where, what)

    def _sample(
        self, where: str, steps: Sequence[DialogStep], entry: Provenance | None
    ) -> Sample | None:
        """Return the sample that a record was made of, None if it isn't known; a conversation is
        held against what the car answers.
        """
        catalog = self._verifier.catalog
        told = sample_told(steps, catalog)
        if entry is None or entry.sample is None:
            if not told.is_conversation:
                return told
            if entry is not None:
                self._found.add(where, "it is a conversation, but its provenance has none")
            for finding in self._verifier.errors(told):
                if finding.path[:1] == ("state",):
                    self._found.add(where, f"a result can't be: {finding.message}")
            for what in differences(steps, expected_steps(told, catalog, said_last(steps))):
                self._found.add(where, what)
            return None
        try:
            signed = from_item(entry.sample)
            told = recorded(signed, catalog, self._shape)
            expected = expected_steps(told, catalog, entry.said)
        except ValueError as error:
            said = visible(str(error))
            self._found.add(where, f"the conversation in its provenance can't be used: {said}")
            return None
        for what in differences(steps, expected):
            self._found.add(where, what)
        if too_many_rounds(signed, catalog, self._shape):
            self._found.add(where, f"a turn takes more than {MOST_ROUNDS} rounds with its lookup")
        return signed

    def _check(self, where: str, split: SplitName, sample: Sample, said: int | None) -> None:
        """Run a sample, once for all its records, and compare with earlier records."""
        found = self._found
        number, side = self._samples.setdefault(sample.id, (found.records, split))
        if number == found.records:
            found.calls += len(sample.calls)
            for what in self._replayed(sample):
                found.add(where, what)
        elif side != split:
            found.add(where, f"it is in {split}, but record {number} of the same sample in {side}")
        earlier = self._seen.setdefault((sample.id, said), found.records)
        if earlier != found.records:
            found.add(where, f"it is the same sample as record {earlier}")

    def _replayed(self, sample: Sample) -> Iterator[str]:
        """Yield the errors of a sample; nobody can call these wrong."""
        for finding in self._verifier.errors(sample):
            step = f"step {finding.step + 1}, " if sample.then else ""
            call = "" if finding.call is None else f"{step}call {finding.call + 1}: "
            yield f"{call}{finding.code}: {finding.message}"

    def _compared(
        self, line: bytes, split: SplitName, sample: Sample | None, entry: Provenance
    ) -> Iterator[str]:
        if line_hash(line) != entry.sha256:
            yield "it isn't the record in its provenance: the SHA-256 differs"
        if sample is not None and sample.id != entry.content:
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
        if not entry.said:
            self.ids[split].append(entry.id)
        if split == "eval" and self._mixed and entry.engine == OFFLINE:
            yield "it comes from the offline engine, which is never in eval if there are others"
