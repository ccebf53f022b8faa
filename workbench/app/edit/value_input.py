"""ValueInput: a number or text as it is typed; up and down step a number."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from workbench.core.plain import visible


class ValueInput(Input):
    """A line of text; what is pasted is made visible first, since it goes to the terminal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(True)", "Step up", show=False, id="value.up"),
        Binding("down", "step(False)", "Step down", show=False, id="value.down"),
    ]

    DEFAULT_CSS = """
    ValueInput {
        width: 14;
        &.-long { width: 1fr; }
        &.-textual-compact { background: $panel; padding: 0 1; }
        &.-textual-compact:focus { background: $panel; text-style: bold; }
    }
    """

    class Stepped(Message):
        """A person asked for the next number up or down."""

        def __init__(self, up: bool) -> None:
            super().__init__()
            self.up = up

    def __init__(self, id: str, tooltip: str) -> None:
        super().__init__(id=id, compact=True, tooltip=tooltip)
        # A blinking cursor writes to the terminal twice a second for as long as nothing happens.
        self.cursor_blink = False

    def action_step(self, up: bool) -> None:
        self.post_message(self.Stepped(up))

    def action_paste(self) -> None:
        self._insert(self.app.clipboard)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._insert(event.text)

    def _insert(self, text: str) -> None:
        self.replace(visible(" ".join(text.splitlines())), *self.selection)
