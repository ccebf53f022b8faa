"""What is drawn can be read, in both themes, in colour and without."""

import pytest
from rich.color import Color as RichColor
from textual.color import Color

from workbench.adapters.settings import Settings
from workbench.app.theme import THEMES

BARS = frozenset("█░▌▊▎▔▁▂▃▄▅▆▇─│╭╮╰╯ ")


def luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.rgb]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def drawn(app):
    """Every piece of text on the screen with its two colours."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style and style.color and style.bgcolor and set(text) - BARS:
                yield text, as_colour(style.color), as_colour(style.bgcolor)


def as_colour(colour: RichColor) -> Color:
    return Color(*colour.get_truecolor())


@pytest.mark.parametrize("no_color", [False, True], ids=["colour", "NO_COLOR"])
@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_text_on_the_review_screen_stands_out(open_app, monkeypatch, theme, no_color):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    async with open_app(settings=Settings(theme=theme), verified=True) as pilot:
        await pilot.press("a", "x", "s", "j", "space")
        await pilot.pause()
        pieces = list(drawn(pilot.app))
    assert len(pieces) > 30
    faint = {
        (text, fore.hex, back.hex) for text, fore, back in pieces if contrast(fore, back) < 4.5
    }
    assert not faint
    if no_color:
        assert all(len(set(colour.rgb)) == 1 for _, *colours in pieces for colour in colours)
