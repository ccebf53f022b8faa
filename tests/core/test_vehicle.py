"""The simulated vehicle: it keeps state and answers as the real one does."""

from workbench.core.car.vehicle import Effect, Vehicle, effects
from workbench.core.samples import Sample, ToolCall


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
    assert "out of range" in vehicle.run(put("HVAC_TEMPERATURE_SET", 16, 99.0)).answer["error"]
    assert vehicle.run(get("HVAC_TEMPERATURE_SET", 16)).answer["value"] == 22.0


def test_what_makes_no_sense_is_an_invalid_argument(catalog):
    assert Vehicle(catalog).run(ToolCall("fly", {"areaId": None})).answer == {
        "error": "invalid argument"
    }


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
