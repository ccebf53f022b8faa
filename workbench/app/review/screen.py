"""The review screen: one goes through the samples by keyboard and decides."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from workbench.app.bars import KeyBar, TopBar
from workbench.app.export.screen import ExportScreen
from workbench.app.generate.running import Running
from workbench.app.hanging import hang
from workbench.app.review import deciding, growing, showing, status
from workbench.app.review.describe import describe
from workbench.app.review.sample_list import SampleList
from workbench.app.styles import text_styles
from workbench.core.errors import WorkbenchError
from workbench.jobs.analyst import Analyst
from workbench.jobs.review import Review

_KEYS = (
    ("a", "accept"),
    ("x", "reject"),
    ("e", "edit"),
    ("f", "fix"),
    ("u", "undo"),
    ("/", "search"),
    ("?", "help"),
)
_NARROW = 100
"""Below this width the sample stands under the list, not beside it."""
_IDLE = 120.0
"""Seconds after which nobody is thought to be reading any more."""


def _key(keys: str, action: str, words: str, tooltip: str) -> Binding:
    name = words.lower().replace(" ", "-")
    return Binding(keys, action, words, id=f"review.{name}", tooltip=tooltip, show=False)


class ReviewScreen(Screen[None]):
    """A list of samples, the one under the cursor in full, and the keys that decide."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("a", "accept", "Accept", "Accept, and go to the next unreviewed one"),
        _key("x", "reject", "Reject", "Reject this sample at once"),
        _key("r", "reject_why", "Reject with a reason", "1–9 picks a reason, or type one"),
        _key("e", "edit", "Edit", "Change query and calls in a form, and accept"),
        _key("f", "fixes", "Fixes", "Show what the fixes would change; a accepts it"),
        _key("s", "skip", "Skip", "Put this sample off for later"),
        _key("c", "comment", "Comment", "Write a comment on this sample"),
        _key("t", "tags", "Tags", "Set tags, separated by commas"),
        _key("u,backspace", "undo", "Undo", "Take the latest decision back, also after a restart"),
        _key("U", "redo", "Redo", "Make the undone decision again"),
        _key("j", "move(1)", "Next sample", "One sample down"),
        _key("k", "move(-1)", "Previous sample", "One sample up"),
        _key("J", "unreviewed(1)", "Next unreviewed", "The next sample without a decision"),
        _key("K", "unreviewed(-1)", "Previous unreviewed", "The one before without a decision"),
        _key("ctrl+d", "half_page(1)", "Half a page down", "Half a page down"),
        _key("ctrl+u", "half_page(-1)", "Half a page up", "Half a page up"),
        _key("g,home", "first", "First sample", "The first sample of the list"),
        _key("G,end", "last", "Last sample", "The last sample of the list"),
        _key("slash", "search", "Search", "Filter by words and terms such as verdict:fail"),
        _key("n", "match(1)", "Next match", "The next sample that the last search finds"),
        _key("N", "match(-1)", "Previous match", "The one before that the last search finds"),
        _key("space", "mark", "Mark", "Mark this sample and step down"),
        _key("v", "mark_range", "Mark range", "Mark from the last marked sample to this one"),
        _key("asterisk", "mark_all", "Mark all", "Mark all samples in the filter, or none"),
        _key("A", "accept_all", "Accept many", "Accept what is marked, or filtered"),
        _key("R", "reject_all", "Reject many", "Reject what is marked, or filtered"),
        _key("o", "order", "Order", "Order by file, verdict, property or similarity"),
        _key("F", "quick", "Quick filter", "To review, failing, warned, accepted, …"),
        _key("d", "near", "Near-duplicates", "Samples with nearly the same query"),
        _key("O", "overview", "Overview", "Counts, plots and coverage; Enter lists the samples"),
        _key("X", "export", "Export", "Write what is accepted as training records"),
        _key("p", "policy", "Policy", "Read the labelling policy"),
        _key("y", "copy", "Copy", "Copy this sample as JSON"),
        _key("ctrl+g", "generate", "Generate", "Generate samples while the review goes on"),
        _key("tab", "pane", "Next pane", "Go between the list and the sample"),
        _key("escape", "back", "Back", "Clear the filter, then the marks"),
        _key("q", "app.quit", "Quit", "Leave the workbench; all decisions are saved"),
    ]
    DEFAULT_CSS = """
    ReviewScreen { background: $background; color: $foreground; }
    ReviewScreen #body { layout: horizontal; height: 1fr; }
    ReviewScreen #samples { width: 46%; border-right: solid $border-blurred; }
    ReviewScreen #samples:focus { border-right: solid $border; }
    ReviewScreen #detail { width: 1fr; padding: 0 1; }
    ReviewScreen #detail:focus { background: $surface; }
    ReviewScreen #sample { width: 1fr; height: auto; }
    ReviewScreen.narrow #body { layout: vertical; }
    ReviewScreen.narrow #samples {
        width: 1fr; height: 38%; border-right: none; border-bottom: solid $border-blurred;
    }
    ReviewScreen.narrow #samples:focus { border-bottom: solid $border; }
    ReviewScreen.narrow #detail { height: 1fr; width: 1fr; }
    """

    def __init__(self, review: Review, reasons: Sequence[str] = ()) -> None:
        super().__init__()
        self.review = review
        self.reasons = reasons
        self.shown_at = monotonic()
        self.range_from: int | None = None
        self.last_search = ""
        self.order = "file"
        self.handed = 0
        self.analyst: Analyst | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Container(id="body"):
            yield SampleList(self.review, id="samples")
            with VerticalScroll(id="detail"):
                yield Static("", id="sample", markup=False)
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self.query_one("#samples").focus()
        start = self.review.next_unreviewed(start=0)
        if start is not None:
            self.review.move(start)
        self.show_all()
        for notice in self.review.store.notices:
            self.notify(notice, severity="warning", markup=False, timeout=10)
        self.call_after_refresh(showing.start_analysis, self)

    async def on_unmount(self) -> None:
        if self.analyst is not None:
            await self.analyst.close()

    def on_resize(self) -> None:
        self.set_class(self.size.width < _NARROW, "narrow")
        self.call_after_refresh(self.show_sample)

    # ------------------------------------------------------------ drawing

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
            text = Text("No sample to show. Escape clears the filter.")
        else:
            text = describe(self.review, row, text_styles(self.app), plain)
        detail = self.query_one("#detail", VerticalScroll)
        width = detail.scrollable_content_region.width or self.size.width
        self.query_one("#sample", Static).update(hang(text, width, self.app.console))
        detail.scroll_home(animate=False)

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
            rows = self.review.view[first:last]
            if rows:
                self.analyst.prefer(min(rows), max(rows))

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
            self.notify(str(error), severity="error", markup=False, timeout=10)
            return False
        return True

    # ------------------------------------------------------------ moving

    def on_sample_list_moved(self, event: SampleList.Moved) -> None:
        self.cursor_to(event.place)

    def action_move(self, by: int) -> None:
        self.cursor_to(self.review.cursor + by)

    def action_half_page(self, by: int) -> None:
        self.cursor_to(self.review.cursor + by * max(1, self.samples.size.height // 2))

    def action_first(self) -> None:
        self.cursor_to(0)

    def action_last(self) -> None:
        self.cursor_to(len(self.review.view) - 1)

    def action_unreviewed(self, step: int) -> None:
        place = self.review.next_unreviewed(step)
        if place is None:
            where = "after" if step > 0 else "before"
            self.say(f"No unreviewed sample {where} this one.")
        else:
            self.cursor_to(place)

    def action_pane(self) -> None:
        self.query_one("#detail" if self.samples.has_focus else "#samples").focus()

    # ------------------------------------------------------------ deciding

    def action_accept(self) -> None:
        deciding.decide(self, "accepted")

    def action_reject(self) -> None:
        deciding.decide(self, "rejected")

    def action_reject_why(self) -> None:
        deciding.reject_why(self)

    def action_skip(self) -> None:
        deciding.decide(self, "skipped")

    def action_edit(self) -> None:
        deciding.edit(self)

    def action_fixes(self) -> None:
        deciding.fixes(self)

    def action_comment(self) -> None:
        deciding.comment(self)

    def action_tags(self) -> None:
        deciding.tags(self)

    def action_undo(self) -> None:
        deciding.undo(self)

    def action_redo(self) -> None:
        deciding.redo(self)

    def action_accept_all(self) -> None:
        deciding.decide_many(self, "accepted")

    def action_reject_all(self) -> None:
        deciding.decide_many(self, "rejected")

    # ------------------------------------------------------------ marking

    def action_mark(self) -> None:
        row = self.review.row
        if row is not None:
            self.review.marks ^= {row}
            self.range_from = row
            self.cursor_to(self.review.cursor + 1)
            self.show_status()

    def action_mark_range(self) -> None:
        row, start = self.review.row, self.range_from
        if row is None:
            return
        if start is None or start not in self.review.view:
            self.range_from = row
            self.review.marks.add(row)
            self.say("The range starts here; v on another sample marks up to it.")
        else:
            places = sorted((self.review.view.index(start), self.review.cursor))
            self.review.marks |= set(self.review.view[places[0] : places[1] + 1])
            self.range_from = None
        self.samples.refresh()
        self.show_status()

    def action_mark_all(self) -> None:
        shown = set(self.review.view)
        if shown <= self.review.marks:
            self.review.marks -= shown
        else:
            self.review.marks |= shown
        self.samples.refresh()
        self.show_status()

    # ------------------------------------------------------------ showing

    def action_search(self) -> None:
        showing.ask_search(self)

    def action_match(self, step: int) -> None:
        showing.next_match(self, step)

    def action_order(self) -> None:
        showing.ask_order(self)

    def action_quick(self) -> None:
        showing.ask_quick(self)

    def action_near(self) -> None:
        showing.near(self)

    def action_overview(self) -> None:
        showing.overview(self)

    def action_export(self) -> None:
        self.app.push_screen(ExportScreen(self.review))

    def action_policy(self) -> None:
        showing.policy(self)

    def action_copy(self) -> None:
        showing.copy(self)

    # ------------------------------------------------------------ generating

    def action_generate(self) -> None:
        growing.open_generate(self)

    def on_running_changed(self, event: Running.Changed) -> None:
        growing.take_in(self, event)

    # ------------------------------------------------------------ leaving

    def action_back(self) -> None:
        if showing.is_filtered(self):
            showing.clear_filter(self)
        elif self.review.marks:
            self.review.marks.clear()
            self.samples.refresh()
            self.show_status()
        else:
            self.say("Nothing to go back from; q leaves.")

    def take_view(self, view: Sequence[int]) -> None:
        """Show these rows, the cursor where it was or near it."""
        self.review.show(view, self.review.search)
        self.show_all()
