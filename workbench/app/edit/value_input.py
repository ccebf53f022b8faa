"""ValueInput: a number or text as it is typed; left and right step a number."""

from textual.message import Message

from workbench.app.line import LineInput


class ValueInput(LineInput):
    """A line of text; as long as all of a number is selected, left and right step it.

    It is when the cursor comes. Once something was typed, they move the cursor as usual.

    steps: whether the text is a number.
    """

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
        self.steps = False

    def action_cursor_left(self, select: bool = False) -> None:
        if select or not self._stepped(up=False):
            super().action_cursor_left(select)

    def action_cursor_right(self, select: bool = False) -> None:
        if select or not self._stepped(up=True):
            super().action_cursor_right(select)

    def _stepped(self, *, up: bool) -> bool:
        steps = self.steps and self.selected_text == self.value
        if steps:
            self.post_message(self.Stepped(up))
        return steps
