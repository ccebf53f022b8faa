"""The execution stage: what a simulated vehicle objects to."""

import pytest
from verifying import verify

from workbench.core.car.catalog import build_catalog
from workbench.core.car.overlay import Overlay
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import apply_fixes

GET, SET = "getFloatProperty", "setFloatProperty"


def call(function, name, area, value=None):
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments if value is None else arguments | {"value": value})


def findings(catalog, *calls):
    return verify(Sample("Do it", calls), catalog, ["execution"]).findings


@pytest.mark.parametrize(
    "right",
    [
        call(SET, "HVAC_TEMPERATURE_SET", 16, 17.5),
        call(SET, "HVAC_TEMPERATURE_SET", 16, 32.5),
        call(SET, "EV_CHARGE_PERCENT_LIMIT", 0, 100.0),
        call("setIntProperty", "WINDOW_POS", 65536, -10),
        call("setIntProperty", "HVAC_FAN_DIRECTION", 1, 6),
        call("setIntProperty", "HEADLIGHTS_SWITCH", 0, 256),
        call("setBooleanProperty", "DOOR_LOCK", 64, True),
        call("getIntArrayProperty", "INFO_FUEL_TYPE", 0),
        call("getStringProperty", "INFO_MAKE", 0),
        call(GET, "TIRE_PRESSURE", 8),
    ],
    ids=lambda c: f"{c.arguments['propertyName']}",
)
def test_a_right_call_runs(catalog, right):
    assert findings(catalog, right) == ()


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (call(SET, "SUNROOF", 0, 1.0), "unknown_property"),
        (call("setIntProperty", "HVAC_TEMPERATURE_SET", 1, 22), "wrong_function"),
        (call(SET, "TIRE_PRESSURE", 1, 240.0), "not_writable"),
        (call("setIntProperty", "INFO_MODEL_YEAR", 0, 2020), "static_property"),
        (call(SET, "HVAC_TEMPERATURE_SET", 2, 22.0), "unsupported_area"),
        (call(SET, "HVAC_TEMPERATURE_SET", 0, 22.0), "unsupported_area"),
        (call(GET, "HVAC_TEMPERATURE_CURRENT", 17), "unsupported_area"),
        (call(SET, "HVAC_TEMPERATURE_SET", 1, 17.0), "value_out_of_range"),
        (call(SET, "HVAC_TEMPERATURE_SET", 1, 33.0), "value_out_of_range"),
        (call("setIntProperty", "WINDOW_POS", 16, -1), "value_out_of_range"),
        (call("setIntProperty", "HVAC_SEAT_TEMPERATURE", 1, -3), "value_out_of_range"),
        (call(SET, "EV_CHARGE_PERCENT_LIMIT", 0, 100.5), "value_out_of_range"),
        (call(SET, "EV_CHARGE_PERCENT_LIMIT", 0, -1.0), "value_out_of_range"),
        (call("setIntProperty", "HVAC_FAN_DIRECTION", 1, 5), "value_not_allowed"),
        (call("setIntProperty", "HEADLIGHTS_SWITCH", 0, 3), "value_not_allowed"),
        (call(SET, "HVAC_TEMPERATURE_SET", 1, 22.3), "off_step"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_call_is_objected_to(catalog, wrong, expected):
    assert f"execution.{expected}" in [f.code for f in findings(catalog, wrong)]


def test_every_objection_to_a_call_is_reported(catalog):
    wrong = call("setIntProperty", "HVAC_TEMPERATURE_SET", 3, 80)
    assert {f.code for f in findings(catalog, wrong)} == {
        "execution.wrong_function",
        "execution.unsupported_area",
        "execution.value_out_of_range",
    }


def test_a_message_names_parameter_expected_and_actual(catalog):
    [finding] = findings(catalog, call(SET, "HVAC_TEMPERATURE_SET", 16, 40.0))
    assert finding.message == (
        "value: 40.0 is out of range for HVAC_TEMPERATURE_SET: 17.5 to 32.5 °C"
    )
    assert (finding.call, finding.argument) == (0, "value")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (call(SET, "HVAC_TEMPERATUR_SET", 1, 22.0), call(SET, "HVAC_TEMPERATURE_SET", 1, 22.0)),
        (
            call("setIntProperty", "HVAC_TEMPERATURE_SET", 1, 22),
            call(SET, "HVAC_TEMPERATURE_SET", 1, 22),
        ),
        (
            call(SET, "HVAC_FAN_SPEED", 1, 3.0),
            call("setIntProperty", "HVAC_FAN_SPEED", 1, 3),
        ),
        (
            call("setBooleanProperty", "HEADLIGHTS_SWITCH", 0, True),
            call("setIntProperty", "HEADLIGHTS_SWITCH", 0, 1),
        ),
        (
            call("setIntProperty", "HVAC_SIDE_MIRROR_HEAT", 1, 2),
            call("setIntProperty", "HVAC_SIDE_MIRROR_HEAT", 3, 2),
        ),
        (call("setIntProperty", "WINDOW_POS", 1, 2), call("setIntProperty", "WINDOW_POS", 16, 2)),
        (call(SET, "HVAC_TEMPERATURE_SET", 1, 72.0), call(SET, "HVAC_TEMPERATURE_SET", 1, 22.0)),
        (call(SET, "HVAC_TEMPERATURE_SET", 1, 22.3), call(SET, "HVAC_TEMPERATURE_SET", 1, 22.5)),
    ],
    ids=lambda c: f"{c.name}-{c.arguments['propertyName']}",
)
def test_an_evident_fix_corrects_the_call(catalog, wrong, right):
    sample = Sample("Do it", (wrong,))
    fixes = [f.fix for f in findings(catalog, wrong) if f.fix]
    assert apply_fixes(sample, fixes).answers == (right,)
    assert verify(apply_fixes(sample, fixes), catalog).status == "pass"


@pytest.mark.parametrize("name", ["SEAT", "LIGHT", "X", "HVAC_TEMPERATURE_"])
def test_a_name_that_could_be_several_or_none_gets_no_wrong_fix(catalog, name):
    [finding] = findings(catalog, call(SET, name, 1, 22.0))
    meant = finding.fix.edits[0].value if finding.fix else None
    assert meant in (None, "HVAC_TEMPERATURE_SET")


@pytest.mark.parametrize("area", [2, 17, 0, -1, 1 << 40])
def test_an_area_that_could_be_several_gets_no_fix(catalog, area):
    [finding] = findings(catalog, call(SET, "HVAC_TEMPERATURE_SET", area, 22.0))
    assert finding.fix is None


def test_a_call_made_twice_is_found_and_its_fix_removes_the_second(catalog):
    twice = (call(SET, "HVAC_TEMPERATURE_SET", 1, 22.0), call(SET, "HVAC_TEMPERATURE_SET", 1, 22))
    [finding] = findings(catalog, *twice)
    assert finding.code == "execution.repeated_call"
    assert apply_fixes(Sample("x", twice), [finding.fix]).answers == twice[:1]


def test_two_values_for_one_place_contradict(catalog):
    pair = (call(SET, "HVAC_TEMPERATURE_SET", 1, 22.0), call(SET, "HVAC_TEMPERATURE_SET", 1, 23.0))
    assert [f.code for f in findings(catalog, *pair)] == ["execution.contradiction"]


def test_reading_and_changing_one_place_do_not_contradict(catalog):
    pair = (call(GET, "HVAC_TEMPERATURE_SET", 1), call(SET, "HVAC_TEMPERATURE_SET", 1, 23.0))
    assert findings(catalog, *pair) == ()


def test_two_places_do_not_contradict(catalog):
    pair = (call(SET, "HVAC_TEMPERATURE_SET", 1, 22.0), call(SET, "HVAC_TEMPERATURE_SET", 4, 23.0))
    assert findings(catalog, *pair) == ()


def combined_catalog(catalog):
    """The same car with one property whose areas are combined."""
    raw = {
        "propertyName": "ZONE_POWER",
        "access": "ReadWrite",
        "dataType": "Boolean",
        "areaIdProfiles": [{"areaId": 17}, {"areaId": 68}, {"areaId": 1}],
    }
    return build_catalog([raw], list(catalog.raw_functions), Overlay())


def test_overlapping_areas_with_different_values_contradict(catalog):
    combined = combined_catalog(catalog)
    on, off = (
        call("setBooleanProperty", "ZONE_POWER", 17, True),
        call("setBooleanProperty", "ZONE_POWER", 1, False),
    )
    assert [f.code for f in findings(combined, on, off)] == ["execution.contradiction"]


def test_the_one_combined_area_that_holds_the_seat_is_the_fix(catalog):
    [finding] = findings(
        combined_catalog(catalog), call("setBooleanProperty", "ZONE_POWER", 64, True)
    )
    assert finding.fix.edits[0].value == 68


def test_arguments_of_a_wrong_type_are_left_to_the_format_stage(catalog):
    odd = ToolCall(SET, {"propertyName": 3, "areaId": "x", "value": {}})
    assert findings(catalog, odd) == ()


def test_a_write_only_property_cannot_be_read(catalog):
    raw = {
        "propertyName": "HORN",
        "access": "WriteOnly",
        "dataType": "Boolean",
        "areaIdProfiles": [{"areaId": 0}],
    }
    other = build_catalog([raw], list(catalog.raw_functions), Overlay())
    [finding] = findings(other, call("getBooleanProperty", "HORN", 0))
    assert finding.code == "execution.not_readable"
