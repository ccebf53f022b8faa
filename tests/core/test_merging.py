"""Merging another person's labels."""

import pytest
from msgspec.structs import replace

from workbench.core.review.labels import Label
from workbench.core.review.merging import merge, settled_for_theirs
from workbench.core.samples import Sample

MINE = Label(id="1", query="q", decision="accepted", reviewer="ann", note="", tags=("a",))
THEIRS = replace(MINE, reviewer="bob", tags=("b",))
EDIT = Sample("edited", ())


def merged(mine, theirs):
    return merge({label.id: label for label in mine}, theirs)


def test_what_is_new_is_added_under_their_name():
    found = merged([], [THEIRS])
    assert found.added == [replace(THEIRS, how="imported")]


def test_where_both_agree_mine_stays_and_tags_and_notes_are_filled_in():
    found = merged([MINE], [replace(THEIRS, note="hm")])
    assert found.filled == [replace(MINE, note="hm", tags=("a", "b"))]
    assert merged([MINE], [replace(MINE, reviewer="bob")]).agreed == 1


@pytest.mark.parametrize("decision", ["skipped", None])
def test_a_decision_takes_the_place_of_none(decision):
    open_ = replace(MINE, decision=decision, note="mine")
    [found] = merged([open_], [THEIRS]).added
    assert (found.decision, found.reviewer, found.note, found.tags) == (
        "accepted", "bob", "mine", ("a", "b"),
    )  # fmt: skip
    found = merged([MINE], [replace(THEIRS, decision=decision, tags=())])
    assert (found.added, found.filled, found.conflicts) == ([], [], [])


@pytest.mark.parametrize(
    ("mine", "theirs", "about"),
    [
        ({}, {"decision": "rejected"}, "decision"),
        ({}, {"edited": EDIT}, "edit"),
        ({"note": "x"}, {"note": "y"}, "note"),
    ],
)
def test_a_conflict_leaves_mine_unless_it_is_settled_for_theirs(mine, theirs, about):
    own, other = replace(MINE, **mine), replace(THEIRS, **theirs, tags=())
    found = merged([own], [other])
    assert found.added == found.filled == []
    [conflict] = found.conflicts
    assert (conflict.mine, conflict.theirs, conflict.about) == (own, other, about)
    settled = settled_for_theirs(conflict, own)
    assert all(getattr(settled, name) == value for name, value in theirs.items())
    assert settled.reviewer == ("ann" if about == "note" else "bob")
    assert settled.tags == ("a",)


def test_notes_in_conflict_do_not_keep_a_decision_out():
    found = merged([replace(MINE, decision=None, note="x")], [replace(THEIRS, note="y")])
    assert [label.decision for label in found.added] == ["accepted"]
    assert [conflict.about for conflict in found.conflicts] == ["note"]


def test_of_two_labels_for_one_sample_the_second_meets_the_first():
    found = merged([], [THEIRS, replace(THEIRS, reviewer="eve", decision="rejected")])
    assert [label.reviewer for label in found.added] == ["bob"]
    assert [(c.mine.reviewer, c.theirs.reviewer) for c in found.conflicts] == [("bob", "eve")]


def test_edits_of_what_is_rejected_do_not_conflict():
    mine = replace(MINE, decision="rejected")
    assert merged([mine], [replace(mine, edited=EDIT)]).agreed == 1
