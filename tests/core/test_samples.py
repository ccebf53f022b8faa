"""Samples and their identity."""

import pytest

from workbench.core.samples import Sample, ToolCall, from_item, to_item
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
