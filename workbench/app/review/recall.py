"""How the review was left last time, and how it is left now: see `review_memory`."""

from textual.screen import Screen
from textual.timer import Timer

from workbench.adapters.review_memory import ReviewMemory, read_memory, write_memory
from workbench.app.review.finder import Finder
from workbench.app.review.helper import Helper
from workbench.app.review.owner import Owner
from workbench.core.review.search import SearchError
from workbench.core.text.excerpts import NAME, shown
from workbench.jobs.review import Review
from workbench.jobs.review.orders import ORDERS

_NOTE = 2.0
"""Seconds after a change in which others are remembered together with it."""


class Recall(Owner):
    """Puts the list back as it was left, and remembers how it is left.

    left: how it was left last time, or noted since.
    """

    def __init__(
        self, screen: Screen[None], review: Review, helper: Helper, finder: Finder
    ) -> None:
        super().__init__(screen, review)
        self.left = ReviewMemory()
        self._helper, self._finder = helper, finder
        self._set_theme = ""
        self._restoring: tuple[object, object] | None = None
        self._noting: Timer | None = None

    def begin(self) -> None:
        """Go where the cursor was; theme, filter and order follow, and it stays on its sample."""
        review = self.review
        self.left = left = read_memory(review.path, review.store.reviewer)
        self._set_theme = self.app.theme
        if left.theme in self.app.available_themes and left.instead_of == self.app.theme:
            self.app.theme = left.theme
        if not (left.sample and self._is_at(left.row) and review.go_to(left.row)):
            self._finder.begin()
        if left.search or (left.order in ORDERS and left.order != "file"):
            self._restoring = self._finder.order, self._finder.wanted
            self.run(self._show(left), "recall", alone=True)

    def _is_at(self, row: int) -> bool:
        """Whether the sample that was left is still in this row."""
        return 0 <= row < len(self.review.raw) and self.review.sample_id(row) == self.left.sample

    async def _show(self, left: ReviewMemory) -> None:
        try:
            await self._restore(left)
        finally:
            self._restoring = None

    async def _restore(self, left: ReviewMemory) -> None:
        finder = self._finder
        before = finder.order, finder.wanted
        order = left.order if left.order in ORDERS else "file"
        if ORDERS[order].base:
            await self._helper.there.wait()
        try:
            wanted = self.review.read_search(left.search)
        except SearchError:  # its words may have changed
            wanted = self.review.search
        if (finder.order, finder.wanted) != before:
            return  # another was picked meanwhile
        if wanted:
            finder.last_search = left.search
            back = self.keys["back"]
            self.say(f"Filter from last time: {shown(left.search, NAME)}. {back} shows all.")
        finder.show(wanted, order)

    def note(self) -> None:
        """Remember how the review is now, a moment later: a kill loses no more than that."""
        if self._noting is None:
            self._noting = self.screen.set_timer(_NOTE, self._noted)

    def _noted(self) -> None:
        self._noting = None
        self.leave()

    def leave(self) -> None:
        """Remember how the review is left."""
        review, finder, row = self.review, self._finder, self.review.row
        unrestored = self._restoring == (finder.order, finder.wanted)
        picked = self.app.theme != self._set_theme
        memory = ReviewMemory(
            order=self.left.order if unrestored else finder.order,
            search=self.left.search if unrestored else finder.filtered,
            sample="" if row is None else review.sample_id(row),
            row=row or 0,
            alone=self.screen.has_class("alone"),
            theme=self.app.theme if picked else "",
            instead_of=self._set_theme if picked else "",
        )
        if memory != self.left:
            write_memory(review.path, review.store.reviewer, memory)
            self.left = memory
