"""Going back: q closes the screen, Escape goes back one step, ctrl+q quits from anywhere."""

from collections import Counter
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.screen import Screen

from workbench.adapters.files.beside import draft_beside
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.labels.edit_drafts import read_drafts
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.edit import EditScreen
from workbench.app.help import commands_of, key_words
from workbench.app.later import import_screens
from workbench.app.main import WorkbenchApp
from workbench.app.review.screen import ReviewScreen
from workbench.app.welcome import Opening, WelcomeScreen
from workbench.jobs.datasets import FoundDataset
from workbench.jobs.review import open_review

pytestmark = pytest.mark.usefixtures("unverified")


def told(app):
    return [note.message for note in app._notifications]


OPENED_BY = {
    "overview": "O",
    "summary": "S",
    "runs": "H",
    "export": "X",
    "doctor": "D",
    "manual": "M",
    "policy": "p",
    "judge": "m",
    "order": "o",
    "quick filter": "F",
    "form": "e",
}


BASE = {"Oq", "Xescape", "pq"}


@pytest.mark.parametrize(
    ("opened_by", "leave"),
    [
        pytest.param(
            *(key, leave),
            id=f"{name}-{leave}",
            marks=() if key + leave in BASE else pytest.mark.exhaustive,
        )
        for name, key in OPENED_BY.items()
        for leave in ("q", "escape")
    ],
)
async def test_q_and_escape_close_the_screen_and_not_the_program(open_app, opened_by, leave):
    async with open_app() as pilot:
        await pilot.press(opened_by)
        await pilot.pause()
        assert not isinstance(pilot.app.screen, ReviewScreen)
        if opened_by == "e":
            await pilot.press("up")  # from the number, where q would be a letter
        await pilot.press(leave)
        await pilot.pause()
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert pilot.app.is_running
        names = Counter(key for one in commands_of(pilot.app.screen) for key in one.keys.split())
        assert names.most_common(1)[0][1] == 1


async def test_q_in_the_generate_screen_is_a_letter_only_in_a_line(open_app):
    async with open_app() as pilot:
        await pilot.press("ctrl+g")
        await pilot.pause()
        await pilot.press("q", "up", "up", "up", "q")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_escape_in_the_review_says_how_to_quit_and_q_quits(open_app):
    async with open_app() as pilot:
        await pilot.press("tab", "escape")
        assert pilot.app.screen.samples.has_focus
        assert not told(pilot.app)
        await pilot.press("escape")
        assert told(pilot.app) == ["Press q to quit."]
        await pilot.press("q")
        assert not pilot.app.is_running


@pytest.fixture
def listed(dataset):
    """The app on a list of two datasets."""
    other = dataset.with_name("other.json")
    other.write_text("[]")
    found = [FoundDataset(path, 0.0) for path in (dataset, other)]

    def open_one(path: Path):
        return open_review(path, CatalogFiles(), reviewer="ann")

    return WorkbenchApp(opening=Opening(dataset, open_one, CatalogFiles(), found))


@pytest.mark.exhaustive
async def test_escape_goes_back_to_the_list_that_the_review_was_opened_from(listed, dataset):
    async with listed.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("a", "slash", *"fog", "enter")
        await pilot.pause()
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)  # it cleared the filter
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, WelcomeScreen)
        with open_labels(labels_path(dataset), "bo") as store:  # nobody holds it any more
            assert not store.read_only
        await pilot.press("enter")
        await pilot.pause()
        assert listed.review.progress().accepted == 1
        await pilot.press("q")
    assert not listed.is_running
    listed.review.close()


async def test_ctrl_q_quits_from_a_form_and_keeps_what_was_typed(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(pilot.app.screen, EditScreen)
        await pilot.press("1", "9", "ctrl+q")
        assert not pilot.app.is_running
    assert "19" in read_drafts(draft_beside(labels_path(dataset)))[0].text


# ------------------------------------------------------------ what keys mean


def screens(kind: type[Screen]):
    for child in kind.__subclasses__():
        yield from screens(child)
    if kind.__module__.startswith("workbench."):
        yield kind


OPENS_ITSELF = {"DoctorScreen": {"D"}, "ManualScreen": {"M"}, "HelpScreen": {"f1"}}
"""The key that opens a screen closes it there, and F1 in the help goes on to the manual."""


def test_no_key_means_two_things_on_a_screen():
    import_screens()
    clashes = {}
    for screen in screens(Screen):
        meanings: dict[str, set[str]] = {}
        for node in (screen, WorkbenchApp):
            for binding in node.__dict__.get("BINDINGS", ()):
                assert isinstance(binding, Binding)
                for key in binding.key.split(","):
                    meanings.setdefault(key_words(key.strip()), set()).add(binding.action)
        twice = {key for key, actions in meanings.items() if len(actions) > 1}
        if twice := twice - OPENS_ITSELF.get(screen.__name__, set()):
            clashes[screen.__name__] = twice
    assert not clashes
