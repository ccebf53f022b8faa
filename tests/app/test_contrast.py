"""What is drawn can be read: on every screen, in both themes, in colour and without."""

import pytest
from contrast import drawn, faint

from workbench.adapters.settings import Settings
from workbench.app.theme import THEMES


async def review(pilot, until):
    await pilot.press("a", "x", "s", "j", "space")


async def overview(pilot, until):
    await pilot.press("a", "x", "s", "O")
    await until(pilot, lambda: pilot.app.screen.counting.verified)
    await pilot.press("tab")


async def grid(pilot, until):
    await overview(pilot, until)
    pilot.app.screen.query_one("#coverage").focus()


async def export(pilot, until):
    await pilot.press("a", "X")
    await until(pilot, lambda: not pilot.app.screen.planning)


async def export_refused(pilot, until):
    await export(pilot, until)
    await pilot.press("tab", "tab", "x")
    await until(pilot, lambda: not pilot.app.screen.planning)


SCREENS = [review, overview, grid, export, export_refused]
"""How each screen is come to, from the review: a coroutine of the pilot and of a waiting for a
condition. A new screen gets a row here."""


@pytest.mark.parametrize("no_color", [False, True], ids=["colour", "NO_COLOR"])
@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize("come", SCREENS, ids=lambda come: come.__name__)
async def test_every_text_on_the_screen_stands_out(
    open_app, until_true, monkeypatch, come, theme, no_color
):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    async with open_app(settings=Settings(theme=theme), verified=True) as pilot:
        await come(pilot, until_true)
        await pilot.pause()
        pieces = list(drawn(pilot.app))
    assert len(pieces) > 30
    assert not faint(pieces)
    if no_color:
        assert all(len(set(colour.rgb)) == 1 for _, *colours in pieces for colour in colours)
