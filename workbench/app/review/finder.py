"""What is listed of a dataset, in which order, and where the cursor is."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from rich.text import Text
from textual.screen import Screen
from textual.worker import Worker

from workbench.app.dialogs import LinePrompt, Menu
from workbench.app.review.helper import Helper
from workbench.app.review.owner import BREATH, Owner, What
from workbench.app.review.quick import QUICK, count_others, quick_counts
from workbench.core.review.search import Search, SearchError
from workbench.core.text.excerpts import NAME, shown, shown_query
from workbench.jobs.analyst import Analyst, Failure
from workbench.jobs.review import CHUNK, EVERYTHING, Review
from workbench.jobs.review.groups import RowGroups
from workbench.jobs.review.orders import ORDERS, HelperOrder, arranged, group_name
from workbench.jobs.review.pace import AWAY
from workbench.jobs.review.written import written_values

_AT_ONCE = 1000
"""Samples looked through for the first one to do before anything is drawn."""
_DIGITS = 12
"""No sample has a number with that many digits."""
NO_MATCHES = "No matches."
_REDRAW = 0.5
"""Seconds between two pictures of a list that is being searched for."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What was listed before a search line was opened, and where the cursor was.

    raw, known: the file's items then, and how much was known of them.
    """

    search: Search
    last_search: str
    view: Sequence[int]
    groups: RowGroups | None
    row: int | None
    raw: Sequence[bytes]
    known: tuple[int, int]


class Finder(Owner):
    """Searches, orders, and moves the cursor.

    order: of the list, by its name in `ORDERS`. wanted: the search asked for last, which the list
    may not show yet. last_search: as it was typed, also after its filter was cleared. doing: what
    is being done meanwhile, in words, "" for nothing. comparing: the same of a look for
    near-duplicates. next_order: the one that the list is in or will be. taking_order: makes the
    order picked last.
    names: values that exist, by the key of their search term, as far as they are known.
    """

    def __init__(self, screen: Screen[None], review: Review, helper: Helper) -> None:
        super().__init__(screen, review)
        self.order = self.next_order = "file"
        self.wanted = review.search
        self.last_search = ""
        self.doing = ""
        self.taking_order: Worker[None] | None = None
        self.comparing = ""
        self.names: Mapping[str, Sequence[str]] = review.vocabulary.names
        self._before: _Before | None = None
        self._steps: list[int] = []
        self._ordered: tuple[tuple[str, int, int], Sequence[int] | None] | None = None
        self._helper = helper
        self._arrived = monotonic()
        self._listing: Worker[None] | None = None
        self._asked_for = False
        self._afterwards: list[Callable[[], None]] = []

    # ------------------------------------------------------------ the cursor

    def begin(self) -> None:
        """Go to the first sample to do, at once or later where it is far down."""
        start = self.review.next_unreviewed(start=0, most=_AT_ONCE)
        if start is not None:
            self.review.move(start)
        else:
            self.run(self._find_unreviewed(), "unreviewed", alone=False)

    async def _find_unreviewed(self) -> None:
        """Go to the first sample to do, unless someone moves first."""
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
            self.say(f"Nothing to do {where} this sample.")
        else:
            self.go(place)

    def action_match(self, step: int) -> None:
        if not self.last_search:
            self.say(f"No search yet; {self.keys['search']} searches.", warn=True)
            return
        self._steps.append(step)
        if len(self._steps) > 1:
            return  # it comes once the one before has found its match
        wanted = self.review.read_search(self.last_search)
        if not self._match(wanted, self.review.cursor + step, _AT_ONCE):
            self.run(self._find_match(wanted), "match", alone=False)

    def _match(self, wanted: Search, start: int, most: int) -> bool:
        """Take the first step that waits, if its match is so near; returns whether that is done."""
        step, review = self._steps[0], self.review
        place = review.next_match(wanted, step, start, most)
        if place is None and 0 <= start + step * most < len(review.view):
            return False
        self._steps.pop(0)
        if place is None:
            where = "after" if step > 0 else "before"
            self.say(f"No match {where} this sample.")
        else:
            self.go(place)
        return True

    async def _find_match(self, wanted: Search) -> None:
        """Take the steps that wait, a chunk at a time, unless someone moves meanwhile."""
        review = self.review
        try:
            while self._steps:
                here, step = review.cursor, self._steps[0]
                start = here + step
                while not self._match(wanted, start, CHUNK):
                    start += step * CHUNK
                    await asyncio.sleep(BREATH)
                    if review.cursor != here or self.wanted != review.search:
                        return
        finally:
            self._steps.clear()

    # ------------------------------------------------------------ searches and orders

    def search(self, text: str) -> None:
        """Filter by a search and go to its first match, or to the sample that it has the number of.

        The empty search shows all. Says what is wrong with one.
        """
        before, self._before = self._before, None
        try:
            wanted = self.review.read_search(text)
        except SearchError as error:
            self.say(str(error), warn=True)
            return
        if wanted.number is not None:
            self.last_search = before.last_search if before else self.last_search
            self._go_to_number(str(wanted.number))
            return
        if text.strip():
            self.last_search = text.strip()
        if self._is_listing or wanted != self.review.search:
            self._show_from_first(wanted)
            self.taking_order = self._listing
        elif wanted and not self.review.view:
            self.say(NO_MATCHES, warn=True)

    def begin_search(self) -> None:
        """Remember what is listed, for a search line has been opened."""
        review = self.review
        self._before = _Before(
            review.search,
            self.last_search,
            review.view,
            review.groups,
            review.row,
            review.raw,
            self._known,
        )
        self.run(self._gather_names(), "names", alone=True)

    async def _gather_names(self) -> None:
        """Find out what reviewers have written, for suggestions."""
        gathering = written_values(self.review)
        while not (found := next(gathering)):
            await asyncio.sleep(BREATH)
        self.names = {**self.review.vocabulary.names, **found}
        self.changed()

    @property
    def _known(self) -> tuple[int, int]:
        return len(self.review.raw), self._helper.checked

    def look_for(self, text: str, wanted: Search) -> None:
        """Show what a search line that is open finds so far; the latest text counts.

        A number alone finds nothing yet: Enter goes there.
        """
        before = self._before
        if wanted.number is not None and before is not None:
            text, wanted = before.last_search, before.search
        self.last_search = text.strip() or (before.last_search if before else "")
        if wanted == self.wanted:
            return
        if before is not None and wanted == before.search and before.raw is self.review.raw:
            self._restore(before)
        else:
            self._show_from_first(wanted)

    def _show_from_first(self, wanted: Search) -> None:
        """Show what a search finds, with the cursor on its first match; a small file's at once."""
        review = self.review
        if self.order != "file" or len(review.raw) > _AT_ONCE:
            self.show(wanted, self.order, first=True)
            return
        self._forget(wanted)
        *_, view = [range(len(review.raw))] if not wanted else review.make_view(wanted, None)
        review.show(view, wanted)
        review.move(0)
        self.changed(What.ALL)
        if not view and self._before is None:
            self.say(NO_MATCHES, warn=True)

    def give_up_search(self) -> None:
        """Show what was listed before the search line was opened, with the cursor where it was."""
        before, self._before = self._before, None
        review = self.review
        if before is None:
            return
        self.last_search = before.last_search
        if self.wanted == before.search and review.view is before.view:
            return
        if before.raw is not review.raw:  # rows have changed
            self.show(before.search, self.order)
            return
        self._restore(before)

    def _restore(self, before: _Before) -> None:
        """Show what was listed then, with the cursor on the sample where it was."""
        review = self.review
        self._forget(before.search)
        review.show(before.view, before.search, before.groups)
        if before.row is not None:
            review.go_to(before.row)
        self.changed(What.ALL | What.CURSOR)
        if before.known != self._known:
            self.refresh()

    def action_quick(self) -> None:
        choices = [(one.search, Text(one.words)) for one in QUICK]

        def pick(text: str | None) -> None:
            if text is not None:
                self.filter(text)

        menu = Menu(
            "Quick filter", choices, present=self.filtered, counts=quick_counts(self.review)
        )
        self.app.push_screen(menu, pick)
        self.run(self._count_others(menu), "counts", alone=True)

    async def _count_others(self, menu: Menu) -> None:
        """Count what isn't known at once, as long as the menu is open."""
        counts: dict[str, int] = {}
        for _ in count_others(self.review, counts):
            await asyncio.sleep(BREATH)
            if menu not in self.app.screen_stack:
                return
        menu.count(counts)

    def action_filter(self, number: int) -> None:
        self.filter(QUICK[number - 1].search)

    @property
    def filtered(self) -> str:
        """The search whose filter is in force, as it was typed; "" for none."""
        return self.last_search if self.review.search else ""

    def filter(self, text: str) -> None:
        """Filter by a search of ours, and go to the first sample to do."""
        if text:
            self.last_search = text
        self.show(self.review.read_search(text), self.order, self._go_to_open)

    def action_order(self) -> None:
        choices = [(name, Text(f"{name:12} {one.words}")) for name, one in ORDERS.items()]

        def pick(name: str | None) -> None:
            if name is not None:
                self.show(self.wanted, name, self._go_to_open)
                self.taking_order = self._listing

        self.app.push_screen(Menu("Order", choices, present=self.order), pick)

    def _go_to_open(self) -> None:
        """Go to the first sample of the list that needs a decision, else to the first."""
        start = self.review.next_unreviewed(start=0, most=_AT_ONCE)
        self.go(start or 0)
        if start is None and len(self.review.view) > _AT_ONCE:
            self.run(self._find_unreviewed(), "unreviewed", alone=True)

    def action_number(self) -> None:
        """Ask for a sample's number, and go there."""

        def go(text: str | None) -> None:
            if text is not None:
                self._go_to_number(text)

        last = len(self.review.raw) - 1
        prompt = LinePrompt(
            f"Go to sample: 0–{last:,}",
            hint="Enter goes there, Esc cancels",
            why_not=self._why_no_row,
        )
        self.app.push_screen(prompt, go)

    def _go_to_number(self, text: str) -> None:
        """Go to a sample by what was typed as its number; a filter that hides it is cleared."""
        if why := self._why_no_row(text):
            self.say(why, warn=True)
        elif not self.go_to(row := int(_digits(text))):
            self.show(EVERYTHING, self.order, partial(self._land, row))

    def _why_no_row(self, text: str) -> str:
        """Say why what was typed is no sample's number, "" if it is."""
        number, last = _digits(text), len(self.review.raw) - 1
        if not number:
            return f"Type a number, 0 to {last:,}."
        if not (number.isdecimal() and number.isascii() and len(number) < _DIGITS):
            return f"{shown(text, NAME)} is not a number; type 0 to {last:,}."
        if int(number) > last:
            return f"There is no #{int(number):,}; the last sample is #{last:,}."
        return ""

    def _land(self, row: int) -> None:
        if self.go_to(row):
            self.say(f"#{row} was not in the filter, so all samples are shown again.")

    def clear(self) -> None:
        """Show all samples again."""
        self.show(EVERYTHING, self.order)

    def refresh(self) -> None:
        """Search again, because other samples may match now."""
        self.show(self.wanted, self.next_order)
        self._asked_for = False

    def show(
        self,
        wanted: Search,
        order: str,
        then: Callable[[], None] = lambda: None,
        *,
        first: bool = False,
    ) -> None:
        """Show the samples of a search in an order; keys go on, and `stop` stops it.

        then: what is done once they are shown. first: the cursor goes to the first of them, not to
        the sample it is on.
        """
        if not wanted and order == self.order == "file" and not first:
            # Quick, so the next key finds it done.
            self._forget(wanted)
            self.review.show(range(len(self.review.raw)), wanted)
            then()
            self.changed(What.ALL)
            return
        if wanted != self.wanted:
            self.wanted, self._afterwards = wanted, []
        self.next_order = order
        self._listing = self.run(self._show(wanted, order, then, first), "view", alone=True)
        self._asked_for = True

    @property
    def _is_listing(self) -> bool:
        return self._listing is not None and not self._listing.is_finished

    @property
    def under_way(self) -> object:
        """What tells that a list that a key asked for is not there yet: see `app.typed_ahead`.

        It changes while an order is made that was picked: nobody means the old one any more.
        """
        if self.taking_order is not None and not self.taking_order.is_finished:
            return monotonic()
        return "list" if self._asked_for and self._is_listing else None

    @property
    def has_put_off(self) -> bool:
        """Whether something waits for a search to end."""
        return bool(self._afterwards)

    def after_search(self, act: Callable[[], None]) -> None:
        """Do something now, or once a search that is under way has ended."""
        if self.wanted and self._is_listing:
            self._afterwards.append(act)
            self.say("A search is running; this is done once it has finished.")
        else:
            act()

    def stop(self) -> bool:
        """Stop searching and ordering; False where neither is under way."""
        searching = self._is_listing and self.wanted != self.review.search
        if not (self.doing or self.comparing or searching):
            return False
        self._forget(self.review.search)
        self.say("Stopped; the list is unchanged.")
        return True

    def reset(self, search: Search) -> None:
        """Go on after rows have changed: search again, in the same order."""
        order = self.next_order
        self.order = "file"
        self._forget(EVERYTHING)
        if order != "file":
            self.wanted, self.next_order = search, order
            self._listing = self.run(self._show_again(search, order), "view", alone=True)
        elif search:
            self.show(search, "file")

    async def _show_again(self, search: Search, order: str) -> None:
        """Show the samples of a search, and put them in order once there is what it takes."""
        if search:
            await self._show(search, "file", lambda: None, first=False)
        self.next_order = order
        self._do(f"ordering by {order}")
        if ORDERS[order].base:
            await self._helper.there.wait()
        await self._show(search, order, lambda: None, first=False)

    def _forget(self, search: Search) -> None:
        for group in ("view", "near"):
            self.screen.workers.cancel_group(self.screen, group)
        self.wanted, self._afterwards = search, []
        self.next_order = self.order
        self._do("")

    def _do(self, words: str) -> None:
        self.doing = words
        self.changed()

    async def _show(
        self, wanted: Search, order: str, then: Callable[[], None], first: bool
    ) -> None:
        """Make the list a chunk at a time, so that keys are never kept waiting."""
        review = self.review
        self._do("" if order == "file" else f"ordering by {order}")
        rows = await self._kept_order(order)
        self.order = self.next_order = order = "file" if rows is None else order
        total = len(review.raw)
        view: Sequence[int] = range(total) if rows is None else rows
        cursor = _Cursor(review, in_order=rows is None, first=first)
        name_of = group_name(review, order)
        groups = None if name_of is None else RowGroups()
        if wanted or name_of:
            drawn, view = monotonic(), []
            for view in review.make_view(wanted, rows, groups, name_of):
                await asyncio.sleep(BREATH)
                if wanted and monotonic() - drawn >= _REDRAW:
                    drawn = monotonic()
                    self.doing = f"searching {min(1.0, review.looked / max(1, total)):.0%}"
                    cursor.show(list(view), wanted, groups)
                    self.changed(What.ALL)
        self.doing = ""
        cursor.show(view, wanted, groups)
        then()
        self.changed(What.ALL)
        if wanted and not view and self._before is None:  # a line that is open says so itself
            self.say(NO_MATCHES, warn=True)
        afterwards, self._afterwards = self._afterwards, []
        for act in afterwards if view else ():
            if self.in_front:  # else something was opened that nothing may come over
                self.app.clear_notifications()
                act()

    async def _kept_order(self, order: str) -> Sequence[int] | None:
        """Return all rows in an order; while a search line is open, it is made only once."""
        wanted = order, *self._known
        if self._before is None:
            self._ordered = None
        elif self._ordered is not None and self._ordered[0] == wanted:
            return self._ordered[1]
        rows = await self._rows_in_order(order)
        if self._before is not None:
            self._ordered = wanted, rows
        return rows

    async def _rows_in_order(self, order: str) -> Sequence[int] | None:
        """Return all rows in an order, None for the file's."""
        if order == "file":
            return None
        base = ORDERS[order].base
        rows: Sequence[int] | None = range(len(self.review.raw))
        if base is not None:
            rows = await self._ask_order(base, order)
        if rows is None or base == order == "property" or order == "similarity":
            return rows
        arranging = arranged(self.review, order, rows)
        while not (found := next(arranging)) and rows:
            await asyncio.sleep(BREATH)
        return found

    async def _ask_order(self, base: HelperOrder, order: str) -> Sequence[int] | None:
        """Have the helper process order all rows; None where it can't. order: what it is for."""
        if self._helper.analyst is None:
            self.say("Ordering works once verification has started.", warn=True)
            return None
        await self._helper.revise(self._helper.analyst)
        await self._helper.revise(self._helper.analyst)
        found = await self._helper.analyst.order(
            base, lambda done, total: self._do(f"ordering by {order} {done / total:.0%}")
        )
        if isinstance(found, Failure):
            self.say(f"This order failed: {found.message}", warn=True)
            return None
        # Samples that have come since the helper read the file stand at the end.
        return [*found, *range(len(found), len(self.review.raw))]

    # ------------------------------------------------------------ near-duplicates

    def action_near(self) -> None:
        row = self.row_here("No sample here to compare.")
        if row is None:
            return
        if self._helper.analyst is None:
            self.say("Near-duplicates can be found once verification has started.", warn=True)
        else:
            self.run(self._near(self._helper.analyst, row), "near", alone=True)

    def _compare(self, words: str) -> None:
        self.comparing = words
        self.changed()

    async def _near(self, analyst: Analyst, row: int) -> None:
        if not self.review.all_known:
            self.say("Near-duplicates can be found once all samples are read.")
        self._compare(f"comparing #{row} with all")
        try:
            found = await analyst.near(row)
        finally:
            self._compare("")
        if isinstance(found, Failure):
            self.say(f"The search for near-duplicates failed: {found.message}", warn=True)
            return
        if not found:
            self.say(f"No sample has nearly the same query as #{row}.")
            return
        if not self.in_front:
            return  # something else was opened meanwhile; nothing is to come over it
        choices = []
        for other, score in found:
            sample = self.review.sample(other)
            query = shown_query(sample.query) if sample else ""
            choices.append((str(other), Text(f"{score:.2f}  #{other}  {query}", no_wrap=True)))

        def pick(choice: str | None) -> None:
            if choice is not None and not self.go_to(int(choice)):
                back = self.keys["back"]
                self.say(f"#{choice} is not in this list; {back} shows all.", warn=True)

        self.app.push_screen(Menu(f"Near-duplicates of #{row}", choices), pick)


def _digits(text: str) -> str:
    return text.strip().removeprefix("#").replace(",", "")


class _Cursor:
    """Keeps the cursor on its sample while a list grows, unless someone moves it meanwhile."""

    def __init__(self, review: Review, *, in_order: bool, first: bool = False) -> None:
        """first: until then it is on the first of the list."""
        self._review = review
        self._in_order = in_order
        self._shown = review.row
        self._wanted = None if first else review.row

    def show(self, view: Sequence[int], search: Search, groups: RowGroups | None = None) -> None:
        """Show a view; the cursor goes to its sample, or to where that would stand."""
        review = self._review
        if review.row != self._shown:
            self._wanted = review.row
        review.show(view, search, groups)
        if self._wanted is None:
            review.move(0)
        elif not review.go_to(self._wanted) and self._in_order:
            review.move(bisect_left(view, self._wanted))
        self._shown = review.row
