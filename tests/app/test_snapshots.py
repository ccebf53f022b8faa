"""What the screens look like; README and manual show some of them, see `tests.pictures`."""

import json
from itertools import accumulate, cycle
from pathlib import Path

import pytest

from workbench.adapters.config.settings import Settings
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.main import WorkbenchApp
from workbench.jobs.review import open_review

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def app(dataset, monkeypatch):
    monkeypatch.setattr("workbench.adapters.labels.store.now", lambda: "2026-01-02T03:04:05Z")
    opened = []

    def make(**settings):
        review = open_review(dataset, CatalogFiles(), reviewer="ann")
        opened.append(review)
        return WorkbenchApp(review, Settings(**settings))

    yield make
    for review in opened:
        review.close()


def pressing(*keys):
    """Press keys once all is verified, and let what was told go."""

    async def run_before(pilot):
        for _ in range(2000):
            if pilot.app.screen.helper.all_verified:
                break
            await pilot.pause(0.01)
        await pilot.press(*keys)
        await pilot.pause()
        pilot.app.clear_notifications()
        await pilot.pause()

    return run_before


@pytest.mark.parametrize("size", SIZES)
def test_review(snap_compare, app, size):
    assert snap_compare(app(), terminal_size=size, run_before=pressing("a", "x", "g", "j"))


@pytest.mark.parametrize("size", SIZES)
def test_fixes(snap_compare, app, size):
    assert snap_compare(app(), terminal_size=size, run_before=pressing("j", "f"))


@pytest.mark.parametrize("size", SIZES)
def test_help(snap_compare, app, size):
    assert snap_compare(app(), terminal_size=size, run_before=pressing("question_mark"))


PICTURED = {
    "120x40": ((120, 40), {}),
    "80x24": ((80, 24), {}),
    "200x60": ((200, 60), {}),
    "light": ((120, 40), {"theme": "workbench-light"}),
    "ascii": ((120, 40), {"ascii": True}),
}


@pytest.mark.parametrize(
    "name",
    [
        "120x40",
        *(
            pytest.param(one, marks=pytest.mark.exhaustive)
            for one in ("80x24", "200x60", "light", "ascii")
        ),
    ],
)
def test_picture_review(snap_compare, dataset, app, monkeypatch, name):
    times = accumulate(cycle((2.2, 1.4, 3.1, 1.9, 2.6, 2.0)))
    monkeypatch.setattr("workbench.app.review.ending.monotonic", lambda: next(times))
    dataset.write_text(json.dumps(pictured()), encoding="utf-8")
    keys = ("o", *"property", "enter", "number_sign", "3", "enter", *"aaaxaaaasa")
    keys += ("number_sign", "0", "enter", "a", "j", "a", "a", "a")
    size, settings = PICTURED[name]
    assert snap_compare(app(**settings), terminal_size=size, run_before=pressing(*keys))


def pictured():
    """Samples by hand, some of them wrong."""
    text = (Path(__file__).parents[1] / "grounding" / "unseen_a.json").read_text(encoding="utf-8")
    items = [{k: item[k] for k in ("query", "answers")} for item in json.loads(text)]
    for row, name, value in ((2, "areaId", 4), (9, "areaId", 64), (13, "value", 3)):
        items[row]["answers"][0]["arguments"][name] = value
    return items


def test_light(snap_compare, app):
    light = app(theme="workbench-light")
    assert snap_compare(light, terminal_size=(120, 40), run_before=pressing("j", "j", "j"))


def test_search(snap_compare, app):
    keys = ("slash", *"verdict:fial")
    assert snap_compare(app(), terminal_size=(80, 24), run_before=pressing(*keys))


def test_nasty_text(snap_compare, app):
    assert snap_compare(app(), terminal_size=(80, 24), run_before=pressing("j", "j", "j", "j"))
