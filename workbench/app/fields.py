"""Forms: rows of fields, and the keys that move between them, the same in every form.

Up and down go to the field before and after, left and right change the field's value, Enter goes
on to the next field, ctrl+s saves what the form is for. Down stops at the last field and up at the
first; tab and shift+tab go round.
"""

from typing import Any, Final, TypeVar

from textual.app import ComposeResult, RenderResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from workbench.app.bindings import key
from workbench.app.glyphs import plain_signs

_Answer = TypeVar("_Answer")

SAVE: Final = "ctrl+s,f10"
"""The keys that save a form."""


def moving_keys(room: str) -> list[BindingType]:
    """Return the keys that move between the fields of a form, and those that change a choice."""
    after, before = "Go to the next field", "Go to the field before"
    return [
        key(room, "down", "go_field(1)", "Next field", after, name="next"),
        key(room, "up", "go_field(-1)", "Previous field", before, name="previous"),
        key(
            room,
            "tab",
            "app.focus_next",
            "Round the fields",
            "Next field; after the last one the first",
            name="round",
        ),
        key(
            room,
            "shift+tab",
            "app.focus_previous",
            "Round, backwards",
            "Field before; before the first one the last",
            name="round-back",
        ),
        key(
            room,
            "right,space",
            "focused.step(1)",
            "Next choice",
            "The next choice; letters search, Enter takes",
            name="turn",
        ),
        key(
            room,
            "left",
            "focused.step(-1)",
            "Previous choice",
            "The choice before",
            name="return",
        ),
    ]


def go_field(screen: Screen[Any], by: int) -> None:
    """Put the cursor into the next field (by 1) or the one before (by -1), if there is one."""
    fields, here = screen.focus_chain, screen.focused
    if here in fields and not 0 <= fields.index(here) + by < len(fields):
        return
    if by > 0:
        screen.focus_next()
    else:
        screen.focus_previous()


class FormScreen(Screen[_Answer]):
    """A screen with a form whose fields the arrow keys walk through."""

    def action_go_field(self, by: int) -> None:
        go_field(self, by)


class FieldDone(Message):
    """Enter was pressed in a field: on to the next one."""


class FieldScroll(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Holds fields; up and down are left to the form, where there is more than fits, too."""


class RowPointer(Static):
    """The sign before the label of the row with the cursor.

    Textual draws it again as its style changes with the focus. Hiding it would do as well, but
    that lays out the whole screen with every move of the cursor.
    """

    def render(self) -> RenderResult:
        here = isinstance(self.parent, Widget) and self.parent.has_focus_within
        return (">" if plain_signs(self) else "▸") if here else " "


class FieldRow(Horizontal):
    """A label and a field; the row with the cursor has a pointer before its label."""

    # Its own rule for the focus has Textual look at it again as the cursor comes and goes.
    DEFAULT_CSS = """
    FieldRow {
        height: auto;
        &:focus-within { color: $foreground; }
        & > RowPointer { width: 2; color: $accent; text-style: bold; }
        & > .label { width: 9; color: $text-muted; }
        &:focus-within > RowPointer { text-style: none; }
        &:focus-within > .label { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, label: str, *fields: Widget, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label, self._fields = label, fields

    def compose(self) -> ComposeResult:
        yield RowPointer()
        yield Static(self._label, classes="label", markup=False)
        yield from self._fields
