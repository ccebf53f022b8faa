"""How fast a review goes, and its result once nothing is undecided."""

from collections.abc import Iterable
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
        self._left_out: set[str] = set()
        self._left_out_open = 0

    def pace(self) -> Pace | None:
        """Return the pace of the latest decisions, None while there are too few."""
        return self._pacer.pace(self.review.progress().left, self.to_look_at)

    @property
    def to_look_at(self) -> int:
        """How many of those left need a closer look, as far as known: no screenful takes them."""
        now = self.review.progress()
        return min(now.left, now.flagged + self._count_left_out())

    def leave_out(self, sample_ids: Iterable[str]) -> None:
        """Take in which samples without findings a screenful has left out."""
        self._left_out.update(sample_ids)
        self._left_out_open = self._count_left_out()

    def _count_left_out(self) -> int:
        return sum(not self.review.tally.is_reviewed(one) for one in self._left_out)

    def decided(self, before: ReviewProgress) -> None:
        """Take in a change of labels. before: how far the review had come."""
        now, left_out = self.review.progress(), self._count_left_out()
        closer = before.flagged - now.flagged + self._left_out_open - left_out
        self._left_out_open = left_out
        if more := now.reviewed - before.reviewed:
            self._pacer.step(monotonic(), more, closer)
        # Before all rows are known, nobody knows whether one is undecided.
        last = bool(self.review.all_known and before.undecided)
        self._due = (self._due or last) and not now.undecided

    def look(self) -> bool:
        """Show the summary, if the last sample was decided and the review is in front."""
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
