"""The overview screen: plots and coverage of a dataset; Enter lists the samples behind a figure."""

import asyncio
from time import monotonic
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import Screen

from workbench.app.bars import KeyBar, TopBar, progress_bar
from workbench.app.bindings import key
from workbench.app.glyphs import plain_signs, plainly
from workbench.app.overview.grid import CoverageView
from workbench.app.overview.pane import MOVES, CursorSpot, Pane
from workbench.app.overview.plot import PlotView
from workbench.app.styles import text_styles
from workbench.core.text.plain import visible
from workbench.jobs.review import Review
from workbench.jobs.review.overview import Counting, Overview

_KEYS = (
    ("arrows", "move"),
    ("tab", "next plot"),
    ("enter", "list the samples"),
    ("esc", "back"),
    ("?", "help"),
)
_PLOTS = ("verdicts", "decisions", "calls", "codes", "words", "seconds", "time")
_NARROW = 100
"""Below this width, plots are in two columns."""
_CHUNK = 0.006
"""Seconds of counting in one go."""
_BREATH = 0.001
"""Seconds the screen gets between two chunks: without, keys would wait for many chunks."""
_REDRAW = 0.5
"""Seconds between two redraws while counting."""


class OverviewScreen(Screen[str | None]):
    """Dismissed with the search that lists what was picked, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("overview", "escape,O,q", "back", "Back", "Leave the overview"),
        key("overview", "tab", "app.focus_next", "Next plot", "Next plot", name="next"),
        key(
            "overview",
            "shift+tab",
            "app.focus_previous",
            "Previous plot",
            "Previous plot",
            name="previous",
        ),
        *MOVES,
    ]
    DEFAULT_CSS = """
    OverviewScreen { background: $background; color: $foreground; }
    OverviewScreen #body { height: 1fr; scrollbar-size-vertical: 1; }
    OverviewScreen #plots {
        layout: grid; grid-size: 4 2; grid-columns: 1fr 1fr 1fr 42; grid-rows: 8 10; height: 18;
    }
    OverviewScreen #plots PlotView { height: 100%; }
    OverviewScreen #codes { row-span: 2; }
    OverviewScreen #coverage { height: 1fr; min-height: 14; }
    OverviewScreen.narrow #plots {
        grid-size: 2 4; grid-columns: 1fr 1fr; grid-rows: 8 10 10 12; height: 40;
    }
    OverviewScreen.narrow #codes { row-span: 1; column-span: 2; }
    OverviewScreen.narrow #coverage { height: 20; }
    """

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review
        self.counting = Counting(review)
        self.shown: Overview | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        with VerticalScroll(id="body", can_focus=False):
            with Container(id="plots"):
                for name in _PLOTS:
                    yield PlotView(id=name)
            yield CoverageView(id="coverage")
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self.query_one("#verdicts").focus()
        self.counting.work(_CHUNK)
        self._show()
        self.run_worker(self._count(), group="overview", exit_on_error=False)

    def on_resize(self) -> None:
        narrow = self.size.width < _NARROW
        if narrow != self.has_class("narrow"):
            self.set_class(narrow, "narrow")
            plots = self.query_one("#plots")
            # In two columns the wide one comes last, so that it leaves no gap.
            after = "#time" if narrow else "#calls"
            plots.move_child(self.query_one("#codes"), after=self.query_one(after))

    async def _count(self) -> None:
        """Count a chunk at a time, so that keys are never kept waiting; then wait for verdicts."""
        drawn = monotonic()
        while self.counting.work(_CHUNK):
            await asyncio.sleep(_BREATH)
            if monotonic() - drawn >= _REDRAW:
                self._show()
                drawn = monotonic()
        self._show()
        while not self.counting.verified:
            await asyncio.sleep(_REDRAW)
            while self.counting.catch_up(_CHUNK):
                await asyncio.sleep(_BREATH)
            self._show()

    def _show(self) -> None:
        """Draw the counts that have changed."""
        found = self.counting.overview()
        if found == self.shown:
            return
        self.shown = found
        for name in _PLOTS:
            self.query_one(f"#{name}", PlotView).show(found.plots[name])
        self.query_one(CoverageView).show(found.grid)
        self._show_bar()

    # ------------------------------------------------------------ the bar above

    def _show_bar(self) -> None:
        self.query_one(TopBar).show(self._progress(), self._under())

    def _progress(self) -> Text:
        styles = text_styles(self.app)
        found = self.shown
        text = Text()
        text.append(visible(self.review.path.name), f"bold {styles['primary']}".strip())
        text.append("  overview", styles["accent"])
        if found is None:
            return text
        text.append(f"  {found.total:,} samples")
        if found.read < found.total:
            plain = plain_signs(self)
            text.append(f"  {progress_bar(found.read, found.total, 20, plain)} ", styles["success"])
            text.append(f"{found.read:,} read")
        elif found.unverified:
            text.append(f"  {found.unverified:,} not verified yet", styles["warning"])
        return text

    def _under(self) -> Text:
        """Return what is under the cursor, and what Enter would list."""
        styles = text_styles(self.app)
        spot = self._spot()
        text = Text()
        if spot is None:
            text.append("nothing to count here", styles["muted"])
            return text
        plain = plain_signs(self)
        text.append(plainly(spot.words, plain))
        if spot.search:
            text.append(plainly("  ⏎ ", plain), styles["accent"])
            text.append(visible(spot.search), styles["muted"])
        return text

    def _spot(self) -> CursorSpot | None:
        return self.focused.spot() if isinstance(self.focused, Pane) else None

    def on_pane_pointed(self, event: Pane.Pointed) -> None:
        event.stop()
        self._show_bar()

    # ------------------------------------------------------------ keys

    def on_pane_left(self, event: Pane.Left) -> None:
        """Go to the nearest pane in the direction the cursor is leaving."""
        event.stop()
        here = event.pane.region
        beyond: list[tuple[int, int, Pane]] = []
        for number, pane in enumerate(self.query(Pane)):
            there = pane.region
            right, left = there.x >= here.right, there.right <= here.x
            below, above = there.y >= here.bottom, there.bottom <= here.y
            wanted = {(1, 0): right, (-1, 0): left, (0, 1): below, (0, -1): above}
            if wanted[event.across, event.down]:
                gap = abs(there.x - here.x) + 2 * abs(there.y - here.y)
                if event.down:
                    gap = abs(there.x - here.x) + 20 * abs(there.y - here.y)
                beyond.append((gap, number, pane))
        if beyond:
            min(beyond)[2].focus()

    def on_pane_picked(self, event: Pane.Picked) -> None:
        event.stop()
        if event.spot.search:
            self.dismiss(event.spot.search)
        else:
            self.app.clear_notifications()
            self.notify(event.spot.why, severity="warning", markup=False, timeout=6)

    def action_step(self, across: int, down: int) -> None:
        if isinstance(self.focused, Pane):
            self.focused.action_step(across, down)

    def action_page(self, pages: int) -> None:
        if isinstance(self.focused, Pane):
            self.focused.action_page(pages)

    def action_pick(self) -> None:
        if isinstance(self.focused, Pane):
            self.focused.action_pick()

    def action_back(self) -> None:
        self.dismiss(None)
