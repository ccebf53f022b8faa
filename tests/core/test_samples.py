"""Samples and their identity."""

import json
import re

import pytest

from workbench.core.items import read_sample
from workbench.core.samples import Sample, ToolCall, from_item, to_item, turns, with_steps
from workbench.core.text.plain import visible
from workbench.core.verdicts import Edit, Fix, apply_fixes


def sample(value=22.0, meta=None, **arguments):
    return Sample("warmer", (ToolCall("f", {"value": value, **arguments}),), meta)


def test_the_id_is_of_the_content_alone():
    assert sample(a=1, b=2).id == sample(b=2, a=1).id == sample(meta={"run": 3}, a=1, b=2).id
    assert sample().id.startswith("1:")


@pytest.mark.parametrize("other", [22, "22.0", True, 22.5, None])
def test_another_value_or_type_is_another_id(other):
    assert sample(other).id != sample().id


def test_the_order_of_calls_is_content():
    one, two = ToolCall("f", {}), ToolCall("g", {})
    assert Sample("x", (one, two)).id != Sample("x", (two, one)).id


def test_the_id_does_not_change_between_versions():
    assert sample().id == "1:45ddaf2f48ee2047"


def test_an_item_is_read_back():
    assert from_item(to_item(sample(meta={"run": 1}))) == sample(meta={"run": 1})


def test_fixes_are_applied_in_order_to_a_copy():
    before = Sample("x", (ToolCall("f", {"a": [1, 2]}), ToolCall("g", {})))
    fix = Fix(
        "…",
        (
            Edit("replace", ("answers", 0, "arguments", "a", 1), 3),
            Edit("remove", ("answers", 1)),
            Edit("add", ("answers", 0), {"name": "h", "arguments": {}}),
            Edit("replace", ("query",), "y"),
        ),
    )
    after = apply_fixes(before, [fix])
    assert after == Sample("y", (ToolCall("h", {}), ToolCall("f", {"a": [1, 3]})))
    assert before.answers[0].arguments == {"a": [1, 2]}


@pytest.mark.parametrize(
    "edit",
    [
        Edit("remove", ("answers", 5)),
        Edit("replace", ("answers", 0, "arguments", "nope"), 1),
        Edit("add", ("answers", 0, "name", "x"), 1),
    ],
)
def test_an_edit_without_a_place_is_refused(edit):
    with pytest.raises(ValueError, match="there is no such place"):
        apply_fixes(sample(), [Fix("…", (edit,))])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]text[/red]", "plain [red]text[/red]"),
        ("Grüße 🙂 暖", "Grüße 🙂 暖"),
        ("a\x1b[2Jb", "a\\u001b[2Jb"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202e\u200b\ufeff\x00\x7f\x9b", "\\u202e\\u200b\\ufeff\\u0000\\u007f\\u009b"),
        ("\ud800", "\\ud800"),
    ],
)
def test_untrusted_text_is_shown_without_steering_anything(text, shown):
    assert visible(text) == shown


def call(**arguments):
    return {"name": "f", "arguments": arguments}


CONVERSATION = {
    "query": "warmer, please",
    "answers": [call(area=1)],
    "state": [["T", 1, 20.0]],
    "then": [
        {"answers": [call(area=1, value=21.0)]},
        {"reply": {"kind": "tell", "text": "21 now."}},
        {
            "query": "the kid's seat too",
            "reply": {
                "kind": "ask",
                "options": [[call(area=16)], [call(area=64)]],
                "text": "Left or right?",
            },
        },
        {"query": "left", "answers": [call(area=16)], "note": "kept"},
        {
            "query": "50",
            "reply": {"kind": "refuse", "because": "x", "wanted": [call(v=50)], "text": "No."},
        },
    ],
    "by": "someone",
}


@pytest.mark.parametrize("read", [from_item, lambda item: read_sample(json.dumps(item).encode())])
def test_a_conversation_is_read_and_written_back(read):
    found = read(CONVERSATION)
    assert to_item(found) == CONVERSATION
    assert [step.query for step in found.steps] == [
        "warmer, please",
        None,
        None,
        "the kid's seat too",
        "left",
        "50",
    ]
    assert [list(turn) for turn in turns(found)] == [[0, 1, 2], [3], [4], [5]]
    assert with_steps(found, found.steps) == found
    assert found.words == "warmer, please\nthe kid's seat too\nleft\n50"
    assert len(found.calls) == 3
    assert found.id.startswith("2:")


CHANGES = [
    ("query", "Warmer, please"),
    ("answers", [call(area=2)]),
    ("state", [["T", 1, 21.0]]),
    ("state", [["T", 1, 20]]),
    ("then", CONVERSATION["then"][:-1]),
    ("then", [*CONVERSATION["then"], {"query": "thanks", "reply": {"kind": "chat", "text": "."}}]),
    ("reply", {"kind": "chat", "text": ""}),
]


@pytest.mark.parametrize(("key", "value"), CHANGES)
def test_everything_in_a_conversation_is_in_its_id(key, value):
    assert from_item(CONVERSATION | {key: value}).id != from_item(CONVERSATION).id


def test_other_keys_are_not_in_the_id_of_a_conversation():
    assert from_item(CONVERSATION | {"by": "x", "meta": {}}).id == from_item(CONVERSATION).id


@pytest.mark.parametrize("reply", ["Done.", {"text": "Done."}, None, 5])
@pytest.mark.parametrize("then", [[], "later", {}, None])
def test_the_same_keys_of_other_programs_change_nothing(reply, then):
    item = {"query": "x", "answers": [call()], "reply": reply, "then": then, "state": "CA"}
    plain = from_item({"query": "x", "answers": [call()]})
    for found in (from_item(item), read_sample(json.dumps(item).encode())):
        assert found.id == plain.id
        assert not found.is_conversation
        assert to_item(found) == item


WRONG = [
    ({"then": ["x"]}, "then[0]: expected an object"),
    ({"then": [{"query": 5}]}, "then[0].query: expected a string"),
    ({"then": [{"answers": {}}]}, "then[0].answers: expected a list"),
    ({"then": [{}, {"answers": [{"name": "f"}]}]}, "then[1].answers[0].arguments: missing"),
    ({"then": [{"reply": "hi"}]}, "then[0].reply: expected an object"),
    ({"then": [{"reply": {"text": "hi"}}]}, "then[0].reply.kind: missing"),
    ({"reply": {"kind": "ask", "options": [{}]}}, "reply.options[0]: expected a list"),
    ({"reply": {"kind": "tell", "text": 5}}, "reply.text: expected a string"),
    ({"state": [["T", 1]]}, "state[0]: expected [property, area, value]"),
    ({"state": [[1, 1, 1]]}, "state[0][0]: expected a string"),
]


@pytest.mark.parametrize(("more", "why"), WRONG)
def test_what_is_wrong_in_a_conversation_is_told_with_its_place(more, why):
    item = {"query": "x", "answers": [], **more}
    for read in (from_item, lambda item: read_sample(json.dumps(item).encode())):
        with pytest.raises(ValueError, match=re.escape(why)):
            read(item)
