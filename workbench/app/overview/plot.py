"""A plot: one bar of block characters per line, with sign, name and number."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from workbench.app.glyphs import DECISIONS, SEVERITIES, VERDICTS, Sign, plainly
from workbench.app.overview.drawing import bar, share
from workbench.app.overview.pane import EMPTY, CursorSpot, Pane
from workbench.core.text.plain import visible
from workbench.jobs.review.overview_plots import Bar, Plot

_SIGNS = {**VERDICTS, **DECISIONS, **SEVERITIES}
_SHORTEST_BAR = 4


class PlotView(Pane):
    """Bars, one under the cursor."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._plot = Plot("", (), 0)
        self._cursor = 0

    def show(self, plot: Plot) -> None:
        """Replace the plot; the cursor stays on its bar."""
        if plot == self._plot:
            return
        under = self._bar
        self._plot = plot
        labels = [one.label for one in plot.bars]
        if under is not None and under.label in labels:
            self._cursor = labels.index(under.label)
        self._cursor = max(0, min(self._cursor, len(plot.bars) - 1))
        self.border_title, self.border_subtitle = plot.title, plot.note
        self.virtual_size = Size(1, len(plot.bars))
        self.refresh()
        if self.has_focus:
            self.post_message(self.Pointed())

    @property
    def _bar(self) -> Bar | None:
        bars = self._plot.bars
        return bars[self._cursor] if self._cursor < len(bars) else None

    def spot(self) -> CursorSpot | None:
        found = self._bar
        if found is None:
            return None
        total = found.of or self._plot.total
        of_all = f" of {total:,} ({share(found.count, total)})" if total else ""
        words = f"{self._plot.title}, {found.label}: {found.count:,}{of_all}"
        if not found.count:
            return CursorSpot(words, "", EMPTY)
        return CursorSpot(words, found.search, found.why)

    def move(self, across: int, down: int) -> bool:
        place = self._cursor + down
        if across or not 0 <= place < len(self._plot.bars):
            return False
        self._cursor = place
        self.scroll_to_region(Region(0, place, 1, 1), animate=False, force=True)
        return True

    def place_under(self, event: events.Click) -> bool:
        place = event.get_content_offset(self)
        row = self._cursor if place is None else place.y + self.scroll_offset.y
        if row >= len(self._plot.bars):
            return False
        before, self._cursor = self._cursor, row
        return before == row

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        row = y + self.scroll_offset.y
        base = self.rich_style
        if row >= len(self._plot.bars):
            return Strip.blank(width, base)
        if row == self._cursor and self.has_focus:
            base += self.part("cursor")
        segments = [
            Segment(text, base + self.part(name) if name else base)
            for text, name in self._pieces(self._plot.bars[row], width, self.plain)
        ]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _pieces(self, one: Bar, width: int, plain: bool) -> list[tuple[str, str]]:
        bars = self._plot.bars
        number = max(len(f"{b.count:,}") for b in bars)
        signed = any(b.key for b in bars)
        room = width - number - (2 if signed else 0) - 2 - _SHORTEST_BAR
        label = max(1, min(max(cell_len(b.label) for b in bars), room))
        pieces = []
        if signed:
            sign = _SIGNS.get(one.key, Sign(" ", " ", "", "secondary"))
            pieces.append((f"{sign.drawn(plain)} ", sign.style))
        name = plainly(_cut(visible(one.label), label), plain)
        pieces.append((f"{name} {one.count:>{number},} ", ""))
        left = width - sum(cell_len(text) for text, _ in pieces)
        colour = _SIGNS[one.key].style if one.key in _SIGNS and one.key else "bar"
        pieces.append((bar(one.count, self._plot.most, left, plain), colour))
        return pieces


def _cut(label: str, width: int) -> str:
    return label[: width - 1] + "…" if cell_len(label) > width else set_cell_size(label, width)
