"""Pick: one of a few words, by arrow keys or mouse."""

from collections.abc import Iterator, Sequence

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message

from workbench.app.choice_field import ChoiceField
from workbench.app.styles import text_styles

_BETWEEN = " / "


class Pick(ChoiceField):
    """A line of words, one of them chosen."""

    DEFAULT_CSS = """
    Pick { height: 1; width: auto; color: $foreground; }
    Pick:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    class Changed(Message):
        """Another word was chosen."""

    def __init__(self, words: Sequence[str], value: str, *, id: str) -> None:
        super().__init__(id=id)
        self.set_reactive(Pick.options, tuple(words))
        self.set_reactive(Pick.selected, tuple(words).index(value))

    @property
    def value(self) -> str:
        """The word chosen."""
        return self.options[self.selected or 0]

    @value.setter
    def value(self, word: str) -> None:
        self.selected = self.options.index(word)

    def picked(self, index: int) -> None:
        pass  # whoever changes it, `watch_selected` tells

    def watch_selected(self) -> None:
        self.post_message(self.Changed())

    def get_content_width(self, *_: object) -> int:
        return len(_BETWEEN.join(self.options)) + 2

    def _shown(self) -> Iterator[tuple[str, bool]]:
        """Yield the words, the chosen one in brackets, the one found in angles."""
        for index, word in enumerate(self.options):
            if index == self.selected:
                yield f"[{word}]", True
            else:
                yield (f">{word}<" if index == self.found else word), index == self.found

    def render(self) -> RenderResult:
        text = Text(no_wrap=True)
        # A disabled field is drawn fainter anyway.
        muted = "" if self.disabled else text_styles(self.app)["muted"]
        for shown, stands_out in self._shown():
            if text:
                text.append(_BETWEEN, muted)
            text.append(shown, "bold" if stands_out else muted)
        return text

    def on_click(self, event: events.Click) -> None:
        """Choose the word that was clicked."""
        start = 0
        for index, (shown, _) in enumerate(self._shown()):
            if start <= event.x < start + len(shown):
                self.action_pick(index)
                return
            start += len(shown) + len(_BETWEEN)
