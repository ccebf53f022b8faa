"""The dataset file during a review: what others add comes in, and what is missing is reported."""

import asyncio
from collections.abc import Sequence

from textual.message import Message
from textual.screen import Screen

from workbench.app.generate.running import running_of
from workbench.app.review.helper import Helper
from workbench.app.review.owner import Owner, What
from workbench.app.toasts import announce
from workbench.core.text.excerpts import shown
from workbench.jobs.review import Review
from workbench.jobs.review.source import Look

_SECONDS = 1.0
"""Between two looks at whether the file has changed, while no key is pressed; one costs a stat."""


class FileWatch(Owner):
    """Looks whether the file has changed. problem: what is wrong with it, in words, else ""."""

    class Replaced(Message, bubble=False):
        """The samples stand at other rows now, or are other ones.

        asked: whether the user wanted the file read again, so that it is not put off.
        """

        def __init__(self, found: Look, *, asked: bool) -> None:
            self.found, self.asked = found, asked
            super().__init__()

    def __init__(self, screen: Screen[None], review: Review, helper: Helper) -> None:
        super().__init__(screen, review)
        self.problem = ""
        self._helper = helper

    def begin(self) -> None:
        """Look now and then."""
        self.screen.set_interval(_SECONDS, self.look)

    def look(self) -> None:
        """Take in that the file has changed, if it has, as soon as it is read."""
        running = running_of(self.app)
        if running is not None and running.alive:
            return  # what it saves is taken in as it comes
        workers = self.screen.workers
        looking = any(one.group == "source" and not one.is_finished for one in workers)
        if not looking and (self.review.source.changed or self.problem):
            # No coroutine: it would complain where the screen ends before it begins.
            self.run(self._look, "source", alone=False)

    async def _look(self) -> None:
        self._take_in(await asyncio.to_thread(self.review.source.look, self.review.raw))

    def read_again(self) -> None:
        """Read the file again, because someone asked for it."""
        if not self.review.source.changed and not self.problem:
            self.say("The dataset has not changed.")
        else:
            self.run(self._read_again(), "source", alone=True)

    async def _read_again(self) -> None:
        found = await asyncio.to_thread(self.review.source.look, self.review.raw)
        if found.change == "unreadable":
            self.problem = ""  # so that it is said again
        self._take_in(found, asked=True)

    def _take_in(self, found: Look, *, asked: bool = False) -> None:
        if found.change in ("none", "grown"):
            new = self.review.take_in(found)
            self.problem = ""
            if new:
                self._helper.append()
                self.say(f"New in the file: {samples_words(len(new))}.")
            first = len(self.review.raw) == len(new)
            self.changed(What.ALL if new and first else What.LINES if new else What.BAR)
        elif found.change == "moved" or (asked and found.change == "gone"):
            self.screen.post_message(self.Replaced(found, asked=asked))
        else:
            self._tell(found)

    def _tell(self, found: Look) -> None:
        """Say once what happened to the file."""
        words = self._words(found)
        if words != self.problem:
            self.problem = words
            announce(self.screen, shown(words), warn=True)
            self.changed()

    def _words(self, found: Look) -> str:
        again = f"{self.keys['reload']} reads it again."
        if found.change == "unreadable":
            return (
                f"{found.problem} The samples here are as last read; nothing can be decided. "
                f"{again}"
            )
        gone = "1 sample is" if found.gone == 1 else f"{found.gone:,} samples are"
        return f"The dataset was changed by another program: {gone} no longer in it. {again}"

    def replace(self, found: Look) -> None:
        """Take in rows that have changed."""
        self.review.take_in(found)
        self.problem = ""

    def gone(self, rows: Sequence[int]) -> bool:
        """Whether one of these is not in the file any more, so that nothing is decided; says so."""
        review = self.review
        if len(rows) > 1:
            changed = review.source.changed and review.source.look(review.raw)
            if not changed or all(changed.holds(review.raw[row]) for row in rows):
                return False
        elif all(map(review.holds, rows)):
            return False
        found = review.source.look(review.raw)
        which = "this sample is" if len(rows) == 1 else "some of these samples are"
        why = (
            found.problem or f"The dataset was changed by another program: {which} no longer in it."
        )
        self.problem = self._words(found)
        self.say(
            shown(f"Nothing was saved. {why} {self.keys['reload']} reads it again."), warn=True
        )
        self.changed()
        return True


def samples_words(count: int) -> str:
    """Write a number of samples."""
    return "1 sample" if count == 1 else f"{count:,} samples"
