"""What is drawn can be read: on every screen, in both themes, in colour and without."""

import pytest
from contrast import drawn, faint

from workbench.adapters.config.settings import Settings
from workbench.app.doctor.screen import DoctorScreen
from workbench.app.drive.screen import DriveScreen
from workbench.app.manual import ManualScreen
from workbench.app.runs.screen import RunsScreen
from workbench.app.summary.screen import SummaryScreen
from workbench.app.theme import THEMES

pytestmark = pytest.mark.exhaustive


async def decided(pilot, until):
    await pilot.press("a", "x", "s", "j", "space")


async def overview(pilot, until):
    await pilot.press("O")
    await until(pilot, lambda: pilot.app.screen.counting.verified)
    await pilot.press("tab")


async def grid(pilot, until):
    pilot.app.screen.query_one("#coverage").focus()


async def summary(pilot, until):
    await pilot.press("escape", "S")
    await until(pilot, lambda: isinstance(pilot.app.screen, SummaryScreen))
    await pilot.press("j")


async def export(pilot, until):
    await pilot.press("escape", "a", "X")
    await until(pilot, lambda: not pilot.app.screen.planning)


async def export_refused(pilot, until):
    await pilot.press("tab", "tab", "x")
    await until(pilot, lambda: not pilot.app.screen.planning)


async def runs(pilot, until):
    await pilot.press("escape", "H")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))


async def doctor(pilot, until):
    await pilot.press("escape", "D")
    await until(pilot, lambda: isinstance(pilot.app.screen, DoctorScreen))
    await until(pilot, lambda: len(str(pilot.app.screen.query_one("#checks").content)) > 200)


async def car(pilot, until):
    await pilot.press("escape", "V", *"get NOTHING", "enter", *"get HVAC_FAN_SPEED", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, DriveScreen))


async def manual(pilot, until):
    await pilot.press("escape", "M", "down", "down", "down", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ManualScreen))
    await until(pilot, lambda: pilot.app.screen.query("MarkdownTable"))


async def manual_search(pilot, until):
    await pilot.press("slash", *"cost")


WALK = [
    decided,
    overview,
    grid,
    summary,
    export,
    export_refused,
    runs,
    doctor,
    car,
    manual,
    manual_search,
]
"""The screens in turn, each come to from the one before: a coroutine of the pilot and of a waiting
for a condition. A new screen gets a row here."""


async def test_every_text_on_every_screen_stands_out(open_app, until_true):
    async with open_app(settings=Settings(theme=THEMES[0].name), verified=True) as pilot:
        for come in WALK:
            await come(pilot, until_true)
            for theme in THEMES[::-1]:
                pilot.app.theme = theme.name
                await pilot.pause()
                for grey in (False, True):
                    pieces = list(drawn(pilot.app, grey=grey))
                    assert len(pieces) > 9
                    assert not faint(pieces), (come.__name__, theme.name, grey)


async def test_under_no_color_all_is_drawn_in_grey(open_app, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app() as pilot:
        pieces = list(drawn(pilot.app))
        assert pieces == list(drawn(pilot.app, grey=True))
    assert all(len(set(colour.rgb)) == 1 for _, *colours in pieces for colour in colours)
