"""The label store: decisions on disk before a call returns, labels in memory, history on request.

For one thread. A call takes a fraction of a millisecond and the disk's flush; only `close`, and a
bulk of thousands, take longer.
"""

from collections.abc import Iterable, Iterator, KeysView
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from workbench.adapters.dataset import collection_paused
from workbench.adapters.files.beside import DatasetFiles, journal_beside
from workbench.adapters.files.durable import (
    Holder,
    LockedError,
    UnlockableError,
    file_signature,
    locked,
    user_name,
    writable,
)
from workbench.adapters.journal import now
from workbench.adapters.labels.databases import LabelDB
from workbench.adapters.labels.files import SCHEMA, LoadedLabels, catch_up, load, save
from workbench.adapters.labels.log import EventLog
from workbench.adapters.labels.recorder import Recorder
from workbench.adapters.labels.table import Counts
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.review.choices import (
    KEEP,
    Choice,
    DecidedBy,
    Keep,
    annotated,
    carried,
    decided,
    dismissing,
)
from workbench.core.review.labels import (
    Calls,
    Decision,
    DecisionMethod,
    Dismissal,
    Label,
    StepAnswer,
    kept_text,
    read_kept_label,
    read_label,
)
from workbench.core.samples import Sample


def labels_path(dataset: Path) -> Path:
    """Return the labels file of a dataset: `NAME.labels.json` beside it."""
    return DatasetFiles(dataset).labels


def journal_path(labels: Path) -> Path:
    """Return the journal of a labels file: `NAME.labels.journal.jsonl` beside it."""
    return journal_beside(labels)


def open_labels(
    path: Path, reviewer: str = "", *, catalog: str = "", read_only: bool = False
) -> "LabelStore":
    """Open a labels file; if it doesn't exist, the first decision makes it.

    reviewer: who decides, by default the user. catalog: hash of the catalogue in use. If another
    process has the labels open, or their folder can't be written, they are opened read-only: see
    `LabelStore`. Raises `InputError` for unusable files, which are not changed.
    """
    path = writable(path)
    refusal: WorkbenchError | None = None
    if read_only:
        refusal = LockedError(f"{path}: these labels are open read-only.")
    notices = []
    with ExitStack() as held:
        if not read_only:
            try:
                held.enter_context(locked(path, "labels"))
            except LockedError as error:
                refusal = error
                notices.append(f"{_read_only(error.holder)} {error.remedy}".rstrip())
            except UnlockableError as error:
                if not path.parent.is_dir():
                    raise
                refusal = InputError(f"{error} --labels FILE keeps decisions elsewhere.")
                notices.append(f"Read-only: {refusal}")
        log = EventLog(journal_path(path), SCHEMA)
        held.callback(log.close)
        loaded, more = _loaded(path, log, writing=refusal is None)
        by = DecidedBy(kept_text(reviewer or user_name()), "", catalog)
        recorder = Recorder(log, loaded, by.reviewer, refusal)
        store = LabelStore(path, log, loaded, recorder, by, held.pop_all())
    store.read_only = refusal is not None
    if isinstance(refusal, LockedError):
        store.holder = refusal.holder
        store.waits = not read_only
    store.notices = (*notices, *more, *loaded.notices)
    return store


def _read_only(holder: Holder | None) -> str:
    if holder is None:
        return "Read-only: another process has these labels open."
    return (
        f"Read-only: {holder.user} has had these labels open since {holder.clock} "
        f"({holder.host}, pid {holder.pid})."
    )


def _loaded(path: Path, log: EventLog, *, writing: bool) -> tuple[LoadedLabels, list[str]]:
    """Read labels; writing: also cut off an interrupted action. Also returns notices."""
    loaded = load(path, log)
    if not loaded.torn or not writing:
        return loaded, []
    log.cut(log.end)
    return loaded, [
        f"{log.path.name}: its last {loaded.torn:,} bytes were cut off; they belong "
        "to an action that was interrupted before it was saved."
    ]


class LabelStore:
    """Open labels; made by `open_labels`.

    read_only: whether decisions are refused. holder: the other process that has the labels open for
    writing, if known. waits: whether they can be written once that process has released them, see
    `take_over`. notices: what to say about the opening, in sentences.
    """

    read_only: bool = False
    waits: bool = False
    holder: Holder | None = None
    notices: tuple[str, ...] = ()

    def __init__(
        self,
        path: Path,
        log: EventLog,
        loaded: LoadedLabels,
        recorder: Recorder,
        by: DecidedBy,
        held: ExitStack,
    ) -> None:
        self.path = path
        self._log = log
        self._loaded = loaded
        self._recorder = recorder
        self._by = by
        self._held = held
        self._saved = log.end if loaded.saved else -1
        self._signature = loaded.signature
        self._open = True

    @property
    def reviewer(self) -> str:
        """Who decides."""
        return self._by.reviewer

    @property
    def exists(self) -> bool:
        """Whether there is a labels file or a journal."""
        return self._log.exists or self.path.exists()

    def get(self, sample_id: str) -> Label | None:
        """Return a sample's label, None if it has none."""
        return self._loaded.table.get(sample_id)

    def ids(self) -> KeysView[str]:
        """Return the ids of all labelled samples, also of those no longer in the dataset."""
        return self._loaded.table.ids.keys()

    def items(self) -> Iterator[Label]:
        """Return all labels."""
        return map(read_kept_label, list(self._loaded.table.rows.values()))

    def to_import(self) -> Iterator[Label]:
        """Return all labels for another store. Raises `ValueError` like `read_label`."""
        return map(read_label, list(self._loaded.table.rows.values()))

    def counts(self) -> Counts:
        """Count all labels."""
        return self._loaded.table.counts()

    def decide(
        self,
        sample: Sample,
        decision: Decision,
        how: DecisionMethod = "read",
        seconds: float = 0.0,
        *,
        reason: str | Keep = KEEP,
        note: str | Keep = KEEP,
        edited: Sample | Keep | None = KEEP,
        tags: Iterable[str] | Keep = KEEP,
        accept: Iterable[Calls] | Keep = KEEP,
        accept_at: Iterable[StepAnswer] | Keep = KEEP,
    ) -> Label:
        """Decide on a sample; the decision is on disk when this returns.

        For the arguments see `core.choices.Choice`. Raises `InputError` if it can't be written;
        then nothing has changed; `LockedError` if labels are open read-only.
        """
        choice = Choice(sample, decision, how, seconds, reason, note, edited, tags)
        self.bulk([replace(choice, accept=accept, accept_at=accept_at)])
        label = self.get(sample.id)
        assert label is not None
        return label

    def bulk(self, choices: Iterable[Choice]) -> list[str]:
        """Decide on many samples in one action, which one undo reverts; returns their ids."""
        by = replace(self._by, time=now())
        labels: dict[str, Label | None] = {}
        marks: dict[str, tuple[DecisionMethod, float]] = {}
        with collection_paused():
            for choice in choices:
                sample_id = choice.sample.id
                labels[sample_id] = decided(choice, self.get(sample_id), by)
                marks[sample_id] = (choice.how, choice.seconds)
            return self._recorder.commit("decide", labels, marks)

    def annotate(
        self,
        sample: Sample,
        *,
        note: str | Keep = KEEP,
        tags: Iterable[str] | Keep = KEEP,
        seconds: float = 0.0,
    ) -> Label | None:
        """Set a sample's comment and tags, not its decision; "" and () remove them."""
        label = annotated(sample, self.get(sample.id), replace(self._by, time=now()), note, tags)
        self._recorder.commit("decide", {sample.id: label}, {sample.id: ("read", seconds)})
        return label

    def dismiss(self, sample: Sample, dismissed: Iterable[Dismissal]) -> Label | None:
        """Set which findings of a sample are marked wrong, not its decision."""
        by = replace(self._by, time=now())
        label = dismissing(sample, self.get(sample.id), by, dismissed)
        self._recorder.commit("decide", {sample.id: label}, {sample.id: ("read", 0.0)})
        return label

    def import_labels(self, labels: Iterable[Label]) -> list[str]:
        """Take over labels from elsewhere unchanged, in one action; returns their ids."""
        found: dict[str, Label | None] = {label.id: label for label in labels}
        return self._recorder.commit("decide", found, dict.fromkeys(found, ("imported", 0.0)))

    def carry_over(self, samples: Iterable[Sample]) -> list[str]:
        """Carry decisions over, by query, to samples generated again; see `carried`."""
        return self.import_labels(list(carried(self.items(), samples)))

    @property
    def can_undo(self) -> str | None:
        """What `undo` would revert, such as `accept of 'Warmer, please'`; None for nothing. Raises
        `InputError` if that is beyond a damaged line of the journal.
        """
        step = self._recorder.history.undoable
        if step is None and self._recorder.damage:
            raise self._recorder.damage
        return step.text if step else None

    @property
    def can_redo(self) -> str | None:
        """What `redo` would redo; None for nothing."""
        step = self._recorder.history.redoable
        return step.text if step else None

    @property
    def undo_bytes(self) -> int:
        """How much of the journal `undo` would read: it takes about a second for 50 MB."""
        step = self._recorder.history.undoable
        return step.place[1] - step.place[0] if step else 0

    @property
    def redo_bytes(self) -> int:
        """How much of the journal `redo` would read."""
        step = self._recorder.history.redoable
        return step.place[1] - step.place[0] if step else 0

    def undo(self) -> list[str]:
        """Undo the latest action; returns the ids of its samples, none without an action."""
        return self._recorder.revert("undo", self._recorder.history.undoable)

    def redo(self) -> list[str]:
        """Redo the action undone last; returns the ids of its samples."""
        return self._recorder.revert("redo", self._recorder.history.redoable)

    def follow(self) -> list[str]:
        """Take in what the holder of labels that are open read-only here has decided since. Returns
        the ids of the samples concerned; almost free if there are none. Raises `InputError` if the
        journal can't be read any further.
        """
        return catch_up(self._log, self._loaded.table) if self.read_only else []

    def take_over(self) -> bool:
        """Open labels for writing that another process held, if it has released them, or is dead.
        Returns whether they are open for writing now; all of them may have changed. Raises
        `InputError` if they can't be read.
        """
        if not self.waits:
            return False
        with ExitStack() as taken:
            try:
                taken.enter_context(locked(self.path, "labels"))
            except LockedError as error:
                self.holder = error.holder
                return False
            self._log.measure()
            loaded, more = _loaded(self.path, self._log, writing=True)
            self._recorder = Recorder(self._log, loaded, self.reviewer, None)
            self._held.push(taken.pop_all())
        self._loaded = loaded
        self._saved = self._log.end if loaded.saved else -1
        self.notices = (*more, *loaded.notices)
        self.read_only, self.waits, self.holder = False, False, None
        return True

    @property
    def refusal(self) -> WorkbenchError | None:
        """Why decisions are refused."""
        return self._recorder.refusal

    @property
    def why_read_only(self) -> str:
        """Why decisions are refused, and by whom now, as a sentence for anyone who tries one."""
        return _read_only(self.holder) if self.waits else f"Read-only: {self.refusal}"

    @property
    def db(self) -> LabelDB:
        """The labels as a TinyDB, to be searched through its own interface."""
        return LabelDB(self._loaded.table.rows, self._loaded.others)

    def save(self) -> None:
        """Bring the labels file up to date with its journal. Raises `InputError`.

        One that another program has changed meanwhile is left alone: opening it next takes in both
        its changes and the decisions made here.
        """
        if not self.read_only and self._saved != self._log.end and self._unchanged():
            save(self.path, self._log, self._loaded.table, self._loaded.others)
            self._saved = self._log.end
            self._signature = file_signature(self.path)

    def _unchanged(self) -> bool:
        return file_signature(self.path) in (self._signature, ())

    def close(self) -> None:
        """Save and release the labels; a second call does nothing.

        Raises `InputError` if the labels file cannot be written: no decision is lost by that,
        since all are in the journal.
        """
        if not self._open:
            return
        self._open = False
        self._recorder.refusal = InputError(f"{self.path}: these labels have been closed.")
        with self._held:
            try:
                self.save()
            except InputError as error:
                raise InputError(
                    f"{error} No decision is lost: all are in {self._log.path}."
                ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
