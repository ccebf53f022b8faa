"""The simulated car as a screen: type calls, see what it answers and what has changed."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from workbench.app.bars import KeyBar, TopBar
from workbench.app.bindings import key
from workbench.app.hanging import hang
from workbench.app.line import LineInput
from workbench.app.styles import text_styles
from workbench.core.car.catalog import Catalog, with_lists
from workbench.core.car.driving import (
    HELP,
    call_line,
    read_line,
    result_line,
    run_line,
    state_lines,
)
from workbench.core.car.vehicle import Vehicle
from workbench.core.plural import number_of
from workbench.core.samples import Sample, StateValue, Step
from workbench.core.text.excerpts import WORDS, short
from workbench.core.text.plain import visible

_KEYS = (
    ("enter", "make the calls"),
    ("esc", "back"),
    ("up/down", "earlier lines"),
    ("pageup", "scroll"),
    ("f1", "help"),
)
_MOST_LINES = 400
"""Lines that are kept on the screen."""
_LONGEST_CALLS = 4_000
"""Characters of a step's calls that are offered as a line."""


class DriveScreen(Screen[None]):
    """A car of its own: nothing that is done here changes a sample."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("drive", "up", "recall(-1)", "Earlier line", "Bring back the line before"),
        key("drive", "down", "recall(1)", "Later line", "Bring back the line after"),
        key("drive", "pageup", "scroll(-10)", "Up", "Scroll up"),
        key("drive", "pagedown", "scroll(10)", "Down", "Scroll down"),
        key("drive", "ctrl+home", "scroll(-99999)", "Top", "The first line"),
        key("drive", "ctrl+end", "scroll(99999)", "Bottom", "The last line"),
        key("drive", "escape", "back", "Back", "Leave the car"),
    ]
    DEFAULT_CSS = """
    DriveScreen { background: $background; color: $foreground; }
    DriveScreen VerticalScroll {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    DriveScreen #told { width: 1fr; height: auto; }
    DriveScreen LineInput { background: $surface; padding: 0 1; }
    """

    def __init__(self, catalog: Catalog, sample: Sample | None = None, number: int = 0) -> None:
        """sample: the car begins as it is before it, and its calls can be brought back as lines.
        number: the sample's.
        """
        super().__init__()
        self._catalog = catalog = with_lists(catalog)
        self._start: tuple[StateValue, ...] = sample.state if sample else ()
        self._vehicle = Vehicle(catalog, self._start)
        self._lines: list[tuple[str, str]] = []
        self._earlier = _offered(sample.steps) if sample else []
        self._at = 0  # the calls of the sample come in their order
        self._title = f"the car, as it is before #{number}" if sample else "the car"

    def compose(self) -> ComposeResult:
        yield TopBar()
        with VerticalScroll(can_focus=False):
            yield Static("", id="told", markup=False)
        yield LineInput(
            placeholder="get HVAC_FAN_SPEED 1, or a call as a model writes it; help says more",
            compact=True,
        )
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self.query_one(LineInput).focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        if self._earlier:
            count = number_of(len(self._earlier), "step")
            self._tell(f"Down and Enter make the calls of the sample, {count}.", "muted")
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    # ------------------------------------------------------------ what is typed

    def on_input_submitted(self, event: Input.Submitted) -> None:
        line = event.value.strip()
        if not line:
            return
        if line in self._earlier[self._at : self._at + 1]:
            self._at += 1
        else:
            self._earlier.append(line)
            self._at = len(self._earlier)
        event.input.clear()
        self._tell(f"> {line}", "bold")
        try:
            command = read_line(line, self._catalog)
        except ValueError as error:
            self._tell(f"{error}.", "error")
            self._draw()
            return
        if command.kind == "quit":
            self.action_back()
            return
        if command.kind == "reset":
            self._vehicle = Vehicle(self._catalog, self._start)
            self._tell("The car is as it was at first.", "muted")
        elif command.kind == "help":
            for one in HELP.splitlines():
                self._tell(one, "")
        elif command.kind == "state":
            for one in state_lines(self._vehicle) or ["Nothing differs from the first state."]:
                self._tell(one, "")
        for outcome in run_line(command, self._vehicle):
            self._tell(result_line(outcome), "error" if outcome.refused else "success")
        self._draw()

    def action_recall(self, by: int) -> None:
        """Put an earlier line into the field, or the next call of the sample."""
        field = self.query_one(LineInput)
        at = self._at if by > 0 and not field.value else self._at + by
        if not 0 <= at <= len(self._earlier):
            return
        self._at = at
        field.value = self._earlier[at] if at < len(self._earlier) else ""
        field.cursor_position = len(field.value)

    # ------------------------------------------------------------ drawing

    def _tell(self, line: str, style: str) -> None:
        self._lines.append((short(line, WORDS * 4), style))
        del self._lines[:-_MOST_LINES]

    def _draw(self) -> None:
        styles = text_styles(self.app) | {"": "", "bold": "bold"}
        text = Text()
        for line, style in self._lines:
            text.append(f"{visible(line)}\n", styles[style])
        text.right_crop(1)
        scroll = self.query_one(VerticalScroll)
        width = scroll.scrollable_content_region.width or self.size.width - 2
        self.query_one("#told", Static).update(hang(text, width, self.app.console))
        scroll.scroll_end(animate=False)
        changed = len(self._vehicle.state)
        differ = "differs" if changed < 2 else "differ"
        what = number_of(changed, "value") if changed else "nothing"
        below = f"{what} {differ} from the car's first state"
        below += "; nothing here changes a sample"
        self.query_one(TopBar).show(Text(self._title, styles["heading"]), Text(below))

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        self.dismiss(None)


def _offered(steps: Sequence[Step]) -> list[str]:
    """Return the calls of each step as a line."""
    lines = [call_line(step.answers) for step in steps]
    return [line for line in lines if line and len(line) <= _LONGEST_CALLS]
