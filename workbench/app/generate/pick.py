"""Pick: one of a few words, by arrow keys or mouse."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.app.styles import text_styles

_BETWEEN = " / "


class Pick(Widget, can_focus=True):
    """A line of words, one of them chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "step(1)", show=False, id="pick.next"),
        Binding("left", "step(-1)", show=False, id="pick.previous"),
        Binding("enter", "submit", show=False, id="pick.enter"),
    ]
    DEFAULT_CSS = """
    Pick { height: 1; width: auto; color: $foreground; }
    Pick:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    value: reactive[str] = reactive("", layout=True)

    class Changed(Message):
        """Another word was chosen."""

    class Submitted(Message):
        """Enter was pressed: on to the next field."""

    def __init__(self, words: Sequence[str], value: str, *, id: str) -> None:
        super().__init__(id=id)
        self._words = tuple(words)
        self.set_reactive(Pick.value, value)

    def get_content_width(self, *_: object) -> int:
        return len(_BETWEEN.join(self._words)) + 2

    def render(self) -> RenderResult:
        text = Text(no_wrap=True)
        styles = text_styles(self.app)
        for word in self._words:
            if text:
                text.append(_BETWEEN, styles["muted"])
            if word == self.value:  # shown by brackets, not only by colour
                text.append(f"[{word}]", "bold")
            else:
                text.append(word, styles["muted"])
        return text

    def watch_value(self) -> None:
        self.post_message(self.Changed())

    def action_step(self, by: int) -> None:
        place = self._words.index(self.value) + by
        self.value = self._words[place % len(self._words)]

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def on_click(self, event: events.Click) -> None:
        """Choose the word that was clicked."""
        start = 0
        for word in self._words:
            end = start + len(word) + (2 if word == self.value else 0)
            if start <= event.x < end:
                self.value = word
                return
            start = end + len(_BETWEEN)
