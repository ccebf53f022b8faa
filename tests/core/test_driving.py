"""Driving the simulated car by hand: what a line means."""

import json

import pytest

from workbench.core.car.driving import call_line, read_line, result_line, run_line, state_lines
from workbench.core.car.vehicle import Vehicle
from workbench.core.samples import ToolCall

FAN = ToolCall("setIntProperty", {"propertyName": "HVAC_FAN_SPEED", "areaId": 1, "value": 5})
READ = ToolCall("getIntProperty", {"propertyName": "HVAC_FAN_SPEED", "areaId": 1})


@pytest.mark.parametrize(
    "line",
    [
        'setIntProperty(propertyName="HVAC_FAN_SPEED", areaId=1, value=5)',
        "setIntProperty(propertyName='HVAC_FAN_SPEED', areaId=1, value=5)",
        json.dumps({"name": FAN.name, "arguments": FAN.arguments}),
        json.dumps([{"function": {"name": FAN.name, "arguments": FAN.arguments}}]),
        "set HVAC_FAN_SPEED 1 5",
        "SET hvac_fan_speed 5",
    ],
)
def test_a_call_may_be_written_in_several_ways(catalog, line):
    assert read_line(line, catalog).calls == (FAN,)


def test_calls_with_a_semicolon_between_them_are_made_together(catalog):
    command = read_line("set HVAC_POWER_ON 1 off; set HVAC_FAN_SPEED 1 5; ", catalog)
    vehicle = Vehicle(catalog)
    assert [bool(one.refused) for one in run_line(command, vehicle)] == [False, False]
    assert state_lines(vehicle) == ['["HVAC_POWER_ON", 1, false]', '["HVAC_FAN_SPEED", 1, 5]']
    (outcome,) = run_line(read_line("get HVAC_FAN_SPEED", catalog), vehicle)
    assert "not available" in json.loads(result_line(outcome))["error"]


def test_quotes_keep_semicolons(catalog):
    assert len(read_line('f(a="x;y"); f(a=[1, 2.5, true, null])', catalog).calls) == 2


@pytest.mark.parametrize(
    "calls",
    [(), (FAN,), (READ, FAN), (ToolCall("f", {"a b": 1}),), (ToolCall("f", {"x": ["ü;", None]}),)],
)
def test_calls_are_written_as_a_line_that_is_read_back(catalog, calls):
    assert read_line(call_line(calls), catalog).calls == calls


@pytest.mark.parametrize(
    ("line", "kind"),
    [("state", "state"), ("RESET", "reset"), ("?", "help"), ("exit", "quit"), ("# no", "nothing")],
)
def test_words_do_other_things(catalog, line, kind):
    assert read_line(line, catalog).kind == kind


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("fly", "not a call"),
        ("f(1)", "its name"),
        ("f(**{})", "its name"),
        ("f(a=open)", "a value is"),
        ("f(a=__import__('os'))", "a value is"),
        ("f(a=1e999)", "a value is"),
        ("f(" + "(" * 5000, "not a call"),
        ("get", "it is `get"),
        ("set HVAC_FAN_SPEED", "it is `set"),
        ("get WINGS", "no property WINGS"),
        ("[1]", "not an object"),
        ("x" * 30_000, "at most"),
    ],
)
def test_what_is_no_line_is_explained(catalog, line, why):
    with pytest.raises(ValueError, match=why):
        read_line(line, catalog)
