"""The runs screen: a dataset's past runs and what they cost."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import Screen
from textual.widgets import DataTable, Static

from workbench.adapters.config.prices import load_prices
from workbench.adapters.runs import RunRecord
from workbench.app.bars import KeyBar, TopBar
from workbench.app.bindings import key
from workbench.app.generate.running import Running, running_of
from workbench.app.glyphs import plain_signs
from workbench.app.hanging import hang
from workbench.app.prices import price_file_of
from workbench.app.runs.live import moved_on
from workbench.app.styles import text_styles
from workbench.app.toasts import announce, tell_error
from workbench.core.errors import WorkbenchError
from workbench.core.spending.run_words import end_words
from workbench.core.text.plain import visible
from workbench.jobs.spending.run_details import GAP, LEFT, cells, details, fitting, totals
from workbench.jobs.spending.runs import list_runs

_KEYS = (("j k", "move"), ("tab", "other pane"), ("esc", "back"), ("?", "help"))
_NARROW = 100
"""Below this width the details are under the table, not beside it."""
_STYLES = {
    "done": "success",
    "running": "primary",
    "stalled": "warning",
    "budget": "warning",
    "interrupted": "warning",
}


class RunsScreen(Screen[None]):
    """A table, newest run first; the run under the cursor in full."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("runs", "j", "move(1)", "Next run", "One run down", name="next"),
        key("runs", "k", "move(-1)", "Previous run", "One run up", name="previous"),
        key(
            "runs",
            "g,home",
            "end(-1)",
            "First run",
            "The newest run, or the first line of one",
            name="first",
            priority=True,  # a table's own go to its first and last column
        ),
        key(
            "runs",
            "G,end",
            "end(1)",
            "Last run",
            "The oldest run, or the last line of one",
            name="last",
            priority=True,
        ),
        key("runs", "tab", "app.focus_next", "Next pane", "The other pane", name="pane"),
        key("runs", "escape,H,q", "back", "Back", "Leave the runs"),
    ]
    DEFAULT_CSS = """
    RunsScreen { background: $background; color: $foreground; }
    RunsScreen #body { layout: horizontal; height: 1fr; }
    RunsScreen DataTable {
        width: 64%; height: 1fr; background: $background;
        border-right: solid $border-blurred; scrollbar-size-vertical: 1;
    }
    RunsScreen DataTable:focus { border-right: solid $border; }
    RunsScreen DataTable > .datatable--header { background: $background; color: $text-muted; }
    RunsScreen #detail {
        width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    RunsScreen #detail:focus { background: $surface; }
    RunsScreen #run { width: 1fr; height: auto; }
    RunsScreen.narrow #body { layout: vertical; }
    RunsScreen.narrow DataTable {
        width: 1fr; height: 38%; border-right: none; border-bottom: solid $border-blurred;
    }
    RunsScreen.narrow DataTable:focus { border-bottom: solid $border; }
    RunsScreen.narrow #detail { height: 1fr; width: 1fr; }
    """

    def __init__(self, dataset: Path) -> None:
        super().__init__()
        self._dataset = dataset
        self._records: Sequence[RunRecord] = ()
        self._shown: list[int] = []
        self._loaded = False

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Container(id="body"):
            yield DataTable[Text](cursor_type="row", cell_padding=GAP // 2)
            with VerticalScroll(id="detail"):
                yield Static("", id="run", markup=False)
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self._table.focus()
        self._draw_bar()
        self._reload()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    @property
    def _table(self) -> DataTable[Text]:
        return self.query_one(DataTable)

    @property
    def _plain(self) -> bool:
        return plain_signs(self)

    def on_resize(self) -> None:
        self.set_class(self.size.width < _NARROW, "narrow")
        self.call_after_refresh(self._draw)

    # ------------------------------------------------------------ reading

    def _reload(self) -> None:
        self.run_worker(self._load(), group="runs", exclusive=True, exit_on_error=False)

    async def _load(self) -> None:
        """Read the record in a thread: a long journal takes a moment."""
        try:
            prices = load_prices(price_file_of(self.app))
            found = await asyncio.to_thread(list_runs, self._dataset, prices)
        except WorkbenchError as error:
            tell_error(self, error)
            return
        for sentence in found.notices:
            announce(self, sentence, warn=True)
        self._records = tuple(reversed(found.records))
        self._loaded = True
        self._draw()

    def on_running_changed(self, event: Running.Changed) -> None:
        running = running_of(self.app)
        own = next((r for r in self._records if r.end == "running" and r.pid == os.getpid()), None)
        if event.ended or own is None:
            self._reload()
        elif running is not None and running.now is not None:
            earlier = [r for r in self._records if r is not own]
            newer = moved_on(own, running.now, earlier)
            self._records = tuple(newer if r is own else r for r in self._records)
            self._draw()

    # ------------------------------------------------------------ drawing

    def _draw(self) -> None:
        """Redraw everything, with the cursor on the same run."""
        self._draw_bar()
        table = self._table
        place = table.cursor_row
        here = self._shown[place] if place < len(self._shown) else None
        rows = [cells(record, plain=self._plain) for record in self._records]
        room = table.size.width - GAP - 1
        widths = fitting(rows, room) if rows else {}
        table.clear(columns=True)
        for name, width in widths.items():
            table.add_column(self._cell(name, name), width=width)
        for record, row in zip(self._records, rows, strict=True):
            drawn = [self._cell(name, row[name]) for name in widths]
            drawn[-1].stylize(self._style(record))
            table.add_row(*drawn)
        self._shown = [record.number for record in self._records]
        if here in self._shown:
            table.move_cursor(row=self._shown.index(here))
        self._draw_run()

    def _cell(self, name: str, words: str) -> Text:
        return Text(visible(words), justify="left" if name in LEFT else "right", no_wrap=True)

    def _style(self, record: RunRecord) -> str:
        return text_styles(self.app)[_STYLES.get(record.end, "error")]

    def on_data_table_row_highlighted(self) -> None:
        self._draw_run()

    def _draw_run(self) -> None:
        place = self._table.cursor_row
        styles = text_styles(self.app)
        text = Text()
        if place < len(self._records):
            record = self._records[place]
            text.append(f"Run {record.number}  ", styles["heading"])
            text.append(end_words(record.end, plain=self._plain), self._style(record))
            for name, words in details(record):
                text.append(f"\n{name}", styles["muted"]).append(f"\t{visible(words)}")
        elif self._loaded:
            text.append("No runs yet. Press ctrl+g in the review to start one.")
        detail = self.query_one("#detail", VerticalScroll)
        width = detail.scrollable_content_region.width or self.size.width
        self.query_one("#run", Static).update(hang(text, width, self.app.console))

    def _draw_bar(self) -> None:
        styles = text_styles(self.app)
        above = Text(visible(self._dataset.name), f"bold {styles['primary']}".strip())
        above.append("  runs", styles["accent"])
        self.query_one(TopBar).show(above, Text(totals(self._records) if self._records else ""))

    # ------------------------------------------------------------ keys

    def action_move(self, by: int) -> None:
        last = max(0, self._table.row_count - 1)
        self._table.move_cursor(row=min(last, max(0, self._table.cursor_row + by)))

    def action_end(self, by: int) -> None:
        """Go to the first (by -1) or last run; in the other pane, to that line."""
        detail = self.query_one("#detail", VerticalScroll)
        if self.focused is detail:
            detail.scroll_relative(y=by * detail.virtual_size.height, animate=False)
        else:
            self.action_move(by * self._table.row_count)

    def action_back(self) -> None:
        self.dismiss(None)
