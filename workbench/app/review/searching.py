"""Searching: the search line, the filter in force, and the matches of the last search."""

from typing import TYPE_CHECKING

from textual import events

from workbench.app.review.answered import look
from workbench.app.review.search_bar import SearchBar
from workbench.app.review.showing import make_view
from workbench.core.review.search import SearchError, parse_search
from workbench.jobs.review import EVERYTHING

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen


def ask_search(screen: "ReviewScreen") -> None:
    """Open the search line, or go back to it."""
    screen.app.clear_notifications()  # nothing may lie over what the line tells
    opened = screen.query(SearchBar)
    if opened:
        opened.first().focus_line()
    else:
        start = screen.last_search if screen.review.search else ""
        screen.mount(SearchBar(start), before=screen.query_one("KeyBar"))


def opens_line(screen: "ReviewScreen", event: events.Key) -> bool:
    """Whether a key was pressed for the search line, before that had the cursor."""
    return any(event.time < bar.ready_since for bar in screen.query(SearchBar))


def leave_line(screen: "ReviewScreen") -> bool:
    """Close the search line; False where it is not open."""
    opened = screen.query(SearchBar)
    if opened:
        opened.first().action_leave()
    return bool(opened)


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
    look(screen)
    make_view(screen, wanted, screen.order)


def clear_filter(screen: "ReviewScreen") -> None:
    """Show all samples again."""
    make_view(screen, EVERYTHING, screen.order)


def next_match(screen: "ReviewScreen", step: int) -> None:
    """Go to the next sample that the last search finds."""
    if not screen.last_search:
        screen.say(f"There was no search yet; {screen.keys['search']} searches.", warn=True)
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
