"""What is listed of a dataset, in which order, and which sample one is at."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from time import monotonic
from typing import cast

from rich.text import Text
from textual.screen import Screen
from textual.worker import Worker

from workbench.app.dialogs import Menu
from workbench.app.review.helper import Helper
from workbench.app.review.owner import BREATH, Owner, What
from workbench.core.review.search import Search, SearchError
from workbench.core.text.excerpts import shown
from workbench.jobs.analyst import Analyst, Failure, OrderBy
from workbench.jobs.review import CHUNK, EVERYTHING, Review
from workbench.jobs.review.pace import AWAY
from workbench.jobs.second_opinion.opinions import judge_order

ORDERS = {
    "file": "as in the file",
    "verdict": "failing first, then warned",
    "judge": "judge against rules: their disagreements first",
    "property": "by the first call's property",
    "similarity": "near-duplicates side by side",
}
QUICK = (
    ("decision:none,skipped", "to review"),
    ("verdict:fail", "failing"),
    ("verdict:warn", "warned"),
    ("judge:wrong decision:none,skipped", "judged wrong, to review"),
    ("model:wrong", "the model gets wrong"),
    ("decision:accepted", "accepted"),
    ("decision:rejected", "rejected"),
    ("decision:edited", "edited"),
    ("decision:skipped", "skipped"),
    ("decision:stale", "stale"),
    ("verdict:pass decision:none,skipped", "passing, to review"),
)
_AT_ONCE = 1000
"""Samples looked through for the first unreviewed one before anything is drawn."""
_REDRAW = 0.5
"""Seconds between two pictures of a list that is being searched for."""


class Finder(Owner):
    """Searches, orders, and moves the cursor.

    order: of the list, by its name in `ORDERS`. wanted: the search asked for last, which the list
    may not show yet. last_search: as it was typed, also after its filter was cleared. doing: what
    is being done meanwhile, in words, "" for nothing. comparing: the same of a look for
    near-duplicates.
    """

    def __init__(self, screen: Screen[None], review: Review, helper: Helper) -> None:
        super().__init__(screen, review)
        self.order = "file"
        self.wanted = review.search
        self.last_search = ""
        self.doing = ""
        self.comparing = ""
        self._helper = helper
        self._arrived = monotonic()
        self._listing: Worker[None] | None = None
        self._afterwards: list[Callable[[], None]] = []

    # ------------------------------------------------------------ the cursor

    def begin(self) -> None:
        """Go to the first unreviewed sample, at once or later where it is far down."""
        start = self.review.next_unreviewed(start=0, most=_AT_ONCE)
        if start is not None:
            self.review.move(start)
        else:
            self.run(self._find_unreviewed(), "unreviewed", alone=False)

    async def _find_unreviewed(self) -> None:
        """Go to the first unreviewed sample, unless someone moves first."""
        here, start = self.review.cursor, _AT_ONCE
        while start < len(self.review.view) and self.review.cursor == here:
            place = self.review.next_unreviewed(start=start, most=CHUNK)
            if place is not None:
                self.go(place)
                return
            start += CHUNK
            await asyncio.sleep(BREATH)

    def go(self, place: int) -> None:
        """Put the cursor on a place of the list, or the nearest there is."""
        self.review.move(place)
        self._arrived = monotonic()
        self.changed(What.CURSOR)

    def go_to(self, row: int) -> bool:
        """Put the cursor on a row; False where the list does not have it."""
        found = self.review.go_to(row)
        if found:
            self.go(self.review.cursor)
        return found

    def seconds(self) -> float:
        """Return the active seconds spent on the sample under the cursor."""
        return round(min(monotonic() - self._arrived, AWAY), 1)

    def action_move(self, by: int) -> None:
        self.go(self.review.cursor + by)

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        self.go(len(self.review.view) - 1)

    def action_unreviewed(self, step: int) -> None:
        place = self.review.next_unreviewed(step)
        if place is None:
            where = "after" if step > 0 else "before"
            self.say(f"No unreviewed sample {where} this one.")
        else:
            self.go(place)

    def action_match(self, step: int) -> None:
        if not self.last_search:
            self.say(f"There was no search yet; {self.keys['search']} searches.", warn=True)
            return
        wanted = self.review.read_search(self.last_search)
        review = self.review
        place = review.cursor + step
        while 0 <= place < len(review.view):
            if review.matches(review.view[place], wanted):
                self.go(place)
                return
            place += step
        where = "after" if step > 0 else "before"
        self.say(f"No match {where} this sample.")

    # ------------------------------------------------------------ searches and orders

    def search(self, text: str) -> None:
        """Filter by a search; the empty one shows all. Says what is wrong with it."""
        try:
            wanted = self.review.read_search(text)
        except SearchError as error:
            self.say(str(error), warn=True)
            return
        if text.strip():
            self.last_search = text.strip()
        self.show(wanted, self.order)

    def action_quick(self) -> None:
        choices = [(text, Text(f"{words:24} {text}")) for text, words in QUICK]

        def pick(text: str | None) -> None:
            if text is not None:
                self.search(text)

        self.app.push_screen(
            Menu("Quick filter", choices, present=self.last_search if self.review.search else None),
            pick,
        )

    def action_order(self) -> None:
        choices = [(name, Text(f"{name:12} {words}")) for name, words in ORDERS.items()]

        def pick(name: str | None) -> None:
            if name is not None:
                self.show(self.wanted, name)

        self.app.push_screen(Menu("Order", choices, present=self.order), pick)

    def clear(self) -> None:
        """Show all samples again."""
        self.show(EVERYTHING, self.order)

    def refresh(self) -> None:
        """Look for what is asked for again, as the samples may match otherwise now."""
        self.show(self.wanted, self.order)

    def show(self, wanted: Search, order: str) -> None:
        """Show the samples of a search in an order; keys go on, and `stop` stops it."""
        if wanted != self.wanted:
            self.wanted, self._afterwards = wanted, []
        self._listing = self.run(self._show(wanted, order), "view", alone=True)

    @property
    def _is_listing(self) -> bool:
        return self._listing is not None and not self._listing.is_finished

    def after_search(self, act: Callable[[], None]) -> None:
        """Do something now, or once a search that is under way has ended."""
        if self.wanted and self._is_listing:
            self._afterwards.append(act)
            self.say("A search is under way; this comes once it has ended.")
        else:
            act()

    def stop(self) -> bool:
        """Stop searching and ordering; False where neither is under way."""
        searching = self._is_listing and self.wanted != self.review.search
        if not (self.doing or self.comparing or searching):
            return False
        self._forget(self.review.search)
        self.say("Stopped; the list stays as it is.")
        return True

    def reset(self, search: Search) -> None:
        """Go on after rows have become other ones: search again, in the file's order."""
        self._forget(EVERYTHING)
        if search or self.order != "file":
            self.order = "file"
            self.show(search, "file")

    def _forget(self, search: Search) -> None:
        for group in ("view", "near"):
            self.screen.workers.cancel_group(self.screen, group)
        self.wanted, self._afterwards = search, []
        self._do("")

    def _do(self, words: str) -> None:
        self.doing = words
        self.changed()

    async def _show(self, wanted: Search, order: str) -> None:
        """Make the list a chunk at a time, so that keys are never kept waiting."""
        review = self.review
        self._do("" if order == "file" else f"ordering by {order}")
        rows = await self._rows_in_order(order)
        self.order = "file" if rows is None else order
        total = len(review.raw)
        view: Sequence[int] = range(total) if rows is None else rows
        cursor = _Cursor(review, in_order=rows is None)
        if wanted:
            drawn, view = monotonic(), []
            for view in review.make_view(wanted, rows):
                await asyncio.sleep(BREATH)
                if monotonic() - drawn >= _REDRAW:
                    drawn = monotonic()
                    self.doing = f"searching {min(1.0, review.looked / max(1, total)):.0%}"
                    cursor.show(list(view), wanted)
                    self.changed(What.ALL)
        self.doing = ""
        cursor.show(view, wanted)
        self.changed(What.ALL)
        if wanted and not view:
            self.say("No samples match this search.", warn=True)
        afterwards, self._afterwards = self._afterwards, []
        for act in afterwards if view else ():
            if self.in_front:  # else something was opened that nothing may come over
                self.app.clear_notifications()
                act()

    async def _rows_in_order(self, order: str) -> Sequence[int] | None:
        """Return all rows in an order, None for the file's."""
        if order == "file":
            return None
        if order == "judge":
            return judge_order(self.review)
        if self._helper.analyst is None:
            self.say("Orders are made once verification has begun.", warn=True)
            return None
        await self._helper.revise(self._helper.analyst)
        found = await self._helper.analyst.order(
            cast(OrderBy, order),
            lambda done, total: self._do(f"ordering by {order} {done / total:.0%}"),
        )
        if isinstance(found, Failure):
            self.say(f"This order cannot be made: {found.message}", warn=True)
            return None
        # Samples that have come since the helper read the file stand at the end.
        return [*found, *range(len(found), len(self.review.raw))]

    # ------------------------------------------------------------ near-duplicates

    def action_near(self) -> None:
        row = self.row_here("There is no sample here to compare.")
        if row is None:
            return
        if self._helper.analyst is None:
            self.say("Near-duplicates are looked for once verification has begun.", warn=True)
        else:
            self.run(self._near(self._helper.analyst, row), "near", alone=True)

    def _compare(self, words: str) -> None:
        self.comparing = words
        self.changed()

    async def _near(self, analyst: Analyst, row: int) -> None:
        if not self.review.all_known:
            self.say("Near-duplicates come once all samples are read.")
        self._compare(f"comparing #{row} with all")
        try:
            found = await analyst.near(row)
        finally:
            self._compare("")
        if isinstance(found, Failure):
            self.say(f"Near-duplicates cannot be looked for: {found.message}", warn=True)
            return
        if not found:
            self.say(f"No sample has nearly the same query as #{row}.")
            return
        if not self.in_front:
            return  # something else was opened meanwhile; nothing is to come over it
        choices = []
        for other, score in found:
            sample = self.review.sample(other)
            query = shown(sample.query) if sample else ""
            choices.append((str(other), Text(f"{score:.2f}  #{other}  {query}", no_wrap=True)))

        def pick(choice: str | None) -> None:
            if choice is not None and not self.go_to(int(choice)):
                back = self.keys["back"]
                self.say(f"#{choice} is not in this list; {back} shows all.", warn=True)

        self.app.push_screen(Menu(f"Near-duplicates of #{row}", choices), pick)


class _Cursor:
    """Keeps the cursor on its sample while a list grows, unless someone moves it meanwhile."""

    def __init__(self, review: Review, *, in_order: bool) -> None:
        self._review = review
        self._in_order = in_order
        self._wanted = self._shown = review.row

    def show(self, view: Sequence[int], search: Search) -> None:
        """Show a view; the cursor goes to its sample, or to where that would stand."""
        review = self._review
        if review.row != self._shown:
            self._wanted = review.row
        review.show(view, search)
        if self._wanted is not None and not review.go_to(self._wanted) and self._in_order:
            review.move(bisect_left(view, self._wanted))
        self._shown = review.row
