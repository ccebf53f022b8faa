"""What the fields of the form tell the screen."""

from textual.message import Message


class FieldDone(Message):
    """A person pressed Enter in a field: on to the next one."""


class CallEdited(Message):
    """A call was changed in its card, or what is typed there cannot be read any more.

    field: which field of which call, None for a change that is more than one field's.
    """

    def __init__(self, field: object = None) -> None:
        super().__init__()
        self.field = field
