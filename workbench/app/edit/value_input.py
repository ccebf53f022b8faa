"""ValueInput: a number or text as it is typed; up and down step a number."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from workbench.app.line import LineInput


class ValueInput(LineInput):
    """A line of text whose up and down keys step a number."""

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
        """The next number up or down is wanted."""

        def __init__(self, up: bool) -> None:
            super().__init__()
            self.up = up

    def __init__(self, id: str, tooltip: str) -> None:
        super().__init__(id=id, compact=True, tooltip=tooltip)

    def action_step(self, up: bool) -> None:
        self.post_message(self.Stepped(up))
