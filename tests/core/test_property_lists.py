"""The function that lists a car's properties by category."""

import json

import pytest
from verifying import verify

from workbench.adapters.vehicle.catalogs import (
    BUILT_IN,
    CatalogFiles,
    load_catalog,
    other_properties,
)
from workbench.core.car.brief_calls import brief_calls, brief_text
from workbench.core.car.catalog import with_lists, without_lists
from workbench.core.car.driving import read_line
from workbench.core.car.vehicle import Vehicle, run_sample
from workbench.core.errors import InputError
from workbench.core.samples import Sample, Step, ToolCall, with_steps
from workbench.core.verdicts import apply_fixes

NAMES = [
    "BODY_CONTROL",
    "HVAC_SYSTEM",
    "ENERGY_MANAGEMENT",
    "CHASSIS_AND_DYNAMICS",
    "LIGHTING_SYSTEM",
    "VEHICLE_INFO",
]


@pytest.fixture(scope="module")
def car(catalog):
    return with_lists(catalog)


def lists(**arguments):
    return ToolCall("getPropertyList", arguments)


def result(car, call):
    return json.loads(Vehicle(car).run(call).text)


def test_every_property_of_the_car_is_in_a_category(catalog):
    assert [one.name for one in catalog.lists.categories] == NAMES
    assert catalog.lists.lacking(catalog.properties) == ()
    assert catalog.lists.lacking(one["propertyName"] for one in other_properties()) == ()


def test_a_category_is_listed_with_the_entries_of_the_catalogue_file(car, catalog):
    listed = result(car, lists(category="CHASSIS_AND_DYNAMICS"))
    assert [one["propertyName"] for one in listed] == [
        "PARKING_BRAKE_ON",
        "PERF_VEHICLE_SPEED",
        "TIRE_PRESSURE",
    ]
    assert all(one in catalog.raw_properties for one in listed)


@pytest.mark.parametrize("call", [lists(), lists(category="ALL_CATEGORIES")])
def test_without_a_category_everything_is_listed(car, catalog, call):
    assert result(car, call) == list(catalog.raw_properties)


def test_the_categories_together_list_every_property(car, catalog):
    listed = [one["propertyName"] for name in NAMES for one in result(car, lists(category=name))]
    assert set(listed) == set(catalog.properties)
    assert len(listed) == len(catalog.properties) + 5  # as many are in two


def test_listing_changes_nothing_and_reads_nothing(car):
    vehicle = Vehicle(car)
    outcome = vehicle.run(lists(category="HVAC_SYSTEM"))
    assert (outcome.answer, outcome.before, outcome.after, outcome.refused) == ({}, None, None, "")
    assert vehicle.state == {}


def test_a_car_without_the_function_does_not_know_it(catalog):
    answer = Vehicle(catalog).run(lists(category="HVAC_SYSTEM")).answer
    assert answer == {"error": "Function 'getPropertyList' is not defined."}
    (finding,) = verify(Sample("Do it", (lists(),)), catalog, ["format", "execution"]).findings
    assert finding.code == "format.unknown_function"
    assert "--categories adds it" in finding.message


def test_the_function_comes_and_goes(car, catalog):
    assert [*car.functions] == [*catalog.functions, "getPropertyList"]
    assert car.raw_functions[-1]["parameters"]["properties"]["category"]["enum"] == [
        "ALL_CATEGORIES",
        *NAMES,
    ]
    assert with_lists(car) is car
    assert without_lists(catalog) is catalog
    assert without_lists(car) == catalog


@pytest.mark.parametrize(
    ("arguments", "code", "fixed"),
    [
        ({"category": "hvac"}, "execution.unknown_category", "HVAC_SYSTEM"),
        ({"category": "LIGHTNING_SYSTEM"}, "execution.unknown_category", "LIGHTING_SYSTEM"),
        ({"category": "MUSIC"}, "execution.unknown_category", None),
        ({"category": ""}, "execution.unknown_category", None),
        ({"category": 3}, "format.wrong_type", None),
        ({"category": None}, "format.wrong_type", None),
        ({"categories": "HVAC_SYSTEM"}, "format.unknown_argument", "HVAC_SYSTEM"),
    ],
)
def test_wrong_arguments_are_found(car, arguments, code, fixed):
    sample = Sample("Do it", (lists(**arguments),))
    found = verify(sample, car, ["format", "execution"]).findings
    assert [one.code for one in found] == [code]
    assert ("error" in Vehicle(car).run(sample.answers[0]).answer) == (
        code == "execution.unknown_category" or arguments == {"category": 3}
    )
    fix = found[0].fix
    assert (fix and apply_fixes(sample, [fix]).answers[0].arguments.get("category")) == fixed


def test_a_sample_may_look_up_before_it_acts(car):
    fan = {"propertyName": "HVAC_FAN_SPEED", "areaId": 1, "value": 5}
    steps = [
        Step("Fan to five.", (lists(category="HVAC_SYSTEM"),)),
        Step(None, (ToolCall("setIntProperty", fan),)),
    ]
    sample = with_steps(Sample("", ()), steps)
    stages = ["format", "execution", "conversation", "grounding", "policy"]
    assert verify(sample, car, stages).findings == ()
    assert run_sample(sample, car)[-1].state == {("HVAC_FAN_SPEED", 1): 5}
    assert brief_text(brief_calls(sample.calls, car), 60)[0].startswith("properties HVAC_SYSTEM")


@pytest.mark.parametrize(
    ("names", "known", "needed"),
    [
        ([], [], []),
        (["HVAC_FAN_SPEED", "WINDOW_POS"], [], ["BODY_CONTROL", "HVAC_SYSTEM"]),
        (["HVAC_FAN_SPEED", "WINDOW_POS"], ["HVAC_SYSTEM"], ["BODY_CONTROL"]),
        (["EV_CHARGE_PORT_OPEN"], [], ["ENERGY_MANAGEMENT"]),
        (["EV_CHARGE_PORT_OPEN", "DOOR_LOCK"], [], ["BODY_CONTROL"]),
        (["EV_CHARGE_PORT_OPEN"], ["BODY_CONTROL"], []),
        (["NO_SUCH_THING"], [], []),
    ],
)
def test_what_is_needed_is_looked_up_once(catalog, names, known, needed):
    assert list(catalog.lists.needed(names, known)) == needed


def test_a_line_for_the_car_may_list_a_category(car):
    for line in ("list hvac_system", 'getPropertyList(category="HVAC_SYSTEM")'):
        assert read_line(line, car).calls == (lists(category="HVAC_SYSTEM"),)
    assert read_line("list", car).calls == (lists(),)


def test_a_functions_file_that_has_the_function_gives_the_car_it(car, tmp_path):
    path = tmp_path / "functions.json"
    path.write_text(json.dumps(car.raw_functions))
    assert load_catalog(CatalogFiles(functions=path)).functions == car.functions


def test_a_car_has_its_own_categories(tmp_path):
    path = tmp_path / "categories.toml"
    path.write_text(
        'function = "look"\nparameter = "at"\n[[categories]]\nname = "DOORS"\n'
        'properties = ["DOOR_LOCK", "GULL_WING"]\n'
    )
    car = load_catalog(CatalogFiles(categories=path))
    (listed,) = result(car, ToolCall("look", {"at": "DOORS"}))
    assert listed["propertyName"] == "DOOR_LOCK"
    assert "DOOR_POS" in car.lists.lacking(car.properties)
    assert load_catalog(CatalogFiles(categories=BUILT_IN)).lists.function == "getPropertyList"


HEAD = 'function = "f"\nparameter = "p"\nevery = "ALL"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the categories file can't be used"),
        ("[", "the categories file is not TOML"),
        (f"{HEAD}categories = []", "categories"),
        (f"{HEAD}categories = [{{name = 'A'}}, {{name = 'A'}}]", "two categories 'A'"),
        (f"{HEAD}categories = [{{name = 'ALL'}}]", "two categories 'ALL'"),
        (
            HEAD.replace('"f"', '"setIntProperty"') + "categories = [{name = 'A'}]",
            "setIntProperty reads or sets properties, see .*functions.json; give",
        ),
    ],
)
def test_unusable_categories_are_explained(tmp_path, text, why):
    path = tmp_path / "categories.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"categories\.toml.*{why}"):
        load_catalog(CatalogFiles(categories=path))
