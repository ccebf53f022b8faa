"""Leave the app: at once, or after a question where a generation is under way."""

from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from workbench.app.generate.running import Running
from workbench.app.prompts import ConfirmPrompt


class LeavePrompt(ConfirmPrompt):
    """Ask whether to leave, in words that fit."""

    DEFAULT_CSS = ConfirmPrompt.DEFAULT_CSS.replace("ConfirmPrompt", "LeavePrompt")

    def __init__(self) -> None:
        super().__init__("Samples are being generated.")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, classes="title", markup=False)
            yield Static("Stop that and quit? What came in is saved.", markup=False)
            yield Static("y stops and quits, Escape stays", classes="hint", markup=False)


async def leave(app: App[Any], running: Running) -> None:
    """Leave, with everything saved that has come in."""
    if not running.alive:
        app.exit()
        return
    if isinstance(app.screen, LeavePrompt):
        return  # asked already

    async def take(agreed: bool | None) -> None:
        if agreed:
            await running.stop()
            app.exit()

    app.push_screen(LeavePrompt(), take)
