"""Which samples are marked, for what is decided on several."""

from textual.screen import Screen

from workbench.app.review.finder import Finder
from workbench.app.review.owner import Owner, What
from workbench.jobs.review import Review


class Marking(Owner):
    """Marks samples: one by one, from one to another, or all that are listed."""

    def __init__(self, screen: Screen[None], review: Review, finder: Finder) -> None:
        super().__init__(screen, review)
        self._finder = finder
        self._range_from: int | None = None

    def action_mark(self) -> None:
        """Mark the sample under the cursor, or unmark it, and step down."""
        row = self.review.row
        if row is not None:
            self.review.marks ^= {row}
            self._range_from = row
            self._finder.action_move(1)

    def action_mark_range(self) -> None:
        """Mark from where a range was begun to the cursor, or begin one."""
        review, start = self.review, self._range_from
        row = review.row
        if row is None:
            return
        if start is None or start not in review.view:
            self._range_from = row
            review.marks.add(row)
            marks = self.keys["mark_range"]
            self.say(f"The range starts here; {marks} on another sample marks up to it.")
        else:
            first, last = sorted((review.view.index(start), review.cursor))
            review.marks |= set(review.view[first : last + 1])
            self._range_from = None
        self.changed(What.LINES)

    def action_mark_all(self) -> None:
        """Mark all samples shown, once a search has ended; none of them where all are marked."""
        self._finder.after_search(self._mark_all)

    def _mark_all(self) -> None:
        listed = set(self.review.view)
        if listed <= self.review.marks:
            self.review.marks -= listed
        else:
            self.review.marks |= listed
        self.changed(What.LINES)

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.review.marks.clear()
        self.forget_range()
        self.changed(What.LINES)

    def forget_range(self) -> None:
        """Forget where a range was begun."""
        self._range_from = None
