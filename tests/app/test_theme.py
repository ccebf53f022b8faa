"""Text can be read: contrast of every colour on every ground, by WCAG 2.2."""

import pytest
from contrast import ENOUGH, contrast
from textual.color import Color
from textual.theme import Theme

from workbench.app.glyphs import DECISIONS, SEVERITIES, VERDICTS
from workbench.app.theme import THEMES

TEXTS = ("foreground", "primary", "accent", "success", "warning", "error")
VARIABLES = (
    "text-muted",
    "text-disabled",
)
GROUNDS = ("background", "surface", "panel")
CURSORS = ("block-cursor-background", "block-cursor-blurred-background")


def colours(theme: Theme, names) -> dict[str, Color]:
    return {n: Color.parse(getattr(theme, n, None) or theme.variables[n]) for n in names}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_stands_out_from_its_ground(theme, ground):
    [behind] = colours(theme, [ground]).values()
    for name, colour in colours(theme, (*TEXTS, *VARIABLES)).items():
        assert contrast(colour, behind) >= ENOUGH, name


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", CURSORS)
def test_text_stands_out_under_the_cursor(theme, ground):
    [behind] = colours(theme, [ground]).values()
    names = ("block-cursor-foreground", *TEXTS, "text-muted")
    for name, colour in colours(theme, names).items():
        assert contrast(colour, behind) >= ENOUGH, name


@pytest.mark.parametrize("signs", [VERDICTS, DECISIONS, SEVERITIES])
def test_every_state_has_a_sign_and_a_word_of_its_own(signs):
    for part in ("glyph", "plain", "word"):
        assert len({getattr(sign, part) for sign in signs.values()}) == len(signs)
    assert all(sign.plain.isascii() for sign in signs.values())
