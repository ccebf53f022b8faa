"""Labels: what decisions, notes and edits make of them."""

import pytest

from workbench.core.json.text import dumps
from workbench.core.review.choices import Choice, DecidedBy, annotated, carried, decided
from workbench.core.review.labels import (
    Label,
    LabelEvent,
    StepAnswer,
    describe,
    fold,
    read_event,
    read_label,
    stale,
    taken_back,
    to_document,
)
from workbench.core.samples import Sample, ToolCall, from_item

HAND = DecidedBy("ann", "2026-11-01T10:00:00+00:00", "cat")
LATER = DecidedBy("bob", "2026-11-02T10:00:00+00:00", "cat")


def sample(value=22.0, query="warmer"):
    return Sample(query, (ToolCall("f", {"value": value}),))


def label(decision="accepted", of=None, hand=HAND, **more):
    return decided(Choice(of or sample(), decision, **more), None, hand)


def event(before, after, how="read", group=1):
    known = after or before
    return LabelEvent(kind="decide", group=group, id=known.id, before=before, after=after, how=how)


def test_a_label_tells_who_decided_when_how_and_by_what():
    found = label(how="read", seconds=2.345, reason="no")
    assert found == Label(
        id=sample().id, query="warmer", decision="accepted", reason="no", reviewer="ann",
        time=HAND.time, seconds=2.35, content=sample().id, catalog="cat",
    )  # fmt: skip


def test_a_new_decision_keeps_note_tags_and_edit_but_not_the_reason():
    first = label("rejected", reason="no", note="hm", tags=["seat"], edited=sample(23.0))
    second = decided(Choice(sample(), "accepted"), first, LATER)
    assert (second.note, second.tags, second.edited) == ("hm", ("seat",), sample(23.0))
    assert (second.reason, second.reviewer) == ("", "bob")


def test_an_edit_is_what_is_in_force_until_it_is_taken_back():
    first = label(edited=Sample("warmer", sample(23.0).answers, {"run": 1}))
    assert first.in_force(sample()) == sample(23.0)
    second = decided(Choice(sample(), "accepted", edited=None), first, HAND)
    assert second.in_force(sample()) == sample()
    assert label(edited=sample()).edited is None


def test_a_comment_leaves_the_decision_to_who_made_it():
    found = annotated(sample(), label(), LATER, note="sure?", tags=["a", "a", "b"])
    assert (found.decision, found.reviewer, found.time) == ("accepted", "ann", HAND.time)
    assert (found.note, found.tags) == ("sure?", ("a", "b"))


def test_a_comment_alone_is_a_label_and_without_it_there_is_none():
    found = annotated(sample(), None, HAND, note="hm")
    assert (found.decision, found.note, found.reviewer) == (None, "hm", "ann")
    assert annotated(sample(), found, HAND, note="") is None


@pytest.mark.parametrize(
    "found",
    [
        label(),
        label("skipped"),
        label(edited=Sample("x", (ToolCall("f", {"a": [10**40, 22.0, None, True]}),))),
        label(note="\ud800 \x00 \u202e", tags=("ü",)),
        annotated(sample(), None, HAND, note="hm"),
    ],
)
def test_a_label_is_read_back_as_it_was_written(found):
    assert read_label(dumps(to_document(found))) == found


@pytest.mark.parametrize(
    "text",
    [b"", b"7", b"{}", b'{"id":"1","query":"x","decision":"maybe"}', b'{"a":' * 5000],
    ids=["empty", "number", "object", "decision", "deep"],
)
def test_what_is_no_label_or_event_is_refused_with_a_reason(text):
    for read in (read_label, read_event):
        with pytest.raises(ValueError, match=r"\w"):
            read(text)


def test_labels_are_the_fold_of_their_events():
    one, two = label(), label("rejected")
    other = label(of=sample(query="colder"))
    events = [event(None, one), event(one, two), event(None, other), event(other, None)]
    assert fold(events) == {two.id: two}
    assert fold([*events, *map(taken_back, reversed(events))]) == {}


@pytest.mark.parametrize(
    ("content", "catalog", "changes"),
    [
        (sample().id, "cat", ()),
        (sample(23.0).id, "cat", ("sample",)),
        (sample().id, "new", ("catalogue",)),
        (sample(23.0).id, "new", ("sample", "catalogue")),
        (sample().id, "", ()),
    ],
)
def test_a_decision_is_stale_once_its_sample_or_catalogue_has_changed(content, catalog, changes):
    assert stale(label(), content, catalog) == changes


def test_a_mere_note_is_never_stale():
    assert stale(annotated(sample(), None, HAND, note="hm"), "other", "new") == ()


def test_decisions_are_carried_over_by_query_and_are_stale_then():
    old, new = label(note="hm"), sample(23.0)
    [found] = carried([old], [new, sample(query="colder")])
    assert (found.id, found.decision, found.note, found.how) == (
        new.id,
        *["accepted", "hm", "imported"],
    )
    assert stale(found, new.id, "cat") == ("sample",)


def test_answers_accepted_at_steps_are_carried_only_with_the_steps_that_they_are_about():
    first = {"query": "warmer", "answers": [], "reply": {"kind": "ask", "text": "Here?"}}
    old, new, edit = (
        from_item(first | {"then": [{"query": words, "answers": []}]})
        for words in ("yes", "no", "never mind")
    )
    also = (StepAnswer(1, sample().answers),)
    plain = decided(Choice(old, "accepted", accept_at=also), None, HAND)
    [found] = carried([plain], [new])
    assert (plain.accept_at, found.accept_at) == (also, ())
    edited = decided(Choice(old, "accepted", edited=edit, accept_at=also), None, HAND)
    assert [one.accept_at for one in carried([edited], [new])] == [also]


def test_only_labels_of_samples_that_are_gone_are_carried_and_only_to_unlabelled_ones():
    new = sample(23.0)
    assert list(carried([label()], [sample(), new])) == []
    assert list(carried([label(), label("rejected", of=new)], [new])) == []


def test_of_several_decisions_on_a_query_the_latest_is_carried():
    latest = label("rejected", of=sample(24.0), hand=LATER)
    for labels in ([label(), latest], [latest, label()]):
        assert [found.decision for found in carried(labels, [sample(23.0)])] == ["rejected"]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([event(None, label())], "accept of “warmer”"),
        ([event(None, label(edited=sample(3.0)))], "accept with edit of “warmer”"),
        ([event(label(), label("rejected"))], "reject of “warmer”"),
        ([event(label(), None)], "removal of the label of “warmer”"),
        ([event(label(), annotated(sample(), label(), LATER, note="x"))], "comment on “warmer”"),
        ([event(None, annotated(sample(), None, LATER, note="x"))], "comment on “warmer”"),
        ([event(None, label(), "imported")], "import of the label of “warmer”"),
        ([event(None, label(of=sample(query="x" * 99)))], f"accept of “{'x' * 39}…”"),
        ([event(None, label())] * 1200, "accept of 1,200 samples"),
        ([event(None, label()), event(None, label("skipped"))], "change of 2 samples"),
    ],
)
def test_an_action_is_told_in_words(events, words):
    assert describe(events) == words
