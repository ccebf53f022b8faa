"""Decisions on all that is marked: what they take, what stays, and what is asked."""

import msgspec
import pytest
from textual.widgets import Static

from workbench.app.dialogs import ConfirmPrompt
from workbench.core.review.facets import facets_of

pytestmark = pytest.mark.usefixtures("unverified")


def told(app):
    return [notification.message for notification in app._notifications]


def asked(app):
    assert isinstance(app.screen, ConfirmPrompt)
    return [str(one.render()) for one in app.screen.query(Static)]


def decisions(review):
    labels = (review.label(row) for row in range(len(review.raw)))
    return [label and (label.decision, label.how) for label in labels]


async def test_what_is_decided_or_skipped_stays_as_it_is(open_app):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("a", "x", "s", "asterisk", "A")
        title, words, *_ = asked(pilot.app)
        assert title == f"Accept {review.progress().undecided} undecided of 7 marked samples?"
        assert words.startswith("Unchanged: 1 accepted, 1 rejected, 1 skipped.")
        await pilot.press("y")
        found = decisions(review)
        assert found[:3] == [("accepted", "read"), ("rejected", "read"), ("skipped", "read")]
        assert found[3:] == [("accepted", "bulk")] * 2 + [None, ("accepted", "bulk")]


async def test_where_none_is_undecided_the_question_says_that_decisions_change(open_app):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("a", "x", "s", "g", "space", "space", "space", "A")
        title, words, *_ = asked(pilot.app)
        assert title == "Accept 2 marked samples already decided or skipped?"
        assert words.startswith("Until now: 1 rejected, 1 skipped.\nUnchanged: 1 accepted.")
        await pilot.press("y")
        assert decisions(review)[:3] == [
            ("accepted", "read"), ("accepted", "bulk"), ("accepted", "bulk"),
        ]  # fmt: skip
        await pilot.press("g", "space", "A")
        assert told(pilot.app)[-1] == "All marked samples are accepted already."


async def test_failing_ones_among_the_marked_are_named_before_they_are_accepted(open_app):
    async with open_app() as pilot:
        review = pilot.app.review
        for row, status in enumerate(("fail", "warn", "warn")):
            review.know(row, facets(review, row, status))
        await pilot.press("asterisk", "A")
        assert "Of these, 1 fails and 2 have warnings." in asked(pilot.app)[1]
        await pilot.press("escape", "R")
        assert not any("fails" in line for line in asked(pilot.app))


def facets(review, row, status):
    return msgspec.structs.replace(facets_of(review.sample(row)), status=status)
