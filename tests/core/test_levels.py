"""Values lie on their property's step, to the digit, and print as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_cars import TENTHS, USABLE, stepped
from verifying import verifier_of, verify

from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import build_catalog
from workbench.core.car.described import step_in
from workbench.core.car.levels import (
    at_step,
    is_on_step,
    nearest_legal,
    nearest_step,
    next_step,
    steps_between,
)
from workbench.core.car.overlay import Overlay
from workbench.core.checks import STAGES
from workbench.core.editing.typed import step_value
from workbench.core.grammar import Grammar
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import apply_fixes

FUNCTIONS = load_catalog(CatalogFiles()).raw_functions


def car(*entries):
    return build_catalog(list(entries), list(FUNCTIONS), Overlay())


TENTH_CAR = car(TENTHS)


def set_to(value, query="Cabin temp please", name="CABIN_TEMP"):
    arguments = {"propertyName": name, "areaId": 0, "value": value}
    return Sample(query, (ToolCall("setFloatProperty", arguments),))


@pytest.mark.parametrize(
    ("start", "index", "step", "written"),
    [
        (16.0, 117, 0.1, "27.7"),
        (16, 120, 0.1, "28.0"),
        (0.1, 2, 0.1, "0.3"),
        (-1, 3, 0.1, "-0.7"),
        (0, 3, 0.05, "0.15"),
        (2, 5, 3, "17"),
        (0, 199, 1e-06, "0.000199"),
        (0.10000000149011612, 1, 0.1, "0.20000000149011612"),
    ],
)
def test_a_step_is_the_number_that_people_write(start, index, step, written):
    assert repr(at_step(start, index, step)) == written


NUMBERS = st.floats(-2e6, 2e6) | st.floats(15, 29)
tenths = st.decimals(-1000, 1000, places=3, allow_nan=False).map(float)
steps = st.sampled_from([0.001, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 1, 1.5, 5, 7])


@settings(deadline=None)
@given(tenths, st.integers(-5000, 5000), steps)
def test_every_step_is_exact_and_one_up_and_down_comes_back(start, index, step):
    value = at_step(start, index, step)
    assert Decimal(repr(value)) == Decimal(repr(start)) + index * Decimal(repr(step))
    assert is_on_step(value, start, step)
    up = next_step(value, True, start, step)
    assert up > value
    assert next_step(up, False, start, step) == value


@settings(deadline=None)
@given(tenths, tenths, steps, st.floats(-2000, 2000))
def test_the_nearest_step_lies_within_the_limits(one, other, step, value):
    low, high = sorted((one, other))
    near = nearest_step(value, low, step, low, high)
    assert low <= near <= high
    assert is_on_step(near, low, step)
    assert low <= at_step(low, steps_between(low, high, step), step) <= high


@pytest.mark.parametrize("value", [24.700000000000003, 27.699999999999996, 16.1 + 0.1 + 0.1])
def test_a_value_that_is_off_by_a_hair_is_found_and_put_right(value):
    [finding] = verify(set_to(value), TENTH_CAR).findings
    assert (finding.code, finding.severity) == ("execution.off_step", "warning")
    after = apply_fixes(set_to(value), [finding.fix])
    assert verify(after, TENTH_CAR).findings == ()
    assert len(repr(after.answers[0].arguments["value"])) == 4


@pytest.mark.parametrize("value", [16, 16.0, 22.3, 27.7, 28])
def test_a_value_on_its_step_is_left_alone(value):
    assert verify(set_to(value), TENTH_CAR).findings == ()


FLOATS = car(*(entry for entry in USABLE if entry["dataType"] == "Float"))
READING = verifier_of(FLOATS, STAGES)


@settings(deadline=None, max_examples=60)
@given(name=st.sampled_from(list(FLOATS.properties)), value=NUMBERS)
def test_no_fix_is_off_the_step(name, value):
    spoken = name.lower().replace("_", " ")
    for query in (f"Set the {spoken} to 22.34", f"{spoken} to the maximum", "Make it warmer"):
        sample = set_to(value, query, name)
        for finding in READING.verify(sample).findings:
            if finding.fix and finding.fix.edits[0].path[-1] == "value":
                after = verify(apply_fixes(sample, [finding.fix]), FLOATS)
                assert not after.findings, (finding, after)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Set the cabin temp to 22.3", 22.3),
        ("cabin temp to 27.7 please", 27.7),
        ("cabin temp to twenty seven point seven", 27.7),
        ("cabin temp to 73 degrees Fahrenheit", 22.8),
        ("cabin temperature halfway", 22.0),
        ("cabin temperature to the maximum", 28.0),
    ],
)
def test_what_words_mean_is_a_step(query, meant):
    verdict = verifier_of(TENTH_CAR, STAGES).verify(set_to(18.3, query))
    values = {f.fix.edits[0].value for f in verdict.findings if f.fix}
    assert values == {meant}
    assert verifier_of(TENTH_CAR, STAGES).verify(set_to(meant, query)).findings == ()


def test_the_keys_of_the_form_walk_over_all_steps():
    prop = TENTH_CAR.properties["CABIN_TEMP"]
    area = prop.areas[0]
    value, seen = 16.0, [16.0]
    while value < 28:
        value = step_value(value, True, prop, area)
        seen.append(value)
    assert seen == [round(16 + n / 10, 1) for n in range(121)]
    assert [step_value(v, False, prop, area) for v in seen[1:]] == seen[:-1]
    assert step_value(24.700000000000003, True, prop, area) == 24.8
    assert step_value(22.33, True, prop, area) == 22.4
    assert step_value(22.33, False, prop, area) == 22.3


def test_at_an_end_between_two_steps_the_last_step_counts():
    uneven = stepped("LEVEL", "0.1", "1.05", "0.3")
    prop = car(uneven).properties["LEVEL"]
    assert nearest_legal(99, prop, prop.areas[0]) == 1.0
    assert nearest_legal(-99, prop, prop.areas[0]) == 0.1


def test_a_whole_step_of_a_description_is_whole():
    assert repr(step_in("in steps of 5")) == "5"
    assert repr(step_in("in increments of 0.5")) == "0.5"


def test_what_the_offline_engine_writes_is_on_the_step():
    phrases = load_phrases(resource("data") / "phrases")
    for entry in (TENTHS, stepped("LEVEL", "0.1", "1.05", "0.3"), stepped("L", "-2", "2", "0.2")):
        catalog = car(entry)
        grammar = Grammar(catalog, load_policy(CatalogFiles()), phrases)
        samples = [grammar.sample(1, 0, index) for index in range(150)]
        found = [f for s in samples for f in verify(s, catalog).findings]
        assert not found
