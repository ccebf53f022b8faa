"""Marks: setting them, and deciding on all that is marked or filtered."""

import asyncio
from typing import TYPE_CHECKING

from workbench.app.dialogs import ConfirmPrompt
from workbench.app.review import watching
from workbench.app.review.deciding import DONE, refused
from workbench.app.review.showing import BREATH, after_search
from workbench.core.errors import WorkbenchError
from workbench.core.review.labels import Decision
from workbench.core.samples import Sample
from workbench.jobs.review import CHUNK

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

_TYPED_ABOVE = 200


def mark(screen: "ReviewScreen") -> None:
    """Mark the sample under the cursor, or unmark it, and step down."""
    row = screen.review.row
    if row is not None:
        screen.review.marks ^= {row}
        screen.range_from = row
        screen.cursor_to(screen.review.cursor + 1)
        screen.show_status()


def mark_range(screen: "ReviewScreen") -> None:
    """Mark from where a range was begun to the cursor, or begin one."""
    review, start = screen.review, screen.range_from
    row = review.row
    if row is None:
        return
    if start is None or start not in review.view:
        screen.range_from = row
        review.marks.add(row)
        screen.say(
            f"The range starts here; {screen.keys['mark_range']} on another sample marks up to it."
        )
    else:
        first, last = sorted((review.view.index(start), review.cursor))
        review.marks |= set(review.view[first : last + 1])
        screen.range_from = None
    screen.samples.refresh()
    screen.show_status()


def mark_all(screen: "ReviewScreen") -> None:
    """Mark all samples shown, once a search has ended; none of them where all are marked."""
    if not after_search(screen, lambda: _mark_all(screen)):
        _mark_all(screen)


def _mark_all(screen: "ReviewScreen") -> None:
    shown = set(screen.review.view)
    if shown <= screen.review.marks:
        screen.review.marks -= shown
    else:
        screen.review.marks |= shown
    screen.samples.refresh()
    screen.show_status()


def clear(screen: "ReviewScreen") -> None:
    """Take all marks away."""
    screen.review.marks.clear()
    screen.range_from = None
    screen.samples.refresh()
    screen.show_status()


def decide_many(screen: "ReviewScreen", decision: Decision) -> None:
    """Decide on what is marked, else on what the filter shows, after one question.

    What a search under way will show is waited for: the question names how many there are.
    """
    if screen.review.marks or not after_search(screen, lambda: _decide_many(screen, decision)):
        _decide_many(screen, decision)


def _decide_many(screen: "ReviewScreen", decision: Decision) -> None:
    review = screen.review
    filtered = bool(review.search)
    rows = sorted(review.marks) if review.marks else list(review.view) if filtered else []
    rows = [row for row in rows if (known := review.facets[row]) is None or known.id]
    if not rows:
        keys = screen.keys
        marks = ", ".join(keys[action] for action in ("mark", "mark_range", "mark_all"))
        screen.say(
            f"Mark samples ({marks}) or filter ({keys['search']}) first; then this decides.",
            warn=True,
        )
        return
    if refused(screen) or watching.any_gone(screen, rows):
        return
    which = "marked" if review.marks else "filtered"
    verb = "Accept" if decision == "accepted" else "Reject"
    samples = "sample" if len(rows) == 1 else "samples"
    hidden = len(review.marks - set(review.view)) if review.marks else 0
    aside = f" ({hidden:,} of them not in sight)" if hidden else ""
    question = f"{verb} {len(rows):,} {which} {samples}{aside}?"

    def take(agreed: bool | None) -> None:
        if agreed and watching.any_gone(screen, rows):
            return
        if agreed and len(rows) <= CHUNK:
            count: list[int] = []
            if screen.attempt(lambda: count.append(review.decide_all(rows, decision))):
                _told(screen, decision, *count)
        elif agreed:
            screen.run_worker(_decide(screen, rows, decision), group="many", exit_on_error=False)

    typed = str(len(rows)) if len(rows) > _TYPED_ABOVE else ""
    screen.app.push_screen(ConfirmPrompt(question, typed), take)


async def _decide(screen: "ReviewScreen", rows: list[int], decision: Decision) -> None:
    """Gather the samples a chunk at a time and save them in a thread: keys go on meanwhile."""
    review = screen.review
    verb = "accepting" if decision == "accepted" else "rejecting"
    screen.saving = f"{verb} {len(rows):,} samples"
    screen.show_status()
    samples: dict[str, Sample] = {}
    try:
        for _ in review.gather(rows, samples):
            await asyncio.sleep(BREATH)
        changed = await asyncio.to_thread(review.save_all, samples, decision)
    except WorkbenchError as error:
        screen.tell_error(error)
        return
    finally:
        screen.saving = ""
        screen.show_status()
    _told(screen, decision, review.noted(changed))


def _told(screen: "ReviewScreen", decision: Decision, count: int) -> None:
    screen.review.marks.clear()
    screen.show_all()
    samples = "sample" if count == 1 else "samples"
    screen.say(f"{DONE[decision]} {count:,} {samples}. {screen.keys['undo']} undoes all of it.")
