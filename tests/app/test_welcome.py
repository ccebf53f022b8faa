"""The welcome: where there is no dataset, one makes or opens one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from background import app_on, opening, shown, until
from contrast import drawn, faint

from workbench.adapters.dataset import load_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.app.help import HelpScreen
from workbench.app.main import WorkbenchApp
from workbench.app.path_prompt import PathPrompt
from workbench.app.review.screen import ReviewScreen
from workbench.app.theme import THEMES
from workbench.app.welcome import WelcomeScreen
from workbench.core.samples import Sample
from workbench.jobs.datasets import FoundDataset

pytestmark = pytest.mark.usefixtures("unverified")

ITEM = {"query": "Warm my seat", "answers": []}


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "build" / "dataset.json"


async def test_g_generates_and_opens_the_review(path):
    app = app_on(path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await until(lambda: isinstance(app.screen, WelcomeScreen))
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, ReviewScreen))
        assert len(app.review.raw) == 200
        assert not app.running.alive
        await until(lambda: "200 to do" in shown(app))
        await pilot.press("a")
        assert app.review.progress().accepted == 1
    app.review.close()
    assert len(load_dataset(path).samples) == 200


@pytest.mark.exhaustive
async def test_o_opens_a_file_and_says_what_is_wrong_with_another(path, tmp_path):
    (tmp_path / "good.json").write_text(json.dumps([ITEM]))
    (tmp_path / "[b]bad.json").write_text("{")
    app = app_on(path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        for name, words in (
            ("none.json", "no such file"),
            ("~nobody-of-that-name/x.json", "no such file"),
            ("[b]bad.json", "not a dataset"),
        ):
            await pilot.press("o")
            await until(lambda: isinstance(app.screen, PathPrompt))
            await pilot.pause()
            app.screen.query_one("Input").value = name
            await pilot.press("enter")
            await pilot.pause()
            assert app.screen.query_one("Input").value == name  # to be corrected
            assert words in " ".join(shown(app).replace("│", " ").split())
            await pilot.press("escape")
            assert isinstance(app.screen, WelcomeScreen)
        await pilot.press("o", *"good.json", "enter")
        await until(lambda: isinstance(app.screen, ReviewScreen))
        assert app.review.sample(0).query == "Warm my seat"
    app.review.close()


async def test_a_path_is_completed_and_chosen_from_what_there_is(path, tmp_path):
    for name in ("sets/first.json", "sets/first-again.json", "sets/other.json", "sets/notes.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps([ITEM]))
    app = app_on(path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, PathPrompt))
        await pilot.press("s", "tab")
        field = app.screen.query_one("Input")
        assert field.value == "sets/"
        await until(lambda: "sets/other.json" in shown(app))
        assert "notes.txt" not in shown(app)
        await pilot.press("f", "tab")
        assert field.value == "sets/first"
        await until(lambda: "sets/other.json" not in shown(app))
        await pilot.press("down", "down", "enter")
        await until(lambda: isinstance(app.screen, ReviewScreen))
        assert app.review.path.name == "first.json"
    app.review.close()


async def test_help_and_quit(path):
    app = app_on(path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await pilot.press("question_mark")
        await until(lambda: isinstance(app.screen, HelpScreen))
        assert "Generate offline" in shown(app)
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, WelcomeScreen)
        await pilot.press("q")
    assert app.return_code == 0
    assert not path.parent.exists()


async def test_a_generation_chosen_on_the_generate_screen_is_opened_on_the_way_back(path):
    app = app_on(path)
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: app.screen.query("#samples"))
        app.screen.query_one("#samples").value = "30"
        await pilot.press("ctrl+s")
        await until(lambda: app.running.now and not app.running.alive)
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, ReviewScreen))
        assert len(app.review.raw) == 30
    app.review.close()


async def test_what_cannot_be_written_is_said(path):
    path.parent.write_text("a file where the folder is to be")
    app = app_on(path)
    async with app.run_test(size=(120, 40), notifications=True, tooltips=True) as pilot:
        await pilot.press("g")
        await until(lambda: app.running.now and not app.running.alive)
        await pilot.pause()
        assert isinstance(app.screen, WelcomeScreen)
        assert "can't be" in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_as_it_did(snap_compare, path, tmp_path, size):
    app = app_on(path.relative_to(tmp_path))
    assert snap_compare(app, terminal_size=size)


@pytest.fixture
def found(path, tmp_path):
    """Three datasets, of which one is reviewed in part; and the app on a choice of them."""
    items = [ITEM | {"query": f"Warm seat {i}"} for i in range(4)]
    for name in ("first.json", "data/a rather long name of a folder/second.json", "[b]third.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(items))
    with open_labels(labels_path(tmp_path / "first.json"), "ann") as labels:
        labels.decide(Sample("Warm seat 1", ()), "accepted")
    names = ("first.json", "data/a rather long name of a folder/second.json", "[b]third.json")
    way = opening(path.relative_to(tmp_path))
    return WorkbenchApp(
        None, opening=replace(way, found=[FoundDataset(Path(name), 0.0) for name in names])
    )


async def test_enter_opens_a_dataset_that_was_found(found):
    async with found.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await until(lambda: "1 of 4" in shown(found))
        assert "[b]third.json" in shown(found)
        await pilot.press("j", "enter")
        await until(lambda: isinstance(found.screen, ReviewScreen))
        assert found.review.path.name == "second.json"
    found.review.close()


async def test_a_name_that_steers_terminals_is_shown_as_it_is(path, tmp_path):
    name = "red \x1b[31m \x9b31m \u202e [red].json"
    (tmp_path / name).write_text(json.dumps([ITEM]))
    way = replace(opening(path), found=[FoundDataset(Path(name), 0.0)])
    app = WorkbenchApp(None, opening=way)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "0 of 1" in shown(app))
        assert not set("\x1b\x9b\u202e") & set(shown(app))
        assert "[red].json" in shown(app)
        await pilot.press("q")


async def test_enter_at_once_opens_the_newest(found):
    async with found.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(lambda: isinstance(found.screen, ReviewScreen))
        assert found.review.path.name == "first.json"
    found.review.close()


async def test_a_dataset_that_is_broken_by_now_is_said(found, tmp_path):
    (tmp_path / "first.json").write_text("{")
    async with found.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(lambda: "not a dataset" in " ".join(shown(found).split()))
        assert isinstance(found.screen, WelcomeScreen)
        await pilot.press("k", "enter")
        await until(lambda: isinstance(found.screen, ReviewScreen))
        assert found.review.path.name == "[b]third.json"
    found.review.close()


@pytest.mark.exhaustive
async def test_every_text_of_the_list_stands_out(found):
    async with found.run_test(size=(80, 24)) as pilot:
        await until(lambda: shown(found).count("of 4") == 3)
        for theme in THEMES[::-1]:
            found.theme = theme.name
            await pilot.pause()
            for grey in (False, True):
                assert not faint(list(drawn(found, grey=grey))), (theme.name, grey)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_datasets_as_they_look(snap_compare, found, size):
    async def counted(_):
        await until(lambda: shown(found).count("of 4") == 3)

    assert snap_compare(found, terminal_size=size, run_before=counted)
