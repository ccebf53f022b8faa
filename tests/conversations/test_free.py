"""A model drives the simulated car through whole conversations."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from openai_server import OpenAIServer, said
from typer.testing import CliRunner

from workbench.adapters.focus import load_focus
from workbench.cli import app
from workbench.core.car.vehicle import MOST_ROUNDS
from workbench.core.errors import InputError
from workbench.core.kinds import kind_of
from workbench.core.samples import ToolCall, from_item
from workbench.core.training.free import (
    Drive,
    read_course,
    score_turns,
    summarise_turns,
)
from workbench.core.training.outputs import Output
from workbench.core.training.records import RecordShape, RecordWriter
from workbench.core.training.scoring.spoken import act_of

TWENTY = [*map(from_item, json.loads(Path(__file__).with_name("export.json").read_text("utf-8")))]
FOREVER = ToolCall("getFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1})


def lines(catalog, samples=TWENTY, form="dialog"):
    shown = RecordShape(compact=True, tools=3, properties=4, form=form)
    writer = RecordWriter(catalog, ("Before ", " after"), 0, shown)
    return [line for sample in samples for line in writer.records(sample, "eval")]


@pytest.fixture(scope="module")
def courses(catalog):
    return [read_course(line, at, catalog) for at, line in enumerate(lines(catalog), 1)]


def right(course, turn, step):
    """What is signed there; where nothing more is, a word that it's done."""
    signed = course.turns[turn]
    if step == len(signed):
        return Output(text="Done.")
    return Output(signed[step].calls, text=signed[step].text or "")


def driven(course, catalog, answer):
    """Drive a course with what `answer` makes of it, a turn and a step in it."""
    drive = Drive(course, catalog)
    turn = step = 0
    while drive.question is not None:
        drive.answered(answer(course, turn, step))
        step += 1
        if len(drive.turns) > turn:
            turn, step = len(drive.turns), 0
    return drive


def summary(courses, catalog, answer):
    runs = [driven(course, catalog, answer) for course in courses]
    return summarise_turns([score_turns(r.course, r.turns, catalog) for r in runs])


def test_who_calls_and_says_what_is_signed_is_right_in_every_turn(courses, catalog):
    found = summary(courses, catalog, right)
    assert found.conversations.hits == found.conversations.total == len(TWENTY)
    assert found.turns.value == found.states.value == found.facts.value == 1
    assert found.over_refusal.hits == found.over_asking.hits == 0


def test_nothing_more_need_be_said_after_changes(courses, catalog):
    def silent(course, turn, step):
        return Output() if step == len(course.turns[turn]) else right(course, turn, step)

    assert summary(courses, catalog, silent).conversations.value == 1


def test_a_model_that_says_nothing_is_right_nowhere(courses, catalog):
    found = summary(courses, catalog, lambda *_: Output())
    assert found.conversations.hits == found.turns.hits == found.states.hits == 0
    assert all(row["nothing"] == sum(row.values()) for row in found.ends.values())


@pytest.mark.parametrize(
    ("text", "end"), [("Done.", "say"), ("I can't do that.", "refuse"), ("Which?", "ask")]
)
def test_who_only_talks_is_right_only_where_that_was_to_be_said(courses, catalog, text, end):
    for course in courses:
        scores = score_turns(
            course, driven(course, catalog, lambda *_: Output(text=text)).turns, catalog
        )
        assert all(score.wanted == end for score in scores if score.right)


def test_a_turn_is_over_after_ten_rounds_and_the_next_words_follow(courses, catalog):
    course = courses[0]
    drive = driven(course, catalog, lambda *_: Output((FOREVER,)))
    assert [turn.end for turn in drive.turns] == ["too many rounds"] * len(course.turns)
    assert [len(turn.outputs) for turn in drive.turns] == [MOST_ROUNDS] * len(course.turns)
    assert not any(score.right for score in score_turns(course, drive.turns, catalog))


def test_calls_run_in_the_state_at_the_start_and_their_results_are_told(courses, catalog):
    drive = Drive(courses[0], catalog)
    drive.answered(Output((FOREVER,)))
    *_, call, result = drive.question.messages
    assert json.loads(result["content"])["value"] == 20.0, "the state at the start"
    assert result["tool_call_id"] == call["tool_calls"][0]["id"]


def test_the_right_state_by_another_way_is_right(courses, catalog):
    """One degree warmer, set twice: first to something else."""
    course = courses[0]
    wrong = ToolCall("setFloatProperty", {**FOREVER.arguments, "value": 25.0})

    def detour(course, turn, step):
        if turn == 0 and step < 2:
            return (Output((FOREVER,)), Output((wrong,)))[step]
        return right(course, turn, step - (turn == 0))

    assert all(s.right for s in score_turns(course, driven(course, catalog, detour).turns, catalog))


def test_a_fact_that_is_guessed_without_a_look_is_not_right(courses, catalog):
    """Where nothing changes, what the signed turn reads must have been read."""

    def blind(course, turn, step):
        signed = course.turns[turn]
        text = signed[-1].text
        changes = any(call.name.startswith("set") for one in signed for call in one.calls)
        return Output(text=text) if text and not changes else right(course, turn, step)

    guessed = 0
    for course in courses:
        turns = driven(course, catalog, blind).turns
        for signed, score in zip(course.turns, score_turns(course, turns, catalog), strict=True):
            reads = any(one.results and '"value"' in one.results[0] for one in signed)
            if len(signed) > 1 and reads and score.wanted == "say" and score.end == "say":
                guessed += not any(c.name.startswith("set") for s in signed for c in s.calls)
                assert score.facts
    assert guessed
    assert summary(courses, catalog, blind).conversations.value < 1


def test_a_broken_call_beside_good_ones_is_not_right(courses, catalog):
    def broken(course, turn, step):
        made = right(course, turn, step)
        return Output(made.calls, ("{",), made.text) if made.calls else made

    for course in courses:
        scores = score_turns(course, driven(course, catalog, broken).turns, catalog)
        for turn, score in zip(course.turns, scores, strict=True):
            assert score.right == (not any(step.calls for step in turn))


def test_one_step_of_a_conversation_is_no_course(catalog):
    last = lines(catalog, TWENTY[:1], "steps")[-1]
    with pytest.raises(ValueError, match="one step of a conversation"):
        read_course(last, 1, catalog)


def scripted(catalog, samples):
    """Answer a server's questions as it is signed."""
    courses = [read_course(line, 1, catalog) for line in lines(catalog, samples)]
    by_words = {(c.developer["content"], c.turns[0][0].query): c for c in courses}

    def answer(_, body):
        roles = [m["role"] for m in body["messages"]]
        texts = [m["content"] for m in body["messages"]]
        course = by_words[texts[0], texts[1]]
        step = roles[::-1].index("user") - roles[::-1][: roles[::-1].index("user")].count("tool")
        made = right(course, roles.count("user") - 1, step)
        calls = [{"name": c.name, "arguments": c.arguments} for c in made.calls]
        return said(made.text, calls or None)

    return answer


def command(path, server, *more):
    report = path.with_name("r.json")
    asked = ["--endpoint", server.url, "--model", "car"] if server else []
    return [
        *("evaluate", str(path), "--free", "--report", str(report), "--batch"),
        *asked,
        *more,
    ]


@pytest.fixture
def records(catalog, tmp_path):
    path = tmp_path / "dialogs.jsonl"
    path.write_bytes(b"".join(lines(catalog, TWENTY[:8])))
    return path


def test_a_server_drives_and_the_report_tells_how(catalog, records):
    with OpenAIServer() as server:
        server.answer = scripted(catalog, TWENTY[:8])
        result = CliRunner().invoke(app, command(records, server))
        assert result.exit_code == 0, result.output
        asked = len(server.asked)
        again = CliRunner().invoke(app, command(records, server))
        assert again.exit_code == 0, again.output
        assert len(server.asked) == asked, "all answers are saved"
    assert "8 of 8 were answered before" in again.output
    assert "whole conversations" in result.output
    report = json.loads(records.with_name("r.json").read_text())
    assert report["metrics"]["free"]["conversations"]["hits"] == 8
    assert all(turn["right"] for one in report["results"] for turn in one["turns"])
    scored = CliRunner().invoke(app, command(records, None, "--json"))
    assert json.loads(scored.stdout)["metrics"] == report["metrics"]


def refusing(answer, words):
    """Answer as `answer` does, but refuse what is said in conversations that begin with `words`."""

    def answered(path, body):
        if body["messages"][1]["content"] in words:
            return said("I can't do that.")
        return answer(path, body)

    return answered


def test_the_report_says_which_kinds_of_conversations_are_right_and_draws_it(catalog, records):
    wrong = {one.query for one in TWENTY[:8] if kind_of(one) == "conversation"}
    with OpenAIServer() as server:
        server.answer = refusing(scripted(catalog, TWENTY[:8]), wrong)
        result = CliRunner().invoke(app, command(records, server))
    assert result.exit_code == 0, result.output
    free = json.loads(records.with_name("r.json").read_text())["metrics"]["free"]
    counts = {name: (one["hits"], one["total"]) for name, one in free["groups"]["sample"].items()}
    total = Counter(kind_of(one) for one in TWENTY[:8])
    assert counts == {k: (n * (k != "conversation"), n) for k, n in total.items()}
    turns = free["groups"]["turns"]
    assert sum(one["total"] for one in turns.values()) == 8
    assert turns["1"]["hits"] == turns["1"]["total"], "only longer ones are wrong"
    assert free["firsts"]["call"]["refuse"], "over-refusal shows in the first thing done"
    text = records.with_name("r.md").read_text()
    for group in ("sample", "turns", "property"):
        assert f"(r.{group}.svg)" in text
        assert records.with_name(f"r.{group}.svg").read_text().startswith("<svg ")
    assert "whole by kind of sample" in result.output
    again = CliRunner().invoke(app, command(records, None))
    assert again.exit_code == 0, "its own plots are replaced"
    report = records.with_name("r.json")
    report.write_text(report.read_text().replace('"split": "eval"', '"split": "dev"'))
    focus = load_focus(report, catalog)
    failed = {kind: one.failed for kind, one in focus.kinds.items() if one.failed}
    assert failed == {"conversation": total["conversation"]}
    assert focus.failing, "the cells of what it refused"


def test_two_models_that_drove_are_compared_conversation_by_conversation(catalog, records):
    right = scripted(catalog, TWENTY[:8])
    other = records.with_name("other.jsonl")
    with OpenAIServer() as server:
        server.answer = refusing(right, {one.query for one in TWENTY[:8]})
        few = command(records, server, "--limit", "7", "--outputs", str(other))
        assert CliRunner().invoke(app, few).exit_code == 0
        server.answer = right
        result = CliRunner().invoke(app, command(records, server, "--compare", str(other)))
    assert result.exit_code == 0, result.output
    report = json.loads(records.with_name("r.json").read_text())
    both, mine = report["comparison"]["both"], report["comparison"]["only_left"]
    assert (report["comparison"]["only_right"], both + mine) == (0, 7)
    assert report["metrics"]["free"]["conversations"]["total"] == 7
    told = " ".join(result.output.split())
    assert "asked 7 of 8 conversations; they are scored on these only" in told
    assert f"{mine} conversations are right only with car, 0 only with car ({other})" in told
    assert "## Against car" in records.with_name("r.md").read_text()
    alone = CliRunner().invoke(app, command(records, None, "--compare", str(other), "--json"))
    assert json.loads(alone.stdout)["comparison"] == report["comparison"]


@pytest.mark.parametrize(
    ("made", "end"),
    [((FOREVER,), "too many rounds"), ((), "nothing")],
    ids=["never stops calling", "says nothing"],
)
def test_a_model_that_never_stops_or_never_begins_is_right_nowhere(records, made, end):
    calls = [{"name": c.name, "arguments": c.arguments} for c in made]
    with OpenAIServer() as server:
        server.answer = lambda *_: said("", calls or None)
        result = CliRunner().invoke(app, command(records, server, "--json"))
    assert result.exit_code == 0, result.output
    free = json.loads(result.stdout)["metrics"]["free"]
    assert free["conversations"]["hits"] == free["turns"]["hits"] == 0
    assert all(row[end] == sum(row.values()) for row in free["ends"].values())


def test_a_run_that_was_killed_goes_on_where_it_was(catalog, records):
    with OpenAIServer() as server:
        answer = scripted(catalog, TWENTY[:8])
        running: list[subprocess.Popen[bytes]] = []

        def killing(path, body):
            if len(server.asked) == 9:
                os.kill(running[0].pid, signal.SIGKILL)
            return answer(path, body)

        server.answer = killing
        arguments = [sys.executable, "-m", "workbench", *command(records, server, "--workers", "2")]
        running.append(subprocess.Popen(arguments, stderr=subprocess.DEVNULL))
        assert running[0].wait(60) == -signal.SIGKILL
        saved = records.with_name("r.outputs.jsonl").read_bytes().count(b'"asked"')
        assert saved
        before = len(server.asked)
        result = CliRunner().invoke(app, command(records, server, "--json"))
        assert result.exit_code == 0, result.output
        after = len(server.asked) - before
    assert json.loads(result.stdout)["metrics"]["free"]["conversations"]["hits"] == 8
    whole = CliRunner().invoke(app, command(records, None, "--json"))
    assert json.loads(whole.stdout)["metrics"]["free"]["conversations"]["hits"] == 8
    with OpenAIServer() as other:
        other.answer = answer
        fresh = [*command(records, other), "--outputs", str(records.with_name("fresh.jsonl"))]
        assert CliRunner().invoke(app, fresh).exit_code == 0
        assert after < len(other.asked), "what was saved isn't asked again"


def test_a_question_without_an_answer_ends_its_conversation(catalog, records):
    answer = scripted(catalog, TWENTY[:8])
    with OpenAIServer() as server:

        def failing(path, body):
            first = body["messages"][1]["content"] == TWENTY[0].query
            return (400, {"error": "no"}) if first else answer(path, body)

        server.answer = failing
        result = CliRunner().invoke(app, command(records, server))
        assert result.exit_code == 0, result.output
        assert "in 1 of 8 conversations" in " ".join(result.output.split())
        server.answer = answer
        before = len(server.asked)
        result = CliRunner().invoke(app, command(records, server, "--json"))
        assert len(server.asked) > before, "it is asked again another time"
    assert json.loads(result.stdout)["metrics"]["free"]["conversations"]["hits"] == 8


def test_what_free_cannot_take_is_refused_in_a_sentence(catalog, records, tmp_path):
    def refused(*arguments):
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert isinstance(result.exception, InputError), result.output
        return str(result.exception)

    report = ["--report", tmp_path / "x.json"]
    steps = tmp_path / "steps.jsonl"
    steps.write_bytes(b"".join(lines(catalog, TWENTY[:1], "steps")))
    assert "--free needs a file of export --shape dialog" in refused(
        "evaluate", steps, "--free", "--endpoint", "http://localhost:1", *report
    )
    with OpenAIServer() as server:
        server.answer = scripted(catalog, TWENTY[:8])
        assert CliRunner().invoke(app, command(records, server)).exit_code == 0
        saved = records.with_name("r.outputs.jsonl")
        assert "add --free, or name other answers" in refused(
            "evaluate", records, "--outputs", saved, *report
        )
        assert "another way of asking (free, not step by step)" in refused(
            *("evaluate", records, "--endpoint", server.url, "--model", "car"),
            *("--outputs", saved, *report),
        )


def test_the_kind_of_thing_that_ends_a_turn_is_known_by_its_words(courses):
    """The twenty hold an ask, a refusal and things told: the table has a row for each."""
    ends = {
        act_of(Output(text=one.text)) for c in courses for t in c.turns for one in t if one.text
    }
    assert ends == {"ask", "refuse", "say"}
