"""JsonView: the sample as JSON, with the faulty line marked."""

import re
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from workbench.app.edit.paste_area import PasteArea
from workbench.app.edit.query_field import FIELD_BINDINGS
from workbench.app.edit.text import glyph, key_for, put
from workbench.app.glyphs import SEVERITIES
from workbench.app.toasts import say
from workbench.core.editing.sample_text import TextError, escape_hidden
from workbench.core.text.excerpts import EDITABLE, PIECE, longest_line
from workbench.core.text.plain import visible

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)"
)
_COLOURS = {"key": "primary", "string": "success", "number": "accent", "word": "accent"}


class JsonEditor(PasteArea, inherit_bindings=False):
    """A text area for JSON in the colours of the app's theme."""

    BINDINGS: ClassVar[list[BindingType]] = FIELD_BINDINGS

    DEFAULT_CSS = """
    JsonEditor {
        background: $background;
        border: round $border-blurred;
        border-title-color: $text-muted;
        padding: 0;
        & .text-area--gutter { color: $text-disabled; }
        & .text-area--cursor-gutter { color: $foreground; }
        &:focus { border: round $border; border-title-color: $primary; }
    }
    """

    def __init__(self) -> None:
        super().__init__(
            id="json",
            soft_wrap=True,
            show_line_numbers=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        self.border_title = "JSON"
        self._wrong: int | None = None

    def on_mount(self) -> None:
        self.tooltip = f"The sample as JSON; {key_for('toggle_json', self)} goes back to the form"
        self.app.theme_changed_signal.subscribe(self, self._recolour)

    def _recolour(self, _: object) -> None:
        self.notify_style_update()
        self.refresh()

    def mark(self, line: int | None) -> None:
        """Mark a line as wrong, counted from 0; None for none."""
        if line != self._wrong:
            self._wrong = line
            self._recolour(None)

    def get_line(self, line_index: int) -> Text:
        """Colour a line. That needs no parser: in JSON, no token spans lines."""
        line = super().get_line(line_index)
        colours = self.app.theme_variables
        for found in _TOKEN.finditer(line.plain):
            colour = colours.get(_COLOURS[found.lastgroup or "word"])
            line.stylize(Style(color=colour), *found.span())
        if line_index == self._wrong:
            line.stylize(Style(color=colours.get("error"), underline=True))
        return line

    def pasted(self, text: str) -> str | None:
        if len(self.text) + len(text) > EDITABLE or longest_line(text) > PIECE:
            say(self, "That's too much text to edit here; nothing was pasted.", warn=True)
            return None
        return escape_hidden(text.replace("\r\n", "\n").replace("\r", "\n"))


class JsonView(Vertical):
    """The editor and, below it, what is wrong."""

    DEFAULT_CSS = """
    JsonView {
        height: 1fr;
        & #json-error { height: auto; padding: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="json-view")
        self._valid = False
        self._found = ""

    def compose(self) -> ComposeResult:
        yield JsonEditor()
        yield Static(id="json-error", markup=False)

    @property
    def text(self) -> str:
        return self.query_one(JsonEditor).text

    def load(self, text: str) -> None:
        """Show a text and put the cursor at its start."""
        editor = self.query_one(JsonEditor)
        with self.prevent(TextArea.Changed):
            editor.load_text(escape_hidden(text))
        self.tell(None)

    def tell(self, error: TextError | None, *, go: bool = False) -> None:
        """Show why the text isn't a sample, None if it is one. go: move the cursor there, because
        it blocks an action.
        """
        editor = self.query_one(JsonEditor)
        editor.mark(error.line - 1 if error else None)
        if error and go:
            editor.move_cursor((error.line - 1, error.column - 1))
            editor.focus()
        self._valid = error is None
        if error is None:
            self.tell_found(self._found)
            return
        sign = SEVERITIES["error"]
        place = f"line {error.line}, column {error.column}"
        first = " (fix this first)" if go else ""
        message = f"{glyph(sign, self)} {place}: {visible(str(error))}{first}"
        self._put(Content.styled(message, f"${sign.style}"))

    def tell_found(self, found: str) -> None:
        """Count what verification finds in a text that is a sample: `1 warning`, "" for nothing."""
        self._found = found
        if self._valid:
            words = f"Valid JSON for a sample. Verification found {found or 'nothing wrong'}."
            self._put(Content.styled(words, "$text-muted"))

    def _put(self, content: Content) -> None:
        put(self.query_one("#json-error", Static), content)
