"""The simulated vehicle: it keeps state and answers as the real one does."""

import pytest

from workbench.core.car.vehicle import Effect, Vehicle, effects
from workbench.core.samples import Sample, StateValue, ToolCall


def get(name, area):
    return ToolCall("getFloatProperty", {"propertyName": name, "areaId": area})


def put(name, area, value, function="setFloatProperty"):
    return ToolCall(function, {"propertyName": name, "areaId": area, "value": value})


def test_a_read_answers_with_the_value(catalog):
    assert Vehicle(catalog).run(get("HVAC_TEMPERATURE_SET", 16)).answer == {
        "propertyName": "HVAC_TEMPERATURE_SET",
        "areaId": 16,
        "value": 22.0,
    }


def test_a_change_answers_with_its_result_and_is_kept(catalog):
    vehicle = Vehicle(catalog)
    outcome = vehicle.run(put("HVAC_TEMPERATURE_SET", 16, 24.5))
    assert outcome.answer == {
        "propertyName": "HVAC_TEMPERATURE_SET",
        "areaId": 16,
        "result": "success",
    }
    assert (outcome.before, outcome.after) == (22.0, 24.5)
    assert vehicle.run(get("HVAC_TEMPERATURE_SET", 16)).answer["value"] == 24.5
    assert vehicle.run(get("HVAC_TEMPERATURE_SET", 1)).answer["value"] == 22.0


def test_what_is_refused_changes_nothing(catalog):
    vehicle = Vehicle(catalog)
    outcome = vehicle.run(put("HVAC_TEMPERATURE_SET", 16, 99.0))
    assert "out of range" in outcome.refused
    assert outcome.answer == {
        "propertyName": "HVAC_TEMPERATURE_SET",
        "areaId": 16,
        "result": outcome.refused,
    }
    assert vehicle.run(get("HVAC_TEMPERATURE_SET", 16)).answer["value"] == 22.0


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (ToolCall("fly", {"areaId": None}), "Function 'fly' is not defined."),
        (get("WINGS", 0), "Property 'WINGS' does not exist or is not authorized."),
        (ToolCall("getFloatProperty", {"areaId": 1}), "invalid argument"),
        (get("HVAC_TEMPERATURE_SET", 2), "area 2 is not valid"),
    ],
)
def test_what_cannot_be_run_is_an_error(catalog, call, error):
    answer = Vehicle(catalog).run(call).answer
    assert list(answer) == ["error"]
    assert error in answer["error"]


def test_the_climate_is_unavailable_while_it_is_off_there(catalog):
    vehicle = Vehicle(catalog, [StateValue("HVAC_POWER_ON", 1, False)])
    told = "Property 'HVAC_TEMPERATURE_SET' in area 1 is currently not available."
    assert vehicle.run(get("HVAC_TEMPERATURE_SET", 1)).answer == {"error": told}
    assert vehicle.run(put("HVAC_TEMPERATURE_SET", 1, 24.0)).answer["result"] == told
    assert vehicle.run(get("HVAC_TEMPERATURE_SET", 4)).answer["value"] == 22.0
    defroster = vehicle.run(put("HVAC_DEFROSTER", 1, True, "setBooleanProperty"))
    assert defroster.answer["result"] == "success"


def test_calls_of_one_step_must_all_be_possible_before_it(catalog):
    vehicle = Vehicle(catalog, [StateValue("HVAC_POWER_ON", 1, False)])
    on = put("HVAC_POWER_ON", 1, True, "setBooleanProperty")
    warm = put("HVAC_TEMPERATURE_SET", 1, 24.0)
    assert [bool(one.refused) for one in vehicle.run_together([on, warm])] == [False, True]
    assert [bool(one.refused) for one in vehicle.run_together([warm])] == [False]
    assert vehicle.state == {("HVAC_TEMPERATURE_SET", 1): 24.0}


def test_a_number_is_read_back_as_the_car_keeps_it(catalog):
    vehicle = Vehicle(catalog)
    vehicle.run(put("HVAC_TEMPERATURE_SET", 1, 24))
    assert repr(vehicle.run(get("HVAC_TEMPERATURE_SET", 1)).answer["value"]) == "24.0"


def test_effects_tell_before_and_after(catalog):
    sample = Sample(
        "…",
        (
            put("HVAC_TEMPERATURE_SET", 1, 20.0),
            get("HVAC_TEMPERATURE_SET", 4),
            put("HVAC_AC_ON", 1, True, "setBooleanProperty"),
        ),
    )
    assert effects(sample, catalog) == (
        Effect("HVAC_TEMPERATURE_SET", 1, 22.0, 20.0),
        Effect("HVAC_AC_ON", 1, False, True),
    )


def test_every_property_reads_as_a_value_of_its_type(catalog):
    kinds = {"Boolean": bool, "Integer": int, "Float": float, "String": str, "IntArray": list}
    vehicle = Vehicle(catalog)
    for prop in catalog.properties.values():
        for area in prop.areas.values():
            assert type(vehicle.read(prop, area)) is kinds[prop.type], prop.name
