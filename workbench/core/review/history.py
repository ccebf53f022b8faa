"""What can be undone and redone, found by walking back through past actions only as far as needed.

Undo is linear: the latest action not yet undone is undone; a new decision clears what could be
redone. The state follows from the record alone, so it is the same after a restart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.core.review.labels import EventKind


@dataclass(frozen=True, slots=True)
class ActionStep:
    """One action in the record: a decision, a bulk of them, an undo, a redo.

    group: the number of the action, or of the one that is undone or redone. place: where its events
    are, start and end. text: what it changed, in words.
    """

    kind: EventKind
    group: int
    place: tuple[int, int]
    text: str


class ActionHistory:
    """The actions in effect and those undone. older: past actions, newest first, read lazily."""

    def __init__(self, older: Iterator[ActionStep]) -> None:
        self._older = older
        self._standing: list[ActionStep] = []  # the newest last, as far as read
        self._undone: list[ActionStep] = []  # the next to redo last
        self._seen: set[int] = set()
        self._newest: int | None = None

    @property
    def next_group(self) -> int:
        """A number for the next action."""
        self._settle()
        return (self._newest or 0) + 1

    @property
    def undoable(self) -> ActionStep | None:
        """The action that undo would undo: the latest in effect."""
        self._settle()
        if not self._standing:
            older = self._walk()
            if older:
                self._standing.append(older)
        return self._standing[-1] if self._standing else None

    @property
    def redoable(self) -> ActionStep | None:
        """The undo that redo would undo."""
        self._settle()
        return self._undone[-1] if self._undone else None

    def add(self, step: ActionStep) -> None:
        """Add an action just done. An undo or redo is of `undoable` or `redoable`."""
        self._settle()
        if step.kind == "undo":
            self._standing.pop()
            self._undone.append(step)
        elif step.kind == "redo":
            self._undone.pop()
            self._standing.append(step)
        else:
            self._standing.append(step)
            self._undone.clear()
            self._newest = step.group

    def _settle(self) -> None:
        """Walk back to the newest decision: beyond it, nothing undone can be redone."""
        while self._newest is None:
            step = self._walk()
            if step is None:
                self._newest = self._newest or 0
                return
            self._standing.insert(0, step)

    def _walk(self) -> ActionStep | None:
        """Go back to the next older action in effect; None at the beginning of the record."""
        for step in self._older:
            fresh = step.group not in self._seen  # otherwise, what happened to it later counts
            self._seen.add(step.group)
            first_decision = self._newest is None and step.kind in ("decide", "keep")
            if first_decision:
                self._newest = step.group
            if step.kind == "keep":
                self._older = iter(())
                return None
            if step.kind == "undo":
                if fresh and self._newest is None:
                    self._undone.insert(0, step)
            elif fresh:
                return step
        return None
