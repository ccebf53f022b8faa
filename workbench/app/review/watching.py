"""The dataset file while it is reviewed: what others add comes in, and what has gone is said."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from workbench.app.generate.running import running_of
from workbench.app.review import growing, showing
from workbench.core.text.excerpts import shown
from workbench.jobs.review.source import Look

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

_SECONDS = 1.0
"""Between two looks at whether the file has changed, while no key is pressed; one costs a stat."""


def start(screen: "ReviewScreen") -> None:
    """Watch the file."""
    screen.set_interval(_SECONDS, lambda: look(screen))


def look(screen: "ReviewScreen") -> None:
    """Take in that the file has changed, if it has, as soon as it is read."""
    running = running_of(screen.app)
    if running is not None and running.alive:
        return  # what it saves is taken in as it comes
    looking = any(one.group == "source" and not one.is_finished for one in screen.workers)
    if not looking and (screen.review.source.changed or screen.problem):
        work: Callable[[], Awaitable[None]] = partial(_look, screen)
        screen.run_worker(work, group="source", exit_on_error=False)


async def _look(screen: "ReviewScreen") -> None:
    review = screen.review
    found = await asyncio.to_thread(review.source.look, review.raw)
    if found.change in ("none", "grown"):
        _take_in(screen, found)
    elif found.change == "moved":
        # Rows are other ones then: not while something is open that is about one of them.
        if screen.app.screen is screen and not screen.saving:
            _reload(screen, found, "The dataset was written again with the same samples")
    else:
        _tell(screen, found)


def _take_in(screen: "ReviewScreen", found: Look) -> None:
    new = screen.review.take(found)
    screen.problem = ""
    if new:
        screen.samples.grown()
        growing.hand_over(screen)
        screen.say(f"{_samples(len(new))} came to the end of the file.")
        if len(screen.review.raw) == len(new):
            screen.show_all()
    screen.show_status()


def _tell(screen: "ReviewScreen", found: Look) -> None:
    """Say once what has become of the file."""
    words = _words(screen, found)
    if words != screen.problem:
        screen.problem = words
        screen.notify(shown(words), severity="warning", markup=False, timeout=10)
        screen.show_status()


def _words(screen: "ReviewScreen", found: Look) -> str:
    again = f"{screen.keys['reload']} reads it again."
    if found.change == "unreadable":
        return (
            f"{found.problem} The samples here are as they were read, and not decided on. {again}"
        )
    gone = "1 sample is" if found.gone == 1 else f"{found.gone:,} samples are"
    return f"The dataset was changed by another program: {gone} not in it any more. {again}"


def gone(screen: "ReviewScreen", row: int) -> bool:
    """Whether a row's sample is not in the file any more, so that nothing is decided on it."""
    return any_gone(screen, [row])


def any_gone(screen: "ReviewScreen", rows: Sequence[int]) -> bool:
    """Whether one of these is not in the file any more; says so."""
    review = screen.review
    if len(rows) > 1:
        changed = review.source.changed and review.source.look(review.raw)
        if not changed or all(changed.holds(review.raw[row]) for row in rows):
            return False
    elif all(map(review.holds, rows)):
        return False
    found = review.source.look(review.raw)
    which = "this sample is" if len(rows) == 1 else "some of these samples are"
    why = (
        found.problem or f"The dataset was changed by another program: {which} not in it any more."
    )
    screen.problem = _words(screen, found)
    screen.say(
        shown(f"Nothing was saved. {why} {screen.keys['reload']} reads it again."), warn=True
    )
    screen.show_status()
    return True


def reload(screen: "ReviewScreen") -> None:
    """Read the file again, and show what is in it now."""
    if screen.saving:
        screen.say(f"Wait a moment: {screen.saving}.", warn=True)
    elif not screen.review.source.changed and not screen.problem:
        screen.say("The dataset has not changed.")
    else:
        screen.run_worker(_read_again(screen), group="source", exit_on_error=False, exclusive=True)


async def _read_again(screen: "ReviewScreen") -> None:
    review = screen.review
    found = await asyncio.to_thread(review.source.look, review.raw)
    if found.change == "unreadable":
        screen.problem = ""
        _tell(screen, found)
    elif found.change in ("none", "grown"):
        _take_in(screen, found)
    else:
        _reload(screen, found, "The dataset was read again")


def _reload(screen: "ReviewScreen", found: Look, why: str) -> None:
    review = screen.review
    search = review.search
    screen.workers.cancel_group(screen, "view")
    screen.workers.cancel_group(screen, "near")
    screen.looking, screen.range_from, screen.afterwards = "", None, []
    review.take(found)
    screen.problem = ""
    if screen.analyst is not None:
        screen.run_worker(screen.analyst.close(), group="closing", exit_on_error=False)
        screen.analyst = None
    screen.passed_over.clear()
    screen.asked, screen.told_elsewhere = None, False
    screen.show_all()
    showing.start_analysis(screen)
    if search or screen.order != "file":
        screen.order = "file"
        showing.make_view(screen, search, "file")
    screen.say(f"{why}: {_samples(len(review.raw))}.")


def _samples(count: int) -> str:
    return "1 sample" if count == 1 else f"{count:,} samples"
