"""The picture of a review: the bars, the list, the sample under the cursor, what is told."""

from collections.abc import Callable, Sequence
from time import monotonic

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker

from workbench.app.bars import KeyBar, TopBar
from workbench.app.hanging import hang
from workbench.app.help import keys_of
from workbench.app.review import status
from workbench.app.review.describe import describe
from workbench.app.review.keys import IN_BAR
from workbench.app.review.sample_list import SampleList
from workbench.app.styles import text_styles
from workbench.core.errors import WorkbenchError
from workbench.core.judge.votes import Judgement
from workbench.core.samples import Sample
from workbench.core.text.excerpts import shown
from workbench.jobs.analyst import Analyst
from workbench.jobs.review import Review

_NARROW = 100
"""Below this width the sample stands under the list, not beside it."""
_IDLE = 120.0
"""Seconds after which nobody is thought to be reading any more."""


class ReviewPicture(Screen[None]):
    """Draws a review; what the keys do is `ReviewScreen`'s."""

    DEFAULT_CSS = """
    ReviewPicture { background: $background; color: $foreground; }
    ReviewPicture #body { layout: horizontal; height: 1fr; }
    ReviewPicture #samples { width: 46%; border-right: solid $border-blurred; }
    ReviewPicture #samples:focus { border-right: solid $border; }
    ReviewPicture #detail { width: 1fr; padding: 0 1; }
    ReviewPicture #detail:focus { background: $surface; }
    ReviewPicture #sample { width: 1fr; height: auto; }
    ReviewPicture.narrow #body { layout: vertical; }
    ReviewPicture.narrow #samples {
        width: 1fr; height: 38%; border-right: none; border-bottom: solid $border-blurred;
    }
    ReviewPicture.narrow #samples:focus { border-bottom: solid $border; }
    ReviewPicture.narrow #detail { height: 1fr; width: 1fr; }
    """

    def __init__(self, review: Review, reasons: Sequence[str] = ()) -> None:
        """keys: of each action, as shown. looking, saving: what is being done meanwhile, in words.

        wanted: the search asked for last; finding: what makes its view; afterwards: what is to be
        done once that is there. handed: how many samples the helper process knows of. judgement:
        the one that is drawn. looked_at: when `answered.look` last did. asked: the large sample
        that the helper process is verifying. passed_over: rows that have ended one, restarts: how
        often it was started again for that. problem: what is wrong with the file. The rest is
        what its name says.
        """
        super().__init__()
        self.review = review
        self.reasons = reasons
        self.shown_at = monotonic()
        self.range_from: int | None = None
        self.last_search = ""
        self.order = "file"
        self.looking = ""
        self.wanted = review.search
        self.finding: Worker[None] | None = None
        self.afterwards: list[Callable[[], None]] = []
        self.saving = ""
        self.handed = 0
        self.told_elsewhere = False
        self.analyst: Analyst | None = None
        self.judgement: Judgement | None = None
        self.looked_at = 0.0
        self.asked: Sample | None = None
        self.passed_over: set[int] = set()
        self.restarts = 0
        self.problem = ""
        self.keys: dict[str, str] = {}
        self._drawn = Text()

    def compose(self) -> ComposeResult:
        self.keys = keys_of(self)
        yield TopBar()
        with Container(id="body"):
            yield SampleList(self.review, id="samples")
            with VerticalScroll(id="detail"):
                yield Static("", id="sample", markup=False)
        yield KeyBar([(self.keys[action], word) for action, word in IN_BAR])

    def on_resize(self) -> None:
        self.set_class(self.size.width < _NARROW, "narrow")
        self.call_after_refresh(self.show_sample)
        self.show_status()

    @property
    def all_verified(self) -> bool:
        """Whether the helper process has verified every sample."""
        return self.analyst is not None and self.analyst.checked >= len(self.review.raw)

    @property
    def samples(self) -> SampleList:
        return self.query_one("#samples", SampleList)

    def show_all(self) -> None:
        """Draw everything anew: the view has other rows, or decisions have changed."""
        self.samples.resized()
        self.show_sample()
        self.show_status()

    def show_sample(self) -> None:
        """Draw the sample under the cursor."""
        row = self.review.row
        plain = getattr(self.app, "ascii", False)
        if row is None:
            text = Text(f"No sample to show. {self.keys['back']} clears the filter.")
        else:
            text = describe(self.review, row, text_styles(self.app), plain)
            sample = self.review.in_force(row)
            self.judgement = self.review.judgement(sample) if sample else None
        width = self._hang(text)
        self.query_one("#detail", VerticalScroll).scroll_home(animate=False)
        self.call_after_refresh(self._fit, text, width)

    def _hang(self, text: Text) -> int:
        """Draw a text at the width that there is; gives that."""
        region = self.query_one("#detail", VerticalScroll).scrollable_content_region
        width = region.width or self.size.width
        self._drawn = text
        self.query_one("#sample", Static).update(hang(text, width, self.app.console))
        return width

    def _fit(self, text: Text, width: int) -> None:
        """Draw the text anew where a scrollbar has come and takes some of its width."""
        detail = self.query_one("#detail", VerticalScroll)
        if text is self._drawn and 0 < detail.scrollable_content_region.width < width:
            self._hang(text)

    def show_status(self) -> None:
        """Draw the bar above."""
        self.query_one(TopBar).show(*status.lines(self))

    def cursor_to(self, place: int) -> None:
        """Put the cursor on a place of the view and draw what changes by that."""
        before = self.review.cursor
        self.review.move(place)
        self.shown_at = monotonic()
        self.samples.redraw(before, self.review.cursor)
        self.samples.show_cursor()
        self.show_sample()
        self.prefer_in_sight()

    def prefer_in_sight(self) -> None:
        """Have the samples in sight verified first, while not all are."""
        if self.analyst is not None and not self.all_verified:
            first, last = self.samples.in_sight()
            self.analyst.prefer(self.review.view[first:last])

    def seconds(self) -> float:
        """Give the active seconds spent on the sample under the cursor."""
        return round(min(monotonic() - self.shown_at, _IDLE), 1)

    def say(self, message: str, *, warn: bool = False) -> None:
        """Tell what happened, in passing; what was told before makes room."""
        self.app.clear_notifications()
        self.notify(message, severity="warning" if warn else "information", markup=False, timeout=4)

    def attempt(self, action: Callable[[], None]) -> bool:
        """Do what may not be possible; say so where it isn't."""
        try:
            action()
        except WorkbenchError as error:
            self.tell_error(error)
            return False
        return True

    def tell_error(self, error: WorkbenchError) -> None:
        """Say what went wrong, long enough to be read."""
        self.notify(shown(str(error)), severity="error", markup=False, timeout=10)
