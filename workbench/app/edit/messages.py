"""Messages from the form's fields to the screen."""

from textual.message import Message


class CallEdited(Message):
    """A call was changed in its card, or its input can't be read any more.

    field: which field of which call, None for a change to several.
    """

    def __init__(self, field: object = None) -> None:
        super().__init__()
        self.field = field
