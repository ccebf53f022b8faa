"""The coverage grid: properties down, places across, reads and changes in each."""

from rich.cells import set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from workbench.app.overview.drawing import level, short
from workbench.app.overview.pane import EMPTY, CursorSpot, Pane
from workbench.core.text.plain import visible
from workbench.jobs.review.overview_grid import Grid, Square

_HEAD = 3
"""Lines of the heading: a place in two, then get and set."""
_HALF = 5
"""A number of four cells, and its sign."""
_PLACE = 2 * _HALF + 1
_NAMES = 28
_DOES = {"get": "read", "set": "changed"}
_THIN = "!"


class CoverageView(Pane):
    """A grid that scrolls under its heading and beside its names; one number has the cursor."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._grid = Grid((), {}, 0, 0, 0, 0, 0)
        self._names: list[str] = []
        self._squares: list[list[Square | None]] = []
        self._row = 0
        self._column = 0
        self._most = 0

    def show(self, grid: Grid) -> None:
        """Replace the grid; the cursor stays where it is."""
        if grid == self._grid:
            return
        first = not self._squares
        self._grid = grid
        self._names = list(grid.rows)
        self._squares = [
            [half for pair in row for half in (pair or (None, None))] for row in grid.rows.values()
        ]
        self._most = max((s.count for row in self._squares for s in row if s), default=0)
        self.border_title = (
            f"Coverage  {grid.covered:,} of {grid.spoken:,} uses that people ask for have a sample"
        )
        quarter = f", or under a quarter of the median {grid.median:g}" if grid.median else ""
        outside = f"; {grid.outside:,} places not in the catalogue" if grid.outside else ""
        self.border_subtitle = f"{_THIN} thin ({grid.thin:,}): none{quarter}{outside}"
        self.virtual_size = Size(
            self._names_width + _PLACE * len(grid.columns), _HEAD + len(self._names)
        )
        if first:
            self._column = next((n for n, s in enumerate(self._line(0)) if s), 0)
        self.refresh()
        if self.has_focus:
            self.post_message(self.Pointed())

    @property
    def _names_width(self) -> int:
        longest = max(map(len, self._names), default=0)
        return min(longest, _NAMES, max(8, self.size.width // 3)) + 1

    def _line(self, row: int) -> list[Square | None]:
        return self._squares[row] if row < len(self._squares) else []

    @property
    def _square(self) -> Square | None:
        line = self._line(self._row)
        return line[self._column] if self._column < len(line) else None

    def spot(self) -> CursorSpot | None:
        square = self._square
        if square is None:
            return None
        cell = square.cell
        words = (
            f"{visible(cell.property)}, {visible(square.words)} ({cell.area}), "
            f"{_DOES[cell.access]}: {square.count:,} sample{'' if square.count == 1 else 's'}, "
            f"{square.accepted:,} accepted"
        )
        if square.thin:
            words += ", thin"
        elif not square.spoken:
            words += ", not something people ask for"
        return CursorSpot(words, square.search) if square.count else CursorSpot(words, "", EMPTY)

    # ------------------------------------------------------------ moving

    def move(self, across: int, down: int) -> bool:
        row = self._row + down
        if not 0 <= row < len(self._squares):
            return False
        places = [n for n, square in enumerate(self._line(row)) if square is not None]
        if not places:
            return False
        if across:
            places = [n for n in places if (n - self._column) * across > 0]
            if not places:
                return False
        # If a property lacks the column, the cursor goes to its nearest one.
        self._column = min(places, key=lambda n: abs(n - self._column))
        self._row = row
        self._show_cursor()
        return True

    def _show_cursor(self) -> None:
        room = max(1, self.size.height - _HEAD)
        wide = max(_PLACE, self.size.width - self._names_width)
        start = self._column // 2 * _PLACE
        top, left = self.scroll_offset.y, self.scroll_offset.x
        top = min(max(top, self._row - room + 1), self._row)
        left = min(max(left, start + _PLACE - wide), start)
        self.scroll_to(left, top, animate=False, force=True)

    def place_under(self, event: events.Click) -> bool:
        place = event.get_content_offset(self)
        if place is None:
            return False
        row = place.y - _HEAD + self.scroll_offset.y
        inside = place.x - self._names_width + self.scroll_offset.x
        column = inside // _PLACE * 2 + (inside % _PLACE >= _HALF)
        if place.y < _HEAD or inside < 0 or column >= len(self._line(row)):
            return False
        before = (self._row, self._column)
        if self._line(row)[column] is not None:
            self._row, self._column = row, column
        return before == (row, column)

    # ------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        width, names = self.size.width, self._names_width
        left = self.scroll_offset.x
        if y < _HEAD:
            name, cells = self._heading(y)
        else:
            name, cells = self._cells(y - _HEAD + self.scroll_offset.y)
        shown = Strip(cells).adjust_cell_length(
            max(self.virtual_size.width, left + width), self.rich_style
        )
        return Strip([name]).join([Strip([name]), shown.crop(left, left + width - names)])

    def _heading(self, y: int) -> tuple[Segment, list[Segment]]:
        style = self.rich_style + self.part("secondary")
        words = []
        for column in self._grid.columns:
            first, _, second = _in_two(visible(column))
            text = (first, second, f"{'get':>4}  {'set':>3}")[y]
            words.append(Segment(set_cell_size(f"{text:>9}", _PLACE), style))
        head = ("", "", "property")[y]
        return Segment(set_cell_size(head, self._names_width), style), words

    def _cells(self, row: int) -> tuple[Segment, list[Segment]]:
        base = self.rich_style
        names = self._names_width
        if row >= len(self._names):
            return Segment(" " * names, base), []
        name = visible(self._names[row])
        cut = "." if self.plain else "…"
        name = name[: names - 2] + cut if len(name) > names - 1 else name
        here = row == self._row and self.has_focus
        style = base + self.part("primary") if here else base
        segments = []
        for column, square in enumerate(self._squares[row]):
            under = base + self.part("cursor") if here and column == self._column else base
            pieces = _number(square, self._most, self.plain)
            segments += [Segment(t, under + self.part(p) if p else under) for t, p in pieces]
            if column % 2:
                segments.append(Segment(" ", base))
        return Segment(set_cell_size(name, names), style), segments


def _number(square: Square | None, most: int, plain: bool) -> list[tuple[str, str]]:
    """Return a cell as (text, style name): the number, then whether it is thin, or its level."""
    if square is None:
        return [(" " * _HALF, "")]
    if not square.spoken and not square.count:
        return [(f"{'.' if plain else '·':>4} ", "secondary")]
    if square.thin:
        return [(f"{short(square.count):>4}{_THIN}", "warning" if square.count else "error")]
    number = f"{short(square.count):>4}"
    return [
        (number, "" if square.spoken else "secondary"),
        (level(square.count, most, plain), "bar"),
    ]


def _in_two(words: str, width: int = 9) -> tuple[str, str, str]:
    """Break a heading into two lines that both fit."""
    if len(words) <= width and " " not in words:
        return "", "", words
    cut = max((n for n in range(min(width, len(words))) if words[n] == " "), default=0)
    if not cut:
        return words[:width], "", words[width : 2 * width]
    return words[:cut], " ", words[cut + 1 :][:width]
