"""Which property words mean: names people give it, and calls that none of the words are for."""

import pytest

from tests.grounding.test_grounding import findings


def codes(catalog, query, *calls):
    return [finding.code for finding in findings(catalog, query, *calls)]


NAMES = [
    ("Snib the driver's door", ("DOOR_LOCK", 1, True)),
    ("Driver's door: locked?", ("DOOR_LOCK", 1, None)),
    ("Front right door, open wide", ("DOOR_POS", 4, 1)),
    ("How baltic is it out there at all", ("ENV_OUTSIDE_TEMPERATURE", 0, None)),
    ("How much is in the big battery", ("EV_BATTERY_LEVEL", 0, None)),
    ("Up to how many percent will it charge", ("EV_CHARGE_PERCENT_LIMIT", 0, None)),
    ("Close up where the cable goes in", ("EV_CHARGE_PORT_OPEN", 0, False)),
    ("ETA on the charge", ("EV_CHARGE_TIME_REMAINING", 0, None)),
    ("What can a full battery still store these days", ("EV_CURRENT_BATTERY_CAPACITY", 0, None)),
    ("When it left the factory, what did the pack hold", ("INFO_EV_BATTERY_CAPACITY", 0, None)),
    ("How are we for juice, petrol I mean", ("FUEL_LEVEL", 0, None)),
    ("Has the orange pump light come on", ("FUEL_LEVEL_LOW", 0, None)),
    ("What size tank have I got, mate", ("INFO_FUEL_CAPACITY", 0, None)),
    ("Is that the glovie standing open", ("GLOVE_BOX_DOOR_POS", 4, None)),
    ("Lock that compartment in front of the passenger", ("GLOVE_BOX_LOCKED", 4, True)),
    ("Put the fourways on", ("HAZARD_LIGHTS_SWITCH", 0, 1)),
    ("Does the wind come at my feet? Put it on my feet only", ("HVAC_FAN_DIRECTION", 1, 2)),
    ("Back right climate, off with it", ("HVAC_POWER_ON", 64, False)),
    ("Warm up the rim, low", ("HVAC_STEERING_WHEEL_HEAT", 0, 1)),
    ("How far'll that get me", ("RANGE_REMAINING", 0, None)),
    ("The brake, the hand one, is it on", ("PARKING_BRAKE_ON", 0, None)),
    ("What's our pace right now", ("PERF_VEHICLE_SPEED", 0, None)),
    ("Fold my ears in", ("MIRROR_FOLD", 0, True)),
    ("Stop the mirrors tucking in by themselves", ("MIRROR_AUTO_FOLD_ENABLED", 3, False)),
    ("Shut the pane on my side", ("WINDOW_POS", 16, 0)),
    ("Take the lock off the glove box", ("GLOVE_BOX_LOCKED", 4, False)),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("query", "right"), NAMES)
def test_names_that_people_use_are_read(catalog, query, right):
    call = right if right[2] is not None else right[:2]
    assert codes(catalog, query, call) == []


@pytest.mark.parametrize(
    ("query", "call"),
    [
        ("Is the lamp up there lit?", ("GLOVE_BOX_DOOR_POS", 4)),
        ("Fold them mirrors", ("WINDOW_LOCK", 1344, True)),
        ("How warm is it right now on the passenger side?", ("HVAC_TEMPERATURE_SET", 4)),
        ("How long till charging is done?", ("EV_CHARGE_PERCENT_LIMIT", 0)),
        ("How far can I still get on what I've got?", ("EV_BATTERY_LEVEL", 0)),
        ("How big is the battery?", ("INFO_FUEL_CAPACITY", 0)),
        ("Fog lights on", ("CABIN_LIGHTS_SWITCH", 0, 1)),
        ("That door at the back right, unlock it", ("DOOR_POS", 64, 1)),
    ],
)
def test_a_call_for_something_else_is_objected_to(catalog, query, call):
    assert codes(catalog, query, call) == ["grounding.property"]


@pytest.mark.parametrize(
    ("query", "call"),
    [
        ("Chuck it on", ("HAZARD_LIGHTS_SWITCH", 0, 1)),  # nobody knows what
        ("All seats to 21, and mine too", ("HVAC_TEMPERATURE_SET", 1, 21.0)),
        ("How warm is it outside, no, inside", ("HVAC_TEMPERATURE_CURRENT", 1)),
    ],
)
def test_words_that_may_mean_it_or_are_corrected_excuse_a_call(catalog, query, call):
    assert "grounding.property" not in codes(catalog, query, call)


@pytest.mark.parametrize(
    ("query", "level", "capacity"),
    [
        ("What percentage of fuel have I left?", "FUEL_LEVEL", "INFO_FUEL_CAPACITY"),
        ("What's the battery at, in percent?", "EV_BATTERY_LEVEL", "EV_CURRENT_BATTERY_CAPACITY"),
        ("How many percent of the tank is left", "FUEL_LEVEL", "INFO_FUEL_CAPACITY"),
    ],
)
def test_a_share_needs_level_and_capacity(catalog, query, level, capacity):
    assert codes(catalog, query, (level, 0), (capacity, 0)) == []
    assert codes(catalog, query, (level, 0)) == ["grounding.missing_call"]


def test_a_hesitation_after_and_takes_nothing_back(catalog):
    query = "Open the fuel flap and uh shut the charge port"
    right = ("FUEL_DOOR_OPEN", 0, True), ("EV_CHARGE_PORT_OPEN", 0, False)
    assert codes(catalog, query, *right) == []
    assert codes(catalog, query, right[1]) == ["grounding.missing_call"]
