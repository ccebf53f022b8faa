"""`workbench runs`, `--dry-run` and `--max-cost` from the command line."""

import json

import pytest
from prices import price_file
from wire import KEY

from workbench.adapters.models.gemini import DEFAULT_MODEL
from workbench.adapters.runs import RunRecord
from workbench.jobs.spending.run_details import COLUMNS, GAP, cells, fitting


def item(number):
    words = " ".join(f"w{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    return {"query": words, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


@pytest.fixture
def asks(cli, gemini_server, tmp_path):
    """Run `generate` against the local server, at the prices of the tests."""
    count = iter(range(10**6))
    gemini_server.answer = lambda _: gemini_server.samples([item(next(count)) for _ in range(15)])
    prices = price_file(tmp_path, DEFAULT_MODEL)
    env = {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": gemini_server.url}

    def run(*arguments, prices=prices):
        chosen = ("--prices", prices) if prices else ()
        return cli("generate", "--output", "data.json", *chosen, *arguments, env=env)

    return run


@pytest.mark.exhaustive
def test_the_bill_closes_a_run(asks, cli, tmp_path):
    result = asks("--num-samples", 30)
    assert "Tokens: 2,000 prompt (90 % cached), 400 output, 100 thinking" in result.stdout
    assert f"Cost: $0.054 (prices of {DEFAULT_MODEL}, as of 2026-11-01)" in result.stdout
    assert "All runs" not in result.stdout
    assert "All runs of this dataset: $0.081" in asks("--num-samples", 40).stdout
    listed = cli("runs", "data.json")
    lines = listed.stdout.splitlines()
    assert lines[0].split()[:4] == ["#", "what", "began", "(UTC)"]
    assert [line.split()[0] for line in lines[1:3]] == ["2", "1"]
    assert "$0.054" in lines[2]
    assert lines[3].startswith("2 runs, 3 requests, 3.8k tokens, $0.081, ")


def test_a_run_in_full_and_as_data(asks, cli):
    asks("--num-samples", 30)
    assert "items        30 received: 30 kept" in cli("runs", "data.json", 1).stdout
    missing = cli("runs", "data.json", 7)
    assert missing.returncode == 2
    assert "it has no run 7; its runs: 1." in missing.stderr
    [line] = cli("runs", "data.json", "--json").stdout.splitlines()
    assert (json.loads(line)["end"], json.loads(line)["cost"]) == ("done", "0.0538")


def test_no_runs_is_a_sentence(cli):
    result = cli("runs", "data.json")
    assert (result.returncode, "no runs are on record" in result.stdout) == (0, True)
    assert cli("runs", "data.json", "--json").stdout == ""


def test_stopping_at_the_limit_is_status_4(asks):
    result = asks("--num-samples", 1000, "--max-cost", "$1.00")
    assert result.returncode == 4
    assert "The run stopped at --max-cost: " in result.stderr
    assert "one more request may cost up to" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--max-cost", "much"), "--max-cost much: it must be an amount"),
        (
            ("--max-cost", "1", "--model", "gizmo"),
            "no price is known for gizmo; give one with --prices",
        ),
        (("--prices", "absent.toml"), "absent.toml: there is no such file"),
    ],
)
def test_what_cannot_be_used_is_status_2(asks, arguments, words):
    result = asks("--num-samples", 10, *arguments, prices=None)
    assert (result.returncode, "Traceback" in result.stderr) == (2, False)
    assert words in " ".join(result.stderr.split())


def test_an_unknown_price_is_said_and_never_0(asks):
    result = asks("--num-samples", 10, "--model", "gizmo", prices=None)
    assert result.returncode == 0
    assert "Cost: unknown (no price for gizmo; give --prices)" in result.stdout
    assert "$" not in result.stdout


def test_a_dry_run_tells_what_it_would_come_to_and_leaves_no_trace(asks, gemini_server, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    result = asks("--num-samples", 100, "--dry-run")
    text = " ".join(result.stdout.split())
    assert result.returncode == 0
    assert "100 samples wanted, about 7 requests" in text  # 4 of 15, then up to 30, a tenth lost
    assert "Output: assumed, 90 tokens a sample" in text
    assert "Write exactly 15 new samples" in text
    assert "Cost: about $" in text
    assert gemini_server.asked == []
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.exhaustive
def test_a_dry_run_goes_by_what_was_measured(asks, gemini_server):
    asks("--num-samples", 30)
    sent = len(gemini_server.asked)
    result = asks("--num-samples", 90, "--dry-run")
    text = " ".join(result.stdout.split())
    assert "Cached: as measured, 90 % of what is sent." in text
    assert "Prompt: counted by the service." in text
    assert "about 2 requests" in text  # of 30 each
    assert len(gemini_server.asked) == sent


def test_a_dry_run_offline_says_that_it_is_free(cli, tmp_path):
    result = cli("generate", "--num-samples", 100, "--engine", "offline", "--dry-run")
    assert "there is nothing to pay" in result.stdout
    assert not (tmp_path / "build").exists()


def test_a_narrow_table_does_without_the_least_columns():
    tokens = {"prompt": 1_640_000, "output": 12_000, "thinking": 3_000, "cached": 1_500_000}
    record = RunRecord(
        number=12,
        model=DEFAULT_MODEL,
        began="2026-11-28T04:22:20+00:00",
        replies=1234,
        counted=1234,
        cost="12.34",
        tokens=tokens,
        seconds=4000,
        end="interrupted",
        ledger={"kept": 10_000},
    )
    rows = [cells(record)]
    assert list(fitting(rows, 200)) == list(COLUMNS)
    for width in (130, 80, 60):
        found = fitting(rows, width)
        assert sum(found.values()) + GAP * (len(found) - 1) <= width
        assert {"#", "began (UTC)", "samples", "cost", "end"} <= found.keys()


def test_a_table_says_what_each_run_did():
    """A judge's or a repairer's run made no samples, so it shows no number of them."""
    records = [
        RunRecord(number=1, ledger={"kept": 60}),
        RunRecord(number=2, tier="batch", ledger={"kept": 900}),
        RunRecord(number=3, kind="judge"),
        RunRecord(number=4, kind="repair"),
    ]
    rows = [cells(record) for record in records]
    assert "what" in fitting(rows, 80)
    assert [(row["what"], row["samples"]) for row in rows] == [
        ("generate", "60"),
        ("batch", "900"),
        ("judge", ""),
        ("repair", ""),
    ]
