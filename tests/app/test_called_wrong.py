"""Findings that one calls wrong in the review, and decisions that stay what they are."""

import json

import pytest
from textual.widgets import Static

from tests.app.conftest import temperature
from workbench.app.dialogs import Menu
from workbench.app.glyphs import DECISIONS
from workbench.app.review.describe.line import row_lines

pytestmark = pytest.mark.usefixtures("unverified")


@pytest.fixture
def dataset(tmp_path):
    """One finding; two and a refused call; none."""
    path = tmp_path / "data.json"
    items = [
        temperature("20 degrees for me", value=23.0),
        temperature("20 degrees for the passenger", value=99.0),
        temperature("22 degrees for me"),
    ]
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


def detail(app):
    return app.screen.detail.plain


def told(app):
    return [notification.message for notification in app._notifications]


def line_of(app, row):
    lines = row_lines(app.review, row, 100, plain=False).lines
    return "".join(text for line in lines for text, _ in line)


async def test_a_finding_is_called_wrong_by_one_key_taken_back_by_it_and_undone(open_app):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert app.review.status(0) == "pass"
        assert app.review.row == 0
        assert "marked wrong by ann" in detail(app)
        assert "counts" in told(app)[-1]
        await pilot.press("exclamation_mark")
        assert app.review.verdict_in_force(0).status == "warn"
        await pilot.press("u")
        assert app.review.status(0) == "pass"
        await pilot.press("u", "a")
        await pilot.pause()
        assert app.review.verdict_in_force(0).status == "warn"
        assert "marked wrong" not in detail(app)


async def test_the_form_weighs_a_finding_called_wrong_as_the_review_does(open_app):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("exclamation_mark", "e")
        await pilot.pause()
        bar = app.screen.query_one("#bar", Static)
        assert "pass" in str(bar.content)
        found = app.screen.query_one("#findings", Static)
        assert "marked wrong by ann: " in str(found.content)
        await pilot.press("9", "8")  # another call, of which nobody has said anything
        assert "fail" in str(bar.content)


async def test_of_several_findings_one_is_picked(open_app):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("j", "exclamation_mark")
        await pilot.pause()
        assert isinstance(app.screen, Menu)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.review.status(1) == "fail"
        [one] = app.review.verdict_in_force(1).dismissed
        assert one.finding.code == "grounding.place"
        assert "marked wrong by ann" in detail(app)


async def test_a_call_that_the_car_refuses_cannot_be_called_wrong_and_why_is_said(
    open_app, dataset
):
    dataset.write_text(json.dumps([temperature("Set my temperature", value=99.0)]), "utf-8")
    async with open_app() as pilot:
        await pilot.press("exclamation_mark")
        assert "the car refuses the call" in told(pilot.app)[-1]
        assert pilot.app.review.label(0) is None


async def test_where_nothing_was_found_nothing_can_be_called_wrong(open_app):
    async with open_app() as pilot:
        await pilot.press("G", "exclamation_mark")
        assert told(pilot.app)[-1] == "Nothing was found wrong with this sample."
        assert pilot.app.review.label(2) is None


async def test_an_edited_sample_that_is_rejected_is_shown_as_rejected(open_app):
    async with open_app() as pilot:
        app = pilot.app
        app.review.decide(0, "accepted", "edit", edited=app.review.sample(2))
        assert DECISIONS["edited"].glyph in line_of(app, 0)
        await pilot.press("g", "x", "g")
        await pilot.pause()
        assert DECISIONS["rejected edit"].glyph in line_of(app, 0)
        assert "rejected, edited by ann" in detail(app)


async def test_a_quick_f_a_accepts_nothing_where_there_is_no_fix(open_app, monkeypatch):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("G", "f", "a")
        assert app.review.label(2) is None
        assert told(app)[-1] == "#2 has no fix, so it was not accepted; a accepts it as it is."
        await pilot.press("a")
        assert app.review.label(2).decision == "accepted"


async def test_an_accept_that_answers_the_message_or_is_for_another_sample_is_one(
    open_app, monkeypatch
):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("G", "f", "g", "a")
        assert app.review.label(0).decision == "accepted"
        monkeypatch.setattr("workbench.app.review.decider._BURST", -60.0)
        await pilot.press("G", "f", "a")
        assert app.review.label(2).decision == "accepted"


async def test_rejecting_again_keeps_the_reason_and_says_so(open_app):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("r", "2", "g", "x")
        assert app.review.label(0).reason == "wrong place"
        assert "the reason stays: wrong place" in told(app)[-1]
        await pilot.press("g", "a", "g", "x")
        assert app.review.label(0).reason == ""


async def test_what_the_policy_says_is_shown_for_information_and_does_not_weigh(open_app, dataset):
    on = {"propertyName": "HVAC_AC_ON", "areaId": 4, "value": True}
    item = {"query": "AC on, please", "answers": [{"name": "setBooleanProperty", "arguments": on}]}
    dataset.write_text(json.dumps([item]), encoding="utf-8")
    async with open_app() as pilot:
        app = pilot.app
        await pilot.pause()
        shown = " ".join(detail(app).split())
        assert "no place is named; the policy says front left seat" in shown
        assert "policy.place" in shown
        assert app.review.verdict_in_force(0).status == "pass"
        await pilot.press("f")
        assert told(app)[-1].startswith("No automatic fix here")
