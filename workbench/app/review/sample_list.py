"""The list of samples: draws only the lines in sight, so that 100 000 are as quick as ten."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from workbench.app.glyphs import plain_signs
from workbench.app.review.describe.line import line
from workbench.jobs.review import Review


class SampleList(ScrollView, can_focus=True):
    """A virtual list over a review's view, with the review's cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False, id="list.up"),
        Binding("down", "step(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.pageup"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.pagedown"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "samples--cursor",
        "samples--accent",
        "samples--success",
        "samples--warning",
        "samples--error",
        "samples--primary",
        "samples--secondary",
    }
    DEFAULT_CSS = """
    SampleList {
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        .samples--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus .samples--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
        }
        .samples--accent { color: $accent; text-style: bold; }
        .samples--success { color: $success; }
        .samples--warning { color: $warning; }
        .samples--error { color: $error; }
        .samples--primary { color: $primary; }
        .samples--secondary { color: $text-muted; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False, always_update=True)
    """The place of the view that is in sight, and drawn as the cursor's."""

    class Moved(Message):
        """The cursor is to go to a place of the view."""

        def __init__(self, place: int) -> None:
            self.place = place
            super().__init__()

    def __init__(self, review: Review, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.review = review

    def on_mount(self) -> None:
        self.show_lines()

    def on_resize(self) -> None:
        self.show_lines()
        self.cursor = self.review.cursor

    def watch_cursor(self, before: int, now: int) -> None:
        top = self.scroll_offset.y
        for place in {before, now}:
            if 0 <= place - top < self.size.height:
                self.refresh(Region(0, place - top, self.size.width, 1))
        self.scroll_to_region(Region(0, now, 1, 1), animate=False, force=True)

    def show_lines(self) -> None:
        """Draw all lines again; what is in sight stays there, though rows came to the end."""
        self.virtual_size = Size(1, len(self.review.view))
        self.refresh()

    @property
    def rows_in_sight(self) -> Sequence[int]:
        """The rows that can be seen."""
        top = self.scroll_offset.y
        return self.review.view[top : top + self.size.height]

    def render_line(self, y: int) -> Strip:
        place = y + self.scroll_offset.y
        width = self.size.width
        if place >= len(self.review.view):
            return Strip.blank(width, self.rich_style)
        row = self.review.view[place]
        base = self.rich_style
        cursor = place == self.review.cursor
        if cursor:
            base += self.get_component_rich_style("samples--cursor", partial=True)
        segments = [
            Segment(text, base + self._style(name) if name else base)
            for text, name in line(self.review, row, width, plain_signs(self))
        ]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"samples--{name}", partial=True)

    def action_step(self, by: int) -> None:
        self.post_message(self.Moved(self.review.cursor + by))

    def action_page(self, by: int) -> None:
        self.post_message(self.Moved(self.review.cursor + by * max(1, self.size.height - 1)))

    def on_click(self, event: events.Click) -> None:
        place = event.y + self.scroll_offset.y
        if place < len(self.review.view):  # below the last there is nothing to go to
            self.post_message(self.Moved(place))
