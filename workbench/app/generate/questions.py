"""What is asked about a generation: whether to leave while it runs, whether to mix engines."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from workbench.app.dialogs import ConfirmPrompt
from workbench.app.generate.standing import RunStanding
from workbench.core.text.plain import visible


class LeavePrompt(ConfirmPrompt):
    """Ask whether to leave while samples are generated."""

    def __init__(self) -> None:
        super().__init__("Samples are being generated.")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, classes="title", markup=False)
            yield Static("Stop that and quit? What came in is saved.", markup=False)
            yield Static("y stops and quits, Escape stays", classes="hint", markup=False)


class MixPrompt(ConfirmPrompt):
    """Ask whether to append one engine's samples to another's."""

    def __init__(self, now: RunStanding, engine: str) -> None:
        others = " and ".join(now.others)
        super().__init__(f"{now.output.name} holds samples of the engine {others}.")
        self._engine = engine

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(visible(self._question), classes="title", markup=False)
            yield Static(f"Append those of the engine {self._engine} to them?", markup=False)
            yield Static("y appends, Escape writes nothing", classes="hint", markup=False)
