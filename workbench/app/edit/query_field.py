"""QueryField: what someone asks for, on one line that wraps."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from workbench.app.edit.paste_area import PasteArea
from workbench.app.fields import FieldDone
from workbench.app.toasts import say
from workbench.core.editing.typed import escape_text, unescape_text
from workbench.core.json.strict import half_character
from workbench.core.text.excerpts import PIECE

FIELD_BINDINGS: list[BindingType] = [
    binding
    for binding in TextArea.BINDINGS
    if not (isinstance(binding, Binding) and binding.key in ("f6", "f7"))
]
"""A text area's own keys, except those that move and add calls here."""


class QueryField(PasteArea, inherit_bindings=False):
    """The query with hidden characters escaped.

    Enter goes to the next field instead of breaking the line; so does down from the last row, and
    up from the first one to the field before.
    """

    BINDINGS: ClassVar[list[BindingType]] = FIELD_BINDINGS

    DEFAULT_CSS = """
    QueryField {
        background: $background;
        height: auto;
        min-height: 3;
        max-height: 7;
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-subtitle-color: $error;
        padding: 0 1;
        &:focus { border: round $border; border-title-color: $primary; }
    }
    """

    def __init__(self, query: str) -> None:
        super().__init__(
            escape_text(query),
            id="query",
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tooltip="The request; \\u202e and the like stand for hidden characters",
        )
        self.cursor_blink = False
        self.border_title = "Query"

    @property
    def query_text(self) -> str:
        """The real query: escapes read back."""
        return unescape_text(self.text)

    @property
    def problem(self) -> str:
        """Why the query can't be saved, or ""."""
        half = half_character(self.query_text)
        return f"{half} is half a character, which no file can store" if half else ""

    def load(self, query: str) -> None:
        """Show another query."""
        with self.prevent(TextArea.Changed):
            self.load_text(escape_text(query))

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location):
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location):
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(FieldDone())

    def pasted(self, text: str) -> str:
        room = max(0, PIECE - len(self.text))
        line = escape_text(" ".join(text[:room].splitlines()))
        if len(text) > room:
            say(
                self, f"A query can have {PIECE:,} characters at most; the rest was cut.", warn=True
            )
        return line
