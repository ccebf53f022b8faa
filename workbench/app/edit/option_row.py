"""One of a few options, all in sight. Arrows move, letters search, a click picks."""

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive

from workbench.app.choice_field import ChoiceField
from workbench.app.glyphs import plain_signs
from workbench.core.text.plain import visible

_GAP = 2
_FOREIGN, _HINT = -1, -2


class OptionRow(ChoiceField):
    """Options side by side, wrapped; the selected one is filled."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--selected", "choice--foreign"}

    DEFAULT_CSS = """
    OptionRow {
        width: 1fr;
        height: auto;
        color: $text-muted;
        pointer: pointer;
        & > .choice--selected { color: $foreground; text-style: bold; }
        & > .choice--foreign { color: $error; text-style: bold; }
        &:focus > .choice--selected, &:focus > .choice--foreign {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
    }
    """

    foreign: reactive[str] = reactive("", layout=True)
    """The current value if it isn't one of the options, in words."""

    class Picked(Message):
        """An option was picked."""

        def __init__(self, choice: "OptionRow", index: int) -> None:
            super().__init__()
            self.choice = choice
            self.index = index

        @property
        def control(self) -> "OptionRow":
            return self.choice

    def __init__(self, id: str, tooltip: str) -> None:
        super().__init__(id=id, tooltip=tooltip)

    def picked(self, index: int) -> None:
        self.foreign = ""
        self.post_message(self.Picked(self, index))

    def set_options(
        self,
        options: tuple[str, ...],
        selected: int | None,
        foreign: str = "",
        keys: tuple[str, ...] = (),
    ) -> None:
        """Offer options. keys: other names to type for them. foreign: a current value that
        isn't one.
        """
        self.options = options
        self.selected = selected
        self.foreign = foreign if selected is None else ""
        self.keys = keys

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._rows(width))

    def _rows(self, width: int) -> list[list[tuple[int, str]]]:
        """Arrange the options in rows of index and text, with the foreign value and the hint."""
        plain = plain_signs(self)
        signs = ("( ) ", "(*) ", "(>) ") if plain else ("○ ", "● ", "▸ ")
        items = []
        for index, option in enumerate(self.options):
            sign = signs[2 if index == self.found else index == self.selected]
            items.append((index, sign + visible(option)))
        if self.foreign:
            items.insert(0, (_FOREIGN, signs[1] + visible(self.foreign)))
        if self.hint:
            items.append((_HINT, self.hint))
        rows: list[list[tuple[int, str]]] = [[]]
        used = 0
        for index, text in items:
            if rows[-1] and used + cell_len(text) > width:
                rows.append([])
                used = 0
            rows[-1].append((index, text))
            used += cell_len(text) + _GAP
        return rows

    def render(self) -> Content:
        current = self.selected if self.found is None else self.found
        selected = self.get_visual_style("choice--selected")
        foreign = self.get_visual_style("choice--foreign")
        rows = []
        for row in self._rows(self.content_size.width or 1):
            parts: list[Content] = []
            for index, text in row:
                style = foreign if index == _FOREIGN else selected if index == current else ""
                parts.append(Content.styled(text, style))
            rows.append(Content(" " * _GAP).join(parts))
        return Content("\n").join(rows)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        rows = self._rows(self.content_size.width or 1)
        if offset is None or offset.y >= len(rows):
            return
        left = 0
        for index, text in rows[offset.y]:
            if left <= offset.x < left + cell_len(text) and index >= 0:
                self._pick(index)
            left += cell_len(text) + _GAP
