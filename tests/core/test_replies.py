import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.replies import ReplyItem, read_reply


def item(query="Open the window", /, **arguments):
    arguments = arguments or {"propertyName": "WINDOW_POS", "areaId": 16, "value": 10}
    return {"query": query, "answers": [{"name": "setIntProperty", "arguments": arguments}]}


A, B, C = item("a"), item("b"), item("c")
a, b, c = (json.dumps(x) for x in (A, B, C))
SURROGATE = "x\ud800"
LIST = json.dumps([A, B, C])
DEEP = '{"query": "deep", "answers": ' + "[" * 10_000 + "]" * 10_000 + "}"


def states(items: list[ReplyItem]) -> str:
    """Queries of usable items, ! for an invalid one, ? for an unparsable one."""
    marks = {"invalid": "!", "unparsable": "?"}
    return " ".join(i.sample.query if i.sample else marks[i.state] for i in items)


REPLIES = {
    "a list": (LIST, "a b c"),
    "indented": (json.dumps([A, B, C], indent=2), "a b c"),
    "fenced": (f"```json\n{LIST}\n```", "a b c"),
    "fenced, unnamed, CRLF": (f"```\r\n{LIST}\r\n```\r\n", "a b c"),
    "byte order mark": ("\ufeff" + LIST, "a b c"),
    "words around": (f"Sure! Here they are:\n{LIST}\nEnjoy.", "a b c"),
    "words with brackets": (
        f"Here are [30] samples (see {{notes}}):\n{LIST}\n[end] {{x}}",
        "a b c",
    ),
    "words with an open bracket": (f"Here [30 samples:\n{LIST}", "a b c"),
    "words with a list of words": (f'As ["set", "get"] asks: {LIST}', "a b c"),
    "wrapped": (json.dumps({"samples": [A, B, C]}), "a b c"),
    "wrapped, with notes": (json.dumps({"note": 'use [{"x"}]', "samples": [A, B]}), "a b"),
    "wrapped twice": (json.dumps({"data": {"samples": [A, B]}, "n": [1, 2]}), "a b"),
    "wrapped, cut": (json.dumps({"samples": [A, B, C]})[:-20], "a b ?"),
    "an object by number": (json.dumps({"1": A, "2": B}), "a b"),
    "two fences": (f"```json\n[{a}]\n```\nand\n```json\n[{b}, {c}]\n```", "a b c"),
    "two lists": (f"[{a}][{b}]", "a b"),
    "lines": (f"{a}\n{b}\n{c}\n", "a b c"),
    "lines, other key first": (f'{{"id": 1, {a[1:]}\n{{"id": 2, {b[1:]}', "a b"),
    "lines, one bad": (f'{a}\n{{"query": "x", "answers": [NaN]}}\n{c}', "a ? c"),
    "lines, cut": (f"{a}\n{b[:-9]}", "a ?"),
    "one object": (a, "a"),
    "one object, answers first": (json.dumps(dict(reversed(A.items()))), "a"),
    "one object, cut": (a[:-3], "?"),
    "cut in an item": (f"[{a}, {b[:25]}", "a ?"),
    "cut after a comma": (f"[{a}, ", "a"),
    "cut after an item": (f"[{a}, {b}", "a b"),
    "cut, fence closed": (f"```json\n[{a}, {b}\n```\nThe rest [soon].", "a b"),
    "extra comma": (f"[{a}, {b},]", "a b"),
    "missing comma": (f"[{a} {b}]", "a b"),
    "extra brace": (f"[{a}}}, {b}]", "a b"),
    "missing brace": (f"[{a[:-1]}, {b}]", "? b"),
    "lone quote in a query": (f'[{a}, {{"query": "a 5" rod", "answers": []}}, {c}]', "a ? c"),
    "NaN": (f"[{a}, {json.dumps(item('x', value=float('nan')))}, {c}]", "a ? c"),
    "Infinity": (f"[{a}, {json.dumps(item('x', value=float('-inf')))}, {c}]", "a ? c"),
    "huge number": (f'[{a}, {{"query": "x", "answers": [1e999]}}, {c}]', "a ? c"),
    "6000 digits": (f"[{a}, {b.replace('10', '1' * 6000)}, {c}]", "a ? c"),
    "lone surrogate, escaped": (f"[{a}, {json.dumps(item(SURROGATE))}, {c}]", "a ? c"),
    "lone surrogate, raw": (
        f"[{a}, {json.dumps(item(SURROGATE), ensure_ascii=False)}, {c}]",
        "a ? c",
    ),
    "10 000 levels": (f"[{a}, {DEEP}, {c}]", "a ? c"),
    "10 000 levels, alone": (DEEP, "?"),
    "10 000 wrappers": ('{"a":' * 10_000 + "1" + "}" * 10_000, "?"),
    "15 000 half strings": ('{"' * 15_000 + "query", "?"),
    "10 000 lists": ("[" * 10_000 + "]" * 10_000, "?"),
    "control character": (f"[{a}, {b.replace('b', 'b' + chr(1), 1)}, {c}]", "a ? c"),
    "line break in a string": (f'[{a}, {{"query": "x\ny", "answers": []}}, {c}]', "a ? c"),
    "single quotes": (f"[{a}, {B!s}, {c}]", "a b c"),
    "not objects": (f'[{a}, 5, "x, y", null, [1], {c}]', "a ! ! ! ! c"),
    "nothing": ("", "?"),
    "blanks": (" \n", "?"),
    "empty list": ("[]", ""),
    "empty object": ("{}", "?"),
    "words": ("I cannot help with that.", "?"),
    "an error object": ('{"error": "overloaded"}', "?"),
    "strings only": ('["a", "b"]', "! !"),
}


@pytest.mark.parametrize(("text", "expected"), REPLIES.values(), ids=REPLIES)
def test_reply(text, expected):
    assert states(read_reply(text)) == expected


def call(**change):
    return {"query": "x", "answers": [A["answers"][0], A["answers"][0] | change]}


REASONS = {
    "no query": ({"answers": []}, "query: missing"),
    "query no string": ({"query": 5, "answers": []}, "query: expected a string, got an integer"),
    "query null": ({"query": None, "answers": []}, "query: expected a string, got null"),
    "no answers": ({"query": "x"}, "answers: missing"),
    "no calls": ({"query": "x", "answers": []}, "answers: the list is empty"),
    "answers no list": (
        {"query": "x", "answers": {"name": "f"}},
        "answers: expected a list, got an object",
    ),
    "call no object": (
        {"query": "x", "answers": ["f()"]},
        "answers[0]: expected an object, got a string",
    ),
    "no name": ({"query": "x", "answers": [{"arguments": {}}]}, "answers[0].name: missing"),
    "name no string": (call(name=True), "answers[1].name: expected a string, got a boolean"),
    "no arguments": ({"query": "x", "answers": [{"name": "f"}]}, "answers[0].arguments: missing"),
    "arguments as a list": (
        call(arguments=[]),
        "answers[1].arguments: expected an object, got a list",
    ),
    "arguments as words": (
        call(arguments="areaId 1"),
        "answers[1].arguments: expected an object, got a string",
    ),
    "two kinds of arguments that differ": (
        {"query": "x", "answers": [{"name": "f", "args": {"a": 1}, "parameters": {"a": 2}}]},
        "answers[0].arguments: missing",
    ),
    "calls under two names": (
        {"query": "x", "calls": [A["answers"][0]], "tool_calls": [B["answers"][0], 5]},
        "answers: missing",
    ),
    "a number": (2.5, "item: expected an object, got a number"),
}


@pytest.mark.parametrize(("bad", "reason"), REASONS.values(), ids=REASONS)
def test_reason_of_an_invalid_item(bad, reason):
    first, second, third = read_reply(json.dumps([A, bad, C]))
    assert (first.state, third.state) == ("ok", "ok")
    assert (second.state, second.reason, second.sample) == ("invalid", reason, None)
    assert json.loads(second.raw) == bad


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the reply is empty"),
        ("I'm sorry,\nno.", 'no list of samples in the reply, which begins "I\'m sorry, no."'),
        (f"[{a[:30]}", "cut off: it ends in the middle"),
        (f"[{a.replace('10', 'NaN')}]", "NaN is not a JSON value"),
        (f"[{a.replace('10', '1e999')}]", "a number is out of range"),
        (f"[{a.replace('10', '1' * 6000)}]", "a number is too long to read"),
        (f"[{json.dumps(item(SURROGATE))}]", "half of a surrogate pair stands for a character"),
        (f"[{DEEP}]", "nested more than 200 levels deep"),
        ('[{"query": "\t", "answers": []}]', "not JSON: invalid control character at character 11"),
    ],
)
def test_reason_of_an_unparsable_item(text, reason):
    [only] = read_reply(text)
    assert (only.state, only.reason) == ("unparsable", reason)


def test_content_is_kept_as_it_came():
    odd = item("  Öffne „das“ Fenster 😀\n", value=22.0, extra=[1, None, 2**40])
    [only] = read_reply("```\n" + json.dumps([odd | {"meta": {"x": 1}, "thought": "hm"}]) + "\n```")
    assert only.sample is not None
    assert only.sample.query == odd["query"]
    assert only.sample.answers[0].arguments == odd["answers"][0]["arguments"]
    assert isinstance(only.sample.answers[0].arguments["value"], float)
    assert only.sample.meta is None


def test_raw_can_be_written_to_a_file():
    for text in (f"[{json.dumps(item(SURROGATE), ensure_ascii=False)}]", "\ud800", "[\udfff"):
        for part in read_reply(text):
            part.raw.encode("utf-8")


def test_a_query_may_hold_brackets_quotes_and_json():
    queries = ['say "[{hi"', "}]", '[{"query": "x"}]', "```json", "\\", 'a {"query": ', ""]
    text = json.dumps([item(query) for query in queries])
    assert [i.sample and i.sample.query for i in read_reply(text)] == queries
    assert [i.sample and i.sample.query for i in read_reply(f"So [1]: {text}")] == queries


def test_an_argument_called_query_is_no_item():
    search = item("Find jazz", **{"query": "jazz"})
    assert states(read_reply(json.dumps([search, A])[:-5])) == "Find jazz ?"
    assert states(read_reply(json.dumps([search])[:-9])) == "?"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e6, 1e6) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
items = st.builds(
    lambda query, calls: {"query": query, "answers": calls},
    st.text() | st.text(alphabet='[]{}",\\: query`\n'),
    st.lists(
        st.fixed_dictionaries(
            {"name": st.text(), "arguments": st.dictionaries(st.text(), json_values, max_size=3)}
        ),
        min_size=1,
        max_size=2,
    ),
)


@pytest.mark.exhaustive
@settings(max_examples=150, deadline=None)
@given(
    st.lists(items, min_size=1, max_size=4), st.data(), st.booleans(), st.sampled_from([None, 1])
)
def test_any_prefix_keeps_exactly_the_whole_items(samples, data, ascii_only, indent):
    parts = [json.dumps(s, ensure_ascii=ascii_only, indent=indent) for s in samples]
    text = "[" + ", ".join(parts) + "]"
    cut = data.draw(st.integers(0, len(text)))
    found = read_reply(text[:cut])
    ends = [1 + sum(map(len, parts[: k + 1])) + 2 * k for k in range(len(parts))]
    whole = sum(end <= cut for end in ends)
    kept = [i.sample for i in found if i.state == "ok" and i.sample]
    assert [s.query for s in kept] == [s["query"] for s in samples[:whole]]
    assert all(i.state == "ok" for i in found[:whole])
    assert [i.state for i in found[whole:]] in ([], ["unparsable"])


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='[]{}",\\: qa1N\n`') | st.text())
def test_never_raises(text):
    assert isinstance(read_reply(text), list)


@pytest.mark.benchmark
def test_speed():
    text = json.dumps([item(f"Set the temperature to {n} degrees, please") for n in range(30)])
    for case in (text, f"```json\n{text}\n```", f"Here [30]: {text}", text[:-10]):
        begin = time.perf_counter()
        for _ in range(200):
            read_reply(case)
        each = (time.perf_counter() - begin) / 200
        print(f"{each * 1e6:.0f} µs")
        assert each < 2e-3
