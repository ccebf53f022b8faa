"""Where labels change: through TinyDB's table, on record first, then in memory."""

from collections.abc import Iterator, Mapping
from math import isfinite

from workbench.adapters.dataset import collection_paused
from workbench.adapters.journal import now
from workbench.adapters.labels.actions import (
    Action,
    Changed,
    event_lines,
    highest_group,
    past_steps,
    read_step,
    words_for,
)
from workbench.adapters.labels.files import LoadedLabels
from workbench.adapters.labels.log import EventLog
from workbench.adapters.labels.tables import DocumentChange, DocumentRows, LabelDB
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.review.history import ActionHistory, ActionStep
from workbench.core.review.labels import (
    EventKind,
    How,
    Label,
    LabelEvent,
    read_kept_label,
    to_document,
)

Marks = Mapping[str, tuple[How, float]]
"""By sample id, how a decision came about and the seconds spent on it."""


class Recorder:
    """Changes labels. refusal: raised instead, where there is one.

    damage: what a line of the journal cannot be read for, once one was met on the way back: what is
    older cannot be undone.
    """

    def __init__(
        self, log: EventLog, loaded: LoadedLabels, reviewer: str, refusal: WorkbenchError | None
    ) -> None:
        self.sheet = loaded.sheet
        self._highest = 0
        self.refusal = refusal
        self._log = log
        self._reviewer = reviewer
        self.damage: InputError | None = None
        self.history = ActionHistory(self._past())
        if loaded.outside and refusal is None:
            action = Action("keep", self._next_group(), reviewer, now())
            log.append(event_lines(action, loaded.outside))
            self.damage = None
            self.history = ActionHistory(self._past())
        self._action: Action | None = None
        self.db = LabelDB(DocumentRows(self.sheet.rows), loaded.others, self._record)

    def _past(self) -> Iterator[ActionStep]:
        """Give past actions as far back as they can be read."""
        try:
            yield from past_steps(self._log)
        except InputError as error:
            self.damage = error

    def _next_group(self) -> int:
        group = self.history.next_group
        if self.damage and not self._highest:
            self._highest = highest_group(self._log)
        return max(group, self._highest + 1)

    def commit(
        self,
        kind: EventKind,
        labels: Mapping[str, Label | None],
        marks: Marks,
        group: int | None = None,
    ) -> list[str]:
        """Set labels by sample id, None for none, as one action; returns the ids.

        group: the number of the action that is undone or redone. Raises `InputError` where it
        cannot be written; nothing has changed then.
        """
        if self.refusal:
            raise self.refusal
        known, fresh = self.sheet.ids, self.db.labels.next_id
        documents = {
            known[sample_id] if sample_id in known else fresh(): (
                None if label is None else to_document(label)
            )
            for sample_id, label in labels.items()
        }
        group = group or self._next_group()
        if not all(isfinite(seconds) for _, seconds in marks.values()):
            raise ValueError("the seconds spent must be a finite number")
        self._action = Action(kind, group, self._reviewer, now(), marks)
        try:
            self.db.labels.put(documents)
        finally:
            self._action = None
        return list(labels)

    def revert(self, kind: EventKind, step: ActionStep | None) -> list[str]:
        """Take an action back, or an undo; returns the ids of its samples, none for None."""
        if step is None:
            return []
        with collection_paused():
            events = read_step(self._log, step)
            labels = {event.id: event.before for event in events}
            marks: Marks = {event.id: (event.how, 0.0) for event in events}
            return self.commit(kind, labels, marks, step.group)

    def _record(self, changes: list[DocumentChange]) -> None:
        """Put changes to the table on record; also those that TinyDB's own interface makes."""
        if self.refusal:
            raise self.refusal
        labels = [_read(change) for change in changes]
        self._check(changes, labels)
        action = self._action or Action(
            "decide", self._next_group(), self._reviewer, now(), otherwise="edit"
        )
        changed: list[Changed] = [
            ((after or before).id, change.before, change.after)  # type: ignore[union-attr]
            for change, (before, after) in zip(changes, labels, strict=True)
        ]
        text = words_for(_events(action, labels))
        place = self._log.append(event_lines(action, changed, text))
        for change, (before, after) in zip(changes, labels, strict=True):
            self.sheet.count(change.doc_id, before, after)
        self.history.add(ActionStep(action.kind, action.group, place, text))

    def _check(
        self, changes: list[DocumentChange], labels: list[tuple[Label | None, Label | None]]
    ) -> None:
        """Refuse what TinyDB's own interface can do and labels cannot have."""
        added = set()
        for change, (before, after) in zip(changes, labels, strict=True):
            if after is None:
                continue
            if before is not None and before.id != after.id:
                raise ValueError(f"document {change.doc_id} is of {before.id}; that cannot change")
            if before is None and (after.id in self.sheet.ids or after.id in added):
                raise ValueError(f"{after.id} has a label; change that one")
            added.add(after.id)


def _read(change: DocumentChange) -> tuple[Label | None, Label | None]:
    before, after = change.before, change.after
    return (
        None if before is None else read_kept_label(before),
        None if after is None else read_kept_label(after),
    )


def _events(action: Action, labels: list[tuple[Label | None, Label | None]]) -> list[LabelEvent]:
    """Give the events for `words_for`, which asks for no more than what changed and how."""
    events = []
    for before, after in labels:
        label = after or before
        sample_id = label.id if label else ""
        how = action.marks.get(sample_id, (action.otherwise, 0.0))[0]
        events.append(
            LabelEvent(
                kind=action.kind, group=action.group, id=sample_id,
                before=before, after=after, how=how,
            )
        )  # fmt: skip
    return events
