"""The summary screen: when it comes, what it shows, and where it leads."""

import json
import shlex

import pytest
from textual.widgets import Static

from workbench.adapters.config.settings import Settings
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.export.screen import ExportScreen
from workbench.app.main import WorkbenchApp
from workbench.app.review.helper import Helper
from workbench.app.review.screen import ReviewScreen
from workbench.app.summary.describe import left_words, pace_words
from workbench.app.summary.screen import SummaryScreen
from workbench.core.review.facets import facets_of
from workbench.jobs.review import open_review
from workbench.jobs.review.pace import Pace


def item(query, area=1):
    arguments = {"propertyName": "HVAC_AC_ON", "areaId": area, "value": True}
    return {"query": query, "answers": [{"name": "setBooleanProperty", "arguments": arguments}]}


SCROLL_BARS = set("▁▂▃▄▅▆▇▉▊▋▌▍▎▏")
"""What Textual draws the ends of its scroll bars with."""


ITEMS = [*[item(f"AC on for the driver, number {n}") for n in range(3)], item("Cool", area=77)]


@pytest.fixture
def review(tmp_path, monkeypatch):
    monkeypatch.setattr(Helper, "start", lambda _: None)
    path = tmp_path / "data set.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    with open_review(path, CatalogFiles(), reviewer="ann") as opened:
        for row in range(len(opened.raw)):
            sample = opened.sample(row)
            opened.know(row, facets_of(sample, opened.verdict(sample)))
        yield opened


def run(review, size=(120, 40), **settings):
    return WorkbenchApp(review, Settings(**settings)).run_test(size=size, notifications=True)


def shown(screen):
    strips = screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def test_it_comes_when_the_last_sample_is_decided(review):
    async with run(review) as pilot:
        await pilot.press("a", "a", "s")
        assert isinstance(pilot.app.screen, ReviewScreen)
        await pilot.press("x")
        assert isinstance(pilot.app.screen, SummaryScreen)
        await pilot.pause()
        assert "Nothing is undecided; 1 skipped for now." in shown(pilot.app.screen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_it_comes_after_the_last_of_a_bulk_and_again_after_an_undo(review):
    async with run(review) as pilot:
        await pilot.press("asterisk", "A", "y")
        assert isinstance(pilot.app.screen, SummaryScreen)
        await pilot.press("q", "u")
        assert isinstance(pilot.app.screen, ReviewScreen)
        await pilot.press("asterisk", "R", "y")
        assert isinstance(pilot.app.screen, SummaryScreen)


async def test_it_comes_after_a_screenful(review):
    async with run(review) as pilot:
        await pilot.press("G", "x", "g", "A", "A")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SummaryScreen)
        assert review.progress().accepted == 3
        await pilot.press("escape", "u")
        assert review.progress().accepted == 0


async def test_a_filter_that_is_done_is_not_the_end(review):
    async with run(review) as pilot:
        await pilot.press("slash", *"nobody", "enter")
        pilot.app.screen.finder.search("verdict:fail")
        await pilot.app.workers.wait_for_complete()
        await pilot.press("x")
        assert isinstance(pilot.app.screen, ReviewScreen)


@pytest.mark.exhaustive
async def test_after_an_edit_of_the_last_one_it_comes_once_the_form_is_closed(review):
    async with run(review) as pilot:
        await pilot.press("x", "x", "x", "e")
        await pilot.press("f10")
        for _ in range(50):
            await pilot.pause(0.02)
            if isinstance(pilot.app.screen, SummaryScreen):
                break
        assert isinstance(pilot.app.screen, SummaryScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_enter_lists_what_is_left(review):
    async with run(review) as pilot:
        await pilot.press("a", "S", "enter")
        await pilot.app.workers.wait_for_complete()
        screen = pilot.app.screen
        assert isinstance(screen, ReviewScreen)
        assert screen.finder.last_search == "decision:none"
        assert list(review.view) == [1, 2, 3]


@pytest.mark.exhaustive
async def test_export_is_a_step_and_a_key(review):
    async with run(review) as pilot:
        await pilot.press("a", "S")
        await pilot.pause()
        command = str(pilot.app.screen.query_one("#command", Static).content)
        assert shlex.split(command.partition(": ")[2])[-1] == str(review.path)
        await pilot.press("X")
        assert isinstance(pilot.app.screen, ExportScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_it_says_the_same_in_ascii_and_every_size(review, size):
    async with run(review, size, ascii=True) as pilot:
        await pilot.press("a", "r", "2", "a", "a")
        await pilot.pause()
        text = shown(pilot.app.screen)
        for words in ("accepted", "wrong place", "workbench export"):
            assert words in text
        assert {c for c in text if not c.isascii()} <= SCROLL_BARS


PACE = Pace(2.44, (1.0, 2.0, 3.0, 4.0), 350.0, 470.0)


@pytest.mark.parametrize(
    ("shortest", "longest", "words"),
    [
        (10, 50, "under 1 min left"),
        (100, 110, "about 2 min left"),
        (350, 470, "6–8 min left"),
        (1200, 5400, "20–90 min left"),
        (3000, 6000, "0.8–1.7 h left"),
        (7200, 7200, "about 2 h left"),
    ],
)
def test_the_rest_takes_a_range_of_minutes_or_hours(shortest, longest, words):
    assert left_words(Pace(1.0, (), shortest, longest)) == words


def test_a_pace_in_a_line():
    assert pace_words(PACE, 9, plain=False) == "▃▅▇█ 2.4 s each, 6–8 min left"
    assert pace_words(PACE, 9, plain=True) == "-+#@ 2.4 s each, 6-8 min left"


@pytest.mark.exhaustive
async def test_the_bar_tells_the_pace_after_ten_decisions(tmp_path, monkeypatch):
    monkeypatch.setattr(Helper, "start", lambda _: None)
    now = iter(range(0, 400, 3))
    monkeypatch.setattr("workbench.app.review.ending.monotonic", lambda: next(now))
    path = tmp_path / "data.json"
    path.write_text(json.dumps([item(f"AC on, number {n}") for n in range(30)]), encoding="utf-8")
    with open_review(path, CatalogFiles(), reviewer="ann") as opened:
        async with run(opened) as pilot:
            await pilot.press(*["a"] * 9)
            assert "each" not in str(pilot.app.screen.bar.render())
            await pilot.press("a")
            assert "3.0 s each, about 1 min left" in str(pilot.app.screen.bar.render())
