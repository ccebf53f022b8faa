"""The catalogue and its overlay, and the check that looks a catalogue file over."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.car.catalog import Cell, build_catalog
from workbench.core.car.catalog_check import check_entries
from workbench.core.car.overlay import Overlay
from workbench.core.errors import InputError

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference catalogue is not beside this checkout"
)


def test_the_catalogue_has_its_properties_and_functions(catalog):
    assert (len(catalog.properties), len(catalog.functions)) == (48, 16)


def test_every_property_has_an_overlay_entry(catalog):
    assert [p.name for p in catalog.properties.values() if p.category == "other"] == []


def test_every_area_has_words(catalog):
    for prop in catalog.properties.values():
        for area in prop.areas.values():
            assert area.words
            assert str(area.id) not in area.words


def test_the_overlay_tells_what_the_files_lack(catalog):
    temperature = catalog.properties["HVAC_TEMPERATURE_SET"]
    assert (temperature.unit, temperature.step) == ("°C", 0.5)
    limit = catalog.properties["EV_CHARGE_PERCENT_LIMIT"].areas[0]
    assert (limit.minimum, limit.maximum) == (0.0, 100.0)
    roof = catalog.properties["WINDOW_POS"].areas[65536]
    assert (roof.zero, roof.plus, roof.minus) == ("closed", "open", "tilted for ventilation")
    assert catalog.properties["WINDOW_POS"].areas[16].minus == ""
    assert catalog.properties["HVAC_FAN_DIRECTION"].areas[1].values == (1, 2, 3, 4, 6)
    assert catalog.properties["HEADLIGHTS_SWITCH"].value_names[256] == "automatic"


def test_the_overlay_counts_for_its_type_only(catalog):
    raw = {"propertyName": "WINDOW_POS", "dataType": "Float", "areaIdProfiles": [{"areaId": 16}]}
    overlay = Overlay.model_validate({"properties": {"WINDOW_POS": {"Integer": {"unit": "cm"}}}})
    other = build_catalog([raw], [], overlay)
    assert other.properties["WINDOW_POS"].unit == ""


def test_bounds_are_read_from_strings_and_numbers(catalog):
    seat = catalog.properties["HVAC_SEAT_TEMPERATURE"].areas[1]
    assert (seat.minimum, seat.maximum) == (-2, 2)
    raw = {
        "propertyName": "X",
        "dataType": "Float",
        "areaIdProfiles": [{"areaId": 0, "minValue": 1.5, "maxValue": ""}],
    }
    area = build_catalog([raw], [], Overlay()).properties["X"].areas[0]
    assert (area.minimum, area.maximum) == (1.5, None)


@pytest.mark.parametrize(("side", "seat", "window"), [("left", 1, 16), ("right", 4, 64)])
def test_the_driver_s_places_follow_the_driver_s_side(side, seat, window):
    car = load_catalog(CatalogFiles(driver_side=side))
    assert car.driver_area(car.properties["HVAC_AC_ON"]) == seat
    assert car.driver_area(car.properties["WINDOW_POS"]) == window
    assert car.passenger_area(car.properties["HVAC_AC_ON"]) == 5 - seat
    assert car.driver_area(car.properties["RANGE_REMAINING"]) is None


def test_spoken_cells_leave_out_what_nobody_says_or_no_car_allows(catalog):
    cells = set(catalog.spoken_cells)
    assert Cell("HVAC_TEMPERATURE_SET", 16, "set") in cells
    assert Cell("RANGE_REMAINING", 0, "get") in cells
    assert Cell("RANGE_REMAINING", 0, "set") not in cells
    assert Cell("TIRE_PRESSURE", 1, "set") not in cells
    assert Cell("INFO_MODEL_YEAR", 0, "set") not in cells


def test_combined_areas_are_said_bit_by_bit(catalog):
    raw = {"propertyName": "X", "dataType": "Boolean", "areaIdProfiles": [{"areaId": 17}]}
    overlay = Overlay(area_kinds=dict(catalog.area_kinds))
    raw["areaIdProfiles"][0]["areaIdDescription"] = "row 1 left seat, row 2 left seat"
    [area] = build_catalog([raw], [], overlay).properties["X"].areas.values()
    assert area.words == "front left seat and rear left seat"


@needs_reference
def test_the_facts_are_those_of_the_reference(catalog):
    def facts(entry):
        entry = {k: v for k, v in entry.items() if k != "propertyDescription"}
        areas = entry.pop("areaIdProfiles")
        return entry, [{k: v for k, v in a.items() if k != "areaIdDescription"} for a in areas]

    theirs = json.loads((REFERENCE / "vehicle_properties.json").read_text())
    assert list(map(facts, theirs)) == list(map(facts, catalog.raw_properties))


@needs_reference
def test_no_description_is_the_reference_s(catalog):
    def words(entries):
        for entry in entries:
            yield entry["propertyDescription"].strip()
            yield from (a["areaIdDescription"] for a in entry["areaIdProfiles"])

    theirs = json.loads((REFERENCE / "vehicle_properties.json").read_text())
    assert not set(words(theirs)) & set(words(catalog.raw_properties))


@needs_reference
def test_the_reference_catalogue_loads_as_it_is():
    files = CatalogFiles(
        REFERENCE / "vehicle_properties.json", REFERENCE / "car_property_functions.json"
    )
    car = load_catalog(files)
    assert len(car.properties) == 48
    assert car.properties["HVAC_TEMPERATURE_SET"].unit == "°C"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[", "not JSON"),
        ("{}", "must be a JSON list"),
        ("[7]", "entry 0"),
        ('[{"propertyName": "X"}]', "dataType"),
        ('[{"propertyName": "X", "dataType": "Float", "areaIdProfiles": [{}]}]', "areaId"),
    ],
)
def test_a_broken_catalogue_is_named_in_a_sentence(tmp_path, text, reason):
    path = tmp_path / "car.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=r"car\.txt") as caught:
        load_catalog(CatalogFiles(properties=path))
    assert reason in str(caught.value)


def entry(name="X", data_type="Integer", areas=({"areaId": 0},), **fields):
    return {
        "propertyName": name,
        "dataType": data_type,
        "access": "ReadWrite",
        "areaIdProfiles": list(areas),
        **fields,
    }


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([entry(), entry()], "listed 2 times"),
        ([entry(areas=[{"areaId": 0, "minValue": "5", "maxValue": "1"}])], "minimum 5 is above 1"),
        ([entry(data_type="Int")], 'unknown dataType "Int"'),
        ([entry(access="Both")], 'unknown access "Both"'),
        ([entry(areas=[{"areaId": 0}, {"areaId": 1}])], "area 0"),
        ([entry(areas=[{"areaId": 1}, {"areaId": 1}])], "listed 2 times"),
        ([entry(areas=[])], "no area"),
        ([entry(propertyDescription="Values:\n- 1 (ON): on\n- 2 (OFF): off")], "lists 1, 2"),
        (
            [entry(areas=[{"areaId": 0, "maxValue": "1", "supportedEnumValues": [1, 2]}])],
            "enum value 2",
        ),
    ],
)
def test_the_check_finds_what_is_odd(entries, message):
    assert any(message in remark.message for remark in check_entries(entries))


def test_the_check_says_nothing_of_a_right_entry():
    right = entry(
        propertyDescription="Mode. 1 (ON) is on, 2 (OFF) is off.",
        areas=[{"areaId": 0, "supportedEnumValues": [1, 2]}],
    )
    assert list(check_entries([right])) == []


@pytest.mark.parametrize(
    "text", ["From 0 to 100.", "In steps of 0.5 °C.", "0 is closed, 10 is open."]
)
def test_numbers_of_a_range_are_no_list_of_values(text):
    ranged = entry(
        areas=[{"areaId": 0, "minValue": "0", "maxValue": "10"}], propertyDescription=text
    )
    assert list(check_entries([ranged])) == []


@pytest.mark.exhaustive
def test_the_core_loads_no_screen_network_or_store():
    code = (
        "import sys, pkgutil, importlib, workbench.core as c\n"
        "for m in pkgutil.walk_packages(c.__path__, 'workbench.core.'):\n"
        "    importlib.import_module(m.name)\n"
        "bad = {'textual', 'typer', 'rich', 'google', 'tinydb', 'jinja2'} & set(sys.modules)\n"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
