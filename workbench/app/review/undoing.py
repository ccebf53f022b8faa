"""Undo and redo: of one decision at once, of many in the background."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from textual.screen import Screen

from workbench.app.background import keys_first
from workbench.app.review.decider import Decider
from workbench.app.review.ending import Ending
from workbench.app.review.owner import BREATH, Owner, What
from workbench.app.toasts import tell_error
from workbench.core.errors import WorkbenchError
from workbench.jobs.review import Review, ReviewProgress

_DEEDS = ("accept", "reject", "skip", "removal")
"""How `core.labels.describe` begins for decisions."""
_AT_ONCE = 400_000
"""Bytes of the journal that are undone before the next key; more are undone in a thread."""


class _Turn(NamedTuple):
    """Undo or redo. name, doing, did: what it is called. do: returns the ids of its samples."""

    name: str
    doing: str
    did: str
    do: Callable[[], list[str]]


class Undoing(Owner):
    """Takes back what was decided, and does it again."""

    def __init__(
        self, screen: Screen[None], review: Review, ending: Ending, decider: Decider
    ) -> None:
        super().__init__(screen, review)
        self._ending, self._decider = ending, decider

    def action_undo(self) -> None:
        store = self.review.store
        turn = _Turn("undo", "undoing", "Undone", store.undo)
        self._turn(turn, lambda: (store.can_undo, store.undo_bytes))

    def action_redo(self) -> None:
        store = self.review.store
        turn = _Turn("redo", "redoing", "Redone", store.redo)
        self._turn(turn, lambda: (store.can_redo, store.redo_bytes))

    def _turn(self, turn: _Turn, look: Callable[[], tuple[str | None, int]]) -> None:
        """Undo or redo. look: gives what in words, None for nothing, and the bytes it takes up.

        Both read the journal, and may find that it is damaged.
        """
        if self._decider.refused():
            return
        words, size = None, 0
        rows: list[int] = []

        def act() -> None:
            nonlocal words, size, rows
            words, size = look()
            if words is not None and size <= _AT_ONCE:
                rows = self.review.returned(turn.do())

        before = self.review.progress()
        if not self.attempt(act):
            return
        if words is None:
            self.say(f"Nothing to {turn.name}.", warn=True)
        elif size > _AT_ONCE:
            self.run(self._turn_many(turn, words), "many", alone=False)
        else:
            self._turned(turn, words, rows, before)

    async def _turn_many(self, turn: _Turn, words: str) -> None:
        """Undo or redo in a thread, and count what has changed by chunks: keys go on meanwhile."""
        review = self.review
        self._decider.saving = f"{turn.doing} {words}"
        self.changed()
        before = review.progress()
        try:
            with keys_first():
                changed = await asyncio.to_thread(turn.do)
            for _ in review.note(changed):
                await asyncio.sleep(BREATH)
            with keys_first():
                rows = await asyncio.to_thread(review.rows_of, changed)
        except WorkbenchError as error:
            tell_error(self.screen, error)
            return
        finally:
            self._decider.saving = ""
            self.changed()
        self._turned(turn, words, review.go_to_first(rows), before)

    def _turned(self, turn: _Turn, words: str, rows: list[int], before: ReviewProgress) -> None:
        self._ending.decided(before)
        hidden = rows and self.review.row not in rows
        away = f"; it is not in this list, {self.keys['back']} shows all" if hidden else ""
        self.changed(What.ALL)
        self.say(f"{turn.did}: {self._outcome(turn, words, rows)}{away}.")

    def _outcome(self, turn: _Turn, words: str, rows: list[int]) -> str:
        """Say what undoing or redoing a decision makes of its sample; else what was done."""
        if not rows or words.endswith(" samples"):
            return words
        if not words.startswith(_DEEDS):
            deed, _, query = words.partition(" '")
            return f"{deed} #{rows[0]}" if query else words
        label = self.review.label(rows[0])
        state = label.decision if label and label.decision else "undecided"
        if turn.name == "undo":
            return f"#{rows[0]} is {state} again"
        return f"#{rows[0]} {state}{' with your edit' if label and label.edited else ''}"
