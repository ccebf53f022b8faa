"""What the owners of the review's state have in common."""

from collections.abc import Callable
from enum import Flag, auto
from functools import cached_property
from typing import Any

from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkType

from workbench.app.help import keys_of
from workbench.app.toasts import say, tell_error
from workbench.core.errors import WorkbenchError
from workbench.jobs.review import Review

BREATH = 0.001
"""Seconds the screen gets between two chunks of work: with none, keys wait for many chunks."""


class What(Flag):
    """What of the picture is out of date, beside the bar above."""

    BAR = 0
    CURSOR = auto()
    """Another sample is under the cursor."""
    SAMPLE = auto()
    """More is known of the sample under the cursor, or other things."""
    LINES = auto()
    """Lines of the list say something else, or have come to its end."""
    ROWS = auto()
    """The list has other rows."""
    ALL = SAMPLE | LINES | ROWS


class Owner:
    """Owns a part of the state of a review; the screen draws it when told that it has changed.

    Its methods `action_…` become the screen's, for the keys in `keys`. State changes before they
    return, so that the next key acts on it; only drawing waits for a message.
    """

    class Changed(Message, bubble=False):
        """Tells the screen that it shows something that is out of date."""

        def __init__(self, what: What) -> None:
            self.what = what
            super().__init__()

        def can_replace(self, message: Message) -> bool:
            # A later message takes this one's place, unless it says less.
            return isinstance(message, Owner.Changed) and self.what in message.what

    def __init__(self, screen: Screen[None], review: Review) -> None:
        self.screen = screen
        self.review = review
        for name in dir(type(self)):
            if name.startswith("action_"):
                setattr(screen, name, getattr(self, name))

    @property
    def app(self) -> App[Any]:
        return self.screen.app

    @property
    def in_front(self) -> bool:
        """Whether the review is in front."""
        return self.app.screen is self.screen

    @cached_property
    def keys(self) -> dict[str, str]:
        """The first key of each action, as it is shown."""
        return keys_of(self.screen)

    def row_here(self, otherwise: str, row: int | None = None) -> int | None:
        """Return a row, by default the cursor's, if it has a sample. otherwise: said if not."""
        row = self.review.row if row is None else row
        if row is not None and self.review.sample(row) is not None:
            return row
        self.say(otherwise, warn=True)
        return None

    def changed(self, what: What = What.BAR) -> None:
        """Have what has changed drawn again."""
        self.screen.post_message(self.Changed(what))

    def run(self, work: WorkType[None], group: str, *, alone: bool) -> Worker[None]:
        """Do something in the background. alone: what was done in this group is broken off."""
        return self.screen.run_worker(work, group=group, exclusive=alone, exit_on_error=False)

    def say(self, message: str, *, warn: bool = False) -> None:
        """Say what happened, in a message that takes the place of the one before."""
        say(self.screen, message, warn=warn)

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something that may fail, and say so if it does."""
        try:
            action()
        except WorkbenchError as error:
            tell_error(self.screen, error)
            return False
        return True
