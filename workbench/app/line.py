"""A line of text to type in; what hides or steers a terminal is shown escaped."""

from textual import events
from textual.widgets import Input

from workbench.core.text.excerpts import PIECE
from workbench.core.text.plain import visible


class LineInput(Input):
    """An input in which what is pasted is made visible first: it may be a model's text."""

    def on_mount(self) -> None:
        # A blinking cursor writes to the terminal twice a second for as long as nothing happens.
        self.cursor_blink = False

    def action_paste(self) -> None:
        self._insert(self.app.clipboard)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._insert(event.text)

    def _insert(self, text: str) -> None:
        room = max(0, PIECE - len(self.value))
        self.replace(visible(" ".join(text[:room].splitlines())), *self.selection)
