"""A run that brings nothing names the reason that its replies share."""

import json

import pytest
from gemini_server import KEY
from typer.testing import CliRunner

from workbench.cli import app

CALL = {"name": "setFloatProperty", "arguments": {"propertyName": "X", "areaId": 1, "value": 1.0}}
SAME = {
    "no calls": (lambda n: {"query": f"q {n}", "answers": []}, "answers: the list is empty"),
    "no arguments": (
        lambda n: {"query": f"q {n}", "answers": [*[CALL] * (n % 3), {"name": "f"}]},
        "answers[…].arguments: missing",
    ),
    "duplicate keys": (None, 'format.duplicate_key: "name" appears twice'),
}


@pytest.fixture
def generate(gemini_server, tmp_path, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)

    def run(*more):
        command = ["generate", "--engine", "gemini", "--base-url", gemini_server.url, "--batch"]
        command += ["--num-samples", "9", "--workers", "1", "--output", str(tmp_path / "d.json")]
        return CliRunner().invoke(app, [*command, *more])

    return run


@pytest.mark.parametrize(("item", "reason"), SAME.values(), ids=SAME)
def test_the_reason_that_all_replies_share_is_named(generate, gemini_server, item, reason):
    twice = '[{"query": "q", "answers": [{"name": "f", "name": "g", "arguments": {}}]}]'
    gemini_server.answer = lambda asked: (
        gemini_server.samples([item(asked.number)]) if item else gemini_server.text(twice)
    )
    shown = generate()
    assert shown.exit_code == 3
    told = " ".join(shown.output.split())
    assert "10 of 10 items could not be kept, all of them for this: " + reason in told
    assert "d.quarantine.jsonl has them as they came" in told
    assert "--threshold" not in told


def test_what_fails_verification_is_named_with_passing_only(generate, gemini_server):
    items = [{"query": f"w{n}a w{n}b w{n}c", "answers": [CALL]} for n in range(99)]
    gemini_server.answer = lambda asked: gemini_server.samples([items[asked.number]])
    told = " ".join(generate("--passing-only").output.split())
    assert "all of them for this: execution." in told
    assert "leave --passing-only out" in told


def test_of_duplicates_the_advice_is_about_the_filter(generate, gemini_server):
    gemini_server.answer = lambda _: gemini_server.text(
        json.dumps([{"query": "always the same words", "answers": [CALL]}])
    )
    assert "A higher --threshold or --contrast" in " ".join(generate().output.split())
