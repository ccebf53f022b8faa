"""The compact catalogue: written, read back, and nothing lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_car import small_catalog

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.car.catalog import build_catalog
from workbench.core.car.compact import CompactError, facts_of, read_compact, write_compact
from workbench.core.car.compact.facts import AreaFacts, Limits, PropertyFacts
from workbench.core.car.overlay import AreaOverlay, Overlay, PropertyOverlay

VECTORS = json.loads((Path(__file__).parent / "compact_vectors.json").read_text("utf-8"))
GROUNDING = Path(__file__).parents[1] / "grounding"


def cars():
    yield load_catalog(CatalogFiles())
    yield small_catalog()
    for name in ("other_car", "third_car"):
        yield load_catalog(CatalogFiles(GROUNDING / name / "properties.json"))


def test_every_fact_of_every_car_can_be_rebuilt():
    for car in cars():
        facts = facts_of(car)
        assert len(facts) == len(car.properties)
        assert read_compact(write_compact(facts)) == facts


def test_the_catalogue_here_is_a_quarter_of_its_json(catalog):
    text = write_compact(facts_of(catalog))
    assert len(text) < len(json.dumps(catalog.raw_properties, separators=(",", ":"))) / 4


def test_chosen_properties_stand_in_the_order_asked(catalog):
    facts = facts_of(catalog, ["WINDOW_POS", "DOOR_LOCK"])
    assert [fact.name for fact in facts] == ["WINDOW_POS", "DOOR_LOCK"]
    assert read_compact(write_compact(facts)) == facts


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["says"])
def test_the_vectors_are_written_and_read(vector):
    """Texts by which the car's side can test a writer of its own."""
    facts = tuple(
        PropertyFacts(
            **{
                **prop,
                "areas": tuple(
                    AreaFacts(
                        area["id"],
                        area["words"],
                        Limits(
                            **{
                                **area["limits"],
                                **{
                                    name: tuple(map(tuple, area["limits"].get(name, [])))
                                    for name in ("values", "names")
                                },
                            }
                        ),
                    )
                    for area in prop["areas"]
                ),
            }
        )
        for prop in vector["properties"]
    )
    text = "\n".join(vector["text"])
    assert write_compact(facts) == text
    assert read_compact(text) == facts


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORD = TEXT.filter(bool)
NUMBER = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
LIMITS = st.builds(
    Limits,
    minimum=st.none() | NUMBER,
    maximum=st.none() | NUMBER,
    values=st.lists(st.tuples(NUMBER | st.booleans() | TEXT, TEXT), max_size=3).map(tuple),
    zero=TEXT,
    plus=TEXT,
    minus=TEXT,
    names=st.lists(st.tuples(NUMBER | st.booleans() | TEXT, TEXT), max_size=3).map(tuple),
)
PROPERTY = st.builds(
    PropertyFacts,
    name=WORD,
    access=st.sampled_from(["r", "w", "rw", "-"]),
    type=WORD,
    areas=st.lists(
        st.builds(AreaFacts, st.integers(0, 2**62), TEXT, LIMITS),
        max_size=3,
        unique_by=lambda area: area.id,
    ).map(tuple),
    unit=TEXT,
    step=st.none() | NUMBER,
    advisory=st.booleans(),
)


@pytest.mark.exhaustive
@given(st.lists(PROPERTY, max_size=3).map(tuple))
def test_whatever_the_names_and_values_nothing_is_lost(facts):
    assert repr(read_compact(write_compact(facts))) == repr(facts)


BITS = st.integers(0, 2**31)
VALUE = st.integers(-(2**40), 2**40)
PROFILE = st.fixed_dictionaries(
    {"areaId": BITS, "areaIdDescription": TEXT},
    optional={
        "minValue": st.just("") | NUMBER | st.floats(-9, 9).map(str),
        "maxValue": st.none() | NUMBER,
        "supportedEnumValues": st.lists(VALUE, max_size=4, unique=True),
    },
)
RAW = st.fixed_dictionaries(
    {
        "propertyName": WORD,
        "dataType": st.sampled_from(["Boolean", "Integer", "Long", "Float", "FloatArray"]) | WORD,
        "access": st.sampled_from(["ReadOnly", "WriteOnly", "ReadWrite"]),
        "changeMode": st.sampled_from(["Static", "OnChange"]),
        "areaIdProfiles": st.lists(PROFILE, max_size=4),
    }
)
SAID = st.builds(
    PropertyOverlay,
    unit=TEXT,
    step=st.none() | st.floats(1e-9, 9),
    zero=TEXT,
    plus=TEXT,
    minus=TEXT,
    values=st.dictionaries(VALUE.map(str), WORD, max_size=4),
    advisory=st.booleans(),
    areas=st.dictionaries(BITS.map(str), st.builds(AreaOverlay, words=TEXT), max_size=2),
)


@given(st.lists(st.tuples(RAW, st.none() | SAID), max_size=3))
def test_whatever_a_car_reports_can_be_known_from_the_text(entries):
    """Held against the catalogue itself, not against the facts taken from it."""
    overlay = Overlay(
        properties={raw["propertyName"]: {raw["dataType"]: said} for raw, said in entries if said}
    )
    car = build_catalog([raw for raw, _ in entries], [], overlay)
    read = {fact.name: fact for fact in read_compact(write_compact(facts_of(car)))}
    assert list(read) == list(car.properties)
    for prop in car.properties.values():
        fact = read[prop.name]
        assert (fact.type, fact.unit, fact.advisory) == (prop.type, prop.unit, prop.advisory)
        assert ("r" in fact.access) == prop.readable
        assert ("w" in fact.access) == (prop.writable and not prop.static)
        whole = prop.type in ("Integer", "Long")
        assert (fact.step or (1 if whole else None)) == (prop.step or (1 if whole else None))
        assert [area.id for area in fact.areas] == list(prop.areas)
        for area in fact.areas:
            _same_area(area, prop)


def _same_area(area, prop):
    here, limits = prop.areas[area.id], area.limits
    assert area.words == here.words
    bounds = (limits.minimum, limits.maximum)
    assert repr(bounds) == repr((here.minimum, here.maximum))
    assert (limits.zero, limits.plus, limits.minus) == (here.zero, here.plus, here.minus)
    assert repr([value for value, _ in limits.values]) == repr(list(here.values))
    names = {value: name for value, name in (*limits.values, *limits.names) if name}
    told = {v: n for v, n in prop.value_names.items() if v in here.values or not here.values}
    assert names == told


BAD = {
    "a place for a limit": (
        "catalogue 1\nA1 = 0 car\nX r Float; A1, A1",
        "line 3: A1 is not a limit",
    ),
    "a limit for a place": (
        "catalogue 1\nV1 = 0 off\nX r Float; V1",
        "line 3: V1 is not a list of p",
    ),
    "another version": ("catalogue 9\n", "line 1"),
    "no access": ("catalogue 1\nX Float; A1", "line 2: it must start"),
    "an unknown list": ("catalogue 1\nX r Float; A1", "line 2: there is no 'A1'"),
    "a string without end": ('catalogue 1\nA1 = 0 "x', "line 2"),
    "a range of nothing": ("catalogue 1\nA1 = 0 car\nX r Float; A1, a..b", "line 3"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_text_that_is_none_is_named_with_its_line(text, said):
    with pytest.raises(CompactError) as caught:
        read_compact(text)
    assert said in str(caught.value)
