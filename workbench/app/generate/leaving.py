"""Leave the app: at once, or after a question where a generation is under way."""

from typing import Any

from textual.app import App

from workbench.app.generate.questions import LeavePrompt
from workbench.app.generate.running import Running


async def leave(app: App[Any], running: Running) -> None:
    """Leave, with everything saved that has come in."""
    if not running.alive:
        app.exit()
        return
    if isinstance(app.screen, LeavePrompt):
        return  # asked already

    async def answer(agreed: bool | None) -> None:
        if agreed:
            await running.stop()
            app.exit()

    app.push_screen(LeavePrompt(), answer)
