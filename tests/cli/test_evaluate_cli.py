"""`workbench evaluate` against a local server, and on saved answers."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from openai_server import OpenAIServer, said, written
from typer.testing import CliRunner

import workbench
from workbench.adapters.answers import read_answers
from workbench.adapters.models.openai import posting
from workbench.cli import app
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.records import RecordShape, RecordWriter
from workbench.core.training.scoring import compare_right
from workbench.jobs.evaluate.report import comparison_words

MANUAL = Path(workbench.__file__).parent / "manual"
DEVELOPER = ("You drive a car.\n", "\nCall functions.")
HERMES = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if tools %}{{ tools | tojson }}{% endif %}<tool_call>"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def temperature(value):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    return {"name": "setFloatProperty", "arguments": arguments}


GOLDS = {f"Set it to {value} degrees": [temperature(value)] for value in (20.0, 21.5, 22.0, 25.0)}


@pytest.fixture
def records(tmp_path, catalog):
    writer = RecordWriter(catalog, DEVELOPER, 0, RecordShape(compact=True, properties=4))
    path = tmp_path / "dataset.jsonl"
    samples = [
        Sample(query, tuple(ToolCall(**call) for call in calls)) for query, calls in GOLDS.items()
    ]
    train = Sample("Lock up", (ToolCall("getBooleanProperty", {"propertyName": "X"}),))
    lines = [writer.write(sample, "eval") for sample in samples] + [writer.write(train, "train")]
    path.write_bytes(b"".join(lines))
    return path


@pytest.fixture
def server():
    with OpenAIServer() as server:
        yield server


def run(*arguments, code=0, stderr=False):
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments), "--batch"])
    if result.exception and not isinstance(result.exception, SystemExit):
        if code == 0:
            raise result.exception
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.stderr if stderr else result.stdout


def query_of(body):
    return body["messages"][-1]["content"]


def test_a_right_model_scores_all_and_what_it_is_asked_is_the_record(records, server, tmp_path):
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    report = tmp_path / "r.json"
    run(records, "--endpoint", f"{server.url}/v1/", "--model", "car", "--report", report)
    data = json.loads(report.read_text())
    assert data["metrics"]["exact"]["hits"] == data["metrics"]["exact"]["total"] == 4
    [path, body] = server.asked[0]
    assert path == "/v1/chat/completions"
    assert [m["role"] for m in body["messages"]] == ["system", "user"]
    assert all(tool["type"] == "function" for tool in body["tools"])
    assert '"OBJECT"' not in json.dumps(body["tools"])


def test_saved_answers_score_as_the_endpoint_did(records, server, tmp_path):
    answers = iter([[], [temperature(21.5), temperature(21.5)], [temperature(22)], None])
    server.answer = lambda _, body: said("", next(answers)) if body else None
    saved = tmp_path / "a.jsonl"
    first = run(
        records, "--endpoint", server.url, "--outputs", saved, "--workers", 1, "--json",
        "--report", tmp_path / "one.json",
    )  # fmt: skip
    asked = len(server.asked)
    again = run(records, "--outputs", saved, "--json", "--report", tmp_path / "two.json")
    assert len(server.asked) == asked == 4
    assert json.loads(first)["metrics"] == json.loads(again)["metrics"]
    assert json.loads(again)["metrics"]["exact"]["hits"] == 1
    assert json.loads(again)["metrics"]["faults"]["no call"]["hits"] == 2


def test_answers_that_another_program_has_written_in_the_form_of_the_manual_are_scored(
    records, tmp_path
):
    page = (MANUAL / "evaluate.md").read_text(encoding="utf-8")
    example = page.split("```jsonl\n")[1].split("```")[0]
    head, right, none, failed = map(json.loads, example.splitlines())
    queries = list(GOLDS)
    lines = [head, {**right, "query": queries[0], "calls": GOLDS[queries[0]]}]
    lines += [{**none, "query": queries[1]}, {**failed, "query": queries[2]}]
    saved = tmp_path / "mine.jsonl"
    saved.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    scored = json.loads(
        run(records, "--outputs", saved, "--json", "--report", tmp_path / "r.json")
    )["metrics"]
    assert (scored["exact"]["hits"], scored["exact"]["total"]) == (1, 4)


def test_raw_mode_renders_here_and_reads_here(records, server, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "tokenizer_config.json").write_text('{"eos_token": "<|im_end|>"}')
    (folder / "chat_template.jinja").write_text(HERMES)

    def answer(_, body):
        query = next(query for query in GOLDS if query in body["prompt"])
        call = json.dumps(GOLDS[query][0])
        return written(f"<tool_call>\n{call}\n</tool_call><|im_end|>")

    server.answer = answer
    report = tmp_path / "r.json"
    run(records, "--endpoint", server.url, "--raw", "--template", folder, "--report", report)
    assert server.asked[0][0] == "/v1/completions"
    assert server.asked[0][1]["prompt"].endswith("<|im_start|>assistant\n")
    assert json.loads(report.read_text())["metrics"]["exact"]["hits"] == 4


def test_what_a_template_leaves_out_of_questions_is_told_and_another_can_be_taken(
    records, server, tmp_path
):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "tokenizer_config.json").write_text("{}")
    (folder / "chat_template.jinja").write_text(
        "{% for m in messages %}{{ m.content }}{% endfor %}"
    )
    server.answer = lambda *_: written("No.")
    arguments = (records, "--endpoint", server.url, "--raw", "--template", folder)
    report = ("--report", tmp_path / "r.json")
    told = run(*arguments, *report, stderr=True)
    assert "drops the tools" in told
    assert "--chat-template" in told
    other = ("--chat-template", "chatml")
    assert "for another chat template" in run(*arguments, *report, *other, code=2)
    server.asked.clear()
    told = run(*arguments, *other, "--report", tmp_path / "s.json", stderr=True)
    assert "drops" not in told
    assert "setIntProperty" in server.asked[0][1]["prompt"]


def test_an_evaluation_that_was_cut_short_goes_on(records, server, tmp_path):
    def answer(_, body):
        right = said("", GOLDS[query_of(body)])
        return right if len(server.asked) < 3 else (404, {"error": "gone"})

    server.answer = answer
    saved = tmp_path / "a.jsonl"
    arguments = (records, "--endpoint", server.url, "--outputs", saved, "--workers", 1)
    message = run(*arguments, "--report", tmp_path / "r.json", code=1)
    assert "refused the question (404" in message
    assert len(read_answers(saved)[1]) == 2
    saved.write_bytes(saved.read_bytes() + b'{"query": "torn')
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    server.asked.clear()
    data = json.loads(run(*arguments, "--report", tmp_path / "r.json", "--json"))
    assert len(server.asked) == 2
    assert data["metrics"]["exact"]["hits"] == 4


def test_two_models_are_compared_and_no_difference_is_claimed_where_none_is_shown(
    records, server, tmp_path
):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    run(records, "--endpoint", server.url, "--outputs", first, "--report", tmp_path / "r.json")
    server.answer = lambda _path, _body: said("I would rather not.")
    run(records, "--endpoint", server.url, "--outputs", second, "--report", tmp_path / "r.json")
    report = tmp_path / "c.json"
    told = run(records, "--outputs", first, "--compare", second, "--report", report)
    assert "No significant difference: 4 records are right only with" in " ".join(told.split())
    assert json.loads(report.read_text())["comparison"]["p"] == 0.125


def test_a_single_record_is_told_as_one():
    told = comparison_words(compare_right([True], [False]), "a", "b")
    assert "1 record is right only with a, 0 only with b" in told


def test_models_are_compared_on_the_records_that_both_were_asked(records, server, tmp_path):
    few, all_, none = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "c.jsonl"
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    report = ("--report", tmp_path / "r.json")
    run(records, "--endpoint", server.url, "--outputs", few, "--limit", 2, *report)
    run(records, "--endpoint", server.url, "--outputs", all_, *report)
    told = run(records, "--outputs", all_, "--compare", few, *report)
    assert told.startswith("2 records")
    none.write_bytes(all_.read_bytes().replace(b'"query":"Set', b'"query":"Get'))
    assert "none of its answers" in run(records, "--outputs", none, *report, code=2)
    lines = all_.read_bytes().splitlines(keepends=True)
    asked = tuple(query.encode() for query in list(GOLDS)[:2])
    none.write_bytes(b"".join(line for line in lines if not any(q in line for q in asked)))
    assert "any of the same records" in run(
        records, "--outputs", none, "--compare", few, *report, code=2
    )
    assert "the same answers" in run(records, "--outputs", few, "--compare", few, *report, code=2)
    none.write_bytes(all_.read_bytes().replace(b'"split":"eval"', b'"split":"dev"'))
    assert "dev records" in run(records, "--outputs", all_, "--compare", none, *report, code=2)


WRONG = {
    "two to ask": ("--gemini --endpoint http://x", "choose one"),
    "raw without a server": ("--gemini --raw", "--raw is for an --endpoint"),
    "raw and nothing to ask": ("--raw", "--raw is for an --endpoint"),
    "a template for nothing": ("--template .", "--template needs --raw"),
    "a chat template for a server": (
        "--endpoint http://x --chat-template chatml",
        "--chat-template is only for prompts",
    ),
    "money for a folder": ("--model m --max-cost 1", "--max-cost needs --gemini"),
    "money for saved answers": ("--max-cost 1", "--max-cost needs --gemini"),
    "an address for nothing": ("--base-url http://x", "--base-url needs --gemini"),
    "no time": ("--endpoint http://x --timeout 0", "more than 0 seconds"),
    "no folder": ("--model gone", "no such model folder"),
    "no address": ("--endpoint nonsense", "this is not an address"),
    "raw without a folder": ("--endpoint http://x --raw", "give --template FOLDER"),
    "nothing to score": ("", "say what to ask"),
    "no answers": ("--outputs gone", "gone: there is no such file"),
    "answers to others": ("--outputs other.jsonl", "none of its answers"),
    "answers of another split": ("--outputs dev.jsonl", "dev records, not eval"),
    "answers of no known form": ("--outputs family.jsonl", "line 1: klingon is not a known way"),
    "no dataset": ("--outputs ok.jsonl --labels gone.json", "gone.json: there is no such file"),
    "no other answers": ("--outputs ok.jsonl --compare gone", "gone: there is no such file"),
    "a report that is none": ("--outputs ok.jsonl --report r.md", "end in .json"),
    "the dataset as report": ("--outputs ok.jsonl --report d.json", "didn't write"),
    "the answers as report": ("--outputs a.json --report a.json", "would both be written"),
}


@pytest.mark.parametrize(("options", "told"), WRONG.values(), ids=WRONG)
def test_wrong_uses_are_told_before_anything_is_asked_or_written(
    options, told, records, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    head = {"kind": "answers", "model": "m", "source": "endpoint", "schema": 1}
    answer = {"query": next(iter(GOLDS)), "gold": "x", "text": "No."}
    for name, change in (
        ("ok", {}), ("dev", {"split": "dev"}), ("family", {"family": "klingon"}), ("other", {})
    ):  # fmt: skip
        query = {"query": "Hm?"} if name == "other" else {}
        lines = [json.dumps(head | change), "", json.dumps(answer | query)]
        (tmp_path / f"{name}.jsonl").write_text("\r\n".join([*lines, ""]), newline="")
    (tmp_path / "d.json").write_text("[]")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert told in run(records, *options.split(), code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "d.json").read_text() == "[]"


def test_a_model_that_answers_nothing_at_all_is_no_result(records, server, tmp_path, monkeypatch):
    server.answer = lambda _path, _body: (400, {"error": "no tools"})
    report = tmp_path / "r.json"
    told = run(records, "--endpoint", server.url, "--report", report, code=1)
    assert "no question was answered: the server refused the question (400" in told
    assert not report.exists()
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    run(records, "--endpoint", server.url, "--report", report, "--limit", 2)
    server.answer = lambda _path, _body: (400, {"error": "no tools"})
    data = json.loads(run(records, "--endpoint", server.url, "--report", report, "--json"))
    metrics = data["metrics"]
    assert (metrics["exact"]["hits"], metrics["exact"]["total"]) == (2, 4)
    assert metrics["faults"]["no answer"]["hits"] == 2
    assert data["notes"] == ["No answer, counted as wrong: 2 of 4."]


def test_records_of_another_form_are_asked_anew(records, server, tmp_path, catalog):
    server.answer = lambda _path, _body: said("I would rather not.")
    saved, report = tmp_path / "a.jsonl", ("--report", tmp_path / "r.json", "--json")
    run(records, "--endpoint", server.url, "--outputs", saved, *report)
    writer = RecordWriter(catalog, DEVELOPER, 0, RecordShape(compact=True, properties=9))
    samples = [Sample(q, tuple(ToolCall(**c) for c in calls)) for q, calls in GOLDS.items()]
    records.write_bytes(b"".join(writer.write(sample, "eval") for sample in samples))
    told = json.loads(run(records, "--outputs", saved, *report))["notes"]
    assert "4 records were given another message or other functions" in told[0]
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    data = json.loads(run(records, "--endpoint", server.url, "--outputs", saved, *report))
    assert (data["metrics"]["exact"]["hits"], data["notes"]) == (4, [])


def test_gold_that_changed_since_is_counted_and_scored_anew(records, server, tmp_path, catalog):
    saved = tmp_path / "a.jsonl"
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    run(records, "--endpoint", server.url, "--outputs", saved, "--report", tmp_path / "r.json")
    records.write_bytes(records.read_bytes().replace(b'"value":25.0', b'"value":24.0'))
    data = json.loads(run(records, "--outputs", saved, "--report", tmp_path / "r.json", "--json"))
    assert data["metrics"]["exact"]["hits"] == 3
    assert data["notes"] == ["Since the model was asked, 1 record was signed again."]


def test_a_parser_that_loses_values_is_warned_of(records, server, tmp_path):
    bad = {"name": "setFloatProperty", "arguments": {"propertyName": "HVAC_TEMPERATURE_SET"}}
    server.answer = lambda _path, _body: said("", [bad])
    report = tmp_path / "r.json"
    run(records, "--endpoint", server.url, "--report", report)
    assert any("--raw" in sentence for sentence in json.loads(report.read_text())["notes"])
    saved = report.with_suffix(".outputs.jsonl")
    saved.write_text(saved.read_text().replace('"source":"endpoint"', '"source":"folder"'))
    run(records, "--report", report)  # no server has a part in these
    assert json.loads(report.read_text())["notes"] == []


def test_numbers_beyond_64_bits_are_reported_as_written(records, server, tmp_path):
    huge = 10**30
    server.answer = lambda _path, _body: said("", [temperature(huge)])
    report, dataset = tmp_path / "r.json", tmp_path / "d.json"
    samples = [{"query": query, "answers": calls} for query, calls in GOLDS.items()]
    dataset.write_text(json.dumps(samples))
    told = run(records, "--endpoint", server.url, "--report", report, "--labels", dataset, "--json")
    assert json.loads(told)["metrics"]["faults"]["out of range"]["hits"] == 4
    result = json.loads(report.read_text())["results"][0]
    assert result["given"][0]["arguments"]["value"] == huge
    assert str(huge) in (tmp_path / "d.evaluation.json").read_text()


def test_the_report_for_people_and_its_plots(records, server, tmp_path):
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    report = tmp_path / "r.json"
    run(records, "--endpoint", server.url, "--model", "a|b`\x1b[31m", "--report", report)
    text = report.with_suffix(".md").read_text()
    assert "| exact match | 100.0 % (4 of 4; 51.0–100.0) |" in text
    assert "\x1b" not in text
    for path in tmp_path.glob("*.svg"):
        ET.parse(path)
        assert path.name in text


def test_unusable_input_is_a_sentence(records, tmp_path):
    nothing = tmp_path / "none.jsonl"
    assert "none.jsonl" in run(nothing, code=2)
    nothing.write_text("{}\n")
    assert "line 1: this is not a training record" in run(nothing, code=2)
    for tools in ("[1]", "[{}]", '[{"function": {}}]', '[{"function": "f"}]'):
        record = json.loads(records.read_bytes().splitlines()[0]) | {"tools": json.loads(tools)}
        nothing.write_text(json.dumps(record))
        told = run(nothing, "--endpoint", "http://x", code=2)
        assert "line 1: this is not a training record" in told
    assert "--split" in run(records, "--split", "dev", code=2)
    assert "contains no answers" in run(records, "--outputs", _empty(tmp_path), code=2)
    wrong = tmp_path / "w.jsonl"
    wrong.write_text('{"kind": "journal"}\n')
    assert "not an answers file" in run(records, "--outputs", wrong, code=2)


def _empty(folder):
    path = folder / "empty.jsonl"
    path.write_text("")
    return path


def test_a_server_that_is_not_there_is_a_sentence(records, tmp_path, monkeypatch):
    async def no_wait(_):
        return None

    monkeypatch.setattr(posting, "RETRY", replace(posting.RETRY, sleep=no_wait))
    report = tmp_path / "r.json"
    message = run(records, "--endpoint", "http://127.0.0.1:9", "--report", report, code=1)
    assert "can't be reached" in message


def test_a_secret_in_an_address_is_in_no_file_and_no_line(records, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    server.answer = lambda _, body: said("", GOLDS[query_of(body)])
    secret = "s3cret-of-the-query"
    address = f"{server.url}/v1?api-version=2024&key={secret}"
    options = ("--report", "r.json", "--outputs", "o.jsonl")
    shown = run(records, "--endpoint", address, *options)
    assert server.asked[0][0] == f"/v1/chat/completions?api-version=2024&key={secret}"
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 3
    assert secret not in shown
    assert not any(secret.encode() in content for content in written)
