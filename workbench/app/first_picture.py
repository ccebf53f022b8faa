"""The first picture of a screen: painted once, when all of it is there."""

from contextlib import ExitStack
from typing import Any

from textual.screen import Screen


class FirstPicture:
    """Holds painting back while a screen is being put together.

    Otherwise it is painted several times: as it is mounted, as the cursor is placed, as each widget
    learns its size. Begin while it composes; end when it is mounted, or goes.
    """

    def __init__(self) -> None:
        self._held = ExitStack()

    def begin(self, screen: Screen[Any]) -> None:
        """Paint nothing from now on."""
        self._held.enter_context(screen.app.batch_update())

    def end(self, screen: Screen[Any]) -> None:
        """Paint the screen, once the cursor is placed (`focus` comes a moment later)."""
        screen.app.call_later(self._held.close)
