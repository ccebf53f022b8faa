"""What plots and grid of the overview share: a cursor, and what is under it."""

from typing import ClassVar, NamedTuple

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.scroll_view import ScrollView

from workbench.app.bindings import key
from workbench.app.glyphs import plain_signs

EMPTY = "No samples to list here."


class CursorSpot(NamedTuple):
    """What is under a cursor, in words. search: what lists it, "" if nothing does. why: then
    the reason.
    """

    words: str
    search: str
    why: str = ""


MOVES = (
    key("overview", "up,k", "step(0, -1)", "Up", "One bar or cell up, or to the plot above"),
    key("overview", "down,j", "step(0, 1)", "Down", "One down, or to the plot below"),
    key("overview", "left,h", "step(-1, 0)", "Left", "One cell left, or to the plot there"),
    key("overview", "right,l", "step(1, 0)", "Right", "One cell right, or to the plot there"),
    key("overview", "home,g", "page(-999)", "First", "The first bar or row"),
    key("overview", "end,G", "page(999)", "Last", "The last bar or row"),
    key(
        "overview",
        "pageup,ctrl+u",
        "page(-1)",
        "Page up",
        "One screen up",
        name="pageup",
    ),
    key(
        "overview",
        "pagedown,ctrl+d",
        "page(1)",
        "Page down",
        "One screen down",
        name="pagedown",
    ),
    key("overview", "enter", "pick", "Pick", "List the samples behind this figure"),
)
"""A pane's keys; its screen has them too, so that help shows them."""


class Pane(ScrollView, can_focus=True):
    """A pane with a cursor; at its edge, the focus moves to another pane."""

    BINDINGS: ClassVar[list[BindingType]] = [*MOVES]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "pane--cursor",
        "pane--bar",
        "pane--success",
        "pane--warning",
        "pane--error",
        "pane--primary",
        "pane--secondary",
    }
    DEFAULT_CSS = """
    Pane {
        background: $background; color: $foreground;
        border: round $border-blurred; border-title-color: $primary;
        border-title-style: bold; border-subtitle-color: $text-muted;
        scrollbar-background: $background; scrollbar-color: $border;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        &:focus { border: round $accent; border-title-color: $accent; }
        &.ascii { border: ascii $border-blurred; }
        &.ascii:focus { border: ascii $accent; }
        &:focus .pane--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
            text-style: bold;
        }
        .pane--bar { color: $primary; }
        .pane--success { color: $success; }
        .pane--warning { color: $warning; }
        .pane--error { color: $error; }
        .pane--primary { color: $primary; }
        .pane--secondary { color: $text-muted; }
    }
    """

    class Pointed(Message):
        """The cursor of a pane has moved, or what is under it has changed."""

    class Picked(Message):
        """List the samples of what is under the cursor."""

        def __init__(self, spot: CursorSpot) -> None:
            self.spot = spot
            super().__init__()

    class Left(Message):
        """The cursor would leave the pane: across, down are -1, 0 or 1."""

        def __init__(self, pane: "Pane", across: int, down: int) -> None:
            self.pane, self.across, self.down = pane, across, down
            super().__init__()

    def on_mount(self) -> None:
        self.set_class(self.plain, "ascii")

    @property
    def plain(self) -> bool:
        """Whether only ASCII may be drawn."""
        return plain_signs(self)

    def spot(self) -> CursorSpot | None:
        """Return what is under the cursor."""
        raise NotImplementedError

    def move(self, across: int, down: int) -> bool:
        """Move the cursor; returns False if it can't go there."""
        raise NotImplementedError

    def place_under(self, event: events.Click) -> bool:
        """Put the cursor under the mouse; returns whether it was there before."""
        raise NotImplementedError

    def part(self, name: str) -> Style:
        """Return the style of a part, to put over another."""
        return self.get_component_rich_style(f"pane--{name}", partial=True)

    def moved(self) -> None:
        """Redraw the cursor and report it."""
        self.refresh()
        self.post_message(self.Pointed())

    def action_step(self, across: int, down: int) -> None:
        if self.move(across, down):
            self.moved()
        else:
            self.post_message(self.Left(self, across, down))

    def action_page(self, pages: int) -> None:
        step = 1 if pages > 0 else -1
        for _ in range(abs(pages) * max(1, self.size.height - 1)):
            if not self.move(0, step):
                break
        self.moved()

    def action_pick(self) -> None:
        spot = self.spot()
        if spot is not None:
            self.post_message(self.Picked(spot))

    def on_focus(self) -> None:
        self.moved()

    def on_click(self, event: events.Click) -> None:
        if self.place_under(event):
            self.action_pick()
        else:
            self.moved()
