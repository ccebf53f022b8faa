"""Questions about a generation: leave while it runs? mix engines?"""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from workbench.app.dialogs import ConfirmPrompt
from workbench.app.generate.standing import RunStanding
from workbench.core.text.plain import visible


class LeavePrompt(ConfirmPrompt):
    """Ask whether to leave while samples are being generated."""

    def __init__(self) -> None:
        super().__init__("Samples are being generated.")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, classes="title", markup=False)
            yield Static("Stop and quit? Everything received is saved.", markup=False)
            yield Static("y yes, Esc cancel", classes="hint", markup=False)


class MixPrompt(ConfirmPrompt):
    """Ask whether to add one engine's samples to another's."""

    def __init__(self, now: RunStanding, engine: str) -> None:
        others = " and ".join(now.others)
        super().__init__(f"{now.output.name} contains {others} samples.")
        self._engine = engine

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(visible(self._question), classes="title", markup=False)
            yield Static(f"Add {self._engine} samples to it?", markup=False)
            yield Static("y yes, Esc cancel", classes="hint", markup=False)
