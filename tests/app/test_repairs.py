"""The commonest repair, one argument of one call, counted in keys from the list on."""

import json

import pytest

from workbench.adapters.labels import labels_path
from workbench.app.review.screen import ReviewScreen


def more(*values, id):
    """One of the cases that are much like others: run with the exhaustive tests."""
    return pytest.param(*values, id=id, marks=pytest.mark.exhaustive)


def item(query, name, area, value):
    function = "setFloatProperty" if isinstance(value, float) else "setIntProperty"
    arguments = {"propertyName": name, "areaId": area, "value": value}
    return {"query": query, "answers": [{"name": function, "arguments": arguments}]}


WRONG_NUMBER = item("Set the driver's fan to 5, please", "HVAC_FAN_SPEED", 1, 3)
WRONG_SEAT = item(
    "I'm sitting behind my wife, make it 22 degrees", "HVAC_TEMPERATURE_SET", 16, 22.0
)
WRONG_AREA = item("Set my side to 22 degrees, please", "HVAC_TEMPERATURE_SET", 2, 22.0)
WRONG_NAME = item("Switch the headlights on", "HEADLIGHT_SWITCH", 0, 1)
WRONG_SWITCH = item("Headlights off", "HEADLIGHTS_SWITCH", 0, 1)


@pytest.mark.parametrize(
    ("wrong", "keys", "argument", "value"),
    [
        pytest.param(WRONG_NUMBER, ["e", "5", "f10"], "value", 5, id="number"),
        more(WRONG_NUMBER, ["e", "5", "enter"], "value", 5, id="number, enter"),
        pytest.param(WRONG_SEAT, ["e", "right", "f10"], "areaId", 64, id="place by arrow"),
        more(WRONG_SEAT, ["e", "r", "r", "f10"], "areaId", 64, id="place by initials"),
        more(WRONG_SEAT, ["e", "f3", "f10"], "areaId", 64, id="place by its fix"),
        more(WRONG_AREA, ["e", "f", "f10"], "areaId", 1, id="place that there is not"),
        pytest.param(
            WRONG_NAME, ["e", "f3", "f10"], "propertyName", "HEADLIGHTS_SWITCH", id="name"
        ),
        more(WRONG_SWITCH, ["e", "o", "f10"], "value", 0, id="switch by its first letter"),
    ],
)
async def test_one_argument_is_fixed_with_four_keys_from_the_list(
    dataset, open_app, wrong, keys, argument, value
):
    assert len(keys) <= 4
    dataset.write_text(json.dumps([wrong, wrong | {"query": "Another one"}]), encoding="utf-8")
    async with open_app() as pilot:
        assert isinstance(pilot.app.screen, ReviewScreen)
        await pilot.press(*keys)
        await pilot.pause()
        assert isinstance(pilot.app.screen, ReviewScreen)
        label = pilot.app.review.label(0)
        assert label.decision == "accepted"
        before, after = wrong["answers"][0]["arguments"], label.edited.answers[0].arguments
        assert after == before | {argument: value}
        assert pilot.app.review.row == 1  # and on to the next one
    assert labels_path(dataset).exists()
