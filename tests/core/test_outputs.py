"""Reading tool calls from what models write, by family."""

import json

import pytest
from call_values import VALUES
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.samples import ToolCall
from workbench.core.training.outputs import Output, detect_family, parameter_types, read_output


def gemma(value, quote) -> str:
    """Write a value as Gemma's templates do."""
    if isinstance(value, str):
        return f"{quote}{value}{quote}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{gemma(v, quote)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(gemma(v, quote) for v in value) + "]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def tagged(call) -> str:
    parameters = "".join(
        f"<parameter={key}>\n{v if isinstance(v, str) else json.dumps(v)}\n</parameter>\n"
        for key, v in call.arguments.items()
    )
    return f"<tool_call>\n<function={call.name}>\n{parameters}</function>\n</tool_call>"


def as_json(call, key="arguments") -> str:
    return json.dumps({"name": call.name, key: call.arguments}, ensure_ascii=False)


def gemma4(call) -> str:
    written = gemma(call.arguments, '<|"|>')
    return f"<|tool_call>call:{call.name}{written}<tool_call|>"


def function_gemma(call) -> str:
    written = gemma(call.arguments, "<escape>")
    return f"<start_function_call>call:{call.name}{written}<end_function_call>"


WRITERS = {
    "hermes": lambda calls: (
        "\n".join(f"<tool_call>\n{as_json(c)}\n</tool_call>" for c in calls) + "<|im_end|>\n"
    ),
    "tagged": lambda calls: "\n".join(map(tagged, calls)) + "<|im_end|>",
    "gemma4": lambda calls: "".join(map(gemma4, calls)) + "<|tool_response>",
    "functiongemma": lambda calls: (
        "".join(map(function_gemma, calls)) + "<start_function_response>"
    ),
    "llama": lambda calls: "; ".join(as_json(c, "parameters") for c in calls) + "<|eot_id|>",
}


def call_with(value) -> ToolCall:
    name = "setStringProperty" if isinstance(value, str) else "setFloatProperty"
    return ToolCall(name, {"propertyName": "HVAC_X", "areaId": 16, "value": value})


def exact(output: Output) -> str:
    """As JSON, to which 1, 1.0 and true are three things."""
    assert output.broken == ()
    return json.dumps([[call.name, call.arguments] for call in output.calls])


@pytest.mark.parametrize("family", WRITERS)
@pytest.mark.parametrize("value", [*VALUES, None], ids=repr)
def test_every_value_comes_back_as_it_was(family, value, catalog):
    calls = (call_with(value), call_with([1]))
    text = WRITERS[family](calls)
    read = read_output(text, family, parameter_types(catalog.functions))
    assert exact(read) == exact(Output(calls))
    assert read.text == ""


PLAIN = st.recursive(
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN, st.sampled_from(["hermes", "llama", "gemma4", "functiongemma"]))
def test_whatever_the_value_it_comes_back(value, family):
    calls = (ToolCall("f", {"value": value}),)
    assert exact(read_output(WRITERS[family](calls), family)) == exact(Output(calls))


@pytest.mark.exhaustive
@given(st.text(max_size=60), st.sampled_from(list(WRITERS)))
def test_no_text_is_too_odd_to_read(text, family):
    marked = f"<tool_call><function=<|tool_call>call:<start_function_call>{text}"
    for answer in (text, marked, "{" + text, "[" * 5000 + text):
        read_output(answer, family)


MARKS = (
    "<think>", "<tool_call>", "</tool_call>", "<|im_end|>", "<|eot_id|>", "<eos>", "<end_of_turn>",
    "<turn|>", "<start_function_call>", "<|tool_call>", "<function=a>", '\n{"name": ', "; {",
)  # fmt: skip
ITS_OWN = {"tagged": ("<think>", "<|im_end|>")}  # it quotes nothing, so its own tags end a text


@pytest.mark.parametrize("family", WRITERS)
def test_marks_in_a_text_for_the_car_are_text(family, catalog):
    types = parameter_types(catalog.functions)
    for mark in MARKS if family != "tagged" else ITS_OWN[family]:
        calls = (call_with(f"say {mark} aloud"), call_with(7))
        read = read_output(WRITERS[family](calls), family, types)
        assert exact(read) == exact(Output(calls)), mark
        assert read.text == ""


@pytest.mark.parametrize("family", WRITERS)
def test_wherever_an_answer_is_cut_the_whole_calls_before_count(family):
    calls = (call_with({"a": [1, "x"]}), call_with("y"))
    whole = f"Sure. {WRITERS[family](calls)}"
    found = [len(read_output(whole[:end], family).calls) for end in range(len(whole) + 1)]
    assert found == sorted(found)
    assert found[-1] == 2
    read = read_output(whole, family)
    assert (read.calls, read.text) == (calls, "Sure.")


NO_VALUES = ("1e400", "-1e999", "NaN", "Infinity", "9" * 5000, '{"a": 1, "a": 2}', '"\\ud800"')


@pytest.mark.parametrize("family", ["hermes", "llama", "gemma4", "functiongemma"])
@pytest.mark.parametrize("value", NO_VALUES, ids=lambda value: value[:12])
def test_what_cannot_be_sent_to_a_car_as_written_is_no_value(family, value):
    hole = call_with(["HOLE"])
    text = WRITERS[family]((hole, call_with(1)))
    for written in ('["HOLE"]', '[<|"|>HOLE<|"|>]', "[<escape>HOLE<escape>]"):
        text = text.replace(written, value)
    read = read_output(text, family)
    assert (len(read.broken), read.calls) == (1, (call_with(1),))


BROKEN = {
    "hermes": '<tool_call>\n{"name": "a", "arguments": {"x": }}\n</tool_call>',
    "tagged": "<tool_call>\n<function=a>\n<parameter=x>\n1\n</function>\n</tool_call>",
    "gemma4": "<|tool_call>call:a{x:}<tool_call|>",
    "functiongemma": "<start_function_call>call:a{x:<escape>1<end_function_call>",
    "llama": '{"name": "a", "parameters": {"x": }}\n',
}


@pytest.mark.parametrize("family", WRITERS)
def test_a_broken_call_costs_only_itself(family):
    right = call_with(True)
    whole = WRITERS[family]([right]).removesuffix("<|eot_id|>")
    read = read_output(f"{BROKEN[family]}{whole}", family)
    assert read.calls == (right,)
    assert len(read.broken) == 1


@pytest.mark.parametrize("family", WRITERS)
def test_an_answer_in_words_calls_nothing_and_is_not_broken(family):
    read = read_output("I cannot do that.", family)
    assert read == Output(text="I cannot do that.")
    assert read_output("", family) == Output()


ODD_JSON = {
    "parameters for arguments": '{"name": "a", "parameters": {"x": 1}}',
    "two in one block": "{one}\n{one}".format(one='{"name": "a", "arguments": {"x": 1}}'),
    "a list in one block": '[{"name": "a", "arguments": {"x": 1}}]',
    "arguments as text": '{"name": "a", "arguments": "{\\"x\\": 1}"}',
    "wrapped": '{"type": "function", "function": {"name": "a", "arguments": {"x": 1}}}',
}


@pytest.mark.parametrize("inner", ODD_JSON.values(), ids=ODD_JSON)
def test_ways_of_other_templates_are_understood(inner):
    read = read_output(f"<tool_call>{inner}</tool_call>", "hermes")
    assert set(map(as_json, read.calls)) == {as_json(ToolCall("a", {"x": 1}))}
    assert (len(read.calls), read.broken) == (inner.count("name"), ())


@pytest.mark.parametrize("family", ["hermes", "llama"])
def test_a_broken_call_in_a_list_costs_only_itself(family):
    text = f'[{as_json(call_with(1))}, {{"name": "a", "arguments": {{"x": }}}}]'
    read = read_output(text if family == "llama" else f"<tool_call>{text}</tool_call>", family)
    assert (read.calls, len(read.broken), read.text) == ((call_with(1),), 1, "")


def test_text_around_the_calls_of_llama_is_text():
    call = as_json(call_with(1), "parameters")
    for before, after in (("I will do that. ", ""), ("<|python_tag|>", "<|eom_id|>"), ("", " ok")):
        read = read_output(f"{before}{call}{after}", "llama")
        assert (read.calls, read.broken) == ((call_with(1),), ())


def test_a_parameter_that_stands_twice_is_broken():
    text = tagged(call_with(1)).replace(
        "</function>", "<parameter=value>\n2\n</parameter>\n</function>"
    )
    assert len(read_output(text, "tagged").broken) == 1


def test_what_is_no_json_is_no_value():
    assert read_output(
        '<tool_call>{"name": "a", "arguments": {"x": NaN}}</tool_call>', "hermes"
    ) == (Output(broken=('{"name": "a", "arguments": {"x": NaN}}',)))


def test_an_answer_cut_off_in_a_call_is_broken():
    assert read_output('<tool_call>\n{"name": "a", "argum', "hermes").broken == (
        '{"name": "a", "argum',
    )
    assert len(read_output("<|tool_call>call:a{x:1", "gemma4").broken) == 1


def test_thoughts_are_no_answer():
    thoughts = '<think>maybe <tool_call>{"name": "b", "arguments": {}}</tool_call></think>\n'
    text = thoughts + WRITERS["hermes"]([call_with(1)])
    assert read_output(text, "hermes").calls == (call_with(1),)
    # The template may have begun the thoughts in the prompt.
    assert read_output(text.removeprefix("<think>"), "hermes").calls == (call_with(1),)


def test_what_follows_the_end_of_the_turn_is_no_answer():
    text = WRITERS["gemma4"]([call_with(1)]) + gemma4(call_with(2))
    assert read_output(text, "gemma4").calls == (call_with(1),)


@pytest.mark.parametrize("family", ["hermes", "tagged", "gemma4", "functiongemma"])
def test_the_family_shows_in_the_text(family):
    assert detect_family(WRITERS[family]([call_with(1)])) == family
    assert detect_family("{}") is None
