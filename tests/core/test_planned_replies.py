"""Sentences that a model writes for plans: joined with the plan's calls, or set aside."""

import json

import pytest

from workbench.core.planned_replies import read_planned_reply, said_otherwise, spoken
from workbench.core.samples import Reply, Sample, Step, ToolCall

READ = ToolCall("getFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1})
PLAN = Sample(
    "a bit warmer", (READ,), then=(Step(reply=Reply("tell", "Done.")), Step("thanks", (READ,)))
)
OTHER = Sample("tell me a joke", (), reply=Reply("chat", "No."))
SAYS = ["slightly warmer please", "It's done.", "cheers"]


def test_who_speaks_in_a_plan_is_told_in_order():
    assert spoken(PLAN) == (
        ("passenger", "a bit warmer"),
        ("assistant", "Done."),
        ("passenger", "thanks"),
    )


def test_only_the_words_change():
    sample = said_otherwise(PLAN, SAYS)
    assert [words for _, words in spoken(sample)] == SAYS
    assert sample.calls == PLAN.calls
    assert sample.then[0].reply.kind == "tell"


def reply(*items):
    return json.dumps([{"plan": number, "says": says} for number, says in items])


@pytest.mark.parametrize(
    "text",
    [
        reply((2, ["joke please", "Never."]), (1, SAYS)),
        f"Here you are:\n```json\n{reply((2, ['joke please', 'Never.']), (1, SAYS))}\n```",
        '{"conversations": ' + reply((2, ["joke please", "Never."]), (1, SAYS)) + "}",
        "[{'plan': '2', 'says': ['joke please', 'Never.',]}, {'plan': 1, 'says': "
        + f"{SAYS}"
        + "}]",
    ],
)
def test_a_reply_is_read_however_it_is_wrapped(text):
    items = read_planned_reply(text, (PLAN, OTHER))
    assert [item.state for item in items] == ["ok", "ok"]
    assert items[0].sample == said_otherwise(OTHER, ["joke please", "Never."])
    assert items[1].sample == said_otherwise(PLAN, SAYS)


def test_what_is_whole_of_a_cut_reply_is_kept():
    text = reply((1, SAYS), (2, ["joke please", "Never."]))[:-20]
    items = read_planned_reply(text, (PLAN, OTHER))
    assert [item.state for item in items] == ["ok"]


@pytest.mark.parametrize(
    ("number", "says", "why"),
    [
        (3, SAYS, "plan: there is no plan of this number"),
        (1, SAYS[:2], "says: 2 sentences where the plan has 3"),
        (1, [*SAYS, "more"], "says: 4 sentences where the plan has 3"),
        (1, ["", *SAYS[1:]], "says: a sentence is empty, or far too long"),
        (1, "text", "says: expected a list of strings"),
    ],
)
def test_a_bad_item_costs_only_itself(number, says, why):
    text = reply((number, says), (2, ["joke please", "Never."]))
    bad, good = read_planned_reply(text, (PLAN, OTHER))
    assert (bad.state, bad.reason) == ("invalid", why)
    assert good.state == "ok"


def test_a_plan_is_used_once():
    first, second = read_planned_reply(reply((1, SAYS), (1, SAYS)), (PLAN,))
    assert first.state == "ok"
    assert (second.state, second.reason) == ("invalid", "plan: it was there before")


@pytest.mark.parametrize("text", ["", "I can't do that.", "[]", "{", '{"plan": 1}'])
def test_a_reply_without_sentences_is_set_aside_whole(text):
    [item] = read_planned_reply(text, (PLAN,))
    assert (item.state, item.raw) == ("unparsable", text)
