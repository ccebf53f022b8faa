"""The list of samples: draws only the lines in sight, so that 100 000 are as quick as ten."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

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
from workbench.app.review.describe.line import Piece, RowLines, heading, row_lines
from workbench.jobs.review import Review

_MOST_LINES = 4
"""Lines of a sample where the list has the screen to itself."""
_HEADING = -1


class _Slot(NamedTuple):
    """A line of the screen: the line `part` of the sample at a place, or a group's heading.

    part: `_HEADING` for a heading, of the group of that place.
    """

    place: int
    part: int


class SampleList(ScrollView, can_focus=True):
    """A virtual list over a review's view, with the review's cursor.

    It scrolls by samples, of which the first one in sight is `scroll_offset.y`. Where the view has
    groups, the first line is the heading of the first sample's; headings are no places of the view.
    """

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
        "samples--calls",
        "samples--heading",
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
        .samples--calls { color: $primary; }
        .samples--heading { color: $primary; text-style: bold; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False, always_update=True)
    """The place of the view that is in sight, and drawn as the cursor's."""
    alone: reactive[bool] = reactive(False, repaint=False)
    """Whether the list has the screen to itself: then long queries take several lines."""

    class Moved(Message):
        """The cursor is to go to a place of the view."""

        def __init__(self, place: int) -> None:
            self.place = place
            super().__init__()

    def __init__(self, review: Review, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.review = review
        self._rows: dict[int, tuple[int, RowLines]] = {}
        self._slots: list[_Slot] | None = None
        self._slots_of = review.view, 0
        self._shown: dict[_Slot, tuple[int, RowLines]] = {}
        self._base = Style()
        self._painted: set[tuple[int, int]] = set()
        self._painted_of = review.raw, 0

    def on_mount(self) -> None:
        self.show_lines()

    def on_resize(self) -> None:
        self.show_lines()
        self.cursor = self.review.cursor

    # ------------------------------------------------------------ what is where

    def watch_cursor(self, before: int, now: int) -> None:
        for place in {before, now}:
            self._rows.pop(place, None)
            self._refresh_place(place)
        top, first = self.scroll_offset.y, self._first_to_end_with(now)
        if now < top or first > top:
            self._scroll(now if now < top else first)

    def watch_alone(self) -> None:
        if self.is_mounted:
            self.show_lines()
            self.cursor = self.review.cursor

    def watch_scroll_y(self, before: float, now: float) -> None:
        drawn = self._drawn if self._slots_of[0] is self.review.view else {}
        if self.show_vertical_scrollbar and self._moves_bar(now):
            self.vertical_scrollbar.position = now
        if round(before) != round(now):
            self.refresh(self.size.region)
        self._slots = None
        self._keep(drawn)

    def show_lines(self) -> None:
        """Draw the lines that say something else than before; what is in sight stays there, though
        rows came to the end.
        """
        drawn, view = self._drawn, self.review.view
        self._rows.clear()
        self._slots = None
        height = self.size.height
        top = self._first_to_end_with(len(view) - 1) if height else 0
        self._take_height(top + height if top else min(height, len(view)))
        self.refresh()
        same = {
            slot: strip
            for slot, strip in drawn.items()
            if slot.place < len(view)
            and self._shown.get(slot) == (view[slot.place], self._row(slot.place))
        }
        self._keep(same)

    def _take_height(self, height: int) -> None:
        """Scroll over a number of lines; only a scrollbar that comes or goes makes a new layout."""
        size = Size(1, height)
        if size == self.virtual_size:
            return
        if self.show_vertical_scrollbar and height > self.container_size.height:
            self.set_reactive(SampleList.virtual_size, size)
            self._scroll_update(size)
            self.vertical_scrollbar.position = self.scroll_y
        else:
            self.virtual_size = size

    def show_from(self, place: int) -> None:
        """Scroll until a place comes first, as far as there are samples below."""
        self._scroll(place)

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _moves_bar(self, top: float) -> bool:
        """Whether the scrollbar looks different if this is the first sample in sight.

        It moves by eighths of a line, and drawing it takes as long as drawing the list.
        """
        bar = self.vertical_scrollbar
        height, samples, window = bar.size.height, bar.window_virtual_size, bar.window_size
        if not height or samples <= window:
            return True
        eighths = 8 * (height - max(1, window * height / samples)) / (samples - window)
        return int(eighths * bar.position) != int(eighths * top)

    def _first_to_end_with(self, place: int) -> int:
        """Return the first of the places that there is room for down to this one."""
        groups = self.review.groups
        place = min(place, len(self.review.view) - 1)
        room = self.size.height - (groups is not None)
        used = self._height(place)
        first = place
        while first > 0:
            used += self._height(first - 1)
            used += groups is not None and groups.at(first - 1) != groups.at(first)
            if used > room:
                break
            first -= 1
        return max(0, first)

    def _height(self, place: int) -> int:
        return len(self._row(place).lines) if self.alone and place >= 0 else 1

    def _row(self, place: int) -> RowLines:
        """Return a sample's lines, as they are drawn now."""
        review, row = self.review, self.review.view[place]
        known = self._rows.get(place)
        if known is not None and known[0] == row:
            return known[1]
        most = _MOST_LINES if self.alone else 1
        plain, group = plain_signs(self), self._property_above(place)
        lines = row_lines(review, row, self._room, plain, group=group, most=most)
        if len(self._rows) > 4 * self.size.height:
            self._rows.clear()
        self._rows[place] = row, lines
        return lines

    @property
    def _room(self) -> int:
        """The cells of a line, without the one that sets it off from what is beside it."""
        return max(1, self.scrollable_content_region.width - 1)

    def _property_above(self, place: int) -> str:
        """Return the name above a place: that of a property, where the view is in that order."""
        groups = self.review.groups
        group = -1 if groups is None else groups.at(place)
        return "" if groups is None or group < 0 else groups.names[group]

    @property
    def _layout_slots(self) -> list[_Slot]:
        """The lines in sight, from the top."""
        height = self.size.height
        if (
            self._slots is None
            or self._slots_of[0] is not self.review.view
            or self._slots_of[1] != height
        ):
            self._slots_of = self.review.view, height
            self._slots = list(self._slots_from(self.scroll_offset.y, height))[:height]
            self._forget_painted()
        return self._slots

    def _slots_from(self, top: int, height: int) -> Iterator[_Slot]:
        groups, group, count = self.review.groups, None, 0
        for place in range(top, min(len(self.review.view), top + height)):
            if groups is not None and groups.at(place) != group:
                group = groups.at(place)
                count += 1
                yield _Slot(place, _HEADING)
            parts = len(self._row(place).lines) if self.alone else 1
            for part in range(parts):
                yield _Slot(place, part)
            count += parts
            if count >= height:
                return

    def _refresh_place(self, place: int) -> None:
        for y, slot in enumerate(self._layout_slots):
            if slot.place == place:
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def _drawn(self) -> dict[_Slot, Strip]:
        """The lines that need not be drawn again wherever they go, as long as nothing changes."""
        if self._slots is None or self._slots_of[1] != self.size.height:
            return {}
        top, kept = self.content_offset.y, self._styles_cache
        return {
            slot: kept._cache[y]
            for y, slot in enumerate(self._slots, top)
            if slot.part != _HEADING and y in kept._cache and not kept.is_dirty(y)
        }

    def _keep(self, drawn: Mapping[_Slot, Strip]) -> None:
        """Take lines for drawn that were drawn before, perhaps elsewhere: nearly all of them."""
        kept, view = self._styles_cache, self.review.view
        for y, slot in enumerate(self._layout_slots if drawn else (), self.content_offset.y):
            if slot in drawn and (view[slot.place], slot.part) in self._painted:
                kept._cache[y] = drawn[slot]
                kept._dirty_lines.discard(y)

    # ------------------------------------------------------------ what has been seen

    @property
    def rows_in_sight(self) -> Sequence[int]:
        """The rows that can be seen."""
        places = dict.fromkeys(slot.place for slot in self._layout_slots)
        return [self.review.view[place] for place in places]

    @property
    def places_seen(self) -> dict[int, bool]:
        """The places whose every line has been drawn where it is now, with no message over it.

        Each with whether the whole sample can be read there: nothing of its query or calls is cut.
        """
        review, last = self.review, {}
        height = self._uncovered_height
        for slot in self._layout_slots[:height]:
            last[slot.place] = slot.part
        return {
            place: self._row(place).whole
            for place, part in last.items()
            if part + 1 == len(self._row(place).lines)
            and all((review.view[place], one) in self._painted for one in range(part + 1))
        }

    @property
    def _uncovered_height(self) -> int:
        """The lines from the top down to a message that lies over the list."""
        over = [toast.region for toast in self.screen.query("Toast")]
        tops = [one.y for one in over if one.overlaps(self.region)]
        return max(0, min(tops, default=self.region.bottom) - self.region.y)

    def _forget_painted(self) -> None:
        """Keep of what was drawn what still is in sight."""
        known = self.review.raw, self._room
        if known[0] is not self._painted_of[0] or known[1] != self._painted_of[1]:
            self._painted.clear()
            self._painted_of = known
        view = self.review.view
        slots = self._slots or ()
        self._painted &= {(view[slot.place], slot.part) for slot in slots}

    # ------------------------------------------------------------ drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        self._base = self.rich_style  # takes long to find out
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self._base
        slots = self._layout_slots
        if y >= len(slots):
            return Strip.blank(width, base)
        place, part = slots[y]
        if part == _HEADING:
            pieces = self._heading(place)
        else:
            row = self._row(place)
            pieces = row.lines[part] if part < len(row.lines) else ()
            if len(self._shown) > 4 * self.size.height:
                self._shown.clear()
            self._shown[slots[y]] = self.review.view[place], row
            self._painted.add((self.review.view[place], part))
            if place == self.review.cursor:
                if part == 0:
                    pieces = _pointed_at(pieces, plain_signs(self))
                base += self.get_component_rich_style("samples--cursor", partial=True)
        segments = [
            Segment(text, base + self._style(name) if name else base) for text, name in pieces
        ]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _heading(self, place: int) -> tuple[Piece, ...]:
        groups = self.review.groups
        group = -1 if groups is None else groups.at(place)
        if groups is None or group < 0:
            return heading("not sorted yet", "", self._room, plain_signs(self))
        counted = f"{groups.decided(group):,} of {groups.size(group):,}"
        return heading(groups.names[group], counted, self._room, plain_signs(self))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"samples--{name}", partial=True)

    # ------------------------------------------------------------ keys and clicks

    def action_step(self, by: int) -> None:
        self.post_message(self.Moved(self.review.cursor + by))

    def action_page(self, by: int) -> None:
        places = len(self.rows_in_sight)
        self.post_message(self.Moved(self.review.cursor + by * max(1, places - 1)))

    def on_click(self, event: events.Click) -> None:
        slots = self._layout_slots
        if event.y < len(slots):  # below the last there is nothing to go to
            self.post_message(self.Moved(slots[event.y].place))


def _pointed_at(pieces: tuple[Piece, ...], plain: bool) -> tuple[Piece, ...]:
    """Put the cursor's sign into the space between a line's signs and its words."""
    gap = (" ", "")
    if gap not in pieces:
        return pieces
    at = pieces.index(gap)
    return (*pieces[:at], (">" if plain else "▸", ""), *pieces[at + 1 :])
