"""What is shown of a dataset: search, orders, quick filters; and what a helper finds out of it."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, cast

from rich.text import Text

from workbench.app.overview.screen import OverviewScreen
from workbench.app.prompts import Menu, Reading
from workbench.app.review.search_bar import SearchBar
from workbench.core.brief import policy_text
from workbench.core.jsontext import dumps
from workbench.core.plain import visible
from workbench.core.samples import to_item
from workbench.core.search import Search, SearchError, parse_search
from workbench.jobs.analyst import Analyst, Failure, OrderBy
from workbench.jobs.review import EVERYTHING

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

ORDERS = {
    "file": "as in the file",
    "verdict": "failing first, then warned",
    "property": "by the first call's property",
    "similarity": "near-duplicates side by side",
}
QUICK = (
    ("decision:none,skipped", "to review"),
    ("verdict:fail", "failing"),
    ("verdict:warn", "warned"),
    ("decision:accepted", "accepted"),
    ("decision:rejected", "rejected"),
    ("decision:edited", "edited"),
    ("decision:skipped", "skipped"),
    ("decision:stale", "stale"),
    ("verdict:pass decision:none,skipped", "passing, to review"),
)
_REDRAW = 0.5
"""Seconds between two redraws that a running job may cause."""
_BREATH = 0.001
"""Seconds the screen gets between two chunks: with none, keys wait for many chunks."""


# ---------------------------------------------------------------- the helper process


def start_analysis(screen: "ReviewScreen") -> None:
    """Let a helper process verify the whole file, what is in sight first."""
    screen.run_worker(_analyse(screen), group="analysis", exit_on_error=False, exclusive=True)


async def _analyse(screen: "ReviewScreen") -> None:
    review = screen.review
    if not review.raw:
        return
    screen.handed = len(review.raw)
    first, last = screen.samples.in_sight()
    analyst = await Analyst.start(
        review.path, review.files, digest=review.digest, prefer=(first, max(first, last - 1))
    )
    screen.analyst = analyst
    await _take_in(screen, analyst)


async def _take_in(screen: "ReviewScreen", analyst: Analyst) -> None:
    review, drawn, done = screen.review, 0.0, False
    async for batch in analyst.results():
        for row, facets in batch:
            review.know(row, facets)
        finished = analyst.checked == len(review.raw)
        if finished and not done:
            review.recount()
            if is_filtered(screen) or screen.order != "file":
                refresh_view(screen)
        done = finished
        if finished or monotonic() - drawn >= _REDRAW:
            drawn = monotonic()
            screen.samples.refresh()
            screen.show_status()
    # A file that grew before it was read is no failure: see `growing`.
    if analyst.failure is not None and screen.handed == len(review.raw):
        screen.say(f"Verification stopped: {analyst.failure.message}", warn=True)


# ---------------------------------------------------------------- search


def is_filtered(screen: "ReviewScreen") -> bool:
    """Whether a search leaves samples out."""
    return bool(screen.review.search)


def ask_search(screen: "ReviewScreen") -> None:
    """Open the search line."""
    start = screen.last_search if is_filtered(screen) else ""
    screen.app.clear_notifications()  # nothing may lie over what the line tells
    bar = SearchBar(start)
    screen.mount(bar, before=screen.query_one("KeyBar"))


def search(screen: "ReviewScreen", text: str) -> None:
    """Filter by a search that parses; the empty one shows all."""
    try:
        wanted = parse_search(text)
    except SearchError as error:
        screen.say(str(error), warn=True)
        return
    if not text.strip():
        clear_filter(screen)
        return
    screen.last_search = text.strip()
    _make_view(screen, wanted)


def clear_filter(screen: "ReviewScreen") -> None:
    """Show all samples again."""
    _make_view(screen, EVERYTHING)


def refresh_view(screen: "ReviewScreen") -> None:
    """Look for the filter's samples anew."""
    _make_view(screen, screen.review.search)


def _make_view(screen: "ReviewScreen", wanted: Search) -> None:
    screen.run_worker(_look(screen, wanted), group="view", exit_on_error=False, exclusive=True)


async def _look(screen: "ReviewScreen", wanted: Search) -> None:
    """Make the view a chunk at a time, so that keys are never kept waiting."""
    review = screen.review
    order = await _rows_in_order(screen)
    if not wanted:
        view: Sequence[int] = range(len(review.raw)) if order is None else order
        review.show(view, wanted)
        screen.show_all()
        return
    drawn = monotonic()
    found: list[int] = []
    for found in review.make_view(wanted, order):
        await asyncio.sleep(_BREATH)
        if monotonic() - drawn >= _REDRAW:
            drawn = monotonic()
            review.show(list(found), wanted)
            screen.show_all()
    review.show(found, wanted)
    screen.show_all()
    if not found:
        screen.say("No sample is found by this search.", warn=True)


async def _rows_in_order(screen: "ReviewScreen") -> Sequence[int] | None:
    if screen.order == "file" or screen.analyst is None:
        return None
    answer = await screen.analyst.order(cast(OrderBy, screen.order))
    if isinstance(answer, Failure):
        screen.say(f"This order cannot be made: {answer.message}", warn=True)
        screen.order = "file"
        return None
    # Samples that have come since the helper read the file stand at the end.
    return [*answer, *range(len(answer), len(screen.review.raw))]


def next_match(screen: "ReviewScreen", step: int) -> None:
    """Go to the next sample that the last search finds."""
    if not screen.last_search:
        screen.say("There was no search yet; / searches.", warn=True)
        return
    wanted = parse_search(screen.last_search)
    review = screen.review
    place = review.cursor + step
    while 0 <= place < len(review.view):
        if review.matches(review.view[place], wanted):
            screen.cursor_to(place)
            return
        place += step
    where = "after" if step > 0 else "before"
    screen.say(f"No match {where} this sample.")


# ---------------------------------------------------------------- menus


def ask_order(screen: "ReviewScreen") -> None:
    """Ask for an order."""
    choices = [(name, Text(f"{name:12} {words}")) for name, words in ORDERS.items()]

    def take(name: str | None) -> None:
        if name is None:
            return
        screen.order = name
        refresh_view(screen)

    screen.app.push_screen(Menu("Order", choices), take)


def ask_quick(screen: "ReviewScreen") -> None:
    """Ask for a quick filter."""
    choices = [(text, Text(f"{words:20} {text}")) for text, words in QUICK]

    def take(text: str | None) -> None:
        if text is not None:
            search(screen, text)

    screen.app.push_screen(Menu("Quick filter", choices), take)


def near(screen: "ReviewScreen") -> None:
    """List the near-duplicates of the sample under the cursor."""
    if screen.review.row is None or screen.analyst is None:
        screen.say("Near-duplicates are looked for once verification has begun.", warn=True)
        return
    screen.run_worker(_near(screen, screen.review.row), group="near", exit_on_error=False)


async def _near(screen: "ReviewScreen", row: int) -> None:
    assert screen.analyst is not None
    found = await screen.analyst.near(row)
    if isinstance(found, Failure):
        screen.say(f"Near-duplicates cannot be looked for: {found.message}", warn=True)
        return
    if not found:
        screen.say("No sample has nearly the same query.")
        return
    choices = []
    for other, score in found:
        sample = screen.review.sample(other)
        query = visible(sample.query) if sample else ""
        choices.append((str(other), Text(f"{score:.2f}  #{other}  {query}", no_wrap=True)))

    def take(choice: str | None) -> None:
        if choice is not None:
            if not screen.review.go_to(int(choice)):
                screen.say("That sample is not in this list; Escape shows all.", warn=True)
            screen.cursor_to(screen.review.cursor)
            screen.samples.refresh()

    screen.app.push_screen(Menu(f"Near-duplicates of #{row}", choices), take)


def overview(screen: "ReviewScreen") -> None:
    """Show counts and coverage; what is picked there becomes the filter."""

    def take(text: str | None) -> None:
        if text is not None:
            search(screen, text)

    screen.app.push_screen(OverviewScreen(screen.review), take)


def policy(screen: "ReviewScreen") -> None:
    """Show the labelling policy."""
    catalog = screen.review.catalog
    if catalog.policy is not None:
        text = Text(visible_lines(policy_text(catalog, catalog.policy)))
        screen.app.push_screen(Reading("The labelling policy", text))


def visible_lines(text: str) -> str:
    """Escape what hides in a text of several lines, and keep its line breaks."""
    return "\n".join(map(visible, text.splitlines()))


def copy(screen: "ReviewScreen") -> None:
    """Copy the sample under the cursor."""
    row = screen.review.row
    sample = None if row is None else screen.review.in_force(row)
    if sample is None:
        screen.say("There is no sample here to copy.", warn=True)
        return
    screen.app.copy_to_clipboard(dumps(to_item(sample)).decode())
    screen.say("Copied as JSON, if this terminal lets programs copy.")
