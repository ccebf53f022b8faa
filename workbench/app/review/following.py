"""Labels that another workbench holds: what is decided there is shown here."""

from typing import TYPE_CHECKING

from workbench.core.errors import WorkbenchError

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
            changed = take_in(screen)
        except WorkbenchError as error:
            timer.stop()
            screen.tell_error(error)
            return
        if changed:
            screen.show_status()

    timer = screen.set_interval(_SECONDS, look)


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
