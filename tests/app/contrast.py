"""How well text stands out from its ground, by WCAG 2.2; of colours, and of what is drawn."""

from collections.abc import Iterator

from rich.color import Color as RichColor
from textual.app import App
from textual.color import Color
from textual.filter import Monochrome
from textual.geometry import Region

ENOUGH = 4.5
BARS = frozenset("█▏▎▍▌▋▊▉░▔▁▂▃▄▅▆▇─│╭╮╰╯┌┐└┘├┤┬┴┼ ")
"""Signs that are no text: bars, borders and blanks."""


def luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.rgb]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def drawn(
    app: App, box: Region | None = None, *, grey: bool = False
) -> Iterator[tuple[str, Color, Color]]:
    """Give every piece of text on the screen, or in a box of it, with its two colours.

    grey: as the filter makes it that the app has under NO_COLOR.
    """
    box = box or app.screen.region
    strips = app.screen._compositor.render_strips()[box.y : box.bottom]
    if grey:
        strips = [strip.apply_filter(Monochrome(), Color(0, 0, 0)) for strip in strips]
    for strip in strips:
        for text, style, _ in strip.crop(box.x, box.right):
            if style and style.color and style.bgcolor and set(text) - BARS:
                yield text, _as_colour(style.color), _as_colour(style.bgcolor)


def faint(pieces) -> set[tuple[str, str, str]]:
    """Give the pieces that do not stand out enough."""
    return {
        (text, fore.hex, back.hex) for text, fore, back in pieces if contrast(fore, back) < ENOUGH
    }


def _as_colour(colour: RichColor) -> Color:
    return Color(*colour.get_truecolor())
