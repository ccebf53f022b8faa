"""`workbench evaluate --gemini`: asked by a template, on record with its cost, within a budget."""

import json
import shutil

import pytest
from test_evaluate_cli import GOLDS, records, run  # noqa: F401 - a fixture
from typer.testing import CliRunner
from wire import KEY

from workbench.adapters import prompts
from workbench.adapters.runs import read_records, runs_path
from workbench.cli import app


@pytest.fixture
def gemini(gemini_server, monkeypatch):
    """A server that answers as the records have it, and a key for it."""

    def answer(asked):
        query = next(query for query in GOLDS if query in asked.prompt)
        return gemini_server.reply(asked, json.dumps(GOLDS[query]))

    gemini_server.answer = answer
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini_server.url)
    return gemini_server


@pytest.fixture
def evaluate(records, tmp_path):  # noqa: F811
    def call(*more, code=0):
        report = ("--report", tmp_path / "r.json", "--json")
        return run(records, "--gemini", "--workers", 1, *report, *more, code=code)

    return call


def test_gemini_is_asked_the_record_and_held_to_its_functions(
    evaluate, gemini, tmp_path, monkeypatch
):
    data = json.loads(evaluate("--max-cost", "5"))
    assert data["metrics"]["exact"]["hits"] == 4
    assert KEY not in (tmp_path / "r.outputs.jsonl").read_text() + json.dumps(data)
    asked = gemini.asked[0].prompt
    assert "HVAC_TEMPERATURE_SET" in asked
    assert asked.endswith("The driver says: Set it to 20.0 degrees\n")
    assert _schemas(gemini.asked[0])
    monkeypatch.delenv("GEMINI_API_KEY")
    assert "needs a Gemini key" in evaluate(code=2)


def test_the_run_is_on_record_with_its_cost(evaluate, gemini, records, tmp_path):  # noqa: F811
    evaluate()
    evaluate()  # nothing is left to ask, so this is no run
    [record] = read_records(runs_path(tmp_path / "dataset.json"))
    assert (record.kind, record.end, record.replies) == ("evaluate", "done", 4)
    assert record.tally.cost > 0
    assert record.prompts == prompts.EvaluationPrompts().hash
    shown = CliRunner().invoke(app, ["runs", str(tmp_path / "dataset.json")])
    assert "evaluate" in shown.output
    assert "4 requests" in shown.output


def test_what_was_paid_before_a_kill_is_on_record(evaluate, gemini, tmp_path, monkeypatch):
    from workbench.jobs.spending.run_log import RunLog

    monkeypatch.setattr(RunLog, "end", lambda *_: None)
    right, known = gemini.answer, []

    def answer(asked):
        known.extend(read_records(runs_path(tmp_path / "dataset.json")))
        return right(asked)

    gemini.answer = answer
    evaluate()
    [record] = read_records(runs_path(tmp_path / "dataset.json"))
    assert (record.end, record.replies, record.unsure) == ("running", 4, 0)
    assert record.tally.cost > 0
    # As each was asked, those before it were paid, and it may be.
    assert [(one.replies, one.unsure) for one in known] == [(n, 1) for n in range(4)]
    assert known[0].tally.unsure_cost > record.tally.cost


def test_it_stops_at_its_budget_and_goes_on_with_a_higher_one(evaluate, gemini, tmp_path):
    stopped = evaluate("--max-cost", "0.0000001", code=4)
    assert "stopped at --max-cost" in stopped
    assert not gemini.asked
    [record] = read_records(runs_path(tmp_path / "dataset.json"))
    assert (record.end, "is spent" in record.reason) == ("budget", True)
    assert json.loads(evaluate("--max-cost", "5"))["metrics"]["exact"]["hits"] == 4


def test_a_dry_run_tells_what_it_would_come_to_and_asks_nothing(evaluate, gemini, tmp_path):
    before = sorted(tmp_path.iterdir())
    told = evaluate("--dry-run")
    assert "4 of 4 questions are left to ask" in told
    assert "Cost: about $" in told
    assert "The driver says: Set it to 20.0 degrees" in told
    assert not gemini.asked
    assert sorted(tmp_path.iterdir()) == before
    evaluate("--limit", 3)
    assert "1 of 4 questions are left to ask" in evaluate("--dry-run")


def test_the_prompt_is_a_template_that_users_may_edit(evaluate, gemini, tmp_path, monkeypatch):
    folder = shutil.copytree(prompts.prompts_dir(), tmp_path / "prompts")
    monkeypatch.setattr(prompts, "prompts_dir", lambda: folder)
    first = prompts.EvaluationPrompts().hash
    template = folder / "evaluate.md.j2"
    template.write_text("{{ functions | length }} functions. Say {{ query }}")
    assert prompts.EvaluationPrompts().hash != first
    evaluate("--limit", 1)
    assert gemini.asked[0].prompt == "16 functions. Say Set it to 20.0 degrees\n"
    template.write_text("{{ question }}")
    told = evaluate(code=2)
    assert f"{template}, line 1: 'question' is undefined" in told


def test_one_bad_call_costs_one_call(evaluate, gemini):
    whole = json.dumps(GOLDS["Set it to 20.0 degrees"][0])
    texts = iter([f"[{whole}, {{}}]", "[1e400", '[{"name": "f", "arguments": {"x": 1e400}}]', "[]"])
    gemini.answer = lambda asked: gemini.reply(asked, next(texts))
    metrics = json.loads(evaluate())["metrics"]
    assert metrics["recall"]["hits"] == 1
    assert metrics["exact"]["hits"] == 0
    assert metrics["faults"]["unparsable"]["hits"] == 3
    assert metrics["faults"]["no call"]["hits"] == 1


def test_records_that_show_no_functions_can_be_asked(evaluate, gemini, records):  # noqa: F811
    lines = [json.loads(line) for line in records.read_bytes().splitlines()]
    records.write_text("".join(json.dumps(line | {"tools": []}) + "\n" for line in lines))
    assert json.loads(evaluate())["metrics"]["exact"]["hits"] == 4
    assert not _schemas(gemini.asked[0])


def _schemas(asked):
    return [name for name in asked.config if "schema" in name.lower()]
