"""The grounding stage: words against calls. Each case is one rule, right and broken."""

import pytest
from verifying import verify

from workbench.core.checks import DEFAULT_STAGES, PLAIN_STAGES
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
    assert not verify(sample, catalog).findings
    return verify(sample, catalog, ["grounding"]).findings


def test_the_stage_is_run_unless_others_are_named(catalog):
    sample = Sample("Set my side to 22 degrees", (call(catalog, "HVAC_AC_ON", 1, True),))
    assert verify(sample, catalog, DEFAULT_STAGES).status == "warn"
    assert verify(sample, catalog, PLAIN_STAGES).status == "pass"


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
    fixed = apply_fixes(sample, [finding.fix])
    assert [c.arguments["areaId"] for c in fixed.answers] == [256, 1024]


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ("I'm freezing", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
        ("It's so dark in here", [("CABIN_LIGHTS_SWITCH", 0, 1)]),
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


@pytest.mark.parametrize(
    ("query", "calls", "path"),
    [
        ("Something unheard of, please", [("HVAC_AC_ON", 1, True)], ("query",)),
        ("Fan on three, and engage the flux capacitor", [("HVAC_FAN_SPEED", 1, 3)], ("query",)),
    ],
)
def test_what_is_not_read_is_said(catalog, query, calls, path):
    [finding] = findings(catalog, query, *calls)
    assert (finding.code, finding.severity) == ("grounding.not_read", "info")
    assert finding.path == path


def test_a_need_is_judged_on_the_place_it_names(catalog):
    query = "I'm freezing in the back on the right"
    assert findings(catalog, query, ("HVAC_TEMPERATURE_SET", 64, 25.0)) == ()
    assert findings(catalog, query, ("HVAC_TEMPERATURE_SET", 1, 25.0))


def test_a_finding_says_what_is_asked_for_and_what_is_set_and_fixes_the_value(catalog):
    [finding] = findings(catalog, "Set the fan to 5 for me", ("HVAC_FAN_SPEED", 1, 3))
    assert finding.message == "the request says level 5; the call sets level 3"
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


HEAT, TEMPERATURE, WINDOW, FAN = (
    "HVAC_SEAT_TEMPERATURE",
    "HVAC_TEMPERATURE_SET",
    "WINDOW_POS",
    "HVAC_FAN_SPEED",
)


@pytest.mark.parametrize(
    ("query", "right", "wrong", "code"),
    [
        # what switches a thing off beats its name
        ("Kill my seat heater", [(HEAT, 1, 0)], [(HEAT, 1, 1)], "value"),
        # a clause of its own says nothing of the value
        (
            "Rear defroster off, the glass is clear now",
            [("HVAC_DEFROSTER", 2, False)],
            [("HVAC_DEFROSTER", 2, True)],
            "value",
        ),
        # the end that is named beats the fraction
        (
            "Slide my seat all the way back",
            [("SEAT_FORE_AFT_POS", 1, -10)],
            [("SEAT_FORE_AFT_POS", 1, 10)],
            "value",
        ),
        # where a change starts is no value
        ("My fan is on three, take it up two notches", [(FAN, 1, 5)], [(FAN, 1, 3)], "number"),
        (
            "From 72 down to 68 Fahrenheit on my side please, the temperature",
            [(TEMPERATURE, 1, 20.0)],
            [(TEMPERATURE, 1, 22.0)],
            "number",
        ),
        # vague words belong to the request that names its property
        (
            "Glove box lid, sixty percent open",
            [("GLOVE_BOX_DOOR_POS", 4, 6)],
            [("GLOVE_BOX_DOOR_POS", 4)],
            "access",
        ),
        ("Glove box locked?", [("GLOVE_BOX_LOCKED", 4)], [("GLOVE_BOX_LOCKED", 4, True)], "access"),
        # the question behind is another's
        (
            "AC off on my side, and how warm is it outside?",
            [("HVAC_AC_ON", 1, False), ("ENV_OUTSIDE_TEMPERATURE", 0)],
            [("HVAC_AC_ON", 1), ("ENV_OUTSIDE_TEMPERATURE", 0)],
            "access",
        ),
        # to do without a thing is about that thing
        (
            "No need for the hazards any more",
            [("HAZARD_LIGHTS_SWITCH", 0, 0)],
            [("CABIN_LIGHTS_SWITCH", 0, 0)],
            "property",
        ),
        # a place is told even where the property is not
        (
            "She sits behind me and is done, light off for her",
            [("READING_LIGHTS_SWITCH", 16, 0)],
            [("READING_LIGHTS_SWITCH", 1, 0)],
            "place",
        ),
        # who sits behind the one that drives
        (
            "Mum's driving and I'm in the seat behind her, put my reading light on",
            [("READING_LIGHTS_SWITCH", 16, 1)],
            [("READING_LIGHTS_SWITCH", 64, 1)],
            "place",
        ),
        # all the windows leave out the roof's
        (
            "Close all the windows",
            [(WINDOW, 16, 0), (WINDOW, 64, 0), (WINDOW, 256, 0), (WINDOW, 1024, 0)],
            [(WINDOW, a, 0) for a in (16, 64, 256, 1024, 65536)],
            "place",
        ),
        # without a place the policy tells how many
        (
            "Lock the doors",
            [("DOOR_LOCK", a, True) for a in (1, 4, 16, 64)],
            [("DOOR_LOCK", a, True) for a in (1, 4, 16)],
            "missing_place",
        ),
        # persons placed before, and asked for together
        (
            "Jo is behind me and Al is behind the passenger. Heat both their seats, level two",
            [(HEAT, 16, 2), (HEAT, 64, 2)],
            [(HEAT, 16, 2)],
            "missing_place",
        ),
        # values and places that stand side by side
        (
            "My window up, the passenger's window all the way down",
            [(WINDOW, 16, 0), (WINDOW, 64, 10)],
            [(WINDOW, 16, 10), (WINDOW, 64, 0)],
            "number",
        ),
    ],
)
def test_each_rule_lets_the_right_calls_be_and_finds_wrong_ones(catalog, query, right, wrong, code):
    assert findings(catalog, query, *right) == ()
    found = [finding.code for finding in findings(catalog, query, *wrong)]
    assert f"grounding.{code}" in found


def test_a_query_that_nobody_would_speak_is_not_read(catalog):
    words = "set the temperature at my seat to 22 degrees, "
    sample = Sample(words * 10_000, (call(catalog, "HVAC_AC_ON", 1, True),))
    assert [f.code for f in verify(sample, catalog, DEFAULT_STAGES).findings] == [
        "format.long_query",
        "grounding.not_read",
    ]


@pytest.mark.parametrize(
    ("query", "calls", "missing"),
    [
        ("Fan on three for the back left, and if you would also the back middle", [16], 32),
        ("Fan on three for the back left, and if you would also the back middle", [32], 16),
        ("Set the blower to 2 for the driver and, when you get a chance, the passenger", [1], 4),
        ("Fan to 3 for the rear left seat as well as for the middle one in the back", [32], 16),
    ],
)
def test_a_place_that_only_a_link_joins_to_another_is_asked_for_too(catalog, query, calls, missing):
    value = 2 if "2" in query else 3
    [finding] = findings(catalog, query, *(("HVAC_FAN_SPEED", area, value) for area in calls))
    assert finding.code == "grounding.missing_place"
    words = catalog.properties["HVAC_FAN_SPEED"].areas[missing].words
    assert finding.message == f"no call for the {words}, which the request names"


@pytest.mark.parametrize(
    "query",
    [
        "Fan on three for the back left, and leave the back middle as it is",
        "Fan on three for the back left, and also tell me what the back middle is at",
        "Fan on three for the back left; the back middle is fine",
    ],
)
def test_a_place_that_is_left_alone_is_not_asked_for(catalog, query):
    found = findings(catalog, query, ("HVAC_FAN_SPEED", 16, 3))
    assert "grounding.missing_place" not in {finding.code for finding in found}


def test_one_wish_is_not_two_properties(catalog):
    query = "Switch on the air con for the back left seat, please"
    ac, power = ("HVAC_AC_ON", 16, True), ("HVAC_POWER_ON", 16, True)
    assert findings(catalog, query, ac) == ()
    [finding] = findings(catalog, query, power, ac)
    assert (finding.code, finding.call) == ("grounding.extra_call", 0)
    sample = Sample(query, tuple(call(catalog, *one) for one in (power, ac)))
    [left] = apply_fixes(sample, [finding.fix]).answers
    assert left.arguments["propertyName"] == "HVAC_AC_ON"


def test_one_wish_spread_over_two_properties_lacks_a_place(catalog):
    query = "Switch on the air con for the rear left seat and also the rear middle seat"
    found = findings(catalog, query, ("HVAC_POWER_ON", 16, True), ("HVAC_AC_ON", 32, True))
    assert [finding.code for finding in found] == [
        "grounding.extra_call",
        "grounding.missing_place",
    ]
    both = findings(catalog, query, ("HVAC_AC_ON", 16, True), ("HVAC_AC_ON", 32, True))
    assert both == ()


def test_two_wishes_for_one_place_are_two_calls(catalog):
    query = "Turn the climate on for me, and the AC too"
    assert findings(catalog, query, ("HVAC_POWER_ON", 1, True), ("HVAC_AC_ON", 1, True)) == ()


def test_fahrenheit_is_held_against_the_nearest_half_degree(catalog):
    query = "Set my side to 71°F"
    assert findings(catalog, query, ("HVAC_TEMPERATURE_SET", 1, 21.5)) == ()
    [finding] = findings(catalog, query, ("HVAC_TEMPERATURE_SET", 1, 22.0))
    assert finding.code == "grounding.number"
    assert finding.fix.edits[0].value == 21.5


def test_being_told_names_no_place(catalog):
    query = "Let me know whether the door behind me is open, then switch on the headlights"
    lights = ("HEADLIGHTS_SWITCH", 0, 1)
    assert findings(catalog, query, ("DOOR_POS", 16), lights) == ()
    [finding] = findings(catalog, query, ("DOOR_POS", 1), lights)
    assert finding.code == "grounding.place"


def test_a_place_is_quoted_within_its_sentence(catalog):
    query = "I'm in the middle in the back. One question, what level is my seat heating on?"
    [finding] = findings(catalog, query, ("HVAC_SEAT_TEMPERATURE", 1))
    assert finding.message == (
        "the request says “middle in the back”; the call is for the front left seat"
    )


def test_a_negation_is_about_everything_that_and_joins_to_it(catalog):
    query = "Don't leave the glove box and my door locked"
    right = (("GLOVE_BOX_LOCKED", 4, False), ("DOOR_LOCK", 1, False))
    assert findings(catalog, query, *right) == ()
    [finding] = findings(catalog, query, right[0], ("DOOR_LOCK", 1, True))
    assert (finding.code, finding.call) == ("grounding.value", 1)
    assert finding.fix.edits[0].value is False


@pytest.mark.parametrize(
    "query",
    [
        "Don't leave the glove box unlocked and lock my door",
        "Don't touch the seat heating, and my door locked, please",
    ],
)
def test_a_negation_ends_where_another_wish_begins(catalog, query):
    found = findings(catalog, query, ("DOOR_LOCK", 1, True))
    assert not [one for one in found if one.code == "grounding.value"]
