"""The compact catalogue: written, read back, and nothing lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_car import small_catalog

from workbench.adapters.catalogs import CatalogFiles, load_catalog
from workbench.core.compact import CompactError, facts_of, read_compact, write_compact
from workbench.core.compact.facts import AreaFacts, Limits, PropertyFacts

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
                                "values": tuple(map(tuple, area["limits"].get("values", []))),
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
)
PROPERTY = st.builds(
    PropertyFacts,
    name=WORD,
    access=st.sampled_from(["r", "w", "rw"]),
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


@given(st.lists(PROPERTY, max_size=3).map(tuple))
def test_whatever_the_names_and_values_nothing_is_lost(facts):
    assert repr(read_compact(write_compact(facts))) == repr(facts)


BAD = {
    "another version": ("catalogue 9\n", "line 1"),
    "no access": ("catalogue 1\nX Float; A1", "line 2: it must begin"),
    "an unknown list": ("catalogue 1\nX r Float; A1", "line 2: there is no 'A1'"),
    "a string without end": ('catalogue 1\nA1 = 0 "x', "line 2"),
    "a range of nothing": ("catalogue 1\nA1 = 0 car\nX r Float; A1, a..b", "line 3"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_text_that_is_none_is_named_with_its_line(text, said):
    with pytest.raises(CompactError) as caught:
        read_compact(text)
    assert said in str(caught.value)
