"""Leave the app: at once, or after asking if a generation is running."""

from typing import Any

from textual.app import App

from workbench.app.generate.questions import LeavePrompt
from workbench.app.generate.running import Running


async def leave(app: App[Any], running: Running) -> None:
    """Leave, with everything that has arrived saved."""
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
