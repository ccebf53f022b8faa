"""A terminal's screen, as far as frames need it: characters, their looks, and the cursor."""

import re

from rich.cells import cell_len

_PART = re.compile(
    r"\x1b\[([<>=?\d;:$]*)([A-Za-z])|\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|[\n\r\x07]"
    r"|[\U0001f1e6-\U0001f1ff]{2}|[^\x1b\n\r\x07](?:[\u0300-\u036f\ufe0f\u200d]|(?<=\u200d)[^\x1b])*"
)
_OFF = {22: {1, 2}, 23: {3}, 24: {4, 21}, 25: {5, 6}, 27: {7}, 28: {8}, 29: {9}, 54: {51, 52}}
_OFF[55] = {53}


class Emulator:
    """A screen of cells, each a character and its look; a wide one's second cell is empty."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cells = [[(" ", PLAIN)] * width for _ in range(height)]
        self.x = self.y = 0
        self.look = PLAIN

    def feed(self, text: str) -> str:
        """Take in what is sent; gives the rest, where that is a sequence cut short."""
        end = 0
        for found in _PART.finditer(text):
            if found.start() != end:
                break
            end = found.end()
            numbers, kind = found[1], found[2]
            if kind == "H":
                self.y, self.x = (int(number) - 1 for number in (numbers or "1;1").split(";"))
            elif kind == "C":
                self.x += int(numbers or 1)
            elif kind == "m" and not numbers.startswith((">", "?")):
                self._sgr([int(number or 0) for number in numbers.split(";")])
            elif numbers == "?1049":
                self.cells = [[(" ", PLAIN)] * self.width for _ in range(self.height)]
            elif found[0] == "\n":
                self.y, self.x = min(self.y + 1, self.height - 1), 0
            elif kind is None and found[0][0] not in "\x1b\r\x07":
                self._put(found[0])
        return text[end:]

    @property
    def text(self) -> list[str]:
        return ["".join(character for character, _ in line) for line in self.cells]

    def _put(self, character: str) -> None:
        columns = cell_len(character)
        line = self.cells[min(self.y, self.height - 1)]
        if columns == 0:
            at = max(0, min(self.x, self.width) - 1)
            line[at] = (line[at][0] + character, line[at][1])
            return
        self.x = min(self.x, self.width - columns)
        if line[self.x][0] == "" and self.x:
            line[self.x - 1] = (" ", line[self.x - 1][1])
        after = self.x + columns
        if after < self.width and line[after][0] == "":
            line[after] = (" ", line[after][1])
        line[self.x : after] = [(character, self.look), ("", self.look)][:columns]
        self.x = after

    def _sgr(self, codes: list[int]) -> None:
        on, front, back = self.look
        rest = iter(codes)
        for code in rest:
            if code == 0:
                on, front, back = PLAIN
            elif code in (38, 48):
                kind = next(rest)
                colour = (kind, *(next(rest) for _ in range(3 if kind == 2 else 1)))
                front, back = (colour, back) if code == 38 else (front, colour)
            elif 30 <= code <= 39 or 90 <= code <= 97:
                front = () if code == 39 else (code,)
            elif 40 <= code <= 49 or 100 <= code <= 107:
                back = () if code == 49 else (code,)
            elif code in _OFF:
                on = on - _OFF[code]
            else:
                on = on | {code}
        self.look = (on, front, back)


PLAIN: tuple[frozenset[int], tuple[int, ...], tuple[int, ...]] = (frozenset(), (), ())
