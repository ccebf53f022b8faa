"""Amounts: where something stands and by how much it should change, parts, and odd numbers.

Each case: a request, the call that does it, and values that would be wrong.
"""

import pytest
from verifying import verify

from workbench.core.reading.query_text import read_text
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import apply_fixes

FAN, SEAT, WINDOW = ("HVAC_FAN_SPEED", 1), ("SEAT_HEIGHT_POS", 1), ("WINDOW_POS", 16)
SLIDE, WARM, LIMIT = (
    ("SEAT_FORE_AFT_POS", 1),
    ("HVAC_TEMPERATURE_SET", 1),
    ("EV_CHARGE_PERCENT_LIMIT", 0),
)
AIRED, MIRRORS = ("HVAC_SEAT_VENTILATION", 1), ("HVAC_SIDE_MIRROR_HEAT", 3)

FROM_A_NUMBER = [
    ("it's on six, the fan, down by two", FAN, 4, (6, 8, 2)),
    ("my fans on three take it up two", FAN, 5, (3, 1, 2)),
    ("Could you take the fan down by two? It's on five.", FAN, 3, (5, 7, 2)),
    ("take my fan from six down three", FAN, 3, (9,)),
    ("the blower is running on five for me, two steps less", FAN, 3, (5, 7, 2)),
    ("seat height is at minus two raise it five", SEAT, 3, (-2, 5, -7)),
    ("My seat is on height minus six, put it up another two", SEAT, -4, (-6, 2, -8)),
    ("My seat's four clicks forward right now, shove it back six.", SLIDE, -2, (4, 6, 10)),
    ("charge limit's sitting at 70, add fifteen to it", LIMIT, 85.0, (70.0, 15.0, 55.0)),
    ("The limit of charge, now it is 80, rise it for ten percent.", LIMIT, 90.0, (80.0, 10.0)),
    ("its at twenty now so go up a degree and a half", WARM, 21.5, (20.0, 18.5)),
    ("I have 22.5 here, half a degree more, please.", WARM, 23.0, (22.5, 22.0)),
    ("My fan is at 5 and my temperature is 21. Half a degree less, please.", WARM, 20.5, (21.5,)),
    ("my window is at three open it another for", WINDOW, 7, (3, 4)),
]  # fmt: skip
FROM_WORDS = [
    ("Mirror heating's on high, knock it down a step", MIRRORS, 1, (2, 0)),
    ("my seat ventilation is on full, drop it a notch", AIRED, 2, (3, 1)),
    ("my fan's flat out, turn it down three", FAN, 4, (7, 3)),
    ("my window is half open, open it another three", WINDOW, 8, (5, 2)),
    ("My window's cracked open a bit, close it the rest of the way", WINDOW, 0, (2, 10)),
    ("my window's half open, shut it", WINDOW, 0, (5, 10)),
    ("my seat's all the way back, bring it forward eight", SLIDE, -2, (-10, 10)),
]  # fmt: skip
TO_A_NUMBER = [
    ("my fan's on six, take it to four", FAN, 4, (6, 2)),
    ("My side's at 24, bring it down to 21", WARM, 21.0, (24.0, 22.0)),
    ("fan from two to five", FAN, 5, (2, 7)),
    ("Fan up to six for me, or nah, five'll do.", FAN, 5, (7,)),
    ("Put to me the temperature on twenty-three and half.", WARM, 23.5, (23.0, 24.0)),
    ("my window seven out of ten", WINDOW, 7, (10, 3)),
    ("open my window two fifths", WINDOW, 4, (2, 5)),
    ("My window forty percent, no, sixty", WINDOW, 6, (4,)),
    ("my fan to fore please", FAN, 4, (5,)),
    ("slide my seat to minus too", SLIDE, -2, (2, 0)),
]  # fmt: skip


def findings(catalog, query, place, value):
    name, area = place
    function = catalog.function_for["set", catalog.properties[name].type].name
    arguments = {"propertyName": name, "areaId": area, "value": value}
    found = verify(Sample(query, (ToolCall(function, arguments),)), catalog, ["grounding"]).findings
    return [finding.code for finding in found if finding.severity != "info"]


@pytest.mark.parametrize(
    ("query", "place", "value", "wrong"), [*FROM_A_NUMBER[::3], *FROM_WORDS[::3], *TO_A_NUMBER[::3]]
)
def test_amounts_are_counted_from_where_the_words_say(catalog, query, place, value, wrong):
    assert findings(catalog, query, place, value) == []
    assert all("grounding.number" in findings(catalog, query, place, other) for other in wrong)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("query", "place", "value", "wrong"), [*FROM_A_NUMBER, *FROM_WORDS, *TO_A_NUMBER]
)
def test_all_amounts_are_counted_from_where_the_words_say(catalog, query, place, value, wrong):
    assert findings(catalog, query, place, value) == []
    assert all(findings(catalog, query, place, other) for other in wrong)


@pytest.mark.parametrize(
    ("query", "place", "value"),
    [
        ("my fan's on three, turn it up", FAN, 5),
        ("it's a bit loud on my side, my fan's on five, down a touch", FAN, 4),
        ("my seat's somewhere low, lift it four", SEAT, 1),
    ],
)
def test_an_amount_that_cannot_be_placed_raises_nothing(catalog, query, place, value):
    assert findings(catalog, query, place, value) == []


def test_a_change_of_one_thing_says_nothing_of_another(catalog):
    query = "The fan is on level 4. Drop the temperature to 20 and the fan by one step."
    assert findings(catalog, query, FAN, 3) == ["grounding.missing_call"]
    assert findings(catalog, query, WARM, 20.0) == ["grounding.missing_call"]
    assert "grounding.number" in findings(catalog, query, WARM, 19.0)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("two and half degrees", [2.5]),
        ("19½ for me", [19.5]),
        ("twenty one comma five", [21.5]),
        ("shut his and half open mine", []),
        ("a couple degrees", [2]),
        ("one higher", [1]),
        ("the one further back", []),
        ("eighty's enough, no, seventy'll do", [80, 70]),
        ("twenty won", [21]),
    ],
)
def test_numbers_as_people_say_them(words, numbers):
    assert [t.number for t in read_text(words).tokens if t.number is not None] == numbers


def test_values_that_changed_places_are_put_right_by_one_fix(catalog):
    place = {"propertyName": "HVAC_TEMPERATURE_SET"}
    calls = tuple(
        ToolCall("setFloatProperty", {**place, "areaId": area, "value": value})
        for area, value in ((1, 24.0), (4, 20.0))
    )
    sample = Sample("20 for me and 24 for the passenger", calls)
    found = verify(sample, catalog, ["grounding"]).findings
    first = next(finding.fix for finding in found if finding.fix)
    fixed = apply_fixes(sample, [first])
    assert [call.arguments["value"] for call in fixed.answers] == [20.0, 24.0]


def test_the_temperature_outside_is_no_value(catalog):
    query = "It's 28 degrees out there, cool me down to 19"
    assert findings(catalog, query, WARM, 19.0) == []
    assert findings(catalog, query, WARM, 28.0) == ["grounding.number"]
