"""Gemini drives the simulated car: functions in its own wire form, what it signed sent back."""

import base64
import json

import pytest
from test_free import TWENTY, lines, right
from typer.testing import CliRunner
from wire import KEY

from workbench.adapters.models.gemini.contents import UNSIGNED, chat_contents
from workbench.adapters.runs import read_records, runs_path
from workbench.cli import app
from workbench.core.errors import WorkbenchError
from workbench.core.training.free import read_course

EIGHT = TWENTY[:8]


def scripted(catalog, server):
    """Answer as it is signed in the records; all calls have a signature of their own."""
    courses = [read_course(line, 1, catalog) for line in lines(catalog, EIGHT)]
    by_words = {(c.developer["content"], c.turns[0][0].query): c for c in courses}

    def answer(asked):
        contents = asked.body["contents"]
        system = asked.body["systemInstruction"]["parts"][0]["text"]
        said = [i for i, one in enumerate(contents) if "text" in one["parts"][0]]
        users = [i for i in said if contents[i]["role"] == "user"]
        course = by_words[system, contents[0]["parts"][0]["text"]]
        step = sum(one["role"] == "model" for one in contents[users[-1] :])
        made = right(course, len(users) - 1, step)
        if made.calls:
            sign = base64.b64encode(f"signed {course.number} {len(contents)}".encode()).decode()
            calls = [
                {"name": c.name, "args": c.arguments, "id": f"c{len(contents)}{n}"}
                for n, c in enumerate(made.calls)
            ]
            return server.calls(calls, sign)
        return server.text(made.text)

    return answer


@pytest.fixture
def gemini(gemini_server, catalog, monkeypatch):
    gemini_server.answer = scripted(catalog, gemini_server)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini_server.url)
    return gemini_server


@pytest.fixture
def evaluate(catalog, tmp_path):
    path = tmp_path / "dialogs.jsonl"
    path.write_bytes(b"".join(lines(catalog, EIGHT)))

    def call(*more, free=True):
        asked = ("evaluate", path, "--gemini", "--workers", 1, "--batch")
        report = ("--report", tmp_path / "r.json", "--json")
        way = ("--free",) if free else ()
        result = CliRunner().invoke(app, [*map(str, (*asked, *way, *report, *more))])
        if isinstance(result.exception, WorkbenchError):
            return str(result.exception)
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def test_gemini_drives_and_what_it_signed_goes_back_as_it_came(evaluate, gemini, tmp_path):
    free = json.loads(evaluate("--model", "gemini-3-flash-preview"))["metrics"]["free"]
    assert free["conversations"]["hits"] == free["conversations"]["total"] == 8
    assert not gemini.problems
    longest = max((asked.body for asked in gemini.asked), key=lambda body: len(body["contents"]))
    declared = longest["tools"][0]["functionDeclarations"]
    # As in all of Google's JSON, names may come in either spelling.
    assert declared[0]["parameters_json_schema"]["type"] == "object"
    assert "responseMimeType" not in longest.get("generationConfig", {})
    parts = [p for content in longest["contents"] for p in content["parts"]]
    made = [part for part in parts if "functionCall" in part]
    for part in made:
        assert base64.urlsafe_b64decode(part["thoughtSignature"]).startswith(b"signed")
    told = [part["functionResponse"] for part in parts if "functionResponse" in part]
    assert [one["id"] for one in told] == [part["functionCall"]["id"] for part in made]
    assert all("propertyName" in one["response"] for one in told)
    assert KEY not in (tmp_path / "r.outputs.jsonl").read_text()


def test_the_run_is_on_record_and_goes_on_after_its_budget(evaluate, gemini, tmp_path):
    whole = json.loads(evaluate("--max-cost", "5"))["metrics"]
    asked = len(gemini.asked)
    [record] = read_records(runs_path(tmp_path / "dialogs.json"))
    assert (record.kind, record.end, record.replies) == ("evaluate", "done", asked)
    (tmp_path / "r.outputs.jsonl").unlink()
    stopped = evaluate("--max-cost", "0.045")  # for one more, 0.036 must be left
    assert "stopped at --max-cost" in stopped
    some = len(gemini.asked) - asked
    assert 0 < some < asked
    assert json.loads(evaluate("--max-cost", "5"))["metrics"] == whole
    assert len(gemini.asked) == 2 * asked, "what was paid for isn't asked again"
    assert not gemini.problems, "the signatures of earlier answers are on disk"


def test_a_dry_run_tells_what_driving_would_cost(evaluate, gemini):
    told = evaluate("--dry-run")
    assert "8 of 8 conversations are left to drive through" in told
    assert "Cost: about $" in told
    assert not gemini.asked
    evaluate()
    count = len(gemini.asked)
    assert f"is asked {count} times" in told
    assert "0 of 8 conversations are left" in evaluate("--dry-run")
    again = evaluate("--dry-run", "--tries", "3")
    assert "16 of 24 conversations, each 3 times, are left" in again
    assert f"is asked {2 * count} times" in again


def test_what_neither_says_nor_calls_anything_ends_the_turn(evaluate, gemini, tmp_path):
    empty = {"index": 0, "content": {"role": "model"}, "finishReason": "STOP"}
    broken = {"index": 0, "finishReason": "MALFORMED_FUNCTION_CALL"}
    for candidate, end in ((empty, "nothing"), (broken, "unparsable")):
        gemini.answer = lambda _, one=candidate: gemini.text(None, candidates=[one])
        outputs = ("--outputs", tmp_path / f"{end}.jsonl")
        free = json.loads(evaluate("--limit", 2, *outputs))["metrics"]["free"]
        assert all(row[end] == sum(row.values()) for row in free["ends"].values())


def test_step_by_step_it_goes_on_from_what_is_signed(evaluate, gemini, tmp_path):
    metrics = json.loads(evaluate("--model", "gemini-3-flash-preview", free=False))["metrics"]
    assert metrics["exact"]["hits"] == metrics["exact"]["total"] > 8
    history = [c for asked in gemini.asked for c in asked.body["contents"][:-1]]
    signs = {p.get("thoughtSignature") for c in history for p in c["parts"] if "functionCall" in p}
    assert UNSIGNED in signs, "calls that it didn't make have the signature for that"
    assert "another way of asking" in evaluate("--model", "gemini-3-flash-preview")


def test_an_answer_whose_calls_were_not_run_as_they_came_is_told_as_it_was_run():
    """A call that can't be read isn't run, and a result for each call is what the service wants."""
    body = {
        "candidates": [
            {
                "content": {
                    "parts": [
                        {
                            "functionCall": {"name": "f", "args": {"x": 1}},
                            "thoughtSignature": "AAAA",
                        },
                        {"functionCall": {"name": ""}},
                    ]
                }
            }
        ]
    }
    call = {"id": "a", "function": {"name": "f", "arguments": {"x": 1}}}
    messages = [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "name": "f", "tool_call_id": "a", "content": "no JSON"},
    ]
    _, made, result = chat_contents(messages, [json.dumps(body)])
    assert made["parts"] == [
        {"functionCall": {"name": "f", "args": {"x": 1}}, "thoughtSignature": UNSIGNED}
    ]
    assert result["parts"] == [
        {"functionResponse": {"name": "f", "response": {"output": "no JSON"}}}
    ]
