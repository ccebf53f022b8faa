"""The simulated car as a screen."""

import json

import pytest
from background import app_on, shown
from conftest import temperature

from workbench.app.drive.screen import DriveScreen
from workbench.app.review.screen import ReviewScreen
from workbench.core.samples import from_item

MORE = pytest.mark.exhaustive
pytestmark = pytest.mark.usefixtures("unverified")


@pytest.fixture
def conversation(dataset):
    item = temperature("a degree warmer", value=23.0)
    item["state"] = [["HVAC_POWER_ON", 4, False]]
    again = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 4, "value": 23.0}
    item["then"] = [
        {"reply": {"kind": "tell", "text": "23 now."}},
        {"query": "hers too", "answers": [{"name": "setFloatProperty", "arguments": again}]},
    ]
    dataset.write_text(json.dumps([item]), encoding="utf-8")
    return dataset


async def test_the_car_begins_where_the_sample_does_and_makes_its_calls(open_app, conversation):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("V")
        assert isinstance(app.screen, DriveScreen)
        assert "before #0" in shown(app)
        await pilot.press("down", "enter", "down", "enter")
        text = shown(app)
        assert '"result": "success"' in text
        assert "currently not available" in text
        await pilot.press(*"state", "enter")
        assert '["HVAC_POWER_ON", 4, false]' in shown(app)
        assert '["HVAC_TEMPERATURE_SET", 1, 23.0]' in shown(app)
        await pilot.press(*"reset", "enter", *"get HVAC_TEMPERATURE_SET 1", "enter")
        assert '"value": 22.0' in shown(app)
        await pilot.press("escape")
        assert isinstance(app.screen, ReviewScreen)
        assert app.review.label(0) is None


@pytest.mark.exhaustive
async def test_what_is_typed_wrong_is_explained_and_can_be_brought_back(open_app, conversation):
    async with open_app() as pilot:
        await pilot.press("V", *"fly [red]away[/red]", "enter")
        assert "not a call: fly [red]away[/red]" in " ".join(shown(pilot.app).split())
        await pilot.press("up")
        assert pilot.app.screen.query_one("Input").value == "fly [red]away[/red]"
        await pilot.press("down")
        assert pilot.app.screen.query_one("Input").value == ""


@pytest.mark.parametrize("size", [(120, 40), pytest.param((80, 24), marks=MORE)])
def test_it_looks_as_it_did(snap_compare, conversation, catalog, size):
    (item,) = json.loads(conversation.read_text(encoding="utf-8"))
    app = app_on(conversation.with_name("none.json"))

    async def drive(pilot):
        app.push_screen(DriveScreen(catalog, from_item(item), 12))
        await pilot.pause()
        await pilot.press("down", "enter", "down", "enter")
        await pilot.press(*"set HVAC_FAN_SPEED 1 9", "enter", *"state", "enter", *"get hvac")

    assert snap_compare(app, run_before=drive, terminal_size=size)
