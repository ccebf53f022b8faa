"""Signs for states, always beside a word: nothing is said by colour alone."""

from typing import NamedTuple

from textual.dom import DOMNode


class Sign(NamedTuple):
    """glyph, plain: the sign, and its stand-in for terminals without it. style: theme colour."""

    glyph: str
    plain: str
    word: str
    style: str

    def drawn(self, plain: bool) -> str:
        """Return the sign, or its stand-in."""
        return self.plain if plain else self.glyph


_STAND_INS = str.maketrans(
    {"⏎": "Enter:", "…": "...", "–": "-", "·": ".", "°": "", "“": '"', "”": '"'}
)


def plain_signs(node: DOMNode) -> bool:
    """Whether the app was asked for signs that every terminal has."""
    return bool(getattr(node.app, "ascii", False))


def plainly(text: str, plain: bool) -> str:
    """Return our own words in ASCII, where the terminal has no other signs."""
    return text.translate(_STAND_INS) if plain else text


VERDICTS = {
    "pass": Sign("✓", "+", "pass", "success"),
    "warn": Sign("!", "!", "warn", "warning"),
    "fail": Sign("✗", "x", "fail", "error"),
    "": Sign("·", ".", "...", "secondary"),
}
DECISIONS = {
    "accepted": Sign("●", "A", "accepted", "success"),
    "edited": Sign("◆", "E", "edited", "primary"),
    "rejected": Sign("○", "R", "rejected", "error"),
    "rejected edit": Sign("◇", "r", "rejected, edited", "error"),
    "skipped": Sign("↷", "S", "skipped", "warning"),
    "stale": Sign("◌", "~", "stale", "warning"),
    "": Sign(" ", " ", "", "secondary"),
}
OPINIONS = {
    "ok": Sign("✓", "+", "ok", "success"),
    "wrong": Sign("✗", "x", "wrong", "warning"),
    "": Sign(" ", " ", "", "secondary"),
}
ANSWERS = {
    "right": Sign("✓", "+", "right", "success"),
    "wrong": Sign("✗", "x", "wrong", "warning"),
    "": Sign(" ", " ", "", "secondary"),
}
SEVERITIES = {
    "error": Sign("✗", "x", "error", "error"),
    "warning": Sign("!", "!", "warning", "warning"),
    "info": Sign("i", "i", "info", "primary"),
}
