"""Evaluating a model on conversations, step by step."""

import json
from pathlib import Path

import pytest
from openai_server import OpenAIServer, said
from typer.testing import CliRunner

from workbench.adapters.answers import Answer, AnswersHead
from workbench.cli import app
from workbench.core.samples import from_item
from workbench.core.training.gold import read_golds
from workbench.core.training.records import RecordShape, RecordWriter, count_said
from workbench.jobs.evaluate import evaluate_answers

TWENTY = [*map(from_item, json.loads(Path(__file__).with_name("export.json").read_text("utf-8")))]
HEAD = AnswersHead(model="car", source="endpoint")


def lines(catalog, form, samples=TWENTY):
    shown = RecordShape(compact=True, tools=3, properties=4, form=form)
    writer = RecordWriter(catalog, ("Before ", " after"), 0, shown)
    return [line for sample in samples for line in writer.records(sample, "eval")]


def golds(catalog, form, samples=TWENTY):
    return [
        gold
        for number, line in enumerate(lines(catalog, form, samples), 1)
        for gold in read_golds(line, number)
    ]


def right(gold):
    """Answer as it is signed."""
    calls = gold.sample.answers if gold.text is None else None
    return Answer(
        query=gold.sample.query,
        gold=gold.sample.id,
        asked=gold.asked,
        text=gold.text or "",
        calls=calls,
    )


def spoken(text):
    return lambda gold: Answer(
        query=gold.sample.query, gold=gold.sample.id, asked=gold.asked, text=text
    )


def evaluated(catalog, asked, answer):
    return evaluate_answers(asked, HEAD, [answer(gold) for gold in asked], catalog)


@pytest.mark.parametrize("form", ["dialog", "steps"])
def test_each_thing_said_is_asked_with_all_before_it(catalog, form):
    found = golds(catalog, form)
    assert len(found) == sum(map(count_said, TWENTY))
    assert all(gold.messages[-1]["role"] in ("user", "tool") for gold in found)
    assert {gold.sample.query for gold in found} >= {one.query for one in TWENTY}
    assert [g.sample.answers for g in found] == [g.sample.answers for g in golds(catalog, "steps")]


@pytest.mark.parametrize("form", ["dialog", "steps"])
def test_who_answers_as_signed_is_right_in_everything(catalog, form):
    found = golds(catalog, form)
    evaluation = evaluated(catalog, found, right)
    assert all(score.exact and score.effect for score in evaluation.scores)
    assert evaluation.spoken.conversations.hits == len(TWENTY)
    assert evaluation.spoken.conversations.total == len(TWENTY)
    assert evaluation.spoken.facts.value == 1
    assert evaluation.spoken.over_refusal.hits == evaluation.spoken.over_asking.hits == 0
    table = evaluation.spoken.acts
    assert all(row[act] == sum(row.values()) for act, row in table.items())


@pytest.mark.parametrize(
    ("text", "act"),
    [("", "nothing"), ("I can't do that.", "refuse"), ("Which one?", "ask"), ("Done.", "say")],
)
def test_who_always_says_the_same_is_right_where_that_was_to_be_said(catalog, text, act):
    found = golds(catalog, "steps")
    evaluation = evaluated(catalog, found, spoken(text))
    for gold, score in zip(found, evaluation.scores, strict=True):
        assert score.act == act
        if gold.text is None or act != gold.wanted:
            assert not any((score.exact, score.ordered, score.effect))
    assert evaluation.spoken.conversations.hits <= (2 if text else 0)  # some only refuse
    wrongly = [gold for gold in found if gold.wanted != act]
    if act == "refuse":
        assert evaluation.spoken.over_refusal.hits == len(wrongly)
    if act == "ask":
        assert evaluation.spoken.over_asking.hits == len(wrongly)


def test_what_is_told_must_have_its_facts(catalog):
    (gold,) = [g for g in golds(catalog, "steps", TWENTY[:1]) if g.text and "your side" in g.text]
    told = evaluated(catalog, [gold], spoken("Twenty-one degrees it is."))
    untold = evaluated(catalog, [gold], spoken("It's 22 degrees now."))
    assert [told.scores[0].exact, untold.scores[0].exact] == [True, False]


def test_calls_have_their_effect_in_the_state_that_the_conversation_has_come_to(catalog):
    """With the climate off, setting the fan changes nothing: it isn't the same as what is right."""
    for gold in golds(catalog, "steps"):
        evaluation = evaluated(catalog, [gold], right)
        assert evaluation.scores[0].effect, gold.sample


def test_single_records_are_evaluated_as_ever(catalog):
    (gold,) = read_golds(
        RecordWriter(catalog, ("", ""), 0).write(
            from_item(
                {
                    "query": "x",
                    "answers": [
                        {
                            "name": "getFloatProperty",
                            "arguments": {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1},
                        }
                    ],
                }
            ),
            "eval",
        ),
        1,
    )
    assert (gold.text, gold.before, gold.nth) == (None, (), 0)
    assert evaluated(catalog, [gold], right).spoken is None


def test_the_report_tells_what_was_done_for_what_was_right(catalog, tmp_path):
    path = tmp_path / "dataset.jsonl"
    path.write_bytes(b"".join(lines(catalog, "steps", TWENTY[:6])))
    wanted = {gold.asked: gold for gold in golds(catalog, "steps", TWENTY[:6])}
    by_messages = {
        json.dumps([m["content"] for m in gold.messages][1:]): gold for gold in wanted.values()
    }
    with OpenAIServer() as server:

        def answer(_, body):
            gold = by_messages[json.dumps([m["content"] for m in body["messages"]][1:])]
            calls = [{"name": c.name, "arguments": c.arguments} for c in gold.sample.answers]
            return said(gold.text or "", calls or None)

        server.answer = answer
        report = tmp_path / "r.json"
        arguments = ["evaluate", path, "--endpoint", f"{server.url}/v1/", "--model", "car"]
        result = CliRunner().invoke(app, [*map(str, arguments), "--report", str(report), "--batch"])
    assert result.exit_code == 0, result.output
    found = json.loads(report.read_text())["metrics"]["spoken"]
    assert found["conversations"]["hits"] == found["conversations"]["total"] == 6
    assert found["acts"]["call"]["call"] > 5
    assert "whole conversations" in result.output
    assert "right, and done:" in result.output
