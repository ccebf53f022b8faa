"""Conversations as training records: whole, or a record for each thing said."""

import json
from pathlib import Path

import pytest

from workbench.core.car.compact import read_compact
from workbench.core.samples import Sample, ToolCall, from_item
from workbench.core.training.records import (
    RecordShape,
    RecordWriter,
    canonical,
    count_said,
    differences,
    expected_steps,
    read_dialog,
    read_record,
    said_last,
    sample_told,
)

TWENTY = [*map(from_item, json.loads(Path(__file__).with_name("export.json").read_text("utf-8")))]
WARMER, KID, OFF = TWENTY[0], TWENTY[11], TWENTY[13]
FORMS = ("single", "dialog", "steps")


def lines(catalog, sample, form, **shown):
    writer = RecordWriter(catalog, ("Before ", " after"), 0, RecordShape(form=form, **shown))
    return writer.records(sample, "train")


def messages(catalog, sample, form):
    return [json.loads(line)["messages"][1:] for line in lines(catalog, sample, form)]


def told(message):
    """A message in a word or two."""
    if "tool_calls" in message:
        return [call["function"]["arguments"].get("value") for call in message["tool_calls"]]
    return (message["role"][0], message["content"])


def test_a_dialog_has_the_words_the_calls_the_car_s_results_and_the_replies(catalog):
    [dialog] = messages(catalog, OFF, "dialog")
    off = "Property 'HVAC_FAN_SPEED' in area 1 is currently not available."
    fan, power = (f'{{"propertyName":"{name}","areaId":1,"result":"' for name in NAMES)
    assert [*map(told, dialog)] == [
        ("u", "Put my fan on 5."),
        [5],
        ("t", f'{fan}{off}"}}'),
        ("a", "The climate is off on your side. Shall I switch it on?"),
        ("u", "yes, switch it on, then the fan"),
        [True],
        ("t", f'{power}success"}}'),
        [5],
        ("t", f'{fan}success"}}'),
        ("a", "The climate is on, and your fan is on 5."),
    ]


NAMES = ("HVAC_FAN_SPEED", "HVAC_POWER_ON")


def test_a_result_names_its_call_and_is_left_out_where_nothing_follows(catalog):
    [dialog] = messages(catalog, WARMER, "dialog")
    calls = [call for one in dialog for call in one.get("tool_calls", ())]
    tools = [one for one in dialog if one["role"] == "tool"]
    assert [call.get("id") for call in calls] == ["call00001", "call00002", "call00003", None]
    assert [(one["tool_call_id"], one["name"]) for one in tools] == [
        (call["id"], call["function"]["name"]) for call in calls[:3]
    ]
    assert json.loads(tools[0]["content"])["value"] == 20.0, "the state at the start"
    assert "tool_calls" in dialog[-1]


def test_steps_are_all_that_is_said_each_after_what_went_before(catalog):
    [dialog], steps = (messages(catalog, WARMER, form) for form in ("dialog", "steps"))
    assert len(steps) == count_said(WARMER) == 6
    for number, step in enumerate(steps):
        said = [one for one in step if one["role"] == "assistant"]
        assert len(said) == number + 1
        assert said[-1] is step[-1]
        assert [one.get("weight", 1) for one in said] == [0] * number + [1], "the last is learnt"
        assert not any("id" in call for call in step[-1].get("tool_calls", ()))
        plain = [{k: v for k, v in one.items() if k != "weight"} for one in step[:-1]]
        assert plain == dialog[: len(plain)]


def test_the_records_of_one_conversation_show_the_car_alike_with_all_that_it_is_about(catalog):
    """What is asked about or refused is in sight too: its absence would give the answer away."""
    made = lines(catalog, KID, "steps", compact=True, tools=2, properties=3)
    heads = {line.partition(b'{"role":"user"')[0] for line in made}
    assert len(heads) == 1
    record = json.loads(made[0])
    text = record["messages"][0]["content"].removeprefix("Before ").removesuffix(" after")
    assert "HVAC_SEAT_TEMPERATURE" in {fact.name for fact in read_compact(text)}
    assert "setIntProperty" in {tool["function"]["name"] for tool in record["tools"]}


def test_a_query_and_its_calls_are_the_same_record_in_every_form(catalog):
    plain = Sample("warmer", WARMER.answers)
    assert len({tuple(lines(catalog, plain, form)) for form in FORMS}) == 1
    assert read_record(lines(catalog, plain, "steps")[0]) == ("train", plain)


@pytest.mark.parametrize("sample", TWENTY, ids=lambda one: one.query[:30])
def test_a_record_read_back_tells_the_sample_and_what_the_car_answers(catalog, sample):
    [dialog] = lines(catalog, sample, "dialog")
    assert read_dialog(dialog) == ("train", expected_steps(sample, catalog))
    for said, line in enumerate(lines(catalog, sample, "steps")):
        steps = read_dialog(line)[1]
        assert steps == expected_steps(sample, catalog, said)
        again = sample_told(steps, catalog)
        last = said_last(steps)
        assert last == (said or None)
        assert steps == expected_steps(again, catalog, last), (
            "also from what the results tell alone"
        )


def test_what_is_to_be_learnt_is_read_back(catalog):
    read = [read_dialog(line)[1] for line in lines(catalog, OFF, "steps")]
    assert [[step.learnt for step in steps] for steps in read] == [
        [False] * number + [True] for number in range(5)
    ]
    [dialog] = lines(catalog, OFF, "dialog")
    assert all(step.learnt for step in read_dialog(dialog)[1])


def test_what_one_record_cannot_be_read_as_is_said(catalog):
    with pytest.raises(ValueError, match="it is a conversation's"):
        read_record(lines(catalog, WARMER, "dialog")[0])
    with pytest.raises(ValueError, match="no number 6"):
        expected_steps(WARMER, catalog, 6)


def changed(line, change):
    record = json.loads(line)
    change(record["messages"])
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def put(place, **values):
    return lambda messages: messages[place].update(values)


DAMAGE = {
    "no result": (lambda m: m.pop(3), "1 calls, but 0 results"),
    "another's result": (put(3, name="setFloatProperty"), "a result of setFloatProperty follows"),
    "another call's id": (put(3, tool_call_id="call00002"), "follows another's call"),
    "a result of nothing": (lambda m: m.insert(4, m[3]), "message 5 has the role tool"),
    "two requests": (lambda m: m.insert(2, m[1]), "developer, user, user"),
    "two requests later": (lambda m: m.insert(8, m[7]), "message 9 is the user's, like"),
    "calls with a text": (put(2, content="Wait."), "message 3 has calls and a text"),
    "a result at the end": (lambda m: m.__delitem__(slice(4, None)), "developer, user, assistant,"),
    "a system in between": (put(7, role="system"), "message 8 has the role system"),
    "a list as a result": (put(3, content=[]), "content"),
    "another weight": (put(4, weight=2), "weight"),
    "an id that is a number": (lambda m: m[2]["tool_calls"][0].update(id=1), "id"),
}


@pytest.mark.parametrize(("change", "said"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_dialog_is_told_by_the_message(catalog, change, said):
    [line] = lines(catalog, WARMER, "dialog")
    with pytest.raises(ValueError, match=said):
        read_dialog(changed(line, change))


DIFFERENT = {
    "an invented result": (
        put(3, content='{"propertyName":"HVAC_TEMPERATURE_SET","areaId":1,"value":19.0}'),
        "step 1, call 1: its result is ",
    ),
    "another request": (put(1, content="colder"), "step 1: what is said to the assistant is "),
    "another reply": (put(6, content="It's 30."), "step 3: the reply is "),
    "another call": (
        lambda m: m[4]["tool_calls"][0]["function"]["arguments"].update(value=21),
        "step 2: its calls aren't those",
    ),
    "a step that is not learnt": (put(4, weight=0), "step 2: it has weight 0, against the"),
    "no end": (lambda m: m.__delitem__(slice(7, None)), "it has 3 steps; the signed conv"),
}


@pytest.mark.parametrize(("change", "said"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_changed_dialog_differs_from_the_signed_one_at_its_step(catalog, change, said):
    [line] = lines(catalog, WARMER, "dialog")
    expected = expected_steps(WARMER, catalog)
    assert [*differences(read_dialog(line)[1], expected)] == []
    found = [*differences(read_dialog(changed(line, change))[1], expected)]
    assert found[0].startswith(said)
    assert len(found) == 1


def test_what_contradicts_an_earlier_result_is_found_without_the_signed_one(catalog):
    [line] = lines(catalog, TWENTY[12], "dialog")
    lie = put(5, content='{"propertyName":"WINDOW_POS","areaId":1024,"result":"jammed"}')
    steps = read_dialog(changed(line, lie))[1]
    [found] = differences(steps, expected_steps(sample_told(steps, catalog), catalog))
    assert found.startswith("step 2, call 1: its result is ")


def test_every_call_of_a_conversation_is_written_in_canonical_form(catalog):
    item = json.loads(json.dumps(json.loads(TWENTY_FILE)[0]).replace("21.0", "21"))
    once = canonical(from_item(item), catalog)
    assert once == WARMER
    assert [type(call.arguments.get("value")) for call in once.calls[1:]] == [float] * 3
    assert once.state == WARMER.state
    assert canonical(once, catalog) is once
    refused = TWENTY[8]
    wanted = ToolCall(refused.reply.wanted[0].name, {"value": 50, "areaId": 1})
    odd = from_item({"query": "q", "answers": [], "reply": {"kind": "refuse", "wanted": [
        {"name": wanted.name, "arguments": wanted.arguments}]}})  # fmt: skip
    assert repr(canonical(odd, catalog).reply.wanted[0].arguments) == "{'areaId': 1, 'value': 50.0}"


TWENTY_FILE = Path(__file__).with_name("export.json").read_text("utf-8")
