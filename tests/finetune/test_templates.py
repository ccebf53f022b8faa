"""Real chat templates: what the probe lets through, and that every value survives."""

import json
from pathlib import Path

import pytest
from call_values import VALUES

from workbench.adapters.tuning.demo import demo_tokenizer
from workbench.adapters.tuning.encode import make_encoder
from workbench.core.car.catalog import with_lists
from workbench.core.json.text import dumps
from workbench.core.samples import from_item
from workbench.core.training.chat import chat_messages, chat_tools
from workbench.core.training.outputs import read_output, read_results
from workbench.core.training.probe import probe_dialog, probe_template
from workbench.core.training.records import RecordShape, RecordWriter

_TWENTY = Path(__file__).parents[1] / "conversations" / "export.json"
CONVERSATIONS = [*map(from_item, json.loads(_TWENTY.read_text("utf-8")))]

FAMILIES = {
    "qwen2_5": "hermes",
    "qwen3": "hermes",
    "qwen3_instruct_2507": "hermes",
    "qwen3_8": "tagged",
    "gemma4": "gemma4",
    "gemma4_v5": "gemma4",
    "llama3_1": "llama",
    "chatml": "hermes",
}


@pytest.fixture
def encoder(templates):
    def make(name, **options):
        tokenizer = demo_tokenizer(["some text"], [])
        tokenizer.bos_token = "<|im_start|>"
        tokenizer.chat_template = templates[name].read_text("utf-8")
        return make_encoder(tokenizer, name, **options)

    return make


def losses(encoder):
    return [loss.what for loss in probe_template(encoder.render, encoder.family)]


def test_a_family_is_told_by_its_template(encoder):
    assert {name: encoder(name).family for name in FAMILIES} == FAMILIES


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "llama3_1"])
def test_nothing_is_lost_where_roles_are_mapped(encoder, name):
    assert losses(encoder(name)) == []


@pytest.mark.parametrize(
    ("name", "lost"),
    {
        "qwen2_5": ["catalogue"],  # dropped without a word
        "qwen3": ["catalogue"],
        "qwen3_8": ["prompt"],  # refused
        "gemma4": [],  # knows a developer
        "chatml": [],
    }.items(),
)
def test_what_is_lost_where_they_are_not(encoder, name, lost):
    assert losses(encoder(name, map_roles=False)) == lost


def test_llama_refuses_two_calls_and_its_older_template_drops_tools(encoder):
    assert losses(encoder("llama3_1")) == ["calls"]
    assert losses(encoder("llama3")) == ["tools", "calls"]


def test_a_tool_s_name_alone_does_not_do(encoder):
    one = encoder("chatml")
    source = one.tokenizer.chat_template
    one.tokenizer.chat_template = source.replace("(tool | tojson)", "tool.function.name")
    (loss,) = probe_template(one.render, one.family)
    assert "what they do, their parameters, the values that a parameter may have" in loss.sentence


@pytest.mark.parametrize("name", FAMILIES)
def test_every_value_comes_back_with_its_type(encoder, catalog, name):
    one = encoder(name)
    types = {key: function.parameters for key, function in catalog.functions.items()}
    lost = []
    for value in VALUES:
        function = "setStringProperty" if isinstance(value, str) else "setFloatProperty"
        arguments = {"propertyName": "SOME_NAME", "areaId": 16, "value": value}
        calls = [{"function": {"name": function, "arguments": arguments}}]
        calls *= 1 if name == "llama3_1" else 2
        record = [
            {"role": "developer", "content": "cars"},
            {"role": "user", "content": "q"},
            {"role": "assistant", "tool_calls": calls},
        ]
        row = one.row({"messages": record, "tools": []})
        read = read_output(row.text, one.family, types)
        given = [{"name": call.name, "arguments": call.arguments} for call in read.calls]
        wanted = [call["function"] for call in calls]
        if read.broken or dumps(given, sort_keys=True) != dumps(wanted, sort_keys=True):
            lost.append(value)
    assert lost == []


def test_only_the_answer_is_learnt_and_its_end_is(encoder):
    one = encoder("qwen3")
    calls = [{"function": {"name": "lock", "arguments": {"areaId": 1}}}]
    record = [
        {"role": "developer", "content": "cars"},
        {"role": "user", "content": "lock up"},
        {"role": "assistant", "tool_calls": calls},
    ]
    row = one.row({"messages": record, "tools": []})
    learnt = [token for token, answer in zip(row.input_ids, row.answer, strict=True) if answer]
    assert one.tokenizer.decode(learnt) == row.text
    assert row.text.startswith("<tool_call>")
    assert row.text.rstrip().endswith("<|im_end|>")
    ends = one.stop_token(row.text.replace("<tool_call>", "<tool_call></tool_call><tool_call>"))
    assert one.tokenizer.convert_ids_to_tokens(ends) == "<|im_end|>"


def test_results_and_replies_come_through_in_the_families_for_the_car(encoder):
    names = [*FAMILIES, "gemma4_v2", "gemma4_v3", "gemma4_v4", "qwen3_5_nothink", "qwen3_6"]
    probed = {name: encoder(name) for name in names if name != "llama3_1"}
    lost = {name: probe_dialog(one.render, one.family) for name, one in probed.items()}
    [found] = lost.pop("gemma4_v2")
    assert "without the marks that the model knows" in found.sentence, "a revision before these"
    assert not any(lost.values()), lost


@pytest.mark.parametrize("looked_up", [False, True], ids=["shown", "looked up"])
@pytest.mark.parametrize("name", ["qwen3", "qwen3_8", "gemma4", "gemma4_v5", "chatml"])
def test_each_thing_said_in_a_conversation_is_learnt_after_what_the_car_answered(
    encoder, catalog, name, looked_up
):
    """What is learnt is read back as signed, and each result stands before it, whole."""
    one = encoder(name)
    car = with_lists(catalog)
    types = {key: function.parameters for key, function in car.functions.items()}
    shown = None if looked_up else 2
    shape = RecordShape(not looked_up, 2, shown, "steps", looked_up)
    writer = RecordWriter(catalog, ("", ""), 0, shape)
    for sample in CONVERSATIONS:
        for record in map(json.loads, writer.records(sample, "train")):
            row = one.row(record)
            last = record["messages"][-1]
            read = read_output(row.text, one.family, types)
            given = [{"name": call.name, "arguments": call.arguments} for call in read.calls]
            wanted = [call["function"] for call in last.get("tool_calls", [])]
            assert dumps(given, sort_keys=True) == dumps(wanted, sort_keys=True)
            assert not read.broken
            assert read.text == last.get("content", "")
            results = [m for m in record["messages"] if m["role"] == "tool"]
            seen = read_results(one.prompt(record["messages"][:-1], record["tools"]), one.family)
            assert [text for _, text in seen] == [m["content"] for m in results]
            assert {name for name, _ in seen} <= {"", *(m["name"] for m in results)}


def test_trl_takes_a_step_as_prompt_and_completion(encoder, catalog):
    """As the card says: the last message is the completion, all before it the prompt."""
    from trl import apply_chat_template

    tokenizer = encoder("qwen3").tokenizer
    writer = RecordWriter(catalog, ("", ""), 0, RecordShape(True, 2, 2, "steps"))
    records = [json.loads(line) for line in writer.records(CONVERSATIONS[0], "train")]
    texts = []
    for record in records:
        messages = chat_messages(record["messages"], "hermes")
        row = {"prompt": messages[:-1], "completion": messages[-1:]}
        texts.append(apply_chat_template(row, tokenizer, chat_tools(record["tools"])))
    assert [text["completion"].count("<tool_call>") for text in texts] == [1, 1, 0, 1, 0, 1]
    assert [text["prompt"].count("<tool_response>\n{") for text in texts] == [0, 1, 2, 2, 3, 3]
    assert texts[1]["prompt"].startswith(texts[0]["prompt"].removesuffix("\n<think>\n")[:500])
