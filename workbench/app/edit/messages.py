"""Messages from the form's fields to the screen."""

from textual.message import Message


class PartEdited(Message):
    """A part of the sample was changed in its fields, or its input can't be read any more.

    field: which field of which part, None for a change to several.
    """

    def __init__(self, field: object = None) -> None:
        super().__init__()
        self.field = field
