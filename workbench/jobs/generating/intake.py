"""Take replies in: sort their items into kept, duplicate and unusable, and fold the files.

Beside `NAME.json` stand `NAME.journal.jsonl` (raw replies), `NAME.quarantine.jsonl` (unusable
items with their reason) and `NAME.duplicates.jsonl` (near-duplicates with their twin).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import structs

from workbench.adapters.dataset import Dataset, encode_sample, write_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import append_lines, cut, open_own, write_atomically
from workbench.adapters.journal import FoldLine, JournalState, ReplyLine, RunJournal
from workbench.core.car.catalog import Cell
from workbench.core.car.coverage import sample_cells
from workbench.core.checks import Verifier
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.likeness.duplicates import DuplicateFilter, Twin
from workbench.core.planned_replies import read_items
from workbench.core.replies import ReplyItem
from workbench.core.samples import Sample, to_item
from workbench.core.spending.ledger import ItemState, Ledger
from workbench.core.text.plain import visible
from workbench.core.verdicts import Status
from workbench.jobs.generating.kind_coverage import KindCoverage
from workbench.jobs.verifying.verdict_count import VerdictCount

_ASIDE: tuple[ItemState, ...] = ("failing", "invalid", "unparsable")
_PLACES = re.compile(r"( at character \d+)|\[\d+\]")
_LONGEST_REASON = 160


class Intake:
    """The dataset as it grows: what is kept, and the ledger of what came in.

    passing_only: samples that fail verification are set aside, not kept. outcomes: what became of
    the items taken in since it was opened; reasons: why items were set aside and how often, without
    places. reached: what there is of each kind, counted only if it is opened `by_kind`.
    """

    def __init__(
        self,
        files: DatasetFiles,
        verifier: Verifier,
        duplicates: DuplicateFilter,
        *,
        passing_only: bool,
        by_kind: bool = False,
    ) -> None:
        self.files = files
        self.ledger = Ledger()
        self.coverage: Counter[Cell] = Counter()
        self.reached = KindCoverage()
        self._by_kind = by_kind
        self.samples: list[Sample] = []
        self.outcomes: Counter[ItemState] = Counter()
        self.reasons: Counter[str] = Counter()
        self._verifier, self._catalog = verifier, verifier.catalog
        self._verdicts = VerdictCount(verifier, 0)
        self._duplicates = duplicates
        self._passing_only = passing_only
        self._raw: list[bytes] = []
        self._folded = 0
        self._known: set[tuple[int, int, str]] = set()
        self._quarantine: list[bytes] = []
        self._dropped: list[bytes] = []

    def load(self, dataset: Dataset, state: JournalState, soon: int) -> None:
        """Start from a dataset file and its journal. soon: samples expected soon."""
        self._raw = list(dataset.raw)
        self._folded = len(self._raw)
        self.samples = list(dataset.samples)
        known = self._counted_before(dataset, state.fold)
        self._verdicts = VerdictCount(
            self._verifier, soon + (0 if known else len(self.samples)), known
        )
        self._duplicates.learn(self.samples)
        for sample, raw in zip(dataset.items, dataset.raw, strict=True):
            if not isinstance(sample, Sample):
                continue
            if not known:
                self._verdicts.add(sample, raw)
            self._duplicates.take_in(sample)
            self._cover(sample)
            run, request = origin_of(sample)
            if request in state.replies and run == state.replies[request].run:
                self._known.add((run, request, sample.id))
        ledger = Ledger.from_dict(state.fold.ledger) if state.fold else Ledger()
        self.ledger = replace(ledger, failures=ledger.failures + state.failures)

    def _counted_before(self, dataset: Dataset, fold: FoldLine | None) -> dict[Status, int]:
        """Return the verdicts saved with a file, if they still hold: the file and the basis are
        unchanged.
        """
        if fold is None or fold.digest != dataset.digest or fold.basis != self._verifier.basis:
            return {}
        counted = fold.statuses if fold.basis else {}
        return counted if sum(counted.values()) == len(dataset.samples) else {}

    def __len__(self) -> int:
        """How many usable samples there are."""
        return len(self.samples)

    @property
    def statuses(self) -> Counter[Status]:
        """Verdicts of the samples counted so far; see `settle`."""
        return self._verdicts.statuses

    def settle(self) -> None:
        """Have every sample's verdict counted."""
        self._verdicts.settle()

    def close(self) -> None:
        """End the processes that count."""
        self._verdicts.close()

    @property
    def unsaved(self) -> int:
        """Samples that are kept but not yet in the dataset file."""
        return len(self._raw) - self._folded

    @property
    def saved(self) -> int:
        """Items in the dataset file."""
        return self._folded

    def add(self, entry: ReplyLine, plans: Sequence[Sample] = ()) -> int:
        """Take in a journaled reply; returns how many of its samples are new and kept.

        plans: what it was to say in other words.
        """
        self.ledger = self.ledger.answered()
        kept = 0
        for item in read_items(entry.reply, plans):
            state = self._place(item, entry)
            self.ledger = self.ledger.count(state)
            self.outcomes[state] += 1
            kept += state == "kept"
        return kept

    @property
    def spoiled(self) -> str:
        """Say why items were set aside, if most that weren't kept were; otherwise ""."""
        aside = sum(self.outcomes[state] for state in _ASIDE)
        if aside <= self.outcomes["duplicate"]:
            return ""
        received = self.outcomes.total()
        [(reason, count)] = self.reasons.most_common(1)
        share = "all" if count == aside else f"{count:,}"
        return (
            f"{aside:,} of {received:,} items could not be kept, {share} of them for this: "
            f"{visible(reason)}"
        )

    def add_again(
        self, was: ItemState | None, items: Iterable[ReplyItem], entry: ReplyLine
    ) -> list[ItemState]:
        """Take in items that were set aside as one; returns what becomes of each.

        was: what they were counted as, None if they were not.
        """
        states: list[ItemState] = []
        if was is not None:
            self.ledger = self.ledger.without(was)
        for item in items:
            state = self._place(item, entry)
            self.ledger = self.ledger.count(state)
            states.append(state)
        return states

    def count_failure(self) -> None:
        """Note that a request failed."""
        self.ledger = self.ledger.failed()

    def _place(self, item: ReplyItem, entry: ReplyLine) -> ItemState:
        if item.sample is None:
            state: ItemState = "invalid" if item.state == "invalid" else "unparsable"
            self._set_aside(state, item.reason, item.raw, entry)
            return state
        origin = _origin(entry)
        sample = structs.replace(item.sample, meta={**origin, **(item.sample.meta or {})})
        place = (entry.run, entry.request, sample.id)
        if place in self._known:
            # In the file already: the last run ended between writing it and noting it.
            self._known.discard(place)
            return "kept"
        if self._passing_only and (errors := self._verifier.errors(sample)):
            first = errors[0]
            self._set_aside("failing", f"{first.code}: {first.message}", item.raw, entry)
            return "failing"
        twin = self._duplicates.add(sample)
        if twin is not None:
            self._dropped.append(dumps(_drop(sample, twin)))
            return "duplicate"
        raw = encode_sample(sample)
        self.samples.append(sample)
        self._raw.append(raw)
        self._verdicts.add(sample, raw)
        self._cover(sample)
        return "kept"

    def _cover(self, sample: Sample) -> None:
        self.coverage.update(sample_cells(sample, self._catalog))
        if self._by_kind:
            self.reached.add(sample, self._catalog)

    def _set_aside(self, state: str, reason: str, raw: str, entry: ReplyLine) -> None:
        self.reasons[_kind_of(reason)] += 1
        line = {"state": state, "reason": reason, "item": raw} | _origin(entry)
        self._quarantine.append(dumps(line))

    def fold(
        self,
        journal: RunJournal,
        pending: Iterable[int],
        quarantine: Sequence[bytes] | None = None,
    ) -> None:
        """Write what came in to the files, then note in the journal how far they have got.

        pending: the requests answered and not taken in. quarantine: the lines that stay of it where
        some were read again; they go once the dataset has what was in them.

        A crash in between is harmless: the side files are cut back to the last note's lengths, and
        samples already in the dataset file are recognised by run, request and id. What was asked
        while they were taken in is on disk before they are: asked again, it would be steered by
        samples that the first time had not come in yet.
        """
        journal.sync()
        duplicates = _extend(self.files.duplicates, self._dropped)
        if quarantine is None:
            length = _extend(self.files.quarantine, self._quarantine)
            digest = write_dataset(self.files.dataset, self._raw)
        else:
            digest = write_dataset(self.files.dataset, self._raw)
            content = b"".join(line + b"\n" for line in (*quarantine, *self._quarantine))
            write_atomically(self.files.quarantine, content)
            length = len(content)
        self._folded = len(self._raw)
        self._quarantine, self._dropped = [], []
        statuses = self.statuses
        counted = statuses.total() == len(self.samples)
        journal.append(
            FoldLine(
                pending=tuple(sorted(pending)),
                ledger=self.ledger.as_dict(),
                samples=len(self._raw),
                digest=digest,
                quarantine=length,
                duplicates=duplicates,
                statuses=dict(statuses) if counted else {},
                basis=self._verifier.basis if counted else "",
            )
        )


def _kind_of(reason: str) -> str:
    """Return a reason without the parts that differ between items."""
    return _PLACES.sub(lambda found: "" if found[1] else "[…]", reason)[:_LONGEST_REASON]


def origin_of(sample: Sample) -> tuple[int, int]:
    """Return the run and request that a sample came from, (0, -1) if it does not say."""
    meta = sample.meta or {}
    run, request = meta.get("run"), meta.get("request")
    return (run, request) if type(run) is int and type(request) is int else (0, -1)


def _origin(entry: ReplyLine) -> dict[str, Any]:
    return {
        "engine": entry.engine,
        "model": entry.model,
        "run": entry.run,
        "request": entry.request,
    }


def side_lengths(files: DatasetFiles) -> dict[str, int]:
    """Return the lengths of the side files in bytes, 0 if there isn't one."""
    paths = {"quarantine": files.quarantine, "duplicates": files.duplicates}
    return {name: path.stat().st_size if path.exists() else 0 for name, path in paths.items()}


def cut_back(files: DatasetFiles, state: JournalState) -> None:
    """Cut the side files back to where the journal's last fold, or its beginning, left them.

    Raises `InputError`, and cuts nothing, where one of them is something else.
    """
    _check_side_file(files.quarantine, b'{"state":"', "quarantine")
    _check_side_file(files.duplicates, b'{"id":"', "file of near-duplicates")
    lengths = state.side_lengths
    if lengths:
        cut(files.quarantine, lengths["quarantine"])
        cut(files.duplicates, lengths["duplicates"])


def _check_side_file(path: Path, begins: bytes, what: str) -> None:
    if not path.exists():
        return
    with open_own(path) as file:
        head = file.read(len(begins)).rstrip(b"\0")
    if head != begins[: len(head)]:
        raise InputError(
            f"{path}: this is not a dataset's {what}; move it away, or name another "
            "dataset. It was not changed."
        )


def _extend(path: Path, lines: list[bytes]) -> int:
    if lines:
        return append_lines(path, lines)
    return path.stat().st_size if path.exists() else 0


def _drop(sample: Sample, twin: Twin) -> dict[str, Any]:
    return {
        "id": sample.id,
        "query": sample.query,
        "twin": {"id": twin.id, "query": twin.query},
        "score": twin.score,
        "calls": "same" if twin.same_calls else "different",
        "item": to_item(sample),
    }
