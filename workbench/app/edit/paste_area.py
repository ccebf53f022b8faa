"""A text area that takes nothing in that hides or steers a terminal."""

from textual import events
from textual.widgets import TextArea


class PasteArea(TextArea):
    """A text area in which a subclass says what becomes of a text that is pasted."""

    def pasted(self, text: str) -> str | None:
        """Return a pasted text as it may stand here, None for not at all."""
        raise NotImplementedError

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._insert(event.text)

    def action_paste(self) -> None:
        self._insert(self.app.clipboard)

    def _insert(self, text: str) -> None:
        plain = self.pasted(text)
        if plain is not None:
            result = self.replace(plain, *self.selection, maintain_selection_offset=False)
            self.move_cursor(result.end_location)
