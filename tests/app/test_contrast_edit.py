"""What is drawn on the generate, edit and welcome screens can be read, in colour and without."""

import contrast
import pytest
from background import app_on, until
from edit_app import NASTY, THREE, WRONG_SEAT, EditApp
from test_generate_screen import ended, start
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from workbench.adapters.settings import Settings
from workbench.app.edit.picker import PropertyPicker
from workbench.app.generate.screen import GenerateScreen
from workbench.app.theme import THEMES

WIDE = (120, 40)


@pytest.fixture(
    params=[(theme.name, plain) for theme in THEMES for plain in (False, True)],
    ids=lambda look: f"{look[0]}{', NO_COLOR' if look[1] else ''}",
)
def theme(request, monkeypatch):
    """A theme's name, in colour and under NO_COLOR."""
    name, no_color = request.param
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    return name


def faint(app):
    """What does not stand out on the screen that is shown; of a dialog, what is in its box."""
    boxes = app.screen.query_children(Vertical) if isinstance(app.screen, ModalScreen) else ()
    pieces = list(contrast.drawn(app, boxes.first().region if boxes else None))
    assert len(pieces) > 4
    return contrast.faint(pieces)


async def test_the_edit_screen(worded, theme):
    found = {}
    for name, sample in (("three", THREE), ("nasty", NASTY)):
        app = EditApp(sample, worded, theme=theme)
        async with app.run_test(size=WIDE, notifications=True) as pilot:
            await pilot.pause()
            found[name] = faint(app)
            await pilot.press("shift+tab", "shift+tab")
            found[f"{name}, other fields"] = faint(app)
    app = EditApp(WRONG_SEAT, worded, theme=theme)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("f3")
        found["fixed, a toast"] = faint(app)
        await pilot.press("f2")
        found["JSON"] = faint(app)
        app.screen.query_one("#json", TextArea).text = '{"query": 1,\n"answers": null, 5}'
        await pilot.pause()
        found["JSON, wrong"] = faint(app)
        await pilot.press("escape")
        await pilot.pause()
        found["leaving"] = faint(app)
        await pilot.press("d")
    app = EditApp(THREE, worded, theme=theme)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f7")
        await until(lambda: isinstance(app.screen, PropertyPicker))
        await pilot.press("t", "e")
        await pilot.pause()
        found["picker"] = faint(app)
    assert not {name: pieces for name, pieces in found.items() if pieces}


async def test_the_welcome_and_the_generate_screen(tmp_path, monkeypatch, theme):
    monkeypatch.chdir(tmp_path)
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    found = {}
    app = app_on(tmp_path / "data.json")
    app.settings = Settings(theme=theme)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("escape")
        found["welcome"] = faint(app)
        await start(pilot, 400)
        await pilot.press("escape")
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(app.screen, GenerateScreen))
        await pilot.pause()
        found["running"] = faint(app)
        await until(ended(app))
        await pilot.pause()
        found["done"] = faint(app)
        app.screen.query_one("#samples", Input).value = "1"
        await pilot.press("enter")
        await pilot.pause()
        found["wrong"] = faint(app)
        await pilot.press("shift+tab", "shift+tab", "right")
        await pilot.pause()
        found["another engine"] = faint(app)
    assert not {name: pieces for name, pieces in found.items() if pieces}
