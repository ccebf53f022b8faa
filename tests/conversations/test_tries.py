"""Several tries at the same question: right only if all of them are."""

import json

import pytest
from openai_server import OpenAIServer, said
from test_free import TWENTY, command, lines, scripted
from typer.testing import CliRunner

from workbench.cli import app
from workbench.core.errors import InputError

SAMPLES = TWENTY[:4]
THREE = ("--tries", "3", "--temperature", "0.7")


@pytest.fixture
def records(catalog, tmp_path):
    path = tmp_path / "dialogs.jsonl"
    path.write_bytes(b"".join(lines(catalog, SAMPLES)))
    return path


def step_by_step(path, server, *more):
    return [one for one in command(path, server, *more) if one != "--free"]


def once_wrong(catalog):
    """Answer as it is signed, but for the second time that the first words are asked."""
    right = scripted(catalog, SAMPLES)
    asked = []

    def answer(path, body):
        if len(body["messages"]) == 2 and body["messages"][1]["content"] == SAMPLES[0].query:
            asked.append(body)
            if len(asked) == 2:
                return said("I can't do that.")
        return right(path, body)

    return answer


@pytest.mark.parametrize("way", [command, step_by_step])
def test_all_tries_must_be_right(catalog, records, way):
    with OpenAIServer() as server:
        server.answer = once_wrong(catalog)
        result = CliRunner().invoke(app, way(records, server, *THREE, "--workers", "1"))
        assert result.exit_code == 0, result.output
        assert {body["temperature"] for _, body in server.asked} == {0.7}
        asked = len(server.asked)
        again = CliRunner().invoke(app, way(records, server, *THREE, "--json"))
        assert len(server.asked) == asked, "all tries are saved"
    assert "all 3 tries" in result.output
    metrics = json.loads(again.stdout)["metrics"]
    found = metrics["tries"]
    assert found["number"] == 3
    assert found["all"]["hits"] == found["all"]["total"] - 1
    each = metrics["free"]["conversations"] if "free" in metrics else metrics["exact"]
    assert each["total"] == 3 * found["all"]["total"]
    assert each["total"] > each["hits"] >= each["total"] - 1 - ("free" in metrics)
    one = CliRunner().invoke(app, way(records, None, "--json"))
    assert "tries" not in json.loads(one.stdout)["metrics"], "the first try alone"


def test_tries_that_would_all_be_the_same_are_refused(records):
    def refused(*more):
        result = CliRunner().invoke(app, [*map(str, ("evaluate", records, *more))])
        assert isinstance(result.exception, InputError), result.output
        return str(result.exception)

    url = ("--endpoint", "http://localhost:1")
    assert "at temperature 0 each try is the same" in refused(*url, "--tries", "2")
    assert "is for an --endpoint" in refused("--model", "x", "--temperature", "0.5")
    assert "leave it or --tries out" in refused(*url, *THREE, "--labels", records)


def test_answers_at_another_temperature_are_another_s(catalog, records):
    with OpenAIServer() as server:
        server.answer = scripted(catalog, SAMPLES)
        assert CliRunner().invoke(app, command(records, server)).exit_code == 0
        result = CliRunner().invoke(app, command(records, server, *THREE))
    assert "another temperature (0, not 0.7)" in str(result.exception)
