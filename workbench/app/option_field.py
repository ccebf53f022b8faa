"""A field with a few options, of which one is shown, with what it means."""

from collections.abc import Mapping

from rich.text import Text
from textual import events
from textual.message import Message

from workbench.app.choice_field import ChoiceField
from workbench.app.glyphs import plain_signs
from workbench.app.styles import text_styles


class OptionField(ChoiceField):
    """Shows the value and what it means; while letters are typed, what they find."""

    DEFAULT_CSS = """
    OptionField { height: 1; width: 1fr; background: $surface; color: $foreground; }
    OptionField:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    class Changed(Message):
        """The value has been changed."""

    def __init__(self, choices: Mapping[str, str], value: str, *, id: str) -> None:
        super().__init__(id=id)
        self._meanings = choices
        self.set_reactive(OptionField.options, tuple(choices))
        self.set_reactive(OptionField.selected, tuple(choices).index(value))

    @property
    def value(self) -> str:
        """The option that is selected."""
        return self.options[self.selected or 0]

    @value.setter
    def value(self, word: str) -> None:
        self._pick(self.options.index(word))

    def picked(self, index: int) -> None:  # noqa: ARG002
        self.post_message(self.Changed())

    def render(self) -> Text:
        plain = plain_signs(self)
        muted = "" if self.has_focus else text_styles(self.app)["muted"]
        shown = self.value if self.found is None else self.options[self.found]
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append("< " if plain else "‹ ", muted)
        text.append(shown, "bold")
        text.append(" >" if plain else " ›", muted)
        text.append(f"  {self.hint or self._meanings[shown]}", muted)
        return text

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self.action_step(1)
