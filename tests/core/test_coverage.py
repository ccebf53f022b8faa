"""Coverage of cells, and the figures of a set of queries."""

from tests.query_statistics import calls_histogram, common_openings, distinct_ngrams, words
from workbench.core.car.coverage import count_cells, covered, sample_cells, thin_cells
from workbench.core.samples import Sample, ToolCall


def call(name, prop, area, **more):
    return ToolCall(name, {"propertyName": prop, "areaId": area, **more})


LOCK_ALL = Sample(
    "Lock up.",
    tuple(call("setBooleanProperty", "DOOR_LOCK", area, value=True) for area in (1, 4, 16, 64)),
)
ASK = Sample("Is my door locked?", (call("getBooleanProperty", "DOOR_LOCK", 1),))
TWICE = Sample("Twice.", (call("getBooleanProperty", "DOOR_LOCK", 1),) * 2)
ODD = Sample(
    "Odd.",
    (
        call("noSuchFunction", "DOOR_LOCK", 1),
        ToolCall("getBooleanProperty", {"propertyName": ["DOOR_LOCK"], "areaId": 1}),
        ToolCall("getBooleanProperty", {"propertyName": "DOOR_LOCK", "areaId": True}),
        ToolCall("getBooleanProperty", {}),
    ),
)


def test_cells_of_a_sample_are_place_and_access(catalog):
    cells = sample_cells(LOCK_ALL, catalog)
    assert [(c.property, c.area, c.access) for c in cells] == [
        ("DOOR_LOCK", area, "set") for area in (1, 4, 16, 64)
    ]


def test_unusable_calls_have_no_cell(catalog):
    assert sample_cells(ODD, catalog) == []


def test_a_sample_counts_once_for_a_cell(catalog):
    counts = count_cells([LOCK_ALL, ASK, TWICE], catalog)
    assert counts[sample_cells(ASK, catalog)[0]] == 2
    assert covered(catalog, counts) == 5


def test_thin_cells_are_thinnest_first_and_stable(catalog):
    cells = catalog.spoken_cells
    counts = dict.fromkeys(cells, 3) | {cells[5]: 1, cells[2]: 1, cells[9]: 0}
    assert thin_cells(catalog, counts, 4) == (cells[9], cells[2], cells[5], cells[0])
    assert thin_cells(catalog, {}, 3) == cells[:3]
    assert thin_cells(catalog, counts, 0) == thin_cells(catalog, counts, -1) == ()


def test_openings_are_counted_without_case_and_punctuation():
    queries = ["Turn on, the AC!", "turn ON the light", "Open up"]
    assert common_openings(queries, limit=1) == [("turn on the", 2 / 3)]
    assert common_openings([]) == []


def test_distinct_ngrams():
    assert distinct_ngrams(["a b c d e"]) == 1.0
    assert distinct_ngrams(["a b c d", "A, b c d."]) == 0.5
    assert distinct_ngrams(["too short"]) == distinct_ngrams([]) == 0.0


def test_calls_are_counted_by_sample():
    assert calls_histogram([LOCK_ALL, ASK, TWICE, ASK]) == {1: 2, 2: 1, 4: 1}
    assert words("It's 22°, ok?") == ["it's", "22°", "ok"]
