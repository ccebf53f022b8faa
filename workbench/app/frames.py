"""What the terminal shows: of each new frame, only the cells that differ are sent.

Textual sends every widget that was drawn again, whole. Here each of its updates is compared with
the cells sent last; what differs goes out, with the shortest moves and changes of colour. Text
whose width terminals disagree about (emoji, combining marks) is sent as Textual does, in one piece
together with all that follows it in its line.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

_ON = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")
"""What switches an attribute on, by its bit in a Rich style."""
_OFF = (
    (0b11, "22"),
    (0b100, "23"),
    (0b1000001000, "24"),
    (0b110000, "25"),
    (0b1000000, "27"),
    (0b10000000, "28"),
    (0b100000000, "29"),
    (0b110000000000, "54"),
    (0b1000000000000, "55"),
)
"""What switches attributes off, by their bits."""
_WIDE = (
    (0x1100, 0x115F),
    (0x2E80, 0x303E),
    (0x3041, 0xA4CF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x20000, 0x3FFFD),
)
"""Characters that every terminal draws two cells wide."""
_ONE_PIECE, _SPOILT = "\0", "\1"
"""Cells of text that is sent in one piece, and cells that a terminal has lost: never equal to a
character's."""
_BRIDGE = 4
"""At most this many equal cells between two others are sent again: a move takes as many bytes."""
_PENS = 4096
"""Looks of text that are remembered."""


class _Pen(NamedTuple):
    """A look of text. attributes: bits as in a Rich style. front, back: colour codes, or ""."""

    attributes: int
    front: str
    back: str


_PLAIN = _Pen(0, "", "")


class _Piece(NamedTuple):
    """Text for neighbouring cells; a wide character's second cell is "".

    strip: what it was made of, if it must be sent in one piece.
    """

    x: int
    cells: list[str]
    pens: list[_Pen]
    strip: Strip | None


class Changes(CompositorUpdate):
    """What is sent of an update. text: with its escape sequences."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render_segments(self, console: Console) -> str:  # noqa: ARG002 - Textual's own
        return self.text


class Frames:
    """Knows the cells of the terminal, as far as they have been sent since `forget`."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._cells: list[list[str]] = []
        self._pens: list[list[_Pen]] = []
        self._known = False
        self._looks: dict[Style, _Pen | None] = {}
        self._one_of_each: dict[_Pen, _Pen] = {}
        self._colours: ColorSystem | None = None

    def forget(self) -> None:
        """Know nothing from now on: the terminal was resized, or used by something else."""
        self._known = False

    def knows(self, size: Size) -> bool:
        """Whether a part of a frame is enough; otherwise the next one must be whole."""
        return self._known and size == self._size

    def changes(self, update: CompositorUpdate, size: Size, console: Console) -> CompositorUpdate:
        """Return what turns the terminal's picture into the next one, "" for the same.

        It leaves the terminal's pen plain, and its cursor anywhere. An update of another kind than
        the compositor's comes back as it is, and nothing is known after it.
        """
        colours = console._color_system or ColorSystem.TRUECOLOR
        if colours != self._colours:
            self._colours, self._looks = colours, {}
        if isinstance(update, LayoutUpdate):
            lines = _whole_lines(update)
        elif isinstance(update, ChopsUpdate):
            lines = _parts_of_lines(update)
        else:
            self.forget()
            return update
        if not self.knows(size):
            self._size, self._known = size, True
            self._cells = [[_SPOILT] * size.width for _ in range(size.height)]
            self._pens = [[_PLAIN] * size.width for _ in range(size.height)]
        if len(self._looks) > _PENS:
            self._looks.clear()
        out = _Output(console, size.width)
        for y, strips in lines:
            if 0 <= y < size.height:
                self._line(out, y, strips)
        return Changes(out.text())

    def _line(self, out: "_Output", y: int, strips: Iterable[tuple[int, Strip]]) -> None:
        all_cells, all_pens = self._cells[y], self._pens[y]
        width = len(all_cells)
        sent = False
        for x, strip in strips:
            piece = self._piece(x, strip)
            end = x + len(piece.cells)
            if x < 0 or end > width:  # never seen; as Textual sends it
                out.one_piece(y, x, strip)
                all_cells[:] = [_SPOILT] * width
                continue
            before, pens = all_cells[x:end], all_pens[x:end]
            same = before == piece.cells and pens == piece.pens
            # One piece may begin with a mark that belongs to what was sent to the left of it.
            if same and not (sent and piece.strip):
                continue
            sent = True
            if piece.strip is not None:
                out.one_piece(y, x, piece.strip)
                all_cells[end:] = [_SPOILT] * (width - end)
                if x:
                    all_cells[x - 1] = _SPOILT  # a mark at its beginning stands over that one
            else:
                out.changes(y, piece, _changed(piece, before, pens))
            # Half of a wide character was written over: the terminal has lost the other half.
            if x and before[0] == "" and piece.cells[0] != "":
                all_cells[x - 1] = _SPOILT
            if end < width and all_cells[end] == "":
                all_cells[end] = _SPOILT
            all_cells[x:end], all_pens[x:end] = piece.cells, piece.pens

    def _piece(self, x: int, strip: Strip) -> _Piece:
        cells: list[str] = []
        pens: list[_Pen] = []
        whole = True
        looks = self._looks
        for text, style, control in strip:
            pen = _PLAIN
            if style is not None:
                try:
                    found = looks[style]
                except KeyError:
                    found = looks[style] = self._pen(style)
                if found is None:
                    whole = False
                else:
                    pen = found
            if control or not text.isprintable():
                whole = False
            elif text.isascii():
                cells += text
                pens += [pen] * len(text)
                continue
            for character in text:
                columns = _columns(character)
                cells.append(character)
                if columns == 2:
                    cells.append("")
                elif columns != 1:
                    whole = False
            pens += [pen] * (len(cells) - len(pens))
        if whole and len(cells) == strip.cell_length:
            return _Piece(x, cells, pens, None)
        # Equal only to the same text in the same looks.
        name = repr([(text, style) for text, style, _ in strip])
        rest = [_ONE_PIECE] * (strip.cell_length - 1)
        return _Piece(x, [f"{_ONE_PIECE}{name}", *rest], [_PLAIN] * strip.cell_length, strip)

    def _pen(self, style: Style) -> _Pen | None:
        """Return a style's look; None for a link, which only Textual's own way of sending has."""
        if style.link:
            return None
        attributes = style._attributes & style._set_attributes
        colours = self._colours or ColorSystem.TRUECOLOR
        front, back = style.color, style.bgcolor
        pen = _Pen(
            attributes,
            ";".join(front.downgrade(colours).get_ansi_codes()) if front else "",
            ";".join(back.downgrade(colours).get_ansi_codes(False)) if back else "",
        )
        return self._one_of_each.setdefault(pen, pen)


def _whole_lines(update: LayoutUpdate) -> Iterator[tuple[int, Iterator[tuple[int, Strip]]]]:
    """Yield the lines of an update, each with its strips and where they stand."""

    def placed(strips: Iterable[Strip]) -> Iterator[tuple[int, Strip]]:
        x = update.region.x
        for strip in strips:
            if strip.cell_length:
                yield x, strip
                x += strip.cell_length

    for y, line in enumerate(update.strips, update.region.y):
        yield y, placed(line)


def _parts_of_lines(update: ChopsUpdate) -> Iterator[tuple[int, Iterator[tuple[int, Strip]]]]:
    """As `_whole_lines`, with those strips that `ChopsUpdate.render_segments` sends."""

    def placed(y: int, first: int, last: int) -> Iterator[tuple[int, Strip]]:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > last or end <= first:
                continue
            shown = (
                strip if first <= x < last and end <= last else strip.crop(0, min(end, last) - x)
            )
            if shown.cell_length:
                yield x, shown

    for y, first, last in update.spans:
        yield y, placed(y, first, last)


def _changed(piece: _Piece, before: list[str], pens: list[_Pen]) -> list[int]:
    """Return the places of cells that differ, counted from the piece's first."""
    cells = piece.cells
    if piece.pens == pens:
        changed = [place for place, now in enumerate(cells) if now != before[place]]
    else:
        changed = [
            place
            for place, (now, then, pen, was) in enumerate(
                zip(cells, before, piece.pens, pens, strict=True)
            )
            if now != then or (pen is not was and pen != was)
        ]
    if "" in cells:
        # A wide character is sent by its first cell.
        firsts = {place - 1 if cells[place] == "" and place else place for place in changed}
        changed = sorted(firsts)
    return changed


@lru_cache(maxsize=8192)
def _columns(character: str) -> int:
    """Return how many cells a character takes in every terminal, 0 where they disagree."""
    columns = cell_len(character)
    code = ord(character)
    if columns == 2 and not any(first <= code <= last for first, last in _WIDE):
        return 0
    return columns if code < 0x1F000 or code >= 0x20000 else 0


@lru_cache(maxsize=_PENS)
def _pen_change(now: _Pen, then: _Pen) -> str:
    """Return the shortest codes that turn one look into another."""
    codes = []
    kept = now.attributes
    for bits, off in _OFF:
        if now.attributes & bits & ~then.attributes:
            codes.append(off)
            kept &= ~bits
    codes += _switched_on(then.attributes & ~kept)
    if then.front != now.front:
        codes.append(then.front or "39")
    if then.back != now.back:
        codes.append(then.back or "49")
    change = ";".join(codes)
    colours = [colour for colour in (then.front, then.back) if colour]
    anew = ";".join(["0", *_switched_on(then.attributes), *colours])
    shortest = min(change, anew, key=len)
    return f"\x1b[{'' if shortest == '0' else shortest}m"


def _switched_on(attributes: int) -> list[str]:
    return [code for bit, code in enumerate(_ON) if attributes & (1 << bit)]


class _Output:
    """Collects what is sent; knows where the cursor is, and the pen."""

    def __init__(self, console: Console, width: int) -> None:
        self._console, self._width = console, width
        self._parts: list[str] = []
        self._pen = _PLAIN
        self._x = self._y = -1

    def text(self) -> str:
        self._take(_PLAIN)
        return "".join(self._parts)

    def one_piece(self, y: int, x: int, strip: Strip) -> None:
        """Send a strip as Textual does."""
        self._take(_PLAIN)
        self._parts.append(f"\x1b[{y + 1};{x + 1}H{strip.render(self._console)}")
        self._x = self._y = -1  # the terminal may think it wider or narrower

    def changes(self, y: int, piece: _Piece, places: list[int]) -> None:
        """Send some cells of a piece. places: theirs, counted from its first, in order."""
        cells, pens, append = piece.cells, piece.pens, self._parts.append
        wide = {place - 1 for place, cell in enumerate(cells) if not cell} if "" in cells else ()
        for place in places:
            x = piece.x + place
            if x != self._x or y != self._y:
                self._go(y, x, piece)
            if pens[place] is not self._pen:
                self._take(pens[place])
            append(cells[place])
            self._x = x + 2 if place in wide else x + 1
        if self._x >= self._width:
            self._y = -1  # from the last column a cursor does not go on

    def _go(self, y: int, x: int, piece: _Piece) -> None:
        """Move to a cell, over a few equal ones by sending them again."""
        gap = x - self._x
        if y == self._y and gap > 0:
            first = self._x - piece.x
            if gap <= _BRIDGE and first >= 0:
                between = piece.cells[first : first + gap]
                same = all(pen == self._pen for pen in piece.pens[first : first + gap])
                if same and "" not in between:
                    self._parts += between
                    self._x = x
                    return
            self._parts.append(f"\x1b[{gap}C" if gap > 1 else "\x1b[C")
        else:
            self._parts.append(f"\x1b[{y + 1};{x + 1}H")
        self._x, self._y = x, y

    def _take(self, pen: _Pen) -> None:
        if pen is not self._pen and pen != self._pen:
            self._parts.append(_pen_change(self._pen, pen))
        self._pen = pen
