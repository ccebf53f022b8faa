"""Lines for terminals that have no signs but ASCII: frames, bars and signs become plain ones.

Every line of every widget passes here last, also those that Textual draws by itself: frames, the
ends of scroll bars, the sign of a text that was cut. Letters of other alphabets stay as they are.
"""

import re
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_FRAMES = {
    "-": "─━┄┅┈┉╌╍╴╶╸╺╼╾▔‐‑‒–—―−",
    "=": "═",
    "|": "│┃┆┇┊┋╎╏║╵╷╹╻╽╿▌▍▎▏▐▕",
    "_": "▁▂▃",
    "#": "▄▅▆▇█▀▉▊▋▖▗▘▙▚▛▜▝▞▟▮■▒▓",
    ".": "░·•▯□",
    ">": "→►▸▶›…",
    "<": "←◄◂◀‹",
    "^": "↑▲▴△",
    "v": "↓▼▾▽",
    "*": "●◆◉★",
    "o": "○◇◌◦",
    "+": "✓✔±",
    "x": "✗✘×",
    '"': "“”„‟",
    "'": "‘’‚‛ʼ",
    "e": "⏎",
    "b": "⌫",
    "S": "↷",
    "k": "κ",
    " ": "°\u00a0",
    "/ ": "🔎",
}
"""What stands for what; it is as wide as that."""
_PLAIN = {ord(sign): plain for plain, signs in _FRAMES.items() for sign in signs}
_PLAIN |= {code: "+" for code in range(0x2500, 0x2580) if code not in _PLAIN}
_SIGNS = re.compile("[" + "".join(map(re.escape, map(chr, _PLAIN))) + "]")


class PlainLines(LineFilter):
    """Puts ASCII in the place of signs."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [Segment(_plain(text), style, control) for text, style, control in segments]


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return text.translate(_PLAIN) if _SIGNS.search(text) else text
