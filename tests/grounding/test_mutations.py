"""The grounding stage's test material: the right samples are sound, the broken ones legal."""

import json
import random
from functools import cache
from pathlib import Path

import pytest
from grounding import mutations
from verifying import verify

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.car.catalog import Catalog
from workbench.core.samples import Sample, from_item

FOLDER = Path(__file__).parent
CARS = ("other_car", "third_car")
FILES = (
    *sorted(path.name for path in FOLDER.glob("*_?.json")),
    *(f"{car}/samples.json" for car in CARS),
)
MEANING = sorted(mutations.MEANING)
STRUCTURAL = sorted(mutations.STRUCTURAL)


@cache
def catalog_of(file: str) -> Catalog:
    car, _, samples = file.partition("/")
    properties = FOLDER / car / "properties.json" if samples else None
    return load_catalog(CatalogFiles(properties=properties))


@cache
def items_of(file: str) -> list[dict]:
    return json.loads((FOLDER / file).read_text(encoding="utf-8"))


@cache
def samples_of(file: str) -> list[Sample]:
    return [from_item(item) for item in items_of(file)]


def call(name: str, area: int, value: object = None) -> dict:
    prop = catalog_of("samples_a.json").properties[name]
    function = {"Integer": "Int"}.get(prop.type, prop.type)
    arguments = {"propertyName": name, "areaId": area}
    arguments |= {} if value is None else {"value": value}
    return {
        "name": f"{'get' if value is None else 'set'}{function}Property",
        "arguments": arguments,
    }


def broken(kind: str, query: str, *calls: dict) -> set[tuple]:
    """All outcomes of one kind of break: the changed calls' arguments."""
    catalog = catalog_of("samples_a.json")
    sample = from_item({"query": query, "answers": list(calls)})
    found = (mutations.MEANING[kind](sample, catalog, random.Random(n)) for n in range(30))
    return {
        tuple(answer.arguments.values())
        for mutant in found
        if mutant
        for answer in mutant.answers
        if answer not in sample.answers
    }


@pytest.mark.parametrize("file", FILES)
def test_the_right_samples_are_sound(file):
    for item in items_of(file):
        sample = from_item(item)
        assert not verify(sample, catalog_of(file)).findings, sample.query
        assert set(item) == {"query", "answers", "kind"}


def test_no_query_stands_twice():
    queries = [" ".join(s.query.lower().split()) for file in FILES for s in samples_of(file)]
    assert len(queries) == len(set(queries))


@pytest.mark.parametrize("kind", MEANING)
@pytest.mark.parametrize("file", FILES)
def test_a_broken_meaning_stays_legal(file, kind):
    catalog = catalog_of(file)
    count = 0
    for sample in samples_of(file):
        mutant = mutations.MEANING[kind](sample, catalog, random.Random(sample.query))
        if mutant:
            count += 1
            assert mutant.query == sample.query
            assert mutations.calls_of(mutant) != mutations.calls_of(sample)
            assert mutations.passes(mutant, catalog)
    assert count


@pytest.mark.parametrize("kind", STRUCTURAL)
@pytest.mark.parametrize("file", FILES)
def test_a_broken_structure_is_refused(file, kind):
    catalog = catalog_of(file)
    count = 0
    for sample in samples_of(file):
        mutant = mutations.STRUCTURAL[kind](sample, catalog, random.Random(sample.query))
        if mutant:
            count += 1
            assert verify(mutant, catalog).status == "fail", mutant
    assert count


def test_the_same_chance_breaks_alike():
    catalog = catalog_of("samples_a.json")
    for kind in MEANING:
        for sample in samples_of("samples_a.json")[:40]:
            one, other = (
                mutations.MEANING[kind](sample, catalog, random.Random(5)) for _ in range(2)
            )
            assert one == other


def test_a_place_is_moved_only_where_it_is_stated():
    ac = call("HVAC_AC_ON", 1, True)
    assert broken("place", "AC on for me", ac) == {
        ("HVAC_AC_ON", area, True) for area in (4, 16, 32, 64)
    }
    assert not broken("place", "AC on, please, my back hurts", ac)
    assert not broken("extra_place", "AC on, please", ac)
    assert not broken("place", "Heat the left mirror", call("HVAC_SIDE_MIRROR_HEAT", 3, 1))


def test_a_number_moves_away_from_all_that_the_words_can_mean():
    temperature = call("HVAC_TEMPERATURE_SET", 1, 22.0)
    exact = broken("number", "22 degrees please", temperature)
    assert {value for _, _, value in exact} == {
        *(19.5, 20.0, 20.5, 21.0, 21.5),
        *(22.5, 23.0, 23.5, 24.0, 24.5),
    }
    converted = broken("number", "72 Fahrenheit please", temperature)
    assert min(abs(value - 22.0) for _, _, value in converted) == 1.0
    half = broken("number", "Open my window halfway", call("WINDOW_POS", 16, 5))
    assert min(abs(value - 5) for _, _, value in half) == 2
    assert not broken("number", "I'm freezing", call("HVAC_TEMPERATURE_SET", 1, 25.0))


def test_a_direction_is_turned():
    assert broken("direction", "Lock my door", call("DOOR_LOCK", 1, True)) == {
        ("DOOR_LOCK", 1, False)
    }
    assert broken("direction", "Headlights on", call("HEADLIGHTS_SWITCH", 0, 1)) == {
        ("HEADLIGHTS_SWITCH", 0, 0)
    }
    assert broken("direction", "Shut my window", call("WINDOW_POS", 16, 0)) == {
        ("WINDOW_POS", 16, 10)
    }
    assert not broken("direction", "The windscreen's fogged up", call("HVAC_DEFROSTER", 1, True))


def test_reading_and_changing_are_exchanged_where_the_property_allows_both():
    assert broken("read_or_change", "Could you open my door?", call("DOOR_POS", 1, 1)) == {
        ("DOOR_POS", 1)
    }
    assert broken("read_or_change", "Is my door locked?", call("DOOR_LOCK", 1)) == {
        ("DOOR_LOCK", 1, True),
        ("DOOR_LOCK", 1, False),
    }
    assert not broken("read_or_change", "How fast are we?", call("PERF_VEHICLE_SPEED", 0))


def test_a_property_is_not_replaced_by_one_that_the_words_fit_as_well():
    fog = call("FRONT_FOG_LIGHTS_SWITCH", 0, 1)
    either = {name for name, *_ in broken("property", "Fog lights on", fog)}
    named = {name for name, *_ in broken("property", "Front fog lights on", fog)}
    assert "REAR_FOG_LIGHTS_SWITCH" not in either
    assert {"REAR_FOG_LIGHTS_SWITCH", "HEADLIGHTS_SWITCH"} <= named


def test_areas_are_swapped_between_different_values_only():
    cool, warm = call("HVAC_TEMPERATURE_SET", 1, 22.0), call("HVAC_TEMPERATURE_SET", 4, 24.0)
    assert broken("swapped", "22 for me and 24 for you", cool, warm) == {
        ("HVAC_TEMPERATURE_SET", 4, 22.0),
        ("HVAC_TEMPERATURE_SET", 1, 24.0),
    }
    same = call("HVAC_TEMPERATURE_SET", 4, 22.0)
    assert not broken("swapped", "22 for me and for you", cool, same)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("twenty-one and a half", [21.5]),
        ("twenty two point five, not 19", [22.5, 19.0]),
        ("21.5 or 70%", [21.5, 70.0]),
        ("someone left at ninety", [90.0]),
    ],
)
def test_numbers_are_read_in_digits_and_words(text, numbers):
    assert mutations.numbers_in(text) == numbers
