"""A field that is one of a few: left and right, or space, change it."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.app.glyphs import plain_signs
from workbench.app.styles import text_styles


class OptionField(Widget, can_focus=True):
    """Shows the value and what it means."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "turn(-1)", "The one before", show=False, id="choice.left"),
        Binding("right,l,space", "turn(1)", "The next", show=False, id="choice.right"),
    ]
    DEFAULT_CSS = """
    OptionField { height: 1; width: 1fr; background: $surface; color: $foreground; }
    OptionField:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """
    value: reactive[str] = reactive("")

    class Changed(Message):
        """The value has been changed."""

    def __init__(self, choices: Mapping[str, str], value: str, *, id: str) -> None:
        super().__init__(id=id)
        self._choices = choices
        self.set_reactive(OptionField.value, value)

    def render(self) -> Text:
        plain = plain_signs(self)
        muted = "" if self.has_focus else text_styles(self.app)["muted"]
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append("< " if plain else "‹ ", muted)
        text.append(self.value, "bold")
        text.append(" >" if plain else " ›", muted)
        text.append(f"  {self._choices.get(self.value, '')}", muted)
        return text

    def action_turn(self, by: int) -> None:
        names = list(self._choices)
        self.value = names[(names.index(self.value) + by) % len(names)]
        self.post_message(self.Changed())

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self.action_turn(1)
