"""Labels that another workbench holds: what is decided there is shown here, until it ends."""

from typing import TYPE_CHECKING

from workbench.core.errors import WorkbenchError
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

_SECONDS = 1.0
"""Between two looks at whether the journal has grown; a look costs some microseconds."""


def start(screen: "ReviewScreen") -> None:
    """Follow the labels, where they are open for reading only."""
    if not screen.review.store.read_only:
        return

    def look() -> None:
        try:
            if screen.review.take_over_labels():
                timer.stop()
                _tell_taken_over(screen)
                return
            changed = take_in(screen)
        except WorkbenchError as error:
            timer.stop()
            screen.tell_error(error)
            return
        if changed:
            screen.show_status()

    timer = screen.set_interval(_SECONDS, look)


def _tell_taken_over(screen: "ReviewScreen") -> None:
    for notice in screen.review.store.notices:
        screen.notify(visible(notice), severity="warning", markup=False, timeout=10)
    screen.show_all()
    screen.notify(
        "These labels can be written now: the other workbench has let them go.",
        markup=False,
        timeout=10,
    )


def take_in(screen: "ReviewScreen") -> bool:
    """Show what has been decided since; whether anything was. Raises `InputError`."""
    review = screen.review
    before = review.progress()
    rows = review.follow_labels()
    if rows:
        screen.samples.refresh()
    if review.row in rows:
        screen.show_sample()
    return bool(rows) or review.progress() != before
