"""A sample's description as lines: each wrapped to a width, and known for what it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from workbench.app.glyphs import plainly
from workbench.app.hanging import hang

Styles = dict[str, str]
"""Style names (`success`, `muted` …) to what the theme makes of them."""


@dataclass(frozen=True, slots=True)
class DetailLook:
    """How a description is to look.

    width, height: cells that there are for it. plain: with signs that every terminal has.
    details: with descriptions, calls as code, and all that others say. fix_key: shows a fix.
    """

    styles: Styles
    console: Console
    width: int
    height: int
    plain: bool = False
    details: bool = False
    fix_key: str = "f"

    def quoted(self, words: str) -> str:
        """Put words in quotes."""
        return f'"{words}"' if self.plain else f"“{words}”"

    def cut(self, text: Text, width: int) -> Text:
        """Cut a text to a width, and show that it is cut."""
        if text.cell_len <= width:
            return text
        dots = plainly("…", self.plain)
        copy = text.copy()
        copy.truncate(max(0, width - len(dots)))
        return copy.append(dots)

    @property
    def low(self) -> bool:
        """Whether there are too few lines for blank ones."""
        return self.height < _LOW


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One line.

    item: what must be seen before anyone decides, such as `call 2`; "" for others. step: of a
    conversation, from 0, that it belongs to; None for what belongs to none.
    """

    text: Text
    item: str = ""
    step: int | None = None


_LOW = 20


def styled(words: str, style: str) -> Text:
    """Return words in a style of their own, which those appended to them don't take over."""
    return Text().append(words, style)


def wrapped(text: Text, look: DetailLook, item: str = "") -> list[DetailLine]:
    """Wrap a text into lines: see `hang`."""
    parts = hang(text, look.width, look.console).split("\n", allow_blank=True)
    return [DetailLine(part, item) for part in parts]


def apart(blocks: Iterable[Sequence[DetailLine]], look: DetailLook) -> list[DetailLine]:
    """Put blocks below each other, with a blank line between them where there is room."""
    lines: list[DetailLine] = []
    for block in filter(None, blocks):
        if lines and not look.low:
            lines.append(DetailLine(Text()))
        lines += block
    return lines


def beside(lines: Sequence[DetailLine], picture: Sequence[Text], width: int) -> list[DetailLine]:
    """Put a picture at the right of lines that leave it room."""
    joined = []
    for line, part in zip_longest(lines, picture):
        text = Text() if line is None else line.text.copy()
        if part is not None:
            text.pad_right(max(0, width - text.cell_len - part.cell_len))
            text.append_text(part)
        joined.append(DetailLine(text, line.item if line else "", line.step if line else None))
    return joined
