"""Fields for words, on one line that wraps: what is said to the assistant, and what it says."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import TextArea

from workbench.app.edit.paste_area import PasteArea
from workbench.app.fields import FieldDone, go_field
from workbench.app.toasts import say
from workbench.core.editing.parts import PartField
from workbench.core.editing.typed import escape_text, unescape_text
from workbench.core.json.strict import half_character
from workbench.core.samples import Path
from workbench.core.text.excerpts import PIECE
from workbench.core.text.plain import visible

FIELD_BINDINGS: list[BindingType] = [
    binding
    for binding in TextArea.BINDINGS
    if not (isinstance(binding, Binding) and binding.key in ("f6", "f7"))
]
"""A text area's own keys, except those that move and add calls here."""


class WordsArea(PasteArea, inherit_bindings=False):
    """Words with hidden characters escaped.

    Enter goes to the next field instead of breaking the line; so does down from the last row, and
    up from the first one to the field before.
    """

    BINDINGS: ClassVar[list[BindingType]] = FIELD_BINDINGS

    DEFAULT_CSS = """
    WordsArea { background: $background; height: auto; max-height: 7; }
    """

    def __init__(self, words: str, id: str | None, tooltip: str) -> None:
        super().__init__(
            escape_text(words),
            id=id,
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tooltip=tooltip,
        )
        self.cursor_blink = False

    @property
    def words(self) -> str:
        """The real words: escapes read back."""
        return unescape_text(self.text)

    @property
    def problem(self) -> str:
        """Why the words can't be saved, or ""."""
        half = half_character(self.words)
        return f"{half} is half a character, which no file can store" if half else ""

    def put(self, words: str) -> None:
        """Show other words, if they are others."""
        text = escape_text(words)
        if text != self.text:
            with self.prevent(TextArea.Changed):
                self.load_text(text)

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location):
            go_field(self.screen, -1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location):
            go_field(self.screen, 1)
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
            say(self, f"No more than {PIECE:,} characters fit here; the rest was cut.", warn=True)
        return line


class QueryField(WordsArea, inherit_bindings=False):
    """What is said to the assistant, first or later; a part of the sample.

    path: where in the sample. content: the last words that can be saved.
    """

    BINDINGS: ClassVar[list[BindingType]] = FIELD_BINDINGS

    DEFAULT_CSS = """
    QueryField {
        min-height: 3;
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-subtitle-color: $error;
        padding: 0 1;
        &:focus { border: round $border; border-title-color: $primary; }
    }
    """

    def __init__(self, path: Path, query: str, id: str | None = None) -> None:
        super().__init__(query, id, "The request; \\u202e and the like stand for hidden characters")
        self.path = path
        self._content = query
        self.border_title = "Query"

    @property
    def content(self) -> str:
        if not self.problem:
            self._content = self.words
        return self._content

    def load(self, path: Path, query: str) -> None:
        """Show another query."""
        self.path, self._content = path, query
        self.put(query)

    def focus_part(self, _: PartField) -> None:
        """Put the cursor here."""
        self.focus()

    def tell(self, remark: str) -> None:
        """Show why the words can't be saved, else a remark."""
        self.border_subtitle = Content(visible(self.problem or remark))
