"""The edit screen's keys. No character but q, because most fields take those as text."""

from typing import Final

from textual.binding import BindingType

from workbench.app.bindings import key
from workbench.app.fields import SAVE, moving_keys

KEYS: list[BindingType] = [
    key("edit", f"{SAVE},ctrl+r", "save", "Save", "Save and accept"),
    key("edit", "escape,q", "leave", "Back", "Leave; asks if something changed", name="leave"),
    key("edit", "f3", "fix", "Fix", "Apply this call's fixes, or else all"),
    key("edit", "f2", "toggle_json", "JSON", "Switch between form and JSON", name="toggle_json"),
    key("edit", "f7", "add", "Add", "Add a call below this one"),
    key("edit", "f8", "remove", "Delete", "Delete this call", name="remove"),
    key("edit", "f9", "undo", "Undo", "Undo the latest change; can be repeated"),
    key("edit", "f5", "duplicate", "Copy", "Duplicate this call", name="duplicate"),
    key("edit", "f6,ctrl+down", "move(1)", "Move down", "Move this call down", name="move"),
    key("edit", "ctrl+up", "move(-1)", "Move up", "Move this call up", name="move.up"),
    key(
        "edit",
        "ctrl+o,f11",
        "step_menu",
        "Step",
        "Add, remove, split, join steps; first state",
        name="step",
    ),
    key("edit", "alt+down", "go_step(1)", "Next step", "Go to the next step"),
    key("edit", "alt+up", "go_step(-1)", "Previous step", "Go to the step before"),
    key(
        "edit",
        "f12,ctrl+n",
        "also_right",
        "Also right",
        "Mark these calls as also right, or unmark them",
        name="also_right",
    ),
    key("edit", "f4", "outside", "Editor", "Open the JSON in $EDITOR", name="outside"),
    key("edit", "pageup", "page(-1)", "Page up", "Scroll the form up", name="page.up"),
    key("edit", "pagedown", "page(1)", "Page down", "Scroll the form down", name="page"),
    *moving_keys("edit"),
]
IN_BAR: Final = (
    ("save", "save"),
    ("leave", "back"),
    ("undo", "undo"),
    ("fix", "fix"),
    ("step_menu", "step"),
    ("add", "add call"),
    ("toggle_json", "JSON"),
)
"""Actions shown in the bar at the bottom, each with its word there, the most useful first; steps
only where there are some.
"""
IN_BAR_JSON: Final = (
    ("save", "save"),
    ("leave", "back"),
    ("toggle_json", "form"),
)
"""What stands there while the sample is edited as JSON."""
