"""What calls do, in the few letters that a line of a list has room for."""

import pytest

from workbench.core.car.brief_calls import brief_calls, brief_text, place_initials
from workbench.core.car.words import is_said, state_words
from workbench.core.samples import ToolCall


def fan(area, value=None):
    arguments = {"propertyName": "HVAC_FAN_SPEED", "areaId": area}
    if value is None:
        return ToolCall("getIntProperty", arguments)
    return ToolCall("setIntProperty", {**arguments, "value": value})


def switch(name, value, area=0, function="setBooleanProperty"):
    return ToolCall(function, {"propertyName": name, "areaId": area, "value": value})


TOLD = {
    "a place by its initials": ([fan(64, 5)], "RR 5"),
    "a read": ([fan(1)], "FL get"),
    "places of the same value together": ([fan(16, 5), fan(64, 5)], "RL RR 5"),
    "places in the catalogue's order": ([fan(a, 5) for a in (64, 99, 1, 16)], "FL RL RR area 99 5"),
    "a place twice": ([fan(64, 5), fan(1, 5), fan(64, 5)], "FL RR RR 5"),
    "every place": ([fan(area, 2) for area in (1, 4, 16, 32, 64)], "all 2"),
    "other values": ([fan(1, 5), fan(4, 6)], "FL 5 · FR 6"),
    "another order": ([fan(64, 5), fan(1, 2), fan(16, 5)], "RR 5 · FL 2 · RL 5"),
    "a place that the property lacks": ([fan(99, 5)], "area 99 5"),
    "a value of the wrong kind": ([fan(1, "5")], 'FL "5"'),
    "truth where a number belongs": ([fan(1, True)], "FL true"),
    "no value": ([ToolCall("setIntProperty", dict(fan(1).arguments))], "FL ?"),
    "a function that the car lacks": (
        [ToolCall("turnUp", dict(fan(1, 5).arguments))],
        "FL turnUp? 5",
    ),
}


@pytest.mark.parametrize(("calls", "told"), TOLD.values(), ids=TOLD)
def test_calls_of_the_property_that_stands_above(catalog, calls, told):
    assert brief_text(brief_calls(calls, catalog), 40, "HVAC_FAN_SPEED")[0] == told


def test_other_properties_are_named_and_switches_are_on_or_off(catalog):
    calls = [fan(1, 5), switch("HVAC_AC_ON", True, 1), switch("DOOR_LOCK", False, 4)]
    told = "fan speed FL 5 · air conditioning FL on · door lock FR off"
    assert brief_text(brief_calls(calls, catalog), 80, "HVAC_FAN_SPEED") == (told, True)


def test_names_of_values_and_units_are_the_catalogues(catalog):
    calls = [
        switch("HEADLIGHTS_SWITCH", 256, function="setIntProperty"),
        switch("HVAC_TEMPERATURE_SET", 21.5, 4, "setFloatProperty"),
    ]
    told = "headlights automatic · temperature FR 21.5°C"
    assert brief_text(brief_calls(calls, catalog), 80)[0] == told


@pytest.mark.parametrize("width", range(3, 60))
def test_what_there_is_no_room_for_is_told(catalog, width):
    calls = brief_calls([fan(1, 5), fan(4, 6), fan(16, 7), fan(64, 7)], catalog)
    text, whole = brief_text(calls, width, "HVAC_FAN_SPEED")
    assert len(text) <= width
    assert whole == (text == "FL 5 · FR 6 · RL RR 7")
    assert whole or "+" in text or "…" in text


def test_a_cut_value_is_not_the_whole(catalog):
    [call] = brief_calls([fan(1, "loud " * 10)], catalog)
    assert not call.whole


def test_nothing_that_a_model_wrote_steers_the_terminal(catalog):
    call = ToolCall("x\x1b[2J", {"propertyName": "\x1b]0;t\x07", "areaId": "\x9b", "value": "\r\n"})
    text, whole = brief_text(brief_calls([call], catalog), 200)
    assert text.isprintable()
    assert not whole


def test_places_that_would_read_alike_keep_their_words(catalog):
    for prop in catalog.properties.values():
        told = [place_initials(area, prop) for area in prop.areas.values()]
        assert len(set(told)) == len(told)


SAID = {
    "a float without a fraction": ("HVAC_TEMPERATURE_SET", 1, 22.0, "22 °C", True),
    "a fraction": ("HVAC_TEMPERATURE_SET", 1, 21.5, "21.5 °C", True),
    "a whole number where a float belongs": ("HVAC_TEMPERATURE_SET", 1, 22, "22 °C", False),
    "thousands": ("EV_BATTERY_LEVEL", 0, 29000.0, "29,000 Wh", True),
    "what 0 means": ("WINDOW_POS", 16, 0, "closed", False),
    "what 1 means beside it": ("DOOR_POS", 1, 1, "open", False),
    "a level of 0 that is off": ("HVAC_SEAT_TEMPERATURE", 1, 0, "off", False),
    "a level": ("HVAC_FAN_SPEED", 1, 5, "level 5", True),
    "a switch": ("HVAC_AC_ON", 1, True, "on", True),
    "a value with a name": ("HEADLIGHTS_SWITCH", 0, 256, "automatic", False),
    "text where a number belongs": ("HVAC_TEMPERATURE_SET", 1, "22", "22 °C", False),
}


@pytest.mark.parametrize(("name", "area", "value", "words", "plain"), SAID.values(), ids=SAID)
def test_values_are_said_as_one_speaks_of_them(catalog, name, area, value, words, plain):
    prop = catalog.properties[name]
    assert state_words(value, prop, prop.areas[area]) == words
    assert is_said(value, prop, prop.areas[area]) is plain


def test_the_list_says_what_0_means_as_well(catalog):
    calls = [switch("WINDOW_POS", 0, 16, "setIntProperty")]
    assert brief_text(brief_calls(calls, catalog), 80)[0] == "window FL closed"
