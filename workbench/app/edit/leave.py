"""LeaveDialog: asks on Escape what to do with changes."""

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from workbench.app.bindings import key
from workbench.app.dialogs import Dialog

Leave = Literal["save", "discard", "stay"]


class LeaveDialog(Dialog[Leave]):
    """Dismissed with what to do about the changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("leave", "s,ctrl+s", "answer('save')", "Save", "Save and leave"),
        key("leave", "d", "answer('discard')", "Discard", "Leave without the changes"),
        key(
            "leave",
            "g,escape,q",
            "answer('stay')",
            "Keep editing",
            "Go on editing",
            name="stay",
        ),
        Binding("left,up", "app.focus_previous", show=False, id="leave.left"),
        Binding("right,down", "app.focus_next", show=False, id="leave.right"),
    ]
    DEFAULT_CSS = """
    LeaveDialog {
        & > Vertical { width: 56; }
        & Horizontal { height: auto; margin: 1 0; }
        & Button { margin-right: 2; min-width: 8; }
        & Button:focus {
            background: $block-cursor-background !important;
            color: $block-cursor-foreground !important;
            text-style: bold underline !important;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__("The sample has unsaved changes.", "Esc keeps editing")

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield Button("s  Save", id="save", compact=True)
            yield Button("d  Discard", id="discard", compact=True)
            yield Button("g  Keep editing", id="stay", compact=True)

    def on_mount(self) -> None:
        self.query_one("#save").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id or "stay")

    def action_answer(self, answer: str) -> None:
        answers: dict[str, Leave] = {"save": "save", "discard": "discard"}
        self.dismiss(answers.get(answer, "stay"))
