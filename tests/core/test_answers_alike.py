"""How the calls of similar samples compare, in words."""

import pytest

from workbench.core.likeness.answers_alike import alike_words
from workbench.core.samples import ToolCall


def call(name="FAN", area=1, value=3, kind="set"):
    return ToolCall(kind, {"propertyName": name, "areaId": area, "value": value})


READ = ToolCall("get", {"propertyName": "FAN", "areaId": 1})
CASES = {
    "nothing to compare": ([], ""),
    "one that does the same": ([[call()]], "same calls"),
    "all do the same": ([[call()]] * 3, "all 3: same calls"),
    "other places": ([[call(area=4)]], "same properties, places differ"),
    "other values in some": (
        [[call()], [call(value=5)], [call("AC")]],
        "2 of 3: same properties, values differ",
    ),
    "a read is not a change": ([[READ]], "same properties, read instead of set"),
    "22 and 22.0 differ": ([[call(value=3.0)]], "same properties, values differ"),
    "more calls": ([[call(), call("AC")]], "partly the same properties"),
    "nothing in common": ([[call("AC")]] * 2, "other properties"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_calls_of_others_are_compared(case):
    others, expected = CASES[case]
    assert alike_words([call()], others) == expected


def test_a_change_instead_of_a_read_is_told():
    assert alike_words([READ], [[call()]]) == "same properties, set instead of read"


def test_the_order_of_calls_makes_no_difference():
    assert alike_words([call(), call("AC")], [[call("AC"), call()]]) == "same calls"


def test_places_that_are_swapped_between_values_are_told():
    mine = [call(area=1, value=2), call(area=4, value=5)]
    assert "differ" in alike_words(mine, [[call(area=1, value=5), call(area=4, value=2)]])
