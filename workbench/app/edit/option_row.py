"""One of a few options, all in sight. Arrows move, typing finds, a click picks."""

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.app.choosing import best_match
from workbench.app.edit.messages import FieldDone
from workbench.app.glyphs import plain_signs
from workbench.core.text.plain import visible

_GAP = 2


class OptionRow(Widget, can_focus=True):
    """Options side by side, wrapped; the selected one is filled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "step(-1)", "Previous", show=False, id="choice.previous"),
        Binding("right,down,space", "step(1)", "Next", show=False, id="choice.next"),
        Binding("home", "pick(0)", "First", show=False, id="choice.first"),
        Binding("end", "pick(-1)", "Last", show=False, id="choice.last"),
        Binding("enter", "done", "Next field", show=False, id="choice.done"),
    ]

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

    options: reactive[tuple[str, ...]] = reactive((), layout=True)
    selected: reactive[int | None] = reactive(None)
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
        super().__init__(id=id)
        self.keys: tuple[str, ...] = ()
        self.tooltip = tooltip
        self._typed = ""

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
        """Arrange the options in rows of index (-1: the foreign value) and text."""
        signs = ("( ) ", "(*) ") if plain_signs(self) else ("○ ", "● ")
        items = [(i, signs[i == self.selected] + visible(o)) for i, o in enumerate(self.options)]
        if self.foreign:
            items.insert(0, (-1, signs[1] + visible(self.foreign)))
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
        selected = self.get_visual_style("choice--selected")
        foreign = self.get_visual_style("choice--foreign")
        rows = []
        for row in self._rows(self.content_size.width or 1):
            parts: list[Content] = []
            for index, text in row:
                style = foreign if index < 0 else selected if index == self.selected else ""
                parts.append(Content.styled(text, style))
            rows.append(Content(" " * _GAP).join(parts))
        return Content("\n").join(rows)

    def action_step(self, by: int) -> None:
        self._typed = ""
        if self.options:
            start = (-1 if by > 0 else 0) if self.selected is None else self.selected
            self._pick((start + by) % len(self.options))

    def action_pick(self, index: int) -> None:
        self._typed = ""
        if self.options:
            self._pick(index % len(self.options))

    def action_done(self) -> None:
        self.post_message(FieldDone())

    def _pick(self, index: int) -> None:
        if index != self.selected:
            self.selected = index
            self.foreign = ""
            self.post_message(self.Picked(self, index))

    def on_key(self, event: events.Key) -> None:
        if event.character and event.is_printable and event.key != "space":
            event.stop()
            event.prevent_default()
            # A letter that no longer matches starts over, so "r", "l" finds "left" after "right".
            for typed in (self._typed + event.character, event.character):
                found = best_match(typed, self.options, self.keys)
                if found is not None:
                    self._typed = typed
                    self._pick(found)
                    return
            self.app.bell()

    def on_blur(self) -> None:
        self._typed = ""

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
