"""Consistency: the same request has the same calls; the majority decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.checks import consistency
from workbench.core.checks.consistency import check_consistency
from workbench.core.likeness.contrast import enumerated_properties
from workbench.core.samples import Sample, StateValue, ToolCall

MODES = frozenset({"MODE"})


def calls(*parts):
    """Make calls from (property, area, value)."""
    return tuple(
        ToolCall(
            "get" if value is None else "set",
            {"propertyName": name, "areaId": area} | ({} if value is None else {"value": value}),
        )
        for name, area, value in parts
    )


def found(*samples):
    made = [Sample(query, calls(*parts)) for query, *parts in samples]
    return check_consistency(made, MODES)


AC, OTHER_AC = ("AC", 1, True), ("AC", 4, True)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("AC on", AC), ("AC on", OTHER_AC)),
        (("AC on", AC), ("ac  on.", ("AC", 1, False))),
        (("Fan to max", ("FAN", 1, 7)), ("Fan to max!", ("FAN", 1, 5))),
        (("AC on", AC), ("AC on", AC, OTHER_AC)),
        (("AC on", AC), ("AC on", ("AC", 1, None))),
        (("22 degrees", ("TEMP", 1, 22.0)), ("24 degrees", ("TEMP", 4, 24.0))),
        (("22 degrees", ("TEMP", 1, 22.0)), ("22°", ("TEMP", 1, 24.0))),
        (("Twenty-two", ("TEMP", 1, 22.0)), ("22", ("TEMP", 1, 24.0))),
        (("Auto at 20", ("MODE", 1, 1)), ("Auto at 21", ("MODE", 1, 2))),
        (("Airflow to 3", ("MODE", 1, 3)), ("Airflow to 6", ("MODE", 1, 2))),
    ],
)
def test_the_same_request_with_other_calls_is_found_on_both_sides(one, two):
    assert set(found(one, two)) == {0, 1}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("AC on", AC), ("AC on", AC)),
        (("AC on", AC), ("AC on, please", OTHER_AC)),
        (("Lights on", AC), ("Lights on?", ("AC", 1, None))),
        (("AC on", AC, OTHER_AC), ("AC on", OTHER_AC, AC)),
        (("22 degrees", ("TEMP", 1, 22.0)), ("24 degrees", ("TEMP", 1, 24.0))),
        (("22 degrees", ("TEMP", 1, 22.0)), ("22 degrees", ("TEMP", 1, 22))),
        (("Airflow to 3", ("MODE", 1, 3)), ("Airflow to 6", ("MODE", 1, 6))),
        (("AC on in row 1", AC), ("AC on in row 2", ("AC", 16, True))),
    ],
)
def test_another_request_or_the_same_calls_are_let_be(one, two):
    assert found(one, two) == {}


def test_the_minority_is_accused_and_told_of_the_first_of_the_majority():
    result = found(("AC on", OTHER_AC), ("Fan", AC), ("AC on", AC), ("ac on", AC))
    assert set(result) == {0}
    assert result[0].message == (
        "the same request has different calls in sample #2: areaId 1, here 4"
    )
    assert result[0].path == ("answers", 0, "arguments", "areaId")
    assert result[0].severity == "warning"


def test_where_two_are_even_each_is_told_of_the_other():
    result = found(("AC on", AC), ("AC on", OTHER_AC))
    assert "sample #1: areaId 4, here 1" in result[0].message
    assert "sample #0: areaId 1, here 4" in result[1].message


def test_the_difference_names_the_calls_where_it_is_more_than_arguments():
    result = found(("AC on", AC), ("AC on", AC), ("AC on", AC, OTHER_AC))
    assert result[2].message.endswith('#0: set("AC", 4, true) here')
    result = found(("AC on", AC), ("AC on", AC), ("AC on", ("FAN", 1, 3)))
    assert result[2].message.endswith('#0: set("AC", 1, true) there; set("FAN", 1, 3) here')


def test_numbers_that_may_differ_are_no_part_of_the_difference():
    result = found(
        *[(f"{n} degrees", ("TEMP", 1, n)) for n in (20, 21)], ("9 degrees", ("TEMP", 4, 9))
    )
    assert result[2].message.endswith("#0: areaId 1, here 4")


def test_items_that_cannot_be_read_keep_their_place():
    samples = [None, Sample("AC on", calls(AC)), None, Sample("AC on", calls(OTHER_AC))]
    assert set(check_consistency(samples, MODES)) == {1, 3}
    assert check_consistency([None, None], MODES) == {}


def test_calls_of_any_shape_are_compared():
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    odd = [
        Sample("AC on", (ToolCall("f", {"propertyName": ["x"], "value": deep}),)),
        Sample("AC on", (ToolCall("f", {"propertyName": ["x"], "value": {"a": 1}}),)),
        Sample("AC on", ()),
    ]
    assert len(check_consistency(odd, MODES)) == 3


WORDS = [
    *("AC", "a/c", "a.c.", "on", "it's", "it’s", "twenty-two", "22", "22%", "percent", "°", "5°C"),
    *("one", "two", "a", "and", "half", "hundred", "point", "minus", "couple of", "16:40", "?"),
    *(",", "-", "degrees", "72f", "v2", "step", "Straße"),
]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join), min_size=2, max_size=40)
)
def test_the_rough_look_brings_together_all_that_the_reader_finds_alike(queries):
    rough: dict[int, set[str]] = {}
    for query in queries:
        rough.setdefault(consistency._read(query).words, set()).add(consistency._rough(query))
    assert all(len(keys) == 1 for keys in rough.values())


def test_conversations_are_not_compared(catalog):
    one = ToolCall("setBooleanProperty", {"propertyName": "HVAC_AC_ON", "areaId": 1, "value": True})
    other = ToolCall("setBooleanProperty", {**one.arguments, "areaId": 4})
    started = StateValue("HVAC_AC_ON", 4, True)
    samples = [Sample("AC on", (one,)), Sample("AC on", (other,), state=(started,))]
    assert check_consistency(samples, enumerated_properties(catalog)) == {}
