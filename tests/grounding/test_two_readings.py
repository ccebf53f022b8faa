"""Words that can be read in two ways: calls that fit one of them aren't objected to."""

import pytest
from verifying import verify, words

from workbench.core.reading.reader import QueryReader
from workbench.core.samples import from_item


@pytest.fixture
def codes(catalog):
    return lambda *calls, query: _codes(catalog, query, calls)


def _codes(catalog, query, calls):
    answers = [
        {
            "name": f"set{kind}Property",
            "arguments": {"propertyName": name, "areaId": area, "value": value},
        }
        for kind, name, area, value in calls
    ]
    return {
        finding.code
        for finding in verify(
            from_item({"query": query, "answers": answers}), catalog, ["grounding"]
        ).findings
    }


def fan(area, value):
    return ("Int", "HVAC_FAN_SPEED", area, value)


def window(area, value):
    return ("Int", "WINDOW_POS", area, value)


ONLY_MINE = "All windows open please, only mine stays how it is."
LEFT_STAYS = "Fan five in the back, not for the left one where the baby sleeps"
SUNROOF = "Open the sunroof halfway, actually you know what, forget the sunroof, AC on for me"
BEHIND = "Switch on the headlights. Arre, the hazard lights I meant!"
DENIED = "front fogs on no not the front the rear ones"


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        (BEHIND, [("Int", "HAZARD_LIGHTS_SWITCH", 0, 1)]),
        (DENIED, [("Int", "REAR_FOG_LIGHTS_SWITCH", 0, 1)]),
        (ONLY_MINE, [window(area, 10) for area in (64, 256, 1024)]),
        (LEFT_STAYS, [fan(32, 5), fan(64, 5)]),
        (SUNROOF, [("Boolean", "HVAC_AC_ON", 1, True)]),
    ],
)
def test_calls_that_fit_one_way_to_read_the_words_are_let_be(codes, query, calls):
    assert codes(*calls, query=query) <= {"grounding.not_read"}


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        (BEHIND, [("Int", "HAZARD_LIGHTS_SWITCH", 0, 0)]),
        (
            DENIED,
            [("Int", "FRONT_FOG_LIGHTS_SWITCH", 0, 1), ("Int", "REAR_FOG_LIGHTS_SWITCH", 0, 1)],
        ),
        (ONLY_MINE, [window(area, 0) for area in (64, 256, 1024)]),
        (LEFT_STAYS, [fan(32, 2), fan(64, 5)]),
        (LEFT_STAYS, [fan(1, 5), fan(4, 5)]),
        (SUNROOF, [("Boolean", "HVAC_AC_ON", 1, False)]),
        (SUNROOF, [("Boolean", "HVAC_AC_ON", 64, True)]),
    ],
)
def test_calls_that_fit_no_way_to_read_the_words_are_objected_to(codes, query, calls):
    assert codes(*calls, query=query) - {"grounding.not_read"}


def test_a_call_that_nothing_asks_for_is_no_matter_of_reading(codes):
    extra = [window(64, 10), window(256, 10), window(1024, 10), fan(1, 3)]
    assert "grounding.extra_call" in codes(*extra, query=ONLY_MINE)


def test_a_denied_command_is_read_in_one_way(codes):
    call = ("Boolean", "HVAC_AC_ON", 1, True)
    assert "grounding.value" in codes(call, query="Don't leave the air conditioning on for me")


def test_a_text_made_of_corrections_is_not_read_in_all_its_ways(catalog):
    reader = QueryReader(catalog, words().lexicon)
    reading = reader.read("fan to two, no, three, " * 10)
    others = list(reader.read_otherwise(reading, denials=True))
    assert 0 < sum(len(other.text.tokens) for other in others) <= 1000
