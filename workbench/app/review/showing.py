"""What is shown of a dataset: the rows of a search in an order, and what a helper finds out."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, cast

from workbench.adapters.dataset import encode_sample
from workbench.core.review.search import Search
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.analyst import Analyst, Failure, OrderBy
from workbench.jobs.review import NOT_YET
from workbench.jobs.second_opinion.opinions import judge_order

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

_RESTARTS = 5
"""Times that the helper process is started again after an item has ended it."""
_REDRAW = 0.5
"""Seconds between two redraws that a running job may cause."""
BREATH = 0.001
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
        review.path,
        review.files,
        digest=review.digest,
        prefer=review.view[first:last],
        passed_over=screen.passed_over,
    )
    screen.analyst = analyst
    ask_verdict(screen)
    await _take_in(screen, analyst)


async def _take_in(screen: "ReviewScreen", analyst: Analyst) -> None:
    review, drawn, done = screen.review, 0.0, False
    async for batch in analyst.results():
        for row, facets in batch:
            review.know(row, facets)
        finished = analyst.checked == len(review.raw)
        if finished and not done:
            review.recount()
            _tell_elsewhere(screen)
            if review.search or screen.order != "file":
                refresh_view(screen)
        done = finished
        if finished or monotonic() - drawn >= _REDRAW:
            drawn = monotonic()
            screen.samples.refresh()
            screen.show_status()
    if analyst.failure is not None and analyst.begun is not None:
        _pass_over(screen, analyst.begun)
    # A file that grew before it was read is no failure: see `growing`.
    elif analyst.failure is not None and screen.handed == len(review.raw):
        screen.say(f"Verification stopped: {analyst.failure.message}", warn=True)


def _pass_over(screen: "ReviewScreen", row: int) -> None:
    """Go on without the item that a process has ended with, or could not end."""
    if row >= 0:
        screen.say(f"#{row} cannot be verified: the process that did has stopped.", warn=True)
        screen.passed_over.add(row)
    screen.analyst = None
    screen.restarts += 1
    if screen.restarts <= _RESTARTS:
        start_analysis(screen)


def ask_verdict(screen: "ReviewScreen") -> None:
    """Have the sample under the cursor verified where it is too large to be verified here."""
    row = screen.review.row
    sample = None if row is None else screen.review.in_force(row)
    if row is None or sample is None or screen.analyst is None or screen.asked is sample:
        return
    if screen.review.verdict(sample) is NOT_YET:
        screen.asked = sample
        asking = _ask_verdict(screen, screen.analyst, row, sample)
        screen.run_worker(asking, group="verdict", exit_on_error=False)


async def _ask_verdict(screen: "ReviewScreen", analyst: Analyst, row: int, sample: Sample) -> None:
    review = screen.review
    edited = sample is not review.sample(row)
    raw = encode_sample(sample) if edited else b""
    answer = await analyst.verdict(-1 if edited else row, raw)
    if isinstance(answer, Failure):
        words = f"the checks were not finished: {answer.message}"
        answer = Verdict((Finding("format.unchecked", words),)), 0
    review.know_verdict(sample, *answer)
    screen.asked = None
    screen.samples.refresh()
    if review.row is not None and review.in_force(review.row) is sample:
        screen.show_sample()


def _tell_elsewhere(screen: "ReviewScreen") -> None:
    """Tell once of labels whose samples are not in this dataset."""
    count = screen.review.elsewhere()
    if count and not screen.told_elsewhere:
        labels = "1 label is of a sample" if count == 1 else f"{count:,} labels are of samples"
        screen.notify(
            f"{labels} no longer in this dataset; all are kept. `workbench labels carry` brings "
            "decisions over to answers made anew.",
            markup=False,
            timeout=10,
        )
    screen.told_elsewhere = True


# ---------------------------------------------------------------- the view


def refresh_view(screen: "ReviewScreen") -> None:
    """Look for the filter's samples anew."""
    make_view(screen, screen.wanted, screen.order)


def make_view(screen: "ReviewScreen", wanted: Search, order: str) -> None:
    """Show the samples of a search in an order; keys go on, and `stop` stops it."""
    if wanted != screen.wanted:
        screen.wanted, screen.afterwards = wanted, []
    looking = _look(screen, wanted, order)
    screen.finding = screen.run_worker(looking, group="view", exit_on_error=False, exclusive=True)


def after_search(screen: "ReviewScreen", act: Callable[[], None]) -> bool:
    """Have something done once the search under way has ended; False where none is."""
    if not screen.wanted or screen.finding is None or screen.finding.is_finished:
        return False
    screen.afterwards.append(act)
    screen.say("A search is under way; this comes once it has ended.")
    return True


def stop(screen: "ReviewScreen") -> bool:
    """Stop making a view; False where none is being made."""
    found = screen.finding is None or screen.finding.is_finished
    if not screen.looking and (found or screen.wanted == screen.review.search):
        return False
    screen.workers.cancel_group(screen, "view")
    screen.wanted, screen.afterwards = screen.review.search, []
    _say_looking(screen, "")
    screen.say("Stopped; the list stays as it is.")
    return True


def _say_looking(screen: "ReviewScreen", words: str) -> None:
    screen.looking = words
    screen.show_status()


async def _look(screen: "ReviewScreen", wanted: Search, order: str) -> None:
    """Make the view a chunk at a time, so that keys are never kept waiting."""
    review = screen.review
    _say_looking(screen, "" if order == "file" else f"ordering by {order}")
    rows = await _rows_in_order(screen, order)
    screen.order = "file" if rows is None else order
    total = len(review.raw)
    view: Sequence[int] = range(total) if rows is None else rows
    keeper = _Cursor(screen, in_order=rows is None)
    if wanted:
        drawn, view = monotonic(), []
        for view in review.make_view(wanted, rows):
            await asyncio.sleep(BREATH)
            if monotonic() - drawn >= _REDRAW:
                drawn = monotonic()
                share = min(1.0, review.looked / max(1, total))
                screen.looking = f"searching {share:.0%}"
                keeper.show(list(view), wanted)
    screen.looking = ""
    keeper.show(view, wanted)
    if wanted and not view:
        screen.say("No sample is found by this search.", warn=True)
    afterwards, screen.afterwards = screen.afterwards, []
    for act in afterwards if view else ():
        if screen.app.screen is screen:  # else something was opened that nothing may come over
            screen.app.clear_notifications()
            act()


class _Cursor:
    """Keeps the cursor on its sample while a view grows, unless someone moves it meanwhile."""

    def __init__(self, screen: "ReviewScreen", *, in_order: bool) -> None:
        self._screen = screen
        self._in_order = in_order
        self._wanted = self._shown = screen.review.row

    def show(self, view: Sequence[int], search: Search) -> None:
        """Show a view; the cursor goes to its sample, or to where that would stand."""
        review = self._screen.review
        if review.row != self._shown:
            self._wanted = review.row
        review.show(view, search)
        if self._wanted is not None and not review.go_to(self._wanted) and self._in_order:
            review.move(bisect_left(view, self._wanted))
        self._shown = review.row
        self._screen.show_all()


async def _rows_in_order(screen: "ReviewScreen", order: str) -> Sequence[int] | None:
    """Give all rows in an order, None for the file's."""
    if order == "file":
        return None
    if order == "judge":
        return judge_order(screen.review)
    if screen.analyst is None:
        screen.say("Orders are made once verification has begun.", warn=True)
        return None

    def tell(done: int, total: int) -> None:
        _say_looking(screen, f"ordering by {order} {done / total:.0%}")

    answer = await screen.analyst.order(cast(OrderBy, order), tell)
    if isinstance(answer, Failure):
        screen.say(f"This order cannot be made: {answer.message}", warn=True)
        return None
    # Samples that have come since the helper read the file stand at the end.
    return [*answer, *range(len(answer), len(screen.review.raw))]
