"""Which words stand behind a call: those that agree with it, and no others."""

import pytest

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.checks.grounding.evidence import evidence
from workbench.core.samples import Sample, ToolCall


@pytest.fixture(scope="module")
def rules():
    return load_verifier(CatalogFiles()).rules


def fan(area, value):
    arguments = {"propertyName": "HVAC_FAN_SPEED", "areaId": area, "value": value}
    return ToolCall("setIntProperty", arguments)


def warmth(area, value):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": area, "value": value}
    return ToolCall("setFloatProperty", arguments)


def read(name, area=0, kind="Float"):
    return ToolCall(f"get{kind}Property", {"propertyName": name, "areaId": area})


def words(rules, query, *calls):
    """The underlined words of each call, in order."""
    return [
        [query[start:end] for start, end in one.all]
        for one in evidence(Sample(query, calls), rules)
    ]


CASES = {
    "property, place and value": (
        "Put the fan at the back left on level 3",
        [fan(16, 3)],
        [["fan", "back left", "3"]],
    ),
    "a value in letters": ("Set the fan to five for me", [fan(1, 5)], [["fan", "five", "for me"]]),
    "another value is no evidence": (
        "Put the fan at the back left on level 3",
        [fan(16, 4)],
        [["fan", "back left"]],
    ),
    "another place is no evidence": (
        "Put the fan at the back left on level 3",
        [fan(1, 3)],
        [["fan", "3"]],
    ),
    "each call has its own place and value": (
        "Put the temperature on 22 for me and 24 for the passenger",
        [warmth(1, 22.0), warmth(4, 24.0)],
        [
            ["Put the temperature", "22", "for me"],
            ["Put the temperature", "24", "passenger"],
        ],
    ),
    "a read has no value": (
        "How warm is it outside?",
        [read("ENV_OUTSIDE_TEMPERATURE")],
        [["How warm is it outside"]],
    ),
    "a call that nobody asked for has none": (
        "Set the fan to five for me",
        [fan(1, 5), read("ENV_OUTSIDE_TEMPERATURE")],
        [["fan", "five", "for me"], []],
    ),
    "a call that the car refuses has none": ("Fan to five", [fan(3, 5)], [[]]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_words_behind_each_call_are_found(rules, case):
    query, calls, expected = CASES[case]
    assert words(rules, query, *calls) == expected


def test_spans_are_places_in_the_query_as_it_is_written(rules):
    query = "  ÉCOUTE — Put the FAN at the Back  Left on level 3, straße"
    assert words(rules, query, fan(16, 3)) == [["FAN", "Back  Left", "3"]]


def test_letters_whose_case_changes_the_length_shift_nothing(rules):
    assert words(rules, "İİ Put the fan on level 3", fan(1, 3)) in ([[]], [["fan", "3"]])


def test_the_places_that_a_query_names_are_known_also_where_the_call_is_elsewhere(rules):
    [one] = evidence(Sample("Fan at the back left on 3", (fan(1, 3),)), rules)
    assert one.named == {16}
    [one] = evidence(Sample("Fan on 3", (fan(1, 3),)), rules)
    assert not one.named


def test_a_query_too_long_to_be_read_has_no_evidence(rules):
    assert words(rules, "Put the fan on level 3. " * 2000, fan(1, 3)) == [[]]
