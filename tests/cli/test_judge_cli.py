"""`workbench judge` and `workbench repair` from the command line."""

import json

import pytest
from openai_server import OpenAIServer, said
from prices import price_file
from readers import cases, fine, fine_talk, fixed, fixed_talk, is_judge, wrong, wrong_talk
from wire import KEY

from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models.gemini import DEFAULT_MODEL
from workbench.adapters.runs import read_records, runs_path
from workbench.core.samples import from_item


def light(query, value=1):
    arguments = {"propertyName": "CABIN_LIGHTS_SWITCH", "areaId": 0, "value": value}
    return {"query": query, "answers": [{"name": "setIntProperty", "arguments": arguments}]}


ITEMS = [
    light("Cabin lights on"),
    light("Cabin lights off", 0),
    light("Lights on", 9),
    {"query": 5},
]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    return path


@pytest.fixture
def service(gemini_server):
    """A service whose judge dislikes `off`, and whose repairer always switches on."""

    def opinion(case):
        reason = "[/] it is \x1b[31moff"
        if case.is_conversation:
            ill = wrong_talk(case.tag, "refusals_right", reason=reason)
            return ill if "off" in case.query else fine_talk(case.tag)
        return wrong(case.tag, reason=reason) if "off" in case.query else fine(case.tag)

    def repaired(case):
        calls = light("", 1)["answers"]
        if case.is_conversation:
            return fixed_talk(case.tag, case.item | {"answers": calls})
        return fixed(case.tag, case.query, calls)

    def answer(asked):
        found = cases(asked.prompt)
        if is_judge(asked):
            return gemini_server.samples([opinion(case) for case in found])
        return gemini_server.samples([repaired(case) for case in found])

    gemini_server.answer = answer
    return {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": gemini_server.url}


@pytest.mark.exhaustive
def test_judging_tells_what_it_came_to_and_the_report_what_it_is_worth(cli, data, service):
    done = cli("judge", data, env=service)
    assert done.returncode == 0, done.stderr
    assert "2 of 2 samples judged by" in done.stdout
    assert "1 ok, 1 wrong, 0 unanswered" in done.stdout
    assert "judge.call_unfounded" in done.stdout
    assert "disagree on 1" in done.stdout
    assert "1 request; 1,000 prompt (90 % cached), 200 output, 50 thinking" in done.stdout
    assert "cost: $0.00" in done.stdout
    with open_labels(labels_path(data), "ann") as store:
        store.decide(from_item(ITEMS[0]), "accepted")
        store.decide(from_item(ITEMS[1]), "rejected")
    told = cli("judge", data, "--report").stdout
    assert "against people: 2 compared with people, 30 needed" in told
    assert "2 were decided after the judge's answer" in told
    [row] = [
        json.loads(line)
        for line in cli("judge", data, "--report", "--json").stdout.split("\n")
        if line
    ]
    assert row["all"]["judge_wrong"] == {"accepted": 0, "edited_or_rejected": 1}
    assert row["all"]["kappa"] is None
    assert row["blind"]["compared"] == 0


def test_repairs_wait_for_a_person_and_the_dataset_stays(cli, data, service):
    before = data.read_bytes()
    done = cli("repair", data, env=service)
    assert done.returncode == 0, done.stderr
    assert "of 1 failing, 1 fixed, 0 still failing, 0 unanswered" in done.stdout
    assert "50.0 %, and 75.0 % with all repairs" in done.stdout
    assert data.read_bytes() == before
    assert not labels_path(data).exists()


@pytest.mark.parametrize("command", ["judge", "repair"])
def test_without_a_key_one_sentence_says_what_to_do(cli, data, command):
    done = cli(command, data)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: to {command}, a language model must read the samples")
    assert "GEMINI_API_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refusing_service_ends_it_with_status_1(cli, data, gemini_server, service):
    gemini_server.answer = lambda _: gemini_server.bad_key()
    done = cli("judge", data, env=service)
    assert done.returncode == 1
    assert "0 of 2 samples judged" in done.stdout
    assert KEY not in done.stdout + done.stderr


def test_damaged_files_are_named_and_left(cli, data, service):
    for name, content in (
        ("data.judge.json", b"{"),
        ("data.judge.json", b'{"_default":{},"about":{"1":{"schema":9}}}'),
        ("data.judge.journal.jsonl", b"{}\n"),
    ):
        path = data.with_name(name)
        path.write_bytes(content)
        done = cli("judge", data, env=service)
        assert done.returncode == 2
        assert name in done.stderr
        assert "It was not changed" in done.stderr
        assert path.read_bytes() == content
        path.unlink()


@pytest.mark.parametrize("command", ["judge", "repair"])
def test_a_reader_takes_the_options_of_the_model_and_the_settings(
    cli, data, service, gemini_server, tmp_path, command
):
    """In the flex tier, which the settings name, it costs half; an option goes over them."""
    settings = tmp_path / "cartool-workbench" / "settings.toml"
    settings.parent.mkdir()
    prices = price_file(tmp_path, DEFAULT_MODEL)
    gemini = '[gemini]\nservice_tier = "flex"\nthinking = "high"\n'
    settings.write_text(f'prices = "{prices}"\n{gemini}')
    env = service | {"XDG_CONFIG_HOME": str(tmp_path)}
    done = cli(command, data, "--thinking", "low", "--rpm", 600, "--tpm", 10**6, env=env)
    assert done.returncode == 0, done.stderr
    config = gemini_server.asked[0].config
    assert config["thinkingConfig"] == {"thinking_level": "LOW"}
    [record] = read_records(runs_path(data))
    # 100 fresh and 900 cached tokens in, 250 out, at half of $10, $1 and $100 a million.
    assert (record.tier, record.cost) == ("flex", "0.01345")


@pytest.mark.parametrize(
    ("command", "samples"), [("judge", 2), pytest.param("repair", 1, marks=pytest.mark.exhaustive)]
)
def test_a_dry_run_tells_what_reading_would_come_to_and_leaves_no_trace(
    cli, data, service, gemini_server, tmp_path, command, samples
):
    before = sorted(tmp_path.rglob("*"))
    done = cli(command, data, "--dry-run", env=service)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    noun = "sample" if samples == 1 else "samples"
    assert f"{samples} {noun} to {command}, 1 request" in text
    assert "assumed, 150 tokens a sample" in text
    assert "Cost: about $" in text
    assert f"# Your task now: {'judge' if command == 'judge' else 'repair'}" in text
    assert "2 requests at most" in text or command == "judge"
    assert gemini_server.asked == []
    assert sorted(tmp_path.rglob("*")) == before
    cli(command, data, env=service)
    asked = len(gemini_server.asked)
    assert "Nothing is left to ask for." in cli(command, data, "--dry-run", env=service).stdout
    assert len(gemini_server.asked) == asked


def test_stopping_a_judge_at_the_limit_is_status_4(cli, data, service):
    done = cli("judge", data, "--max-cost", "0.001", env=service)
    assert done.returncode == 4
    assert "The run stopped at --max-cost" in done.stderr


def test_conversations_are_judged_with_the_rest(cli, data, service):
    talk = {"query": "hello", "answers": [], "reply": {"kind": "chat", "text": "Hello."}}
    data.write_text(json.dumps([*ITEMS, talk, {**talk, "query": "lights off, would you"}]))
    dry = cli("judge", data, "--dry-run", env=service).stdout
    assert "4 samples to judge, 2 requests" in " ".join(dry.split())
    done = cli("judge", data, env=service)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 samples judged by" in done.stdout
    assert "2 ok, 2 wrong, 0 unanswered" in done.stdout
    assert "judge.should_refuse" in done.stdout
    told = cli("judge", data, "--report").stdout.splitlines()
    heads = [line.endswith(", conversations") for line in told if line.startswith("Judge ")]
    assert sorted(heads) == [False, True]
    [record] = read_records(runs_path(data))
    assert len(record.prompts.split(", ")) == 2


def test_conversations_are_repaired_with_the_rest(cli, data, service):
    said = {"reply": {"kind": "tell", "text": "They are on."}}
    long = light("Lights on", 9) | {"then": [{"query": "again"}] * 80}
    data.write_text(json.dumps([*ITEMS, light("Lights up", 9) | {"then": [said]}, long]))
    done = cli("repair", data, env=service)
    assert done.returncode == 0, done.stderr
    assert "of 2 failing, 2 fixed, 0 still failing, 0 unanswered" in done.stdout
    assert "1 conversation is left out: too long to be rewritten whole." in done.stderr


# ---------------------------------------------------------------- a server of one's own


@pytest.fixture
def server():
    """An OpenAI-compatible server whose judge dislikes `off`, and whose repairer switches on."""

    def answer(_path, asked):
        prompt = asked["messages"][0]["content"]
        items = []
        for case in cases(prompt):
            if "# Your task now: judge" in prompt:
                items.append(wrong(case.tag) if "off" in case.query else fine(case.tag))
            else:
                items.append(fixed(case.tag, case.query, light("", 1)["answers"]))
        status, body = said(f"```json\n{json.dumps(items)}\n```")
        thought = {"reasoning_tokens": 50}
        used = {
            "prompt_tokens": 900,
            "completion_tokens": 250,
            "completion_tokens_details": thought,
        }
        return status, {**body, "usage": used, "model": "judge-7b-v2"}

    with OpenAIServer() as server:
        server.answer = answer
        yield server


def test_a_server_of_ones_own_judges_and_repairs(cli, data, server):
    asked = ("--endpoint", server.url, "--model", "judge-7b")
    done = cli("judge", data, *asked, env={"OPENAI_API_KEY": "sk-mine"})
    assert done.returncode == 0, done.stderr
    assert "2 of 2 samples judged by judge-7b: 1 ok, 1 wrong" in done.stdout
    assert "1 request; 900 prompt, 200 output, 50 thinking" in done.stdout
    [record] = read_records(runs_path(data))
    assert (record.model, record.versions) == ("judge-7b", ("judge-7b-v2",))
    path, body = server.asked[0]
    assert (path, body["model"], "tools" in body) == ("/v1/chat/completions", "judge-7b", False)
    assert server.headers[0]["Authorization"] == "Bearer sk-mine"

    assert "1 fixed" in cli("repair", data, *asked).stdout
    again = cli("judge", data, *asked)
    assert "2 of them before" in again.stdout
    assert len(server.asked) == 2


def test_what_a_server_wrote_before_a_kill_is_not_asked_for_again(cli, data, server):
    asked = ("judge", data, "--endpoint", server.url)
    assert cli(*asked).returncode == 0
    journal = data.with_name("data.judge.journal.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    kinds = [json.loads(line)["kind"] for line in lines]
    journal.write_bytes(b"".join(lines[: kinds.index("arrived") + 1]))
    data.with_name("data.judge.json").unlink()

    assert "1 ok, 1 wrong, 0 unanswered" in cli(*asked).stdout
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said(""), "the server's answer contains no text"),
        ((200, {"choices": []}), "the server's answer has no choices"),
        ((400, {"error": {"message": "too long for the context"}}), "too long for the context"),
    ],
)
def test_an_answer_without_a_judgement_is_told(cli, data, server, answer, why):
    server.answer = lambda *_: answer
    done = cli("judge", data, "--endpoint", server.url)
    assert why in done.stderr
    assert "0 of 2 samples judged" in done.stdout


def test_options_that_a_server_does_not_have_are_refused(cli, data, server):
    done = cli("judge", data, "--endpoint", server.url, "--thinking", "low")
    assert done.returncode == 2
    assert "--thinking is for Gemini; leave it out with --endpoint" in done.stderr
    dry = cli("judge", data, "--endpoint", server.url, "--dry-run")
    assert (dry.returncode, server.asked) == (0, [])
    assert "2 samples to judge, 1 request" in dry.stdout
