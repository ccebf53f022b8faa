"""What a query asks for is read into calls: those that are missing, and values not given."""

import json
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.verifying import verifier_of
from workbench.core.car.policy import Policy
from workbench.core.checks import DEFAULT_STAGES, Verifier, Words
from workbench.core.checks.grounding.wanted_calls import (
    wanted_calls,
    wanted_properties,
    wanted_value,
)
from workbench.core.editing.fixing import fix_sample
from workbench.core.samples import Sample, ToolCall, from_item

FOLDER = Path(__file__).parent
SETS = sorted([*FOLDER.glob("samples_*.json"), *FOLDER.glob("unseen_*.json")])


@pytest.fixture
def worded(catalog):
    return verifier_of(catalog, DEFAULT_STAGES)


def call(catalog, name, area, *value):
    function = catalog.function_for["set" if value else "get", catalog.properties[name].type]
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function.name, arguments | ({"value": value[0]} if value else {}))


def asked(query, name, worded):
    """The calls wanted for a query that has none: read or set, area, value."""
    made = wanted_calls(Sample(query, ()), name, worded.rules).calls
    return [
        (one.name[:3], one.arguments["areaId"], one.arguments.get("value", "open")) for one in made
    ]


@pytest.mark.parametrize(
    ("query", "name", "wanted"),
    [
        ("Fan to 3", "HVAC_FAN_SPEED", [("set", 1, 3)]),
        ("Turn the fan up", "HVAC_FAN_SPEED", [("set", 1, "open")]),
        ("Is the passenger's door locked?", "DOOR_LOCK", [("get", 4, "open")]),
        ("Let the front passenger window down.", "WINDOW_POS", [("set", 64, 10)]),
        ("Let my window down a bit", "WINDOW_POS", [("set", 16, 2)]),
        ("Tilt the sunroof", "WINDOW_POS", [("set", 65536, -10)]),
        ("Open the sunroof halfway", "WINDOW_POS", [("set", 65536, 5)]),
        ("Don't keep the door on my side closed, please.", "DOOR_POS", [("set", 1, 1)]),
        ("Could you get the passenger's door closed?", "DOOR_POS", [("set", 4, 0)]),
        ("Heat my seat", "HVAC_SEAT_TEMPERATURE", [("set", 1, 1)]),
        (
            "22 for me and 24 for my wife next to me",
            "HVAC_TEMPERATURE_SET",
            [("set", 1, 22.0), ("set", 4, 24.0)],
        ),
    ],
)
def test_property_place_and_value_are_those_of_the_words_or_the_policy(query, name, wanted, worded):
    assert asked(query, name, worded) == wanted


def test_where_the_policy_does_not_say_how_far_a_direction_has_no_value(catalog, worded):
    words = worded.words
    mute = Words(Policy(**dict(words.policy) | {"without_degree": {}}), words.lexicon)
    verifier = Verifier(catalog, mute, DEFAULT_STAGES)
    assert asked("Let my window down", "WINDOW_POS", worded) == [("set", 16, 10)]
    assert asked("Let my window down", "WINDOW_POS", verifier) == [("set", 16, "open")]


def test_missing_calls_are_found_and_put_where_the_words_have_them(catalog, worded):
    ac, light = call(catalog, "HVAC_AC_ON", 1, True), call(catalog, "HEADLIGHTS_SWITCH", 0, 256)
    query = "Turn the AC on for me, open the passenger door and put the headlights to auto."
    sample = Sample(query, (ac, light))
    assert wanted_properties(sample, worded.rules) == ("DOOR_POS",)
    made, at, placed = wanted_calls(sample, "DOOR_POS", worded.rules)
    assert (made, at, placed) == ((call(catalog, "DOOR_POS", 4, 1),), 1, True)
    fixed = fix_sample(sample, worded.verify(sample).findings).sample
    assert fixed.answers == (ac, *made, light)
    assert worded.verify(fixed).status == "pass"


def test_a_call_for_a_place_that_is_served_is_not_wanted_again(catalog, worded):
    query = "Seat heating on 2 for both front seats"
    first = call(catalog, "HVAC_SEAT_TEMPERATURE", 1, 2)
    second = call(catalog, "HVAC_SEAT_TEMPERATURE", 4, 2)
    wanted = wanted_calls(Sample(query, (first,)), "HVAC_SEAT_TEMPERATURE", worded.rules)
    assert wanted[:2] == ((second,), 1)


def test_a_direction_is_fixed_to_what_the_policy_says(catalog, worded):
    sample = Sample("Let the window down", (call(catalog, "WINDOW_POS", 16, 0),))
    [finding] = worded.verify(sample).findings
    assert finding.fix.label == "value: 10"


def test_a_query_nobody_reads_wants_nothing(catalog, worded):
    sample = Sample("fan to 3 " * 2000, ())
    assert wanted_properties(sample, worded.rules) == ()
    assert asked(sample.query, "HVAC_FAN_SPEED", worded) == []
    assert wanted_value(sample, call(catalog, "HVAC_FAN_SPEED", 1, 3), worded.rules) is None


def test_values_and_missing_calls_are_seldom_wrong_on_texts_by_other_hands(catalog, worded):
    """A value that is offered is right 97 times in 100, and so is a fix that adds a call, 95."""
    values, fixes = Counter(), Counter()
    for path in SETS:
        for item in json.loads(path.read_text(encoding="utf-8")):
            sample = from_item(item)
            if worded.verify(sample).status == "pass":
                values.update(offered_values(sample, worded))
                fixes.update(fixes_of_missing(sample, worded))
    assert values["right"] > 1100
    assert values["wrong"] <= 0.03 * values.total()
    assert fixes["right"] > 250
    assert fixes["wrong"] <= 0.05 * fixes.total()


def offered_values(sample, worded):
    for one in sample.answers:
        if "value" in one.arguments:
            offered = wanted_value(sample, one, worded.rules)
            if offered is not None:
                yield "right" if offered == one.arguments["value"] else "wrong"


def fixes_of_missing(sample, worded):
    """Leave out the calls for each property in turn, and fix what is found."""
    names = dict.fromkeys(one.arguments["propertyName"] for one in sample.answers)
    for name in names if len(names) > 1 else ():
        kept = [one for one in sample.answers if one.arguments["propertyName"] != name]
        left = replace(sample, answers=tuple(kept))
        missing = [f for f in worded.verify(left).findings if f.code == "grounding.missing_call"]
        if any(one.fix for one in missing):
            fixed = fix_sample(left, missing).sample
            same = sorted(map(repr, fixed.answers)) == sorted(map(repr, sample.answers))
            yield "right" if same else "wrong"
