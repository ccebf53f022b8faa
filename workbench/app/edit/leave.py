"""LeaveDialog: asks on Escape what to do with changes."""

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

Leave = Literal["save", "discard", "stay"]


class LeaveDialog(ModalScreen[Leave]):
    """Dismissed with what to do about the changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "answer('save')", "Save", id="leave.save"),
        Binding("d", "answer('discard')", "Discard", id="leave.discard"),
        Binding("g,escape", "answer('stay')", "Keep editing", id="leave.stay"),
        Binding("left", "app.focus_previous", show=False, id="leave.left"),
        Binding("right", "app.focus_next", show=False, id="leave.right"),
    ]

    DEFAULT_CSS = """
    LeaveDialog {
        align: center middle;
        & > Vertical {
            width: 56;
            max-width: 96%;
            height: auto;
            padding: 1 2;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
        }
        & Horizontal { height: auto; margin-top: 1; align-horizontal: center; }
        & Button { margin: 0 1; min-width: 8; }
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Leave the editor"
            yield Static("The sample has unsaved changes.", markup=False)
            with Horizontal():
                yield Button("s  Save", id="save", variant="primary", compact=True)
                yield Button("d  Discard", id="discard", compact=True)
                yield Button("g  Keep editing", id="stay", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id or "stay")

    def action_answer(self, answer: str) -> None:
        answers: dict[str, Leave] = {"save": "save", "discard": "discard"}
        self.dismiss(answers.get(answer, "stay"))
