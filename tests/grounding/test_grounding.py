"""The grounding stage: words against calls. Each case is one rule, right and broken."""

import pytest

from workbench.core.checks import DEFAULT_STAGES, verify
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import apply_fixes

FUNCTIONS = {"get": "get{}Property", "set": "set{}Property"}


def call(catalog, name, area, value=None):
    kind = "get" if value is None else "set"
    function = catalog.function_for[kind, catalog.properties[name].type].name
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments if value is None else arguments | {"value": value})


def findings(catalog, query, *calls):
    sample = Sample(query, tuple(call(catalog, *one) for one in calls))
    assert verify(sample, catalog).status == "pass"
    return verify(sample, catalog, ["grounding"]).findings


def test_the_stage_is_run_when_asked_for():
    assert "grounding" not in DEFAULT_STAGES


@pytest.mark.parametrize(
    ("query", "right", "wrong", "code"),
    [
        (
            "Set my side to 22 degrees",
            ("HVAC_TEMPERATURE_SET", 1, 22.0),
            ("HVAC_TEMPERATURE_SET", 1, 24.0),
            "grounding.number",
        ),
        (
            "72 Fahrenheit for the front passenger, please",
            ("HVAC_TEMPERATURE_SET", 4, 22.0),
            ("HVAC_TEMPERATURE_SET", 1, 22.0),
            "grounding.place",
        ),
        (
            "Make it 22 degrees on my side, no, make it 23",
            ("HVAC_TEMPERATURE_SET", 1, 23.0),
            ("HVAC_TEMPERATURE_SET", 1, 22.0),
            "grounding.number",
        ),
        (
            "Open the rear left window by forty percent",
            ("WINDOW_POS", 256, 4),
            ("WINDOW_POS", 256, 8),
            "grounding.number",
        ),
        (
            "Switch the headlights off",
            ("HEADLIGHTS_SWITCH", 0, 0),
            ("HEADLIGHTS_SWITCH", 0, 1),
            "grounding.value",
        ),
        (
            "Don't leave the air conditioning on for me",
            ("HVAC_AC_ON", 1, False),
            ("HVAC_AC_ON", 1, True),
            "grounding.value",
        ),
        (
            "Turn on the headlights",
            ("HEADLIGHTS_SWITCH", 0, 1),
            ("REAR_FOG_LIGHTS_SWITCH", 0, 1),
            "grounding.property",
        ),
        (
            "Is the air conditioning on for me?",
            ("HVAC_AC_ON", 1),
            ("HVAC_AC_ON", 1, True),
            "grounding.access",
        ),
        (
            "Could you lock the door behind me?",
            ("DOOR_LOCK", 16, True),
            ("DOOR_LOCK", 16),
            "grounding.access",
        ),
    ],
)
def test_a_right_call_is_let_be_and_a_wrong_one_is_found(catalog, query, right, wrong, code):
    assert findings(catalog, query, right) == ()
    assert code in [finding.code for finding in findings(catalog, query, wrong)]


def test_a_request_without_its_call_is_found(catalog):
    query = "Turn on the hazard lights and close the sunroof"
    both = (("HAZARD_LIGHTS_SWITCH", 0, 1), ("WINDOW_POS", 65536, 0))
    assert findings(catalog, query, *both) == ()
    [finding] = findings(catalog, query, both[0])
    assert finding.code == "grounding.missing_call"


def test_a_call_without_its_request_is_found_and_its_fix_removes_it(catalog):
    query = "Turn on the hazard lights"
    extra = (("HAZARD_LIGHTS_SWITCH", 0, 1), ("GLOVE_BOX_LOCKED", 4, True))
    [finding] = findings(catalog, query, *extra)
    assert finding.code == "grounding.extra_call"
    sample = Sample(query, tuple(call(catalog, *one) for one in extra))
    assert apply_fixes(sample, [finding.fix]).answers == sample.answers[:1]


def test_one_place_of_two_is_found_and_its_fix_adds_the_other(catalog):
    query = "Open both rear windows all the way"
    [finding] = findings(catalog, query, ("WINDOW_POS", 256, 10))
    assert finding.code == "grounding.missing_place"
    sample = Sample(query, (call(catalog, "WINDOW_POS", 256, 10),))
    mended = apply_fixes(sample, [finding.fix])
    assert [c.arguments["areaId"] for c in mended.answers] == [256, 1024]


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ("I'm freezing", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
        ("It's so dark in here", [("CABIN_LIGHTS_SWITCH", 0, 1)]),
        ("Something unheard of, please", [("HVAC_AC_ON", 1, True)]),
        (
            "What percentage of the battery is left?",
            [("EV_BATTERY_LEVEL", 0), ("EV_CURRENT_BATTERY_CAPACITY", 0)],
        ),
        (
            "We've been driving for 3 hours and it's 40 outside, set my fan to 5",
            [("HVAC_FAN_SPEED", 1, 5)],
        ),
    ],
)
def test_silence_where_the_words_settle_nothing(catalog, query, calls):
    assert findings(catalog, query, *calls) == ()


def test_a_need_is_judged_on_the_place_it_names(catalog):
    query = "I'm freezing in the back on the right"
    assert findings(catalog, query, ("HVAC_TEMPERATURE_SET", 64, 25.0)) == ()
    assert findings(catalog, query, ("HVAC_TEMPERATURE_SET", 1, 25.0))


def test_a_finding_quotes_the_words_and_mends_the_value(catalog):
    [finding] = findings(catalog, "Set the fan to 5 for me", ("HVAC_FAN_SPEED", 1, 3))
    assert "Set the fan to 5" in finding.message
    assert finding.fix.edits[0].value == 5


def test_broken_calls_are_left_to_the_other_stages(catalog):
    sample = Sample("Turn on the AC", (ToolCall("fly", {"value": [1, {}]}),))
    assert verify(sample, catalog, ["grounding"]).findings == ()


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("I've no memory of locking the front passenger's door. Have I?", ("DOOR_LOCK", 4)),
        (
            "Turn the front left ventilated seat on at level 2, or rather the front passenger "
            "ventilated seat.",
            ("HVAC_SEAT_VENTILATION", 4, 2),
        ),
    ],
)
def test_what_comes_after_decides(catalog, query, right):
    assert findings(catalog, query, right) == ()
