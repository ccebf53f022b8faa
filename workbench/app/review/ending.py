"""How fast a review goes, and what it has come to once nothing is undecided."""

from time import monotonic

from textual.screen import Screen

from workbench.app.review.finder import Finder
from workbench.app.review.owner import Owner
from workbench.jobs.review import Review, ReviewProgress
from workbench.jobs.review.pace import Pace, Pacer


class Ending(Owner):
    """Times the decisions, and shows the summary when the last of them is made."""

    def __init__(self, screen: Screen[None], review: Review, finder: Finder) -> None:
        super().__init__(screen, review)
        self._finder = finder
        self._pacer = Pacer(monotonic())
        self._due = False

    def pace(self) -> Pace | None:
        """Return the pace of the latest decisions, None while there are too few."""
        return self._pacer.pace(self.review.progress().left)

    def decided(self, before: ReviewProgress) -> None:
        """Take in a change of labels. before: how far the review had come."""
        now = self.review.progress()
        if more := now.reviewed - before.reviewed:
            self._pacer.step(monotonic(), more)
        # Before all rows are known, nobody knows whether one is undecided.
        last = bool(self.review.all_known and before.undecided)
        self._due = (self._due or last) and not now.undecided

    def look(self) -> bool:
        """Show the summary, if the last sample was decided and nothing lies over the review."""
        shows = self._due and self.in_front
        if shows:
            self.action_summary()
        return shows

    def action_summary(self) -> None:
        from workbench.app.summary.screen import SummaryScreen  # see `later`

        self._due = False
        self.app.clear_notifications()
        self.app.push_screen(SummaryScreen(self.review, self.pace()), self._list)

    def _list(self, search: str | None) -> None:
        if search is not None:
            self._finder.search(search)
