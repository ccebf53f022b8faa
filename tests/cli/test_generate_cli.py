"""`workbench generate`, `refine` and `demo` from the command line."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from kills import audit, kill_until_done, start
from wire import KEY

ITEM = {
    "query": "22 degrees for me, please",
    "answers": [
        {
            "name": "setFloatProperty",
            "arguments": {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0},
        }
    ],
}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def contents(path):
    return [(item["query"], item["answers"]) for item in load(path)]


def test_each_number_of_saved_samples_is_told_once(cli):
    result = cli("generate", "--num-samples", 45, "--engine", "offline", "--save-interval", 1)
    told = [line for line in result.stderr.splitlines() if line.startswith("saved: ")]
    assert told[-1] == "saved: 45 samples"
    assert len(set(told)) == len(told)


def test_a_dataset_of_no_samples_is_refused(cli, tmp_path):
    result = cli("generate", "--num-samples", 0, "--engine", "offline")
    assert result.returncode == 2
    assert "'--num-samples': it must be at least 1" in result.stderr
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ("calls=70,talks=30", "'talks' is no kind; the kinds are calls, read-first, no-call, ask"),
        ("calls=70,ask", "ask needs a share, such as ask=10"),
        ("calls=0", "all shares are 0"),
    ],
)
def test_shares_that_are_none_are_refused_in_a_sentence(cli, tmp_path, kinds, why):
    result = cli("generate", "--num-samples", 5, "--kinds", kinds)
    assert result.returncode == 2
    assert f"--kinds {kinds}: {why}" in " ".join(result.stderr.split())
    assert not (tmp_path / "build").exists()


def test_a_mix_of_kinds_ends_with_what_there_is_of_each(cli, tmp_path):
    shares = "calls=50,read-first=20,no-call=10,ask=10,conversation=10"
    result = cli("generate", "--num-samples", 20, "--engine", "offline", "--kinds", shares)
    assert result.returncode == 0
    [line] = [line for line in result.stdout.splitlines() if line.startswith("Kinds: ")]
    assert line.startswith("Kinds: 10 calls (")
    assert ", 4 read-first (" in line
    record = load(tmp_path / "build" / "dataset.runs.json")
    assert shares in json.dumps(record)


@pytest.mark.parametrize(
    ("style", "why"),
    [
        ("plain=70,shouted=30", "'shouted' is no style; the styles are plain, reason, need"),
        ("voice", "voice needs a share, such as voice=10"),
    ],
)
def test_styles_that_are_none_are_refused_in_a_sentence(cli, tmp_path, style, why):
    result = cli("generate", "--num-samples", 5, "--style", style)
    assert result.returncode == 2
    assert f"--style {style}: {why}" in " ".join(result.stderr.split())
    assert not (tmp_path / "build").exists()


def test_a_style_is_written_and_on_record(cli, tmp_path):
    result = cli("generate", "--num-samples", 20, "--engine", "offline", "--style", "voice=1")
    assert result.returncode == 0
    items = load(tmp_path / "build" / "dataset.json")
    made = [item for item in items if item["meta"]["style"] == "voice"]
    assert len(made) >= 18
    assert all(item["query"] == item["query"].lower() for item in made)
    assert '"styles": "voice=1"' in json.dumps(load(tmp_path / "build" / "dataset.runs.json"))
    asked = (tmp_path / "build" / "dataset.journal.jsonl").read_text().splitlines()
    assert any('"styles":"voice=1"' in line for line in asked)


def test_without_a_key_the_first_line_says_offline_and_why(cli, tmp_path):
    result = cli("generate", "--num-samples", 5)
    assert result.returncode == 0
    assert result.stdout.splitlines()[0].startswith("Engine: offline, since no Gemini key")
    assert len(load(tmp_path / "build" / "dataset.json")) == 5
    assert load(tmp_path / "build" / "dataset.json")[0]["meta"]["engine"] == "offline"


def test_with_a_key_it_is_gemini_and_the_key_is_shown_nowhere(cli, tmp_path, gemini_server):
    gemini_server.answer = lambda _: gemini_server.samples([ITEM])
    env = {"GEMINI_API_KEY": KEY}
    result = cli("generate", "--num-samples", 1, "-v", "--base-url", gemini_server.url, env=env)
    assert result.returncode == 0
    assert "Engine: gemini, since a key was found in GEMINI_API_KEY" in result.stdout
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY not in result.stdout + result.stderr
    assert KEY.encode() not in written
    assert load(tmp_path / "build" / "dataset.json")[0]["query"] == ITEM["query"]


def test_gemini_without_a_key_says_where_to_put_one(cli):
    result = cli("generate", "--num-samples", 1, "--engine", "gemini")
    assert result.returncode == 2
    assert "access_token.toml" in result.stderr


def test_a_refused_key_is_status_1_and_one_sentence(cli, gemini_server):
    gemini_server.answer = lambda _: gemini_server.bad_key()
    env = {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": gemini_server.url}
    result = cli("generate", "--num-samples", 1, env=env)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert KEY not in result.stdout + result.stderr


@pytest.mark.exhaustive
def test_a_run_that_gets_nothing_new_is_status_3(cli, gemini_server):
    gemini_server.answer = lambda _: gemini_server.samples([ITEM])
    env = {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": gemini_server.url}
    result = cli("generate", "--num-samples", 2, "--workers", 1, env=env)
    assert result.returncode == 3
    assert "10 rounds in a row brought no new sample" in result.stderr


@pytest.mark.exhaustive
def test_the_number_of_workers_changes_nothing(cli, tmp_path):
    for workers in (1, 3, 16):
        output = f"w{workers}.json"
        cli("generate", "--num-samples", 250, "--workers", workers, "--output", output)
    one = (tmp_path / "w1.json").read_bytes()
    assert len(load(tmp_path / "w1.json")) == 250
    assert (tmp_path / "w3.json").read_bytes() == one
    assert (tmp_path / "w16.json").read_bytes() == one


@pytest.mark.exhaustive
def test_a_run_in_two_parts_repeats_nothing(cli, tmp_path):
    cli("generate", "--num-samples", 60, "--output", "a.json")
    before = load(tmp_path / "a.json")
    cli("generate", "--num-samples", 120, "--output", "a.json")
    after = load(tmp_path / "a.json")
    assert after[:60] == before
    assert len(after) == len({item["query"] for item in after}) == 120


@pytest.mark.exhaustive
def test_another_seed_gives_other_samples(cli, tmp_path):
    cli("generate", "--num-samples", 40, "--output", "a.json")
    cli("generate", "--num-samples", 40, "--output", "b.json", "--seed", 7)
    assert not {q for q, _ in contents(tmp_path / "a.json")} & {
        q for q, _ in contents(tmp_path / "b.json")
    }


@pytest.mark.exhaustive
def test_kills_lose_nothing_and_change_nothing(cli, tmp_path):
    output = tmp_path / "killed.json"
    kill_until_done(output, num_samples=1500, kills=5, rng=random.Random(1))
    audit(output, num_samples=1500)
    cli("generate", "--num-samples", 1500, "--output", "whole.json")
    assert output.read_bytes() == (tmp_path / "whole.json").read_bytes()


@pytest.mark.exhaustive
def test_a_second_writer_is_refused_with_the_first_one_s_name(cli, tmp_path):
    output = tmp_path / "data.json"
    process = start(output, 20_000)
    try:
        while not (tmp_path / "data.journal.jsonl").exists():
            time.sleep(0.01)
        result = cli("generate", "--num-samples", 5, "--output", output, "--engine", "offline")
        assert result.returncode == 2
        assert f"process {process.pid}" in result.stderr
    finally:
        process.kill()
        process.wait()


def test_ctrl_c_saves_and_is_status_130(tmp_path):
    output = tmp_path / "data.json"
    command = [sys.executable, "-m", "workbench", "generate", "--engine", "offline", "--batch"]
    command += ["--num-samples", "50000", "--output", str(output), "--save-interval", "0"]
    # A shell has its background jobs ignore Ctrl-C, and their children too; not this one.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    signal.signal(signal.SIGINT, before)
    journal = tmp_path / "data.journal.jsonl"
    while not journal.exists() or journal.stat().st_size < 50_000:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert len(load(output)) > 20


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_generated_dataset_passes_and_is_refined(cli, tmp_path, side):
    options = ("--driver-side", side)
    assert cli("generate", "--num-samples", 200, *options).returncode == 0
    result = cli(
        "verify", "build/dataset.json", "--stage", "format", "--stage", "execution", *options
    )
    assert "pass       200  100.0%" in result.stdout
    result = cli("refine", "--num-test", 20, *options)
    assert result.returncode == 0
    lines = (tmp_path / "build" / "dataset.jsonl").read_text(encoding="utf-8").splitlines()
    splits = [json.loads(line)["metadata"] for line in lines]
    assert splits == ["train"] * 180 + ["eval"] * 20


def test_refine_refuses_more_test_samples_than_there_are(cli, tmp_path):
    (tmp_path / "data.json").write_text(json.dumps([ITEM]))
    result = cli("refine", "--num-test", 2, "--data-file", "data.json", "--output", "o.jsonl")
    assert result.returncode == 2
    assert "fewer than the 2" in result.stderr
