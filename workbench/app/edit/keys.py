"""The edit screen's keys. None is a character, for most fields take those as text."""

from typing import Final

from textual.binding import Binding, BindingType


def _key(key: str, action: str, text: str, tooltip: str) -> Binding:
    name = f"edit.{action.strip('()-1')}{'.up' if '-' in action else ''}"
    return Binding(key, action, text, id=name, tooltip=tooltip)


KEYS: list[BindingType] = [
    _key("f10,ctrl+r", "save", "Save", "Save and accept"),
    _key("escape", "leave", "Back", "Leave; asks if something changed"),
    _key("f3", "fix", "Fix", "Make the fixes of this call, else all"),
    _key("f2", "toggle_json", "JSON", "Switch between form and JSON"),
    _key("f7", "add", "Add", "Add a call below this one"),
    _key("f8", "remove", "Delete", "Delete this call"),
    _key("f9", "undo", "Undo", "Take the latest change back, however many"),
    _key("f5", "duplicate", "Copy", "Duplicate this call"),
    _key("f6,ctrl+down", "move(1)", "Move down", "Move this call down"),
    _key("ctrl+up", "move(-1)", "Move up", "Move this call up"),
    _key(
        "f12,ctrl+t",
        "also_right",
        "Also right",
        "Keep these calls as also right, or not",
    ),
    _key("f4", "outside", "Editor", "Open the JSON in $EDITOR"),
    _key("pageup", "page(-1)", "Page up", "Scroll the form up"),
    _key("pagedown", "page(1)", "Page down", "Scroll the form down"),
]
IN_BAR: Final = (
    ("save", "save"),
    ("leave", "back"),
    ("fix", "fix"),
    ("undo", "undo"),
    ("add", "add call"),
    ("toggle_json", "JSON"),
)
"""Actions that have a place in the bar below, each with its word there."""
