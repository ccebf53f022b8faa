"""Keys that are not ours stay with their sample and call, whatever is done to them."""

import json

import pytest
from small_car import small_catalog

from workbench.core.editing.drafts import with_access, with_argument, with_property
from workbench.core.editing.parts import move_call
from workbench.core.editing.sample_text import from_text, to_text
from workbench.core.items import read_sample
from workbench.core.json.text import dumps
from workbench.core.judge.edits import edits_between
from workbench.core.review.choices import Choice, DecidedBy, decided
from workbench.core.review.labels import read_label, to_document
from workbench.core.samples import Sample, ToolCall, to_item
from workbench.core.verdicts import Edit, Fix, apply_fixes

CATALOG = small_catalog()
ITEM = {
    "query": "window to 5",
    "answers": [
        {
            "name": "setIntProperty",
            "arguments": {"propertyName": "WINDOW_POS", "areaId": 16, "value": 5},
            "id": "call_1",
            "type": "function",
        }
    ],
    "meta": {"engine": "x"},
    "notes": ["mine"],
    "reply": {"text": "Done."},
    "messages": [],
    "extra": 1,
    "repeated": "x",
}
SAMPLE = read_sample(dumps(ITEM))

ANN = DecidedBy("ann", "2026-11-05T14:03:00+00:00")


def rest(item):
    """What is not ours in an item."""
    calls = [{k: v for k, v in call.items() if k in ("id", "type")} for call in item["answers"]]
    return calls, {k: v for k, v in item.items() if k not in ("query", "answers", "meta")}


def test_an_item_is_written_as_it_was_read_and_its_id_is_as_ever():
    assert to_item(SAMPLE) == ITEM
    call = ToolCall("setIntProperty", ITEM["answers"][0]["arguments"])
    assert SAMPLE.id == Sample(ITEM["query"], (call,)).id


def test_what_is_not_ours_cannot_take_the_place_of_what_is():
    forged = Sample("q", (ToolCall("f", {}, {"name": "g"}),), extra={"query": "x", "answers": []})
    assert to_item(forged) == {"query": "q", "answers": [{"name": "f", "arguments": {}}]}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda s: apply_fixes(s, [Fix("", (Edit("replace", ("query",), "x"),))]), id="fix"
        ),
        pytest.param(lambda s: move_call(s, ("answers", 0), 0), id="move"),
        pytest.param(
            lambda s: from_text(to_text(s).replace("window", "sunroof"), s.meta), id="JSON"
        ),
        pytest.param(
            lambda s: apply_fixes(
                s,
                [
                    Fix(
                        "",
                        edits_between(
                            s, Sample("x", (ToolCall("getIntProperty", {"areaId": 16}),))
                        ),
                    )
                ],
            ),
            id="repair",
        ),
    ],
)
def test_a_change_keeps_it(change):
    assert rest(to_item(change(SAMPLE))) == rest(ITEM)


def test_a_changed_call_keeps_it():
    [call] = SAMPLE.answers
    prop = CATALOG.properties["TEMPERATURE"]
    for changed in (
        with_property(call, prop, CATALOG),
        with_access(call, "get", CATALOG),
        with_argument(call, "value", 6, CATALOG),
    ):
        assert changed.extra == {"id": "call_1", "type": "function"}


def test_a_label_keeps_it_with_an_edited_sample():
    edited = from_text(to_text(SAMPLE).replace("window to 5", "window to five"))
    label = decided(Choice(SAMPLE, "accepted", edited=edited), None, ANN)
    read = read_label(dumps(to_document(label)))
    assert rest(to_item(read.edited)) == rest(ITEM)
    assert read.edited.meta is None


def test_an_edit_of_nothing_but_such_keys_is_an_edit():
    edited = from_text(to_text(SAMPLE).replace("mine", "yours"))
    label = decided(Choice(SAMPLE, "accepted", edited=edited), None, ANN)
    assert to_item(label.edited)["notes"] == ["yours"]
    same = decided(Choice(SAMPLE, "accepted", edited=SAMPLE), None, ANN)
    assert same.edited is None


def test_a_label_settles_keys_that_stood_twice():
    raw = json.dumps(ITEM).replace('"areaId": 16', '"areaId": 1, "areaId": 16').encode()
    twice = read_sample(raw)
    fixed = from_text(to_text(twice), twice.meta)
    label = decided(Choice(twice, "accepted", edited=fixed), None, ANN)
    assert label.edited is not None
    assert label.in_force(twice).repeated == ()
