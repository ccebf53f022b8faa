"""The overview screen, by its keys and on the screen."""

import json

import pytest

from workbench.adapters.config.settings import Settings
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.main import WorkbenchApp
from workbench.app.overview.drawing import bar, level, share, short
from workbench.app.overview.grid import CoverageView
from workbench.app.overview.pane import Pane
from workbench.app.overview.screen import OverviewScreen
from workbench.app.review.helper import Helper
from workbench.app.review.screen import ReviewScreen
from workbench.core.review.facets import facets_of
from workbench.jobs.review import open_review

NASTY = "[/red][@click=app.quit]x[/] \x1b[31m \x9b31m \x1b]0;t\x07 \u202e \u200b \x00"


SCROLL_BARS = set("▁▂▃▄▅▆▇▉▊▋▌▍▎▏")
"""What Textual draws the ends of its scroll bars with."""


def item(query, prop="HVAC_AC_ON", area=1, name="setBooleanProperty", value=True):
    arguments = {"propertyName": prop, "areaId": area, "value": value}
    return {"query": query, "answers": [{"name": name, "arguments": arguments}]}


ITEMS = [
    *[item(f"Cool the driver's side, number {n}") for n in range(3)],
    item("Cool the rear", area=16),
    item("Cool nobody", area=77),
    item(NASTY, prop=NASTY),
]


@pytest.fixture
def review(tmp_path, monkeypatch):
    # Verdicts come when a test gives them.
    monkeypatch.setattr(Helper, "start", lambda _: None)
    path = tmp_path / "data.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    opened = open_review(path, CatalogFiles(), reviewer="ann")
    yield opened
    opened.close()


def know_all(review):
    for row in range(len(review.raw)):
        sample = review.sample(row)
        review.know(row, facets_of(sample, review.verdict(sample)))


def run(review, size=(120, 40)):
    return WorkbenchApp(review).run_test(size=size, notifications=True, tooltips=True)


async def filtered(pilot, app):
    for _ in range(100):
        await pilot.pause(0.01)
        if isinstance(app.screen, ReviewScreen) and app.screen.review.search:
            break
    await app.workers.wait_for_complete()
    return app.screen.finder.last_search


def lines(widget):
    return [widget.render_line(y).text for y in range(widget.size.height)]


async def test_enter_on_a_bar_filters_the_list(review):
    know_all(review)
    async with run(review) as pilot:
        app = pilot.app
        await pilot.press("O")
        assert isinstance(app.screen, OverviewScreen)
        await app.workers.wait_for_complete()
        await pilot.press("down", "down", "enter")
        assert await filtered(pilot, app) == "verdict:fail"
        assert list(review.view) == [4, 5]


@pytest.mark.exhaustive
async def test_enter_on_a_cell_filters_the_list(review):
    know_all(review)
    async with run(review) as pilot:
        app = pilot.app
        await pilot.press("O")
        await app.workers.wait_for_complete()
        grid = app.screen.query_one(CoverageView)
        grid.focus()
        await pilot.pause()
        while grid._names[grid._row] != "HVAC_AC_ON":
            await pilot.press("down")
        while grid.spot().search != "property:HVAC_AC_ON area:16 function:set*":
            await pilot.press("right")
        assert "rear left seat (16), changed: 1 sample, 0 accepted" in grid.spot().words
        await pilot.press("enter")
        assert (await filtered(pilot, app)).startswith("property:HVAC_AC_ON area:16")
        assert list(review.view) == [3]


async def test_what_no_search_finds_says_why_and_stays(review):
    async with run(review) as pilot:
        app = pilot.app
        await pilot.press("O")
        await pilot.pause()
        await pilot.press("down", "down", "down", "enter")
        assert isinstance(app.screen, OverviewScreen)
        assert any("Not verified yet" in n.message for n in app._notifications)
        await pilot.press("escape")
        assert isinstance(app.screen, ReviewScreen)
        assert not review.search


async def test_verdicts_that_come_later_are_shown(review):
    async with run(review) as pilot:
        app = pilot.app
        await pilot.press("O")
        await pilot.pause()
        verdicts = app.screen.query_one("#verdicts")
        assert any("unverified 6" in line for line in lines(verdicts))
        know_all(review)
        await app.workers.wait_for_complete()
        assert not any("unverified" in line for line in lines(verdicts))
        assert not [w for w in app.workers if w.group == "overview"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_arrow_keys_reach_every_pane_at_every_size(review, size):
    know_all(review)
    review.decide(0, "accepted", seconds=3.0)
    async with run(review, size) as pilot:
        app = pilot.app
        await pilot.press("O")
        await app.workers.wait_for_complete()
        await pilot.pause()
        panes = list(app.screen.query(Pane))
        seen = set()
        for key in ("right", "right", "right", "down"):
            await pilot.press(key)
            await pilot.pause()
        for start in panes:
            start.focus()
            for key in ("left", "right"):
                await pilot.press(key)
                await pilot.pause()
                seen.add(app.focused.id)
        for _ in range(60):
            await pilot.press("down")
            if app.focused.id == "coverage":
                break
        assert app.focused.id == "coverage"
        for _ in range(60):
            await pilot.press("up")
            if app.focused.id != "coverage":
                break
        assert app.focused.id != "coverage"


async def test_a_property_of_a_hostile_catalogue_is_shown_escaped(review, monkeypatch):
    know_all(review)
    catalog = review.catalog
    prop = catalog.properties["HVAC_AC_ON"]
    import dataclasses

    hostile = dataclasses.replace(prop, name=NASTY)
    review.catalog = dataclasses.replace(catalog, properties={NASTY: hostile})
    async with run(review) as pilot:
        app = pilot.app
        await pilot.press("O")
        await app.workers.wait_for_complete()
        grid = app.screen.query_one(CoverageView)
        grid.focus()
        await pilot.pause()
        shown = "".join(lines(grid))
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\x00" not in shown
        assert "[/red]" in shown
        while not grid.spot().search:
            await pilot.press("right")
        await pilot.press("enter")
        await filtered(pilot, app)
        assert app.is_running


@pytest.mark.exhaustive
async def test_the_grid_says_in_signs_what_it_says_in_colour(review):
    know_all(review)
    async with run(review) as pilot:
        app = pilot.app
        await pilot.press("O")
        await app.workers.wait_for_complete()
        await pilot.pause()
        shown = lines(app.screen.query_one(CoverageView))
        assert shown[0].split()[:3] == ["whole", "front", "front"]
        locks = next(line for line in shown if line.startswith("DOOR_LOCK"))
        assert locks.split()[1:] == ["0!"] * 8
        outside = next(line for line in shown if line.startswith("ENV_OUTSIDE"))
        assert outside.split()[1:] == ["0!", "·"]


@pytest.mark.parametrize(
    ("count", "width", "drawn"), [(0, 8, ""), (8, 8, "█" * 8), (4, 8, "█" * 4), (1, 64, "█" * 8)]
)
def test_bars(count, width, drawn):
    assert bar(count, 8, width, plain=False) == drawn
    assert bar(count, 8, width, plain=True) == drawn.replace("█", "#")


def test_a_little_is_not_nothing():
    assert bar(1, 100_000, 8, plain=False) == "▏"
    assert (level(1, 100, plain=False), level(100, 100, plain=False)) == ("▁", "█")
    assert [short(n) for n in (7, 999, 1_000, 9_940, 9_960, 100_000, 2_000_000)] == [
        "7",
        "999",
        "1.0k",
        "9.9k",
        "10k",
        "100k",
        "2M",
    ]


async def counted(pilot):
    await pilot.press("O")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_the_overview_as_it_looks(review, snap_compare, size):
    know_all(review)
    assert snap_compare(WorkbenchApp(review), terminal_size=size, run_before=counted)


def test_the_overview_in_light_and_ascii(review, snap_compare):
    know_all(review)
    app = WorkbenchApp(review, Settings(theme="workbench-light", ascii=True))
    assert snap_compare(app, terminal_size=(120, 40), run_before=counted)


async def test_in_ascii_no_other_sign_is_drawn(review):
    know_all(review)
    app = WorkbenchApp(review, Settings(ascii=True))
    async with app.run_test(size=(160, 70)) as pilot:
        await counted(pilot)
        for pane in app.screen.query(Pane):
            pane.focus()
            await pilot.pause()
            drawn = "".join(line.text for line in app.screen._compositor.render_strips())
            assert not {sign for sign in drawn if not sign.isascii()} - SCROLL_BARS


async def test_enter_on_nothing_stays_and_says_so(review):
    know_all(review)
    async with run(review) as pilot:
        app = pilot.app
        await counted(pilot)
        app.screen.query_one("#decisions").focus()
        await pilot.press("down", "enter")  # rejected: none
        assert isinstance(app.screen, OverviewScreen)
        app.screen.query_one(CoverageView).focus()
        await pilot.press("enter")
        assert isinstance(app.screen, OverviewScreen)
        assert any("No samples to list" in n.message for n in app._notifications)


async def test_the_help_names_the_keys_of_the_panes_and_does_them(review):
    know_all(review)
    async with run(review) as pilot:
        app = pilot.app
        await counted(pilot)
        await pilot.press("question_mark", *"behind", "enter")
        assert await filtered(pilot, app) == "verdict:pass"


def test_a_share_says_neither_none_of_some_nor_all_of_less():
    assert [share(n, 2000) for n in (0, 1, 1000, 1999, 2000)] == [
        "0 %",
        "under 1 %",
        "50 %",
        "over 99 %",
        "100 %",
    ]
