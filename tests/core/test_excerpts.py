"""What of a sample is shown: bounded, and what is left out is said."""

import json
from operator import lt

import pytest
from monsters import call, item, monsters, nested

from workbench.core.samples import ToolCall, from_item, to_item
from workbench.core.text.excerpts import (
    MOST_CALLS,
    excerpt,
    excerpt_call,
    is_editable,
    is_large,
    left_out,
    short,
    shown,
    size_words,
)

MONSTERS = monsters()


def test_a_sample_as_people_say_it_is_shown_whole():
    sample = from_item(item("Make it warmer", call(), call(value=[1, {"a": "b"}])))
    assert excerpt(sample) is sample
    assert not is_large(sample)
    assert is_editable(sample)


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_shown_in_part_and_says_so(name):
    sample = from_item(MONSTERS[name])
    part = excerpt(sample)
    assert len(json.dumps(to_item(part))) < 60_000
    assert len(part.answers) <= MOST_CALLS
    assert any(map(lt, counts(part), counts(sample))) or "more" in repr(part)


def counts(sample):
    """How many calls, values at the start, steps, and calls of replies a sample has."""
    replies = [step.reply for step in sample.steps if step.reply]
    offered = sum(len(one.wanted) + sum(map(len, one.options)) for one in replies)
    return len(sample.calls), len(sample.state), len(sample.steps), offered


@pytest.mark.parametrize("name", sorted(MONSTERS.keys() - {"190 nested lists"}))
def test_a_monster_is_neither_verified_nor_edited_on_the_screen(name):
    sample = from_item(MONSTERS[name])
    assert is_large(sample)
    assert not is_editable(sample)


def test_one_long_part_of_a_small_sample_is_not_edited():
    assert not is_editable(from_item(item("word " * 1000)))
    assert not is_editable(from_item(item("Warmer", call(value=list(range(1000))))))
    assert is_editable(from_item(item("Warmer", *[call()] * 200)))


def test_what_every_call_has_is_shown_wherever_it_stands():
    arguments = {f"a{i}": i for i in range(100)} | {"value": 3, "areaId": 1, "propertyName": "P"}
    part = excerpt_call(ToolCall("f", arguments))
    assert part.arguments["value"] == 3
    assert part.arguments["propertyName"] == "P"
    assert part.arguments["…"] == "… 83 more"


def test_nesting_ends_with_a_word_on_the_rest():
    assert "… 1 more" in repr(excerpt(from_item(item("Warmer", call(value=nested(50))))))


@pytest.mark.parametrize(
    ("text", "most", "words"),
    [
        ("abc", 3, "abc"),
        ("abcdef", 3, "abc… 3 characters more"),
        ("a" * 4_900_003, 3, "aaa… 4.9 MB more"),
    ],
)
def test_a_text_is_cut_and_says_how_much_is_left_out(text, most, words):
    assert short(text, most) == words


def test_what_is_cut_is_escaped_too():
    assert shown("\x1b" * 1_000_000, 2) == "\\u001b\\u001b… 1.0 MB more"


def test_a_size_in_words():
    assert size_words(from_item(MONSTERS["one word of 5 MB"])) == "5.0 MB"
    assert size_words(from_item(MONSTERS["20 000 calls"])).endswith(", 20,000 calls")


def conversation(steps=3, words="and again", calls=1, state=1):
    then = [
        {"query": words, "answers": [call()] * calls},
        {"reply": {"kind": "ask", "text": words, "options": [[call()], [call(), call()]]}},
    ]
    start = [["P", 0, 1]] * state
    return from_item(item("Make it warmer", call()) | {"then": then * steps, "state": start})


def test_a_conversation_as_people_have_it_is_shown_whole():
    sample = conversation()
    assert excerpt(sample) is sample
    assert not is_large(sample)
    assert is_editable(sample)


@pytest.mark.parametrize(
    "large",
    [
        {"steps": 5_000},
        {"words": "w" * 1_000_000},
        {"calls": 5_000},
        {"state": 50_000},
    ],
    ids=lambda large: next(iter(large)),
)
def test_a_monster_of_a_conversation_is_shown_in_part(large):
    sample = conversation(**large)
    assert is_large(sample)
    assert not is_editable(sample)
    part = excerpt(sample)
    assert part is not sample
    assert len(json.dumps(to_item(part))) < 120_000
    assert left_out(sample, part) == len(sample.then) - len(part.then)
