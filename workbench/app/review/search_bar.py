"""The search line: filters as one submits, and tells what is wrong as one types."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from workbench.app.bindings import key
from workbench.app.line import LineInput
from workbench.app.styles import text_styles
from workbench.core.review.search import SearchError, describe, parse_search
from workbench.core.text.plain import visible

_HINT = "words and terms: verdict:fail decision:none property:HVAC_* area:16 code:execution.* -word"


class SearchBar(Vertical):
    """One line of input and one that explains it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("search", "escape", "leave", "Back", "Leave the search line", name="leave"),
    ]
    DEFAULT_CSS = """
    SearchBar { height: 2; background: $panel; padding: 0 1; }
    SearchBar Input { background: $panel; }
    SearchBar Static { height: 1; }
    """

    def __init__(self, value: str, search: Callable[[str], None]) -> None:
        """search: does what is asked for, before the next key acts; so it is no message."""
        super().__init__(id="search")
        self._value = value
        self._search = search

    def compose(self) -> ComposeResult:
        yield LineInput(self._value, placeholder="search", compact=True)
        yield Static(_HINT, markup=False)

    def on_mount(self) -> None:
        self.focus_line()

    def focus_line(self) -> None:
        """Put the cursor into the line."""
        self.screen.set_focus(self.query_one(Input))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        styles = text_styles(self.app)
        try:
            wanted = parse_search(event.value)
        except SearchError as error:
            text = Text(visible(str(error)), styles["warning"])
        else:
            words = describe(wanted) if event.value.strip() else _HINT
            text = Text(visible(words), styles["muted"])
        text.no_wrap = True
        text.overflow = "ellipsis"
        self.query_one(Static).update(text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            parse_search(event.value)
        except SearchError:
            return  # what is wrong stands below the line
        self.action_leave()
        self._search(event.value)

    def action_leave(self) -> None:
        screen = self.screen
        self.remove()
        screen.query_one("#samples").focus()
