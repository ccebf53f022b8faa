"""Reads the next sample ahead, while no key is pressed: the key that comes to it is quicker."""

from textual.screen import Screen
from textual.timer import Timer

from workbench.app.review.owner import Owner
from workbench.jobs.review import Review

_REST = 0.02
"""Seconds after a key: what it did has been drawn by then, and the next one has not come yet."""


class ReadAhead(Owner):
    """Has the verdict of the next sample known, in the direction that the cursor moves in."""

    def __init__(self, screen: Screen[None], review: Review) -> None:
        super().__init__(screen, review)
        self._place = 0
        self._due: Timer | None = None

    def look(self) -> None:
        """Read ahead a moment after the cursor has moved, if it does not move on by then."""
        here = self.review.cursor
        step = 1 if here >= self._place else -1
        self._place = here
        if self._due is not None:
            self._due.stop()
        self._due = self.screen.set_timer(_REST, lambda: self._read(here + step))

    def _read(self, place: int) -> None:
        view = self.review.view
        if 0 <= place < len(view):
            self.review.verdict_in_force(view[place])
