"""What is drawn on the generate, edit and welcome screens can be read, in colour and without."""

import contrast
import pytest
from background import app_on, until
from edit_app import NASTY, THREE, WRONG_SEAT, EditApp
from test_generate_screen import ended, start
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from workbench.app.edit.picker import PropertyPicker
from workbench.app.generate.screen import GenerateScreen
from workbench.app.theme import THEMES

pytestmark = pytest.mark.exhaustive


WIDE = (120, 40)


async def faint(app, pilot):
    """What does not stand out on the screen that is shown, by theme; of a dialog, in its box."""
    found = {}
    for theme in THEMES[::-1]:
        app.theme = theme.name
        await pilot.pause()
        boxes = app.screen.query_children(Vertical) if isinstance(app.screen, ModalScreen) else ()
        for grey in (False, True):
            pieces = list(contrast.drawn(app, boxes.first().region if boxes else None, grey=grey))
            assert len(pieces) > 4
            if pieces := contrast.faint(pieces):
                found[f"{theme.name}{', grey' if grey else ''}"] = pieces
    return found


async def test_the_edit_screen(worded):
    found = {}
    for name, sample in (("three", THREE), ("nasty", NASTY)):
        app = EditApp(sample, worded)
        async with app.run_test(size=WIDE, notifications=True) as pilot:
            await pilot.pause()
            found[name] = await faint(app, pilot)
            await pilot.press("shift+tab", "shift+tab")
            found[f"{name}, other fields"] = await faint(app, pilot)
    app = EditApp(WRONG_SEAT, worded)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("f3")
        found["fixed, a toast"] = await faint(app, pilot)
        await pilot.press("f2")
        found["JSON"] = await faint(app, pilot)
        app.screen.query_one("#json", TextArea).text = '{"query": 1,\n"answers": null, 5}'
        await pilot.pause()
        found["JSON, wrong"] = await faint(app, pilot)
        await pilot.press("escape")
        await pilot.pause()
        found["leaving"] = await faint(app, pilot)
        await pilot.press("d")
    app = EditApp(THREE, worded)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f7")
        await until(lambda: isinstance(app.screen, PropertyPicker))
        await pilot.press("t", "e")
        await pilot.pause()
        found["picker"] = await faint(app, pilot)
    assert not {name: pieces for name, pieces in found.items() if pieces}


async def test_the_welcome_and_the_generate_screen(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    found = {}
    app = app_on(tmp_path / "data.json")
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("escape")
        found["welcome"] = await faint(app, pilot)
        await start(pilot, 390)
        await pilot.press("escape")
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(app.screen, GenerateScreen))
        await pilot.pause()
        found["running"] = await faint(app, pilot)
        await until(ended(app))
        await pilot.pause()
        found["done"] = await faint(app, pilot)
        app.screen.query_one("#samples", Input).value = "1"
        await pilot.press("ctrl+s")
        await pilot.pause()
        found["wrong"] = await faint(app, pilot)
        await pilot.press("up", "up", "right")
        await pilot.pause()
        found["another engine"] = await faint(app, pilot)
    assert not {name: pieces for name, pieces in found.items() if pieces}
