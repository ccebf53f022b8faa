"""Read saved answers again with today's reader, which may read what an older one could not.

It looks at what was set aside as unreadable, and at answers without any result. Anything read
before stays, so a sample that was removed, rejected or dropped as a duplicate does not come back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from workbench.adapters.dataset import load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import locked, read_bytes
from workbench.adapters.journal import (
    JournalState,
    ReplyLine,
    RunJournal,
    opened_journal,
    read_journal,
)
from workbench.adapters.labels import labels_path, open_labels
from workbench.core.checks import Verifier
from workbench.core.errors import InputError
from workbench.core.json import lenient
from workbench.core.likeness.duplicates import DEFAULT_CONTRAST
from workbench.core.planned_replies import read_items
from workbench.core.replies import ReplyItem
from workbench.core.samples import Sample
from workbench.core.spending.ledger import ItemState
from workbench.jobs.dedup import duplicate_filter
from workbench.jobs.generating.intake import Intake, cut_back, origin_of
from workbench.jobs.generating.planning import plans_of

_SHOWN_KINDS: tuple[ItemState, ...] = ("invalid", "unparsable")


@dataclass(frozen=True, kw_only=True)
class RereadOptions:
    """What to read again, and how to take in what is found; the names are those of generate."""

    dataset: Path
    labels: Path | None = None
    passing_only: bool = False
    threshold: str = "0.8"
    contrast: int = DEFAULT_CONTRAST
    dry_run: bool = False


@dataclass
class RunGain:
    """The result of reading a run's answers again, in items.

    gained: samples that are new in the dataset. duplicate, failing: read, and left out of it as in
    a generation. known: read, and known already: removed from the dataset, decided on, or there.
    unreadable: as before.
    """

    gained: int = 0
    duplicate: int = 0
    failing: int = 0
    known: int = 0
    unreadable: int = 0


@dataclass
class Reread:
    """The result of reading again. runs: by number. reasons: why the rest can't be read.

    samples: in the dataset now.
    """

    runs: dict[int, RunGain] = field(default_factory=lambda: defaultdict(RunGain))
    reasons: Counter[str] = field(default_factory=Counter)
    samples: int = 0

    @property
    def gained(self) -> int:
        return sum(run.gained for run in self.runs.values())

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return any(r.gained + r.duplicate + r.failing + r.known for r in self.runs.values())


class _SetAside(msgspec.Struct):
    """A line of the quarantine, as far as it is needed."""

    state: str
    reason: str
    item: str
    run: int
    request: int
    engine: str = ""
    model: str = ""


def reread(options: RereadOptions, verifier: Verifier) -> Reread:
    """Read a dataset's replies again, and take in what is new.

    Raises `InputError` for files or options that cannot be used, `LockedError` if another
    process is writing the dataset.
    """
    files = DatasetFiles(options.dataset)
    duplicates = duplicate_filter(verifier.catalog, options.threshold, options.contrast)
    load_dataset(options.dataset)  # a broken file, or none, changes nothing
    if not files.journal.exists():
        raise InputError(
            f"{files.journal}: there is no journal beside the dataset, so there are no "
            "replies to read again; generate keeps one."
        )
    with _opened(options, files) as (journal, state):
        dataset = load_dataset(options.dataset)
        intake = Intake(files, verifier, duplicates, passing_only=options.passing_only)
        with closing(intake):
            intake.load(dataset, state, 0)
            run = _Run(options, state, intake)
            stays = run.read(_lines(files.quarantine, state))
            unread = run.read_unread(journal)
            if journal is not None and (run.result.changed or unread):
                intake.settle()
                intake.fold(journal, state.replies, quarantine=stays)
    run.result.samples = len(intake)
    return run.result


@contextmanager
def _opened(
    options: RereadOptions, files: DatasetFiles
) -> Iterator[tuple[RunJournal | None, JournalState]]:
    """Open the journal; for a dry run only to read it."""
    if options.dry_run:
        yield None, read_journal(files.journal)
        return
    with locked(options.dataset, "reread"), opened_journal(files.journal) as journal:
        state = journal.read()
        journal.settle_arrived(state)
        cut_back(files, state)
        yield journal, state


def _lines(quarantine: Path, state: JournalState) -> list[bytes]:
    """Return the lines of the quarantine that the journal answers for."""
    if not quarantine.exists():
        return []
    content = read_bytes(quarantine, "quarantine")
    lengths = state.side_lengths
    if lengths:
        content = content[: lengths["quarantine"]]
    return [line for line in content.split(b"\n") if line]


class _Run:
    """One reading: what is known already, and what has been found."""

    def __init__(self, options: RereadOptions, state: JournalState, intake: Intake) -> None:
        self.result = Reread()
        self._intake = intake
        self._state = state
        self._there = {(*origin_of(sample), sample.id) for sample in intake.samples}
        self._known = {sample.id for sample in intake.samples}
        self._known |= _ids_in(intake.files.duplicates) | _decided(options)

    def read(self, lines: Iterable[bytes]) -> list[bytes]:
        """Read what was set aside; returns the lines that stay so."""
        stays: list[bytes] = []
        entries: dict[tuple[int, int], list[tuple[_SetAside, bytes]]] = defaultdict(list)
        for line in lines:
            try:
                entry = msgspec.json.decode(line, type=_SetAside)
            except (msgspec.DecodeError, RecursionError):
                entry = None
            if entry is None or entry.state not in _SHOWN_KINDS:
                stays.append(line)
            else:
                entries[entry.run, entry.request].append((entry, line))
        self._learn(entries)
        for (number, request), aside in entries.items():
            reply = self._state.answered.get(request)
            if reply is not None and reply.run != number:
                reply = None
            plans = plans_of(self._state.asked.get(request))
            found = list(_readings(aside, reply, plans))
            for entry, line, items in found:
                if any(item.sample for item in items):
                    self._take(entry, items, reply)
                else:
                    stays.append(line)
                    self.result.runs[number].unreadable += 1
                    self.result.reasons[entry.reason] += 1
        return stays

    def _learn(self, entries: Mapping[tuple[int, int], list[tuple[_SetAside, bytes]]]) -> None:
        """Note what was read before: kept or left out, it does not come back."""
        for reply in self._state.answered.values():
            aside = [entry.item for entry, _ in entries.get((reply.run, reply.request), ())]
            for item in read_items(reply.reply, plans_of(self._state.asked.get(reply.request))):
                if item.sample and not _within(item, aside, reply.reply):
                    self._known.add(item.sample.id)

    def read_unread(self, journal: RunJournal | None) -> bool:
        """Read the bodies of which nothing was made; tells whether anything was."""
        made_any = False
        for body in list(self._state.unread.values()):
            if body.request in self._state.answered:
                continue
            made = body.read()
            if not isinstance(made, ReplyLine):
                continue
            # What it cost is in the line of its failure, as far as that is known.
            made = msgspec.structs.replace(made, usage=None)
            if journal is not None:
                journal.append(made)
                self._state.apply(made)
                self._state.replies.pop(made.request, None)
            self._intake.ledger = self._intake.ledger.answered()
            plans = plans_of(self._state.asked.get(made.request))
            self._count(made.run, None, read_items(made.reply, plans), made)
            made_any = True
        return made_any

    def _take(self, entry: _SetAside, items: list[ReplyItem], reply: ReplyLine | None) -> None:
        origin = reply or ReplyLine(
            run=entry.run,
            request=entry.request,
            engine=entry.engine,
            model=entry.model,
            asked=0,
            reply="",
        )
        was: ItemState = "invalid" if entry.state == "invalid" else "unparsable"
        self._count(entry.run, was, items, origin)

    def _count(
        self, run: int, was: ItemState | None, items: list[ReplyItem], origin: ReplyLine
    ) -> None:
        """Take in what is new among these items, and count it."""
        gain = self.result.runs[run]
        new: list[ReplyItem] = []
        for item in items:
            place = (origin.run, origin.request, item.sample.id if item.sample else "")
            if item.sample and (place in self._there or item.sample.id in self._known):
                gain.known += 1
                continue
            if item.sample:
                self._known.add(item.sample.id)
            new.append(item)
        for state in self._intake.add_again(was, new, origin):
            gain.gained += state == "kept"
            gain.duplicate += state == "duplicate"
            gain.failing += state == "failing"
            gain.unreadable += state in _SHOWN_KINDS
        self.result.reasons.update(item.reason for item in new if item.sample is None)


def _readings(
    aside: list[tuple[_SetAside, bytes]], reply: ReplyLine | None, plans: Sequence[Sample] = ()
) -> Iterator[tuple[_SetAside, bytes, list[ReplyItem]]]:
    """Read what was set aside of one reply: each item alone, or if that fails, within the whole."""
    read = read_items(reply.reply, plans) if reply else []
    whole = [item for item in read if item.sample]
    for entry, line in aside:
        items = read_items(entry.item, plans)
        if not any(item.sample for item in items):
            around = [item for item in whole if entry.item in item.raw]
            whole = [item for item in whole if item not in around]
            items = around or items
        yield entry, line, items


def _within(item: ReplyItem, aside: list[str], reply: str) -> bool:
    """Whether an item stands in what was set aside of its reply."""
    for text in aside:
        if text.strip() == reply.strip() or item.raw in text or text in item.raw:
            return True
        if item.raw in lenient.rewritten(text):
            return True
    return False


def _ids_in(duplicates: Path) -> set[str]:
    """Return the ids of what was dropped as a near-duplicate."""

    class _Dropped(msgspec.Struct):
        id: str

    found: set[str] = set()
    if not duplicates.exists():
        return found
    for line in read_bytes(duplicates, "file of duplicates").splitlines():
        try:
            found.add(msgspec.json.decode(line, type=_Dropped).id)
        except (msgspec.DecodeError, RecursionError):
            continue
    return found


def _decided(options: RereadOptions) -> set[str]:
    """Return the ids of all samples that people have decided on."""
    path = options.labels or labels_path(options.dataset)
    with open_labels(path, read_only=True) as store:
        return set(store.ids())
