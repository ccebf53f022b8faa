"""The sample under the cursor, in full."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from workbench.app.glyphs import plain_signs
from workbench.app.hanging import hang
from workbench.app.review.describe.sample import describe
from workbench.app.styles import text_styles
from workbench.core.judge.votes import Judgement
from workbench.jobs.review import Review


class SampleDetail(VerticalScroll):
    """What there is to say of a sample; a long one scrolls.

    judgement: the one that is shown.
    """

    DEFAULT_CSS = """
    SampleDetail { padding: 0 1; }
    SampleDetail:focus { background: $surface; }
    SampleDetail #sample { width: 1fr; height: auto; }
    """

    def __init__(self, review: Review) -> None:
        super().__init__(id="detail")
        self.review = review
        self.judgement: Judgement | None = None
        self._text = Text()

    def compose(self) -> ComposeResult:
        yield Static("", id="sample", markup=False)

    def show(self, otherwise: str) -> None:
        """Show the review's sample under the cursor from its top. otherwise: said if none is."""
        row = self.review.row
        if row is None:
            self._text = Text(otherwise)
        else:
            self._text = describe(self.review, row, text_styles(self.app), plain_signs(self))
            sample = self.review.in_force(row)
            self.judgement = self.review.judgement(sample) if sample else None
        width = self._draw()
        self.scroll_home(animate=False)
        self.call_after_refresh(self._fit, self._text, width)

    def _draw(self) -> int:
        """Draw the text at the width that there is; gives that."""
        width = self.scrollable_content_region.width or self.screen.size.width
        self.query_one("#sample", Static).update(hang(self._text, width, self.app.console))
        return width

    def _fit(self, text: Text, width: int) -> None:
        """Draw the text again where a scrollbar has come and takes some of its width."""
        if text is self._text and 0 < self.scrollable_content_region.width < width:
            self._draw()
