"""Properties that the built-in catalogue lacks and other cars have."""

import json

import pytest
from typer.testing import CliRunner
from verifying import verify

from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.cli import app
from workbench.core.car.catalog import Cell
from workbench.core.car.coverage import sample_cells
from workbench.core.car.vehicle import Vehicle
from workbench.core.checks import DEFAULT_STAGES
from workbench.core.grammar import Grammar
from workbench.core.samples import Sample, ToolCall

SWITCHES = ("FRONT_FOG_LIGHTS_SWITCH", "REAR_FOG_LIGHTS_SWITCH")
EXTEND = ["catalog", "extend", "FOG_LIGHTS_SWITCH", "INFO_DRIVER_SEAT"]
FOG, SEAT = "FOG_LIGHTS_SWITCH", "INFO_DRIVER_SEAT"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A car with one fog light switch that knows where its driver sits."""
    path = tmp_path_factory.mktemp("car") / "car.json"
    without = [word for name in SWITCHES for word in ("--without", name)]
    path.write_text(CliRunner().invoke(app, [*EXTEND, *without]).output)
    return CatalogFiles(properties=path)


@pytest.fixture(scope="module")
def car(files):
    return load_catalog(files)


def get(name):
    return ToolCall("getIntProperty", {"propertyName": name, "areaId": 0})


def put(name, value):
    return ToolCall("setIntProperty", {"propertyName": name, "areaId": 0, "value": value})


def test_the_file_has_the_built_in_entries_and_the_others(car, catalog):
    kept = tuple(one for one in catalog.raw_properties if one["propertyName"] not in SWITCHES)
    assert car.raw_properties[:-2] == kept
    assert [one["propertyName"] for one in car.raw_properties[-2:]] == [FOG, SEAT]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["WINGS"], "known are FOG_LIGHTS_SWITCH, INFO_DRIVER_SEAT"),
        ([FOG, "--without", "WINGS"], "--without WINGS"),
        ([FOG, "--properties", "car.json"], "has it already"),
    ],
)
def test_what_cannot_be_added_is_explained(files, monkeypatch, arguments, why):
    monkeypatch.chdir(files.properties.parent)
    done = CliRunner().invoke(app, ["catalog", "extend", *arguments])
    assert why in str(done.exception)


def test_the_driver_sits_where_the_side_says(files):
    for side, seat in (("left", 1), ("right", 4)):
        car = load_catalog(CatalogFiles(properties=files.properties, driver_side=side))
        assert Vehicle(car).run(get(SEAT)).answer["value"] == seat


@pytest.mark.parametrize(
    ("query", "call"),
    [
        ("Which side is the steering wheel on?", get(SEAT)),
        ("which side's the steering wheel on in this thing", get(SEAT)),
        ("is this a left-hand drive car?", get(SEAT)),
        ("Is the driver's seat on the right in this car?", get(SEAT)),
        ("RHD or LHD?", get(SEAT)),
        ("are my fog lamps on?", get(FOG)),
        ("front fogs on please", put(FOG, 1)),
        ("turn off all the fog lights", put(FOG, 0)),
        ("fog lights to automatic", put(FOG, 256)),
    ],
)
def test_what_people_say_of_them_is_read(car, query, call):
    assert verify(Sample(query, (call,)), car, DEFAULT_STAGES).findings == ()


@pytest.mark.parametrize(
    ("query", "call", "code"),
    [
        ("fog lights off, we're out of it", put(FOG, 1), "grounding.value"),
        ("Headlights on", put(FOG, 1), "grounding.property"),
        ("What model year is this car?", get(SEAT), "grounding.property"),
        ("Make it right-hand drive", put(SEAT, 4), "execution.not_writable"),
    ],
)
def test_what_they_are_not_is_found(car, query, call, code):
    found = verify(Sample(query, (call,)), car, DEFAULT_STAGES).findings
    assert code in [one.code for one in found]


def test_the_grammar_writes_for_them_and_the_reader_agrees(files, car):
    phrases = load_phrases(resource("data") / "phrases")
    grammar = Grammar(car, load_policy(files), phrases)
    cells = [Cell(FOG, 0, "get"), Cell(FOG, 0, "set"), Cell(SEAT, 0, "get")]
    assert set(cells) <= set(car.spoken_cells)
    assert Cell(SEAT, 0, "set") not in car.spoken_cells
    for cell in cells:
        thin = (cell,) * 14
        drawn = [grammar.sample(1, number, at, thin) for number in range(3) for at in range(20)]
        samples = [one for one in drawn if sample_cells(one, car) == [cell]]
        assert len({one.query for one in samples}) > 10
        for sample in samples:
            assert verify(sample, car, DEFAULT_STAGES).findings == ()


def test_the_entries_are_those_of_a_catalogue_file():
    known = json.loads((resource("data") / "other_properties.json").read_text())
    assert [one["propertyName"] for one in known] == [FOG, SEAT]
