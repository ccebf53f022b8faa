"""Where labels change: in the journal first, then in memory."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

import msgspec

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
from workbench.adapters.labels.table import Raw
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.json.json_safe import keepable
from workbench.core.json.text import dumps
from workbench.core.review.history import ActionHistory, ActionStep
from workbench.core.review.labels import (
    DecisionMethod,
    EventKind,
    Label,
    LabelEvent,
    to_document,
)
from workbench.core.text.plain import visible

Marks = Mapping[str, tuple[DecisionMethod, float]]
"""By sample id, how a decision came about and the seconds spent on it."""


class Recorder:
    """Changes labels. refusal: raised instead, if there is one. damage: why a line of the journal
    can't be read, once undo has reached one; nothing older can be undone.
    """

    def __init__(
        self, log: EventLog, loaded: LoadedLabels, reviewer: str, refusal: WorkbenchError | None
    ) -> None:
        self.table = loaded.table
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

    def _past(self) -> Iterator[ActionStep]:
        """Return past actions as far back as they can be read."""
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

        group: the number of the action that is undone or redone. Raises `InputError` if it can't be
        written; then nothing has changed.
        """
        if self.refusal:
            raise self.refusal
        if not all(isfinite(seconds) for _, seconds in marks.values()):
            raise ValueError("the seconds spent must be a finite number")
        changed: list[Changed] = []
        pairs: list[tuple[Label | None, Label | None]] = []
        for sample_id, label in labels.items():
            before = self.table.raw(sample_id)
            after = None if label is None else _written(label)
            if not _same(before, after):
                changed.append((sample_id, before, after))
                pairs.append((self.table.get(sample_id), label))
        if changed:
            action = Action(kind, group or self._next_group(), self._reviewer, now(), marks)
            text = words_for(_events(action, pairs))
            place = self._log.append(event_lines(action, changed, text))
            for (sample_id, _, after), (old, new) in zip(changed, pairs, strict=True):
                self.table.change(sample_id, after, old, new)
            self.history.add(ActionStep(kind, action.group, place, text))
        ids = list(labels)
        _let_go(changed, pairs)
        return ids

    def revert(self, kind: EventKind, step: ActionStep | None) -> list[str]:
        """Undo an action, or an undo; returns the ids of its samples, none for None."""
        if step is None:
            return []
        with collection_paused():
            events = read_step(self._log, step)
            labels = {event.id: event.before for event in events}
            marks: Marks = {event.id: (event.how, 0.0) for event in events}
            ids = self.commit(kind, labels, marks, step.group)
            _let_go(events)
            while labels:
                labels.popitem()
            return ids


def _let_go(*held: list[Any]) -> None:
    """Empty lists bit by bit: another thread would have to wait for a large one to be freed."""
    for one in held:
        while one:
            del one[-100:]


def _written(label: Label) -> bytes:
    """Return a label as JSON. Raises `InputError` if it would not read back unchanged."""
    try:
        return keepable(to_document(label))
    except ValueError as error:
        raise InputError(
            f"Nothing was saved: the label of “{visible(label.query)}” can't be: {error}. "
            "Remove that first."
        ) from None


def _same(before: Raw | None, after: bytes | None) -> bool:
    if before is None or after is None:
        return before is after
    return after == before or after == dumps(msgspec.json.decode(before))


def _events(action: Action, labels: list[tuple[Label | None, Label | None]]) -> list[LabelEvent]:
    """Return the events for `words_for`, which only needs what changed and how."""
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
