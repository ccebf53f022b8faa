"""The overview of a review: counts, plots with the searches behind them, and coverage."""

import json

import pytest

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.car.coverage_places import layout, place_of
from workbench.core.review.facets import facets_of
from workbench.jobs.review import open_review
from workbench.jobs.review.overview import Counting
from workbench.jobs.review.overview_plots import Tallies, make_plots


def item(query, *calls):
    return {
        "query": query,
        "answers": [
            {
                "name": name,
                "arguments": {"propertyName": prop, "areaId": area} | ({"value": v} if v else {}),
            }
            for name, prop, area, v in calls
        ],
    }


WARMER = ("setFloatProperty", "HVAC_TEMPERATURE_SET", 1, 22.0)
ITEMS = [
    item("Set my side to 22 degrees", WARMER) | {"meta": {"style": "short"}},
    item("Is the rear AC on?", ("getBooleanProperty", "HVAC_AC_ON", 16, None)),
    {"query": 7},
    item("99 degrees for me", ("setFloatProperty", "HVAC_TEMPERATURE_SET", 1, 99.0)),
    item("22 for me, and is it on", WARMER, ("getBooleanProperty", "HVAC_AC_ON", 1, None)),
    item("A seat that is not there", ("setFloatProperty", "HVAC_TEMPERATURE_SET", 77, 20.0)),
]


@pytest.fixture
def review(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    opened = open_review(path, CatalogFiles(), reviewer="ann")
    yield opened
    opened.close()


def know_all(review):
    for row in range(len(review.raw)):
        sample = review.sample(row)
        review.know(row, facets_of(sample, review.verdict(sample) if sample else None))


def counted(review):
    counting = Counting(review)
    while counting.work(1.0):
        pass
    return counting.overview()


def bars(overview, plot):
    return {bar.label: bar.count for bar in overview.plots[plot].bars}


def found_by(review, text):
    return list(review.make_view(review.read_search(text), None))[-1]


def test_verdicts_that_are_not_known_are_counted_as_such_and_caught_up_with(review):
    counting = Counting(review)
    assert not counting.work(1.0)
    before = counting.overview()
    assert bars(before, "verdicts") == {"pass": 0, "warn": 0, "fail": 0, "unverified": 6}
    assert before.unverified == 6
    assert not counting.verified
    assert not counting.catch_up(1.0)
    assert counting.overview() == before
    know_all(review)
    assert not counting.catch_up(1.0)
    assert counting.verified
    assert counting.overview() == counted(review)
    assert bars(counting.overview(), "verdicts")["unusable"] == 1


def test_counting_goes_on_where_it_stopped(review):
    know_all(review)
    counting = Counting(review)
    rounds = 0
    while counting.work(0.0):
        rounds += 1
    assert counting.done
    assert counting.overview() == counted(review)


def test_decisions_calls_and_words_are_counted(review):
    know_all(review)
    review.decide(0, "accepted", seconds=3.0)
    review.decide(1, "rejected", seconds=9.0)
    review.decide(3, "accepted", "edit", 7.5, edited=review.sample(0))
    found = counted(review)
    assert bars(found, "decisions") == {
        "accepted": 2,
        "rejected": 1,
        "skipped": 0,
        "undecided": 2,
        "edited": 1,
    }
    assert bars(found, "calls") == {"1 call": 4, "2 calls": 1, "short": 1}
    assert (bars(found, "words")["4–6"], bars(found, "words")["7–9"]) == (4, 1)
    assert found.median == 7.5
    assert found.plots["seconds"].note == "median 7.5 s"
    assert sum(bars(found, "time").values()) == 3


def test_each_bar_has_a_search_that_finds_what_it_counts(review):
    know_all(review)
    review.decide(0, "accepted", seconds=3.0)
    review.decide(1, "rejected", seconds=40.0)
    review.decide(3, "accepted", "edit", 90.0, edited=review.sample(0))
    review.decide_all([4], "skipped")
    found = counted(review)
    for name, plot in found.plots.items():
        for bar in plot.bars:
            if bar.search:
                assert len(found_by(review, bar.search)) == bar.count, (name, bar)
            else:
                assert bar.why, (name, bar)


def test_equal_samples_share_one_decision_over_time(tmp_path):
    path = tmp_path / "twins.json"
    path.write_text(json.dumps([ITEMS[0], ITEMS[0]]), encoding="utf-8")
    review = open_review(path, CatalogFiles(), reviewer="ann")
    review.decide(0, "accepted", seconds=3.0)
    found = counted(review)
    assert bars(found, "decisions")["accepted"] == 2
    assert sum(bars(found, "time").values()) == 1
    review.close()


@pytest.mark.parametrize(
    ("hours", "title", "labels"),
    [
        (["2026-11-05T09", "2026-11-05T11"], "Decisions per hour", ["09:00", "10:00", "11:00"]),
        (["2026-02-28T09", "2026-03-01T11"], "Decisions per day", ["2026-02-28", "2026-03-01"]),
        (["2025-02-28T09", "2026-03-01T11"], "Decisions per month", ["2025-02", "2026-03"]),
        (["", "[/red]", "9999-99-99T99"], "Decisions over time", []),
    ],
)
def test_decisions_over_time_take_the_finest_unit_that_fits(hours, title, labels):
    tallies = Tallies()
    tallies.hours.update(hours)
    plot = make_plots(tallies, 0)["time"]
    assert plot.title == title
    assert [bar.label for bar in plot.bars] == labels


def test_coverage_counts_samples_by_cell_and_marks_thin_ones(review):
    know_all(review)
    review.decide(0, "accepted")
    grid = counted(review).grid
    squares = {s.cell.access + str(s.cell.area): s for s in squares_of(grid, "HVAC_AC_ON")}
    assert (squares["get16"].count, squares["get1"].count, squares["get4"].count) == (1, 1, 0)
    assert squares["get4"].thin
    assert not squares["get16"].thin
    assert squares["get16"].search == "property:HVAC_AC_ON area:16 function:get*"
    assert found_by(review, squares["get16"].search) == [1]
    warm = next(s for s in squares_of(grid, "HVAC_TEMPERATURE_SET") if s.cell.area == 1)
    assert warm.count == 0  # a read
    warm = next(s for s in squares_of(grid, "HVAC_TEMPERATURE_SET") if s.count)
    assert (warm.count, warm.accepted, warm.cell.access) == (3, 1, "set")
    assert (grid.covered, grid.spoken, grid.outside) == (3, len(review.catalog.spoken_cells), 1)


def squares_of(grid, name):
    return [square for pair in grid.rows[name] if pair for square in pair]


def test_every_area_of_the_catalogue_has_a_place_in_the_grid(catalog):
    found = layout(catalog)
    for prop in catalog.properties.values():
        areas = [area.id for area in found.rows[prop.name] if area]
        assert sorted(areas) == sorted(prop.areas)
        assert len(found.rows[prop.name]) == len(found.columns)
    assert found.columns[:3] == ("whole car", "front left", "front right")
    assert len(found.columns) <= 8
    window = catalog.properties["WINDOW_POS"]
    assert place_of(window.areas[16], window) == "front left"
    assert place_of(window.areas[65536], window) == "sunroof"
