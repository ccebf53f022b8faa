"""The summary screen: it comes when the last sample is decided, and by its key at any time."""

import asyncio
import shlex
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workbench.adapters.invocation import invocation
from workbench.app.bars import KeyBar, TopBar, progress_bar
from workbench.app.bindings import key
from workbench.app.glyphs import plain_signs, plainly
from workbench.app.styles import text_styles
from workbench.app.summary.describe import (
    decisions_text,
    kinds_text,
    pace_words,
    properties_text,
    rules_text,
    work_text,
)
from workbench.core.plural import number_of
from workbench.core.text.plain import visible
from workbench.jobs.review import Review
from workbench.jobs.review.pace import Pace
from workbench.jobs.review.summary import ReviewSummary, Summing

_KEYS = (
    ("enter", "do it"),
    ("esc", "back to the review"),
    ("X", "export"),
    ("j k", "move"),
    ("?", "help"),
)
_NARROW = 76
"""Below this width the panels are one below the other."""
_CHUNK = 0.006
"""Seconds of counting in one go."""
_BREATH = 0.001
"""Seconds the screen gets between two chunks."""
_REDRAW = 0.5
"""Seconds between two pictures while counting."""
_EXPORT = "export"
_FEWEST = 10
_OTHERS = 26
"""Properties shown at least; more where there is room below what else is shown, in lines."""


class SummaryScreen(Screen[str | None]):
    """Dismissed with the search for what to look at next, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("summary", "enter", "pick", "Pick", "List these samples, or export"),
        key("summary", "j,down", "step(1)", "Down", "One line down"),
        key("summary", "k,up", "step(-1)", "Up", "One line up"),
        key("summary", "pagedown,ctrl+d", "page(1)", "Page down", "Scroll the figures down"),
        key("summary", "pageup,ctrl+u", "page(-1)", "Page up", "Scroll the figures up"),
        key(
            "summary",
            "g,home",
            "end(-1)",
            "Top",
            "The first line, and the first figures",
            priority=True,  # the list would go to its own ends alone
        ),
        key(
            "summary",
            "G,end",
            "end(1)",
            "Bottom",
            "The last line, and the last figures",
            priority=True,
        ),
        key("summary", "X", "export", "Export", "Write what is accepted as training records"),
        key("summary", "escape,S,q", "back", "Back", "Go back to the review"),
    ]
    DEFAULT_CSS = """
    SummaryScreen { background: $background; color: $foreground; }
    SummaryScreen #body { height: 1fr; scrollbar-size-vertical: 1; }
    SummaryScreen #panels {
        layout: grid; grid-size: 2; grid-rows: auto; height: auto;
    }
    SummaryScreen #properties { column-span: 2; }
    SummaryScreen.ruled #properties { column-span: 1; }
    SummaryScreen .panel {
        width: 1fr; height: auto; padding: 0 1; border: round $border-blurred;
        border-title-color: $primary; border-title-style: bold;
    }
    SummaryScreen #next { width: 1fr; height: auto; padding: 0 1; border: round $border; }
    SummaryScreen #steps, SummaryScreen #steps:focus {
        height: auto; max-height: 9; border: none; padding: 0; background: $background;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    SummaryScreen #command { color: $text-muted; height: auto; }
    SummaryScreen.ascii .panel { border: ascii $border-blurred; }
    SummaryScreen.ascii #steps, SummaryScreen.ascii TopBar { text-overflow: clip; }
    SummaryScreen.ascii #next { border: ascii $border; }
    SummaryScreen.narrow #panels { grid-size: 1; }
    SummaryScreen.narrow #properties { column-span: 1; }
    """

    def __init__(self, review: Review, pace: Pace | None) -> None:
        """pace: of the latest decisions, None where there are too few."""
        super().__init__()
        self.review = review
        self.summing = Summing(review)
        self.shown: ReviewSummary | None = None
        self._pace = pace
        self._steps: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield TopBar()
        with VerticalScroll(id="body", can_focus=False), Container(id="panels"):
            yield Static("", id="decisions", classes="panel", markup=False)
            yield Static("", id="work", classes="panel", markup=False)
            yield Static("", id="kinds", classes="panel", markup=False)
            yield Static("", id="properties", classes="panel", markup=False)
            yield Static("", id="rules", classes="panel", markup=False)
        with Container(id="next", classes="panel"):
            yield OptionList(id="steps")
            yield Static("", id="command", markup=False)
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self.set_class(plain_signs(self), "ascii")
        titles = {
            "decisions": "Decisions",
            "work": "How",
            "kinds": "Decided, by kind",
            "properties": "Edited or rejected, by property",
            "rules": "Findings marked wrong, by rule",
            "next": "Next",
        }
        for name, title in titles.items():
            self.query_one(f"#{name}").border_title = title
        self.query_one("#steps").focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.summing.work(_CHUNK)
        self._show()
        self.run_worker(self._sum(), group="summary", exit_on_error=False)

    def on_resize(self) -> None:
        self.set_class(self.size.width < _NARROW, "narrow")
        self.call_after_refresh(self._draw)

    async def _sum(self) -> None:
        """Count a chunk at a time, so that keys are never kept waiting."""
        drawn = monotonic()
        while self.summing.work(_CHUNK):
            await asyncio.sleep(_BREATH)
            if monotonic() - drawn >= _REDRAW:
                self._show()
                drawn = monotonic()
        self._show()

    # ------------------------------------------------------------ drawing

    def _show(self) -> None:
        """Draw the counts if they have changed."""
        found = self.summing.summary()
        if found != self.shown:
            self.shown = found
            self._draw()

    def _draw(self) -> None:
        found = self.shown
        if found is None:
            return
        styles, plain = text_styles(self.app), plain_signs(self)
        most = max(_FEWEST, self.size.height - _OTHERS)
        panels: dict[str, Callable[..., Text]] = {
            "decisions": decisions_text,
            "work": partial(work_text, pace=self._pace),
            "kinds": kinds_text,
            "properties": partial(properties_text, most=most),
            "rules": partial(rules_text, most=most),
        }
        for name, written in panels.items():
            panel = self.query_one(f"#{name}", Static)
            width = panel.content_size.width or self.size.width // 2 - 4
            panel.update(written(found, width=width, styles=styles, plain=plain))
        kinds = any(one.name != "calls" for one in found.kinds)
        self.query_one("#kinds").display = kinds
        self.query_one("#properties").display = bool(found.properties)
        self.query_one("#rules").display = bool(found.rules)
        self.set_class(kinds or bool(found.rules), "ruled")
        self._draw_bar(found, styles, plain)
        self._draw_steps(found, styles)

    def _draw_bar(self, found: ReviewSummary, styles: dict[str, str], plain: bool) -> None:
        progress = found.progress
        above = Text(visible(self.review.path.name), f"bold {styles['primary']}".strip())
        above.append("  summary  ", styles["accent"])
        above.append(
            progress_bar(progress.reviewed, progress.total, 20, plain), styles["success"]
        ).append(f" {progress.reviewed:,} of {progress.total:,}")
        if found.read < progress.total:
            below = Text(f"counting: {found.read:,} of {progress.total:,}", styles["muted"])
        elif not progress.undecided and progress.skipped:
            below = Text(f"Nothing is undecided; {progress.skipped:,} skipped for now.")
        elif not progress.undecided:
            below = Text("Everything is decided.", f"bold {styles['success']}".strip())
        else:
            left = f"{number_of(progress.left, 'sample')} to do"
            pace = self._pace
            words = pace_words(pace, progress.left, plain=plain, spark=False) if pace else ""
            below = Text(f"{left}{', ' if words else ''}{words}")
        self.query_one(TopBar).show(above, below)

    def _draw_steps(self, found: ReviewSummary, styles: dict[str, str]) -> None:
        options = self.query_one("#steps", OptionList)
        here = options.highlighted or 0
        plain = plain_signs(self)
        accepted = number_of(found.progress.accepted, "accepted sample")
        rows = [(one.search, f"{one.count:>7,}  {one.words}", one.search) for one in found.left]
        if found.progress.accepted:
            rows.append((_EXPORT, f"{'X':>7}  export the {accepted} as training records", ""))
        self._steps = tuple(row[0] for row in rows)
        options.clear_options()
        for _, words, search in rows:
            line = Text(words, no_wrap=True)
            enter = plainly("  ⏎ ", plain)
            if search and line.cell_len + cell_len(enter + search) <= options.content_size.width:
                line.append(enter, styles["accent"]).append(search, styles["muted"])
            options.add_option(Option(line))
        if rows:
            options.highlighted = min(here, len(rows) - 1)
        command = f"{invocation()} export --batch {shlex.quote(str(self.review.path))}"
        words = f"or, in a shell: {visible(command)}" if found.progress.accepted else ""
        if found.unverified:
            words += f"\n{found.unverified:,} are not verified yet." if words else ""
        self.query_one("#command", Static).update(Text(words))

    # ------------------------------------------------------------ keys

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_pick()

    def action_pick(self) -> None:
        place = self.query_one("#steps", OptionList).highlighted
        if place is None or place >= len(self._steps):
            return
        step = self._steps[place]
        if step == _EXPORT:
            self.action_export()
        else:
            self.dismiss(step)

    def action_step(self, by: int) -> None:
        options = self.query_one("#steps", OptionList)
        if options.option_count:
            last = options.option_count - 1
            options.highlighted = min(last, max(0, (options.highlighted or 0) + by))

    def action_page(self, by: int) -> None:
        body = self.query_one("#body", VerticalScroll)
        body.scroll_relative(y=by * max(1, body.size.height - 1), animate=False)

    def action_end(self, by: int) -> None:
        """Go to the first (by -1) or the last line and figures."""
        self.action_step(by * len(self._steps))
        body = self.query_one("#body", VerticalScroll)
        body.scroll_relative(y=by * body.virtual_size.height, animate=False)

    def action_export(self) -> None:
        from workbench.app.export.screen import ExportScreen  # see `later`

        self.app.switch_screen(ExportScreen(self.review))

    def action_back(self) -> None:
        self.dismiss(None)
