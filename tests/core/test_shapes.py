"""Samples and calls in all the shapes that models give them: read alike here and in evaluation."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.calls import read_calls
from workbench.core.json import lenient
from workbench.core.json import strict as strictjson
from workbench.core.judge.answers import read_attempts
from workbench.core.replies import read_reply
from workbench.core.samples import ToolCall
from workbench.core.training.outputs import holds_calls, read_output

A = {"query": "it's a", "answers": [{"name": "f", "arguments": {"areaId": 1, "value": "it's"}}]}
B = {"query": "b", "answers": [{"name": "f", "arguments": {"areaId": 4, "value": [1, 2.5]}}]}
LIST = json.dumps([A, B])


def each(change):
    """A list of both items, changed."""
    return json.dumps([change(json.loads(json.dumps(item))) for item in (A, B)])


def calls(change):
    """The same with all calls changed."""
    return each(lambda item: item | {"answers": [change(call) for call in item["answers"]]})


def under(name, value=lambda answers: answers):
    """The same with the calls under another name."""
    return each(lambda item: {"query": item["query"], name: value(item["answers"])})


CALLS = {
    "arguments as a string": lambda c: c | {"arguments": json.dumps(c["arguments"])},
    "arguments in a fence": lambda c: (
        c | {"arguments": f"```json\n{json.dumps(c['arguments'])}```"}
    ),
    "function": lambda c: {"function": c},
    "type function": lambda c: {"id": "1", "type": "function", "function": c},
    "all at once": lambda c: {"function": c | {"arguments": json.dumps(c["arguments"])}},
    "args": lambda c: {"name": c["name"], "args": c["arguments"]},
    "parameters": lambda c: {"name": c["name"], "parameters": c["arguments"]},
    "input": lambda c: {"type": "tool_use", "name": c["name"], "input": c["arguments"]},
    "a function's name": lambda c: {"function": c["name"], "arguments": c["arguments"]},
    "functionCall": lambda c: {"functionCall": {"name": c["name"], "args": c["arguments"]}},
    "a call as a string": json.dumps,
    "a call in single quotes": str,
}
SHAPES = {name: calls(change) for name, change in CALLS.items()} | {
    "calls as a string": each(lambda i: i | {"answers": json.dumps(i["answers"])}),
    "items as strings": each(json.dumps),
    "all as a string": json.dumps(LIST),
    "all as a string in an object": json.dumps({"samples": LIST}),
    "one call": each(lambda i: i | {"answers": i["answers"][0]}),
    "calls in two lists": each(lambda i: i | {"answers": [i["answers"]]}),
    "items in two lists": f"[{LIST}]",
    "each item in a list": f"[[{json.dumps(A)}], [{json.dumps(B)}]]",
    "a comma too many, in an item": LIST.replace("}}]}", "},},],}"),
    "comments": LIST.replace('"answers"', '// the [calls], don\'t "edit"\n "answers"'),
    "comments in stars": LIST.replace('"answers"', '/* the "calls" */ "answers"'),
    "comments of Python": LIST.replace('"answers"', '\n# it\'s {these}\n"answers"'),
    "single quotes": str([A, B]),
    "single quotes alone": str([A, B]).replace('"', "'"),
    "typographic quotes": re.sub(r'"([^"]*)"', r"“\1”", LIST),
    "no quotes": re.sub(r'"(\w+)":', r"\1:", LIST),
    "no-break spaces": LIST.replace(", ", ",\u00a0").replace('"query"', '\u2003\ufeff"query"'),
    "tool_calls": under("tool_calls"),
    "function_call": under("function_call", lambda answers: answers[0]),
    "calls within calls": under("answers", lambda answers: {"tool_calls": answers}),
    "a fence for each": "\n".join(f"```json\n{json.dumps(one)}\n```" for one in (A, B)),
    "fences in a list": "[" + ",".join(f"```json\n{json.dumps(one)}\n```" for one in (A, B)) + "]",
    "among words": f"Here's what you'd want:\n{[A, B]}\nThat's it, isn't it?",
    "one a line": f"{A}\n{B}",
    "a good one beside it": f"[{json.dumps(A)}, {B}]",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_a_sample_is_read_in_every_shape(text):
    found = read_reply(text)
    assert [item.state for item in found] == ["ok", "ok"]
    for item, meant in zip(found, (A, B), strict=True):
        assert item.sample.query == meant["query"]
        assert item.sample.answers == tuple(ToolCall(**call) for call in meant["answers"])


@pytest.mark.parametrize("change", CALLS.values(), ids=CALLS)
def test_a_call_is_read_in_every_shape_in_an_evaluation(change):
    call = ToolCall(**A["answers"][0])
    written = change(A["answers"][0])
    assert read_calls([written, written]) == ((call, call), ())
    text = written if isinstance(written, str) else json.dumps(written)
    assert read_calls(text) == ((call,), ())
    assert read_output(f"<tool_call>{text}</tool_call>", "hermes").calls == (call,)


def test_python_words_are_values():
    [item] = read_reply("[{'query': 'q', 'answers': [{'name': 'f', 'arguments': {'a': None}}]}]")
    assert item.sample.answers[0].arguments == {"a": None}
    assert lenient.loads("{'a': True, 'True': False}") == {"a": True, "True": False}


def test_judges_and_repairers_are_read_by_the_same_reader():
    [call] = A["answers"]
    odd = [
        {"id": "a", "query": "q", "answers": call | {"arguments": json.dumps(call["arguments"])}}
    ]
    for text in (json.dumps(odd), str(odd), f"// mine\n{odd}".replace("]", ",]")):
        found = read_attempts(text, ["a"]).found
        assert found["a"].answers == (ToolCall(**call),)


TWICE = {
    "in a call": '[{"query": "q", "answers": [{"name": "f", "arguments": {"a": 1, "a": 2}}]}]',
    "of an item": '[{"query": "q", "answers": [], "answers": [{"name": "f", "arguments": {}}]}]',
    "in a string": '[{"query": "q", "answers": [{"name": "f", "args": "{\\"a\\": 1, \\"a\\": 1}"}]}]',  # noqa: E501
    "in single quotes": "[{'query': 'q', 'answers': [{'name': 'f', 'args': {'a': 1, 'a': 2}}]}]",
    "after others": '{"query": "1:2", "answers": [{"name": "f", "arguments": {"b": {"a": 1, "a": 2}}}]}',  # noqa: E501
}


@pytest.mark.parametrize("text", TWICE.values(), ids=TWICE)
def test_a_key_that_stands_twice_is_a_finding_and_no_value(text):
    [item] = read_reply(text)
    assert (item.state, item.sample) == ("invalid", None)
    assert re.fullmatch(r'format.duplicate_key: "\w+" appears twice', item.reason)


def test_a_key_that_stands_twice_makes_a_call_broken_in_an_evaluation():
    text = '{"name": "f", "arguments": {"a": 1, "a": 2}}'
    assert read_calls(text) == ((), (text,))
    assert read_output(text, "llama").broken
    assert read_output(f"<tool_call>{text}</tool_call>", "hermes").broken


NOT_READ = {
    "an apostrophe that ends the text": "{'a': 'b', said he', 'c': 1}",
    "a word without quotes": "[1, blue]",
    "a value without end": "{'a': 'b",
    "no value": "{'a': }",
    "no comma": "{'a': 1 'b': 2}",
    "two commas": "[1,, 2]",
    "a number with a comma": "{'a': 1,5}",
    "NaN": "{'a': NaN}",
    "too large": "{'a': 1e999}",
    "undefined": "{a: undefined}",
}


@pytest.mark.parametrize("text", NOT_READ.values(), ids=NOT_READ)
def test_nothing_is_closed_completed_or_guessed(text):
    with pytest.raises(ValueError, match=r".") as refused:
        lenient.loads(text)
    assert str(refused.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    )
)
def test_what_is_json_is_read_as_json_and_never_changed(value):
    text = json.dumps(value, ensure_ascii=False)
    try:
        meant = strictjson.loads(text)
    except ValueError:
        return
    assert lenient.loads(text) == meant
    assert json.loads(lenient.rewritten(text)) == meant


@given(st.text(alphabet="{}[],:'\"“”/*#\\` ab1\n"))
def test_no_text_is_too_odd(text):
    lenient.rewritten(text)
    read_calls(text)
    read_reply(text)
    read_output(text, "llama")


HOSTILE = ["{'", "'", "/*", "“", "' ", ",\n#", '{a: "', "[", '"\\"', "[' ,", "[“\\“", '{"query": [']
MARKS = ["<｜tool▁call▁begin｜>f{", "[TOOL_CALLS]f{", "<tool_call>{'", "```json\n[", "f(", "[f(a="]


@pytest.mark.parametrize("size", [5_000, pytest.param(390_000, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("piece", [*HOSTILE, *MARKS])
def test_a_hostile_text_ends(piece, size):
    """A bound against hanging, no measurement."""
    begin = time.monotonic()
    text = piece * (size // len(piece))
    read_reply(text)
    read_calls(text)
    for family in ("llama", "hermes"):
        read_output(text, family)
    assert time.monotonic() - begin < 60


CALL = ToolCall("get_it", {"areaId": 1, "name": "x"})
INNER = '{"areaId": 1, "name": "x"}'
LEFT_IN_THE_TEXT = {
    "a fence": f'Sure.\n```json\n{{"name": "get_it", "arguments": {INNER}}}\n```',
    "a fence of a list": f'```\n[{{"function": "get_it", "args": {INNER}}}]\n```\nDone.',
    "Python": '[get_it(areaId=1, name="x")]',
    "Python, no list": "get_it(areaId=1, name='x')",
    "Python in a fence": 'I do that.\n```python\n[get_it(areaId=1, name="x")]\n```',
    "Python behind a token": '<|python_tag|>[get_it(areaId=1, name="x")]<|eom_id|>',
    "DeepSeek V3": (
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_it\n"
        f"```json\n{INNER}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    ),
    "DeepSeek V3.1": (
        f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_it<｜tool▁sep｜>{INNER}"
        "<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    ),
    "Mistral, a list": f'[TOOL_CALLS] [{{"name": "get_it", "arguments": {INNER}}}]</s>',
    "Mistral, by name": f"[TOOL_CALLS]get_it[ARGS]{INNER}",
    "Mistral, with an id": f"[TOOL_CALLS]get_it[CALL_ID]a1b2[ARGS]{INNER}</s>",
    "Mistral, bare": f"[TOOL_CALLS]get_it{INNER}",
    "Kimi": (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_it:0"
        f"<|tool_call_argument_begin|>{INNER}<|tool_call_end|><|tool_calls_section_end|>"
    ),
    "gpt-oss": (
        f"<|channel|>commentary to=functions.get_it <|constrain|>json<|message|>{INNER}<|call|>"
    ),
    "Granite": f'<|tool_call|>[{{"name": "get_it", "arguments": {INNER}}}]',
    "Phi": f'<|tool_call|>[{{"name": "get_it", "arguments": {INNER}}}]<|/tool_call|>',
    "Llama": f"<function=get_it>{INNER}</function>",
    "single quotes": f"{{'name': 'get_it', 'arguments': {INNER}}}",
}


@pytest.mark.parametrize("text", LEFT_IN_THE_TEXT.values(), ids=LEFT_IN_THE_TEXT)
def test_calls_that_a_server_leaves_in_the_text_are_read(text):
    from workbench.core.training.outputs import detect_family

    assert holds_calls(text)
    found = read_output(text, detect_family(text) or "llama")
    assert (found.calls, found.broken) == ((CALL,), ())
    assert "get_it" not in found.text


@pytest.mark.parametrize(
    "text",
    ["I can't do that.", "Use f(x) for it.", "```\nx = 1\n```", "[1, 2]", "print(__import__)"],
)
def test_words_are_no_calls(text):
    assert not holds_calls(text) or text == "[1, 2]"
    assert read_output(text, "llama").calls == ()


def test_python_is_read_and_never_run():
    for code in ("f(a=open('x'))", "f(a=1+1)", "f(**{'a': 1})", "f(g())", "f(a=lambda: 1)"):
        assert read_output(code, "llama").calls == ()
