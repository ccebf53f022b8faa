"""Facts that descriptions state."""

import pytest

from workbench.core.car.described import names_in, step_in, unit_in, zero_in


@pytest.mark.parametrize(
    ("description", "unit"),
    [
        ("Cabin temperature, in degrees Celsius.", "°C"),
        ("How far it is open, in per cent.", "%"),
        ("Speed in kilometres per hour.", "km/h"),
        ("Distance left, in kilometers.", "km"),
        ("Whether the lid is open.", ""),
    ],
)
def test_the_unit_is_read(description, unit):
    assert unit_in(description) == unit


@pytest.mark.parametrize(
    ("description", "zero"),
    [
        ("0 is off, the maximum is the strongest.", "off"),
        ("The minimum is fully closed.", "closed"),
        ("Zero: shut.", "shut"),
        ("The minimum is the lowest position.", ""),
    ],
)
def test_what_zero_means_is_read(description, zero):
    assert zero_in(description) == zero


def test_the_step_is_read():
    assert step_in("A target in steps of 0.5 degrees.") == 0.5
    assert step_in("A target.") is None


@pytest.mark.parametrize(
    "description",
    [
        "0 is off, 1 is interval, 2 is fast.",
        "Wiper mode (0 = off, 1 = interval, 2 = fast).",
        "0: off; 1: interval; 2: fast",
    ],
)
def test_names_of_values_are_read_in_the_ways_people_write_them(description):
    assert names_in(description, (0, 1, 2)) == {0: "off", 1: "interval", 2: "fast"}


def test_names_are_read_for_all_values_or_for_none():
    assert names_in("0 is off, 1 is on.", (0, 1, 2)) == {}
    assert names_in("Level 0 to 3.", (0, 1, 2, 3)) == {}
