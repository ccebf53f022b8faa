"""Needs: what people feel, see or smell, and calls that serve it or do not."""

import pytest
from verifying import verify

from workbench.core.samples import Sample, ToolCall


@pytest.fixture
def objections(catalog):
    def found(query, calls):
        answers = tuple(_call(catalog, *one) for one in calls)
        return [
            finding
            for finding in verify(Sample(query, answers), catalog, ["grounding"]).findings
            if finding.severity == "warning"
        ]

    return found


def _call(catalog, name, area, value=None):
    kind = "get" if value is None else "set"
    function = catalog.function_for[kind, catalog.properties[name].type].name
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments if value is None else arguments | {"value": value})


RIGHT = [
    ("I'm melting here", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
    ("There's a horrible farm smell coming in through the vents", [("HVAC_RECIRC_ON", 1, True)]),
    (
        "She's boiling, she's in the front passenger seat; I'm fine",
        [("HVAC_TEMPERATURE_SET", 4, 18.0)],
    ),
    (
        "My wife next to me is freezing but I'm boiling",
        [("HVAC_TEMPERATURE_SET", 4, 25.0), ("HVAC_TEMPERATURE_SET", 1, 18.0)],
    ),
    ("it isn't warm enough back here on the left", [("HVAC_TEMPERATURE_SET", 16, 25.0)]),
    *(
        pytest.param(*one, marks=pytest.mark.exhaustive)
        for one in [
            ("My back is all sweaty against this seat", [("HVAC_SEAT_VENTILATION", 1, 3)]),
            ("I want warm feet only, no wind in my face", [("HVAC_FAN_DIRECTION", 1, 2)]),
            ("I can't feel my fingers on this wheel", [("HVAC_STEERING_WHEEL_HEAT", 0, 2)]),
            ("The windscreen's steaming up again", [("HVAC_DEFROSTER", 1, True)]),
            ("There's frost on the door mirrors", [("HVAC_SIDE_MIRROR_HEAT", 3, 2)]),
            ("I can't read the map, it's too dark", [("READING_LIGHTS_SWITCH", 1, 1)]),
            ("I'm cold, make it 20", [("HVAC_TEMPERATURE_SET", 1, 20.0)]),
            ("It's not cold any more, put it to 19", [("HVAC_TEMPERATURE_SET", 1, 19.0)]),
            ("It's freezing outside but I'm boiling", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
            ("it smells in here, someone farted", [("HVAC_RECIRC_ON", 1, False)]),
            ("it smells in here, someone farted", [("WINDOW_POS", 16, 10)]),
            (
                "this area looks dodgy",
                [
                    ("DOOR_LOCK", 1, True),
                    ("DOOR_LOCK", 4, True),
                    ("DOOR_LOCK", 16, True),
                    ("DOOR_LOCK", 64, True),
                ],
            ),
            ("we've broken down", [("HAZARD_LIGHTS_SWITCH", 0, 1)]),
            ("the cabin light's dazzling me", [("CABIN_LIGHTS_SWITCH", 0, 0)]),
            ("my feet are blocks of ice", [("HVAC_FAN_DIRECTION", 1, 2)]),
            ("my knees are jammed against the dashboard", [("SEAT_FORE_AFT_POS", 1, -10)]),
            ("I can't reach the pedals", [("SEAT_FORE_AFT_POS", 1, 10)]),
            ("Gran's freezing, she's behind me", [("HVAC_TEMPERATURE_SET", 16, 25.0)]),
            ("The seat's burning me, turn it off", [("HVAC_SEAT_TEMPERATURE", 1, 0)]),
        ]
    ),
]
WRONG = [
    ("I'm melting here", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
    ("There's a horrible farm smell coming in through the vents", [("HVAC_RECIRC_ON", 1, False)]),
    (
        "She's boiling, she's in the front passenger seat; I'm fine",
        [("HVAC_TEMPERATURE_SET", 4, 18.0), ("HVAC_TEMPERATURE_SET", 1, 18.0)],
    ),
    (
        "She's boiling, she's in the front passenger seat; I'm fine",
        [("HVAC_TEMPERATURE_SET", 4, 25.0)],
    ),
    (
        "My wife next to me is freezing but I'm boiling",
        [("HVAC_TEMPERATURE_SET", 4, 18.0), ("HVAC_TEMPERATURE_SET", 1, 25.0)],
    ),
    ("I'm melting here", [("WINDOW_LOCK", 1344, True)]),
    ("it isn't warm enough back here on the left", [("HVAC_TEMPERATURE_SET", 16, 18.0)]),
    *(
        pytest.param(*one, marks=pytest.mark.exhaustive)
        for one in [
            ("My back is all sweaty against this seat", [("HVAC_SEAT_VENTILATION", 1, 0)]),
            ("My back is all sweaty against this seat", [("HVAC_SEAT_TEMPERATURE", 1, 2)]),
            ("I want warm feet only, no wind in my face", [("HVAC_FAN_DIRECTION", 1, 1)]),
            ("my bum's like ice", [("HVAC_SEAT_TEMPERATURE", 1, -2)]),
            ("I can't feel my fingers on this wheel", [("HVAC_STEERING_WHEEL_HEAT", 0, -2)]),
            ("I'm freezing", [("HVAC_SEAT_VENTILATION", 1, 3)]),
            ("The windscreen's steaming up again", [("HVAC_SIDE_MIRROR_HEAT", 3, 2)]),
            ("The windscreen's steaming up again", [("HVAC_DEFROSTER", 1, False)]),
            ("There's frost on the door mirrors", [("HVAC_DEFROSTER", 1, True)]),
            ("I can't read the map, it's too dark", [("READING_LIGHTS_SWITCH", 1, 0)]),
            ("It's freezing outside but I'm boiling", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
            ("can't stop shivering", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
            ("diesel fumes are coming in", [("HVAC_RECIRC_ON", 1, False)]),
            ("the lorry ahead stinks", [("HVAC_RECIRC_ON", 1, False)]),
            ("it smells in here, someone farted", [("HVAC_RECIRC_ON", 1, True)]),
            (
                "this area looks dodgy",
                [
                    ("DOOR_LOCK", 1, False),
                    ("DOOR_LOCK", 4, False),
                    ("DOOR_LOCK", 16, False),
                    ("DOOR_LOCK", 64, False),
                ],
            ),
            ("we've broken down", [("HAZARD_LIGHTS_SWITCH", 0, 0)]),
            ("the cabin light's dazzling me", [("CABIN_LIGHTS_SWITCH", 0, 1)]),
            ("my feet are blocks of ice", [("HVAC_FAN_DIRECTION", 1, 1)]),
            ("my knees are jammed against the dashboard", [("SEAT_FORE_AFT_POS", 1, 10)]),
            ("I can't reach the pedals", [("SEAT_FORE_AFT_POS", 1, -10)]),
            ("Gran's freezing, she's behind me", [("HVAC_TEMPERATURE_SET", 16, 18.0)]),
            ("Gran's freezing, she's behind me", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
            ("The seat's burning me", [("HVAC_SEAT_TEMPERATURE", 1, 2)]),
        ]
    ),
]


@pytest.mark.parametrize(("query", "calls"), RIGHT)
def test_what_serves_a_need_is_left_in_peace(objections, query, calls):
    assert not objections(query, calls)


@pytest.mark.parametrize(("query", "calls"), WRONG)
def test_what_serves_no_need_is_found(objections, query, calls):
    assert objections(query, calls)
