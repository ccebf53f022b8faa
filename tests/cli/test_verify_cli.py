"""`workbench verify`, `catalog` and `dedup` from the command line."""

import json
import subprocess
import sys

import pytest

GOOD = {
    "query": "22 degrees for me, please",
    "answers": [
        {
            "name": "setFloatProperty",
            "arguments": {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0},
        }
    ],
}
FAILING = {
    "query": "[red]99[/red] \x1b[2Jdegrees",
    "answers": [
        {
            "name": "setFloatProperty",
            "arguments": {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 99.0},
        }
    ],
}


def ac_on(area):
    arguments = {"propertyName": "HVAC_AC_ON", "areaId": area, "value": True}
    return {"name": "setBooleanProperty", "arguments": arguments}


def write(folder, *items, name="data.json"):
    path = folder / name
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("items", "status"), [((), 0), ((GOOD,), 0), ((GOOD, FAILING), 1), ((7,), 1)]
)
def test_the_exit_status_says_whether_a_sample_fails(cli, tmp_path, items, status):
    result = cli("verify", write(tmp_path, *items))
    assert result.returncode == status
    assert result.stderr == ""


def test_json_gives_an_object_for_every_item_in_order(cli, tmp_path):
    result = cli("verify", write(tmp_path, GOOD, 7, FAILING), "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["index"], line["verdict"]) for line in lines] == [
        (0, "pass"),
        (1, "fail"),
        (2, "fail"),
    ]
    assert lines[1]["id"] is None
    assert lines[1]["findings"][0]["stage"] == "format"
    assert [f["code"] for f in lines[2]["findings"]] == [
        "format.unclean_query",
        "execution.value_out_of_range",
        "grounding.not_read",
    ]
    assert set(lines[2]["findings"][1]) == {
        "stage",
        "code",
        "severity",
        "message",
        "call",
        "argument",
        "fix",
    }


def test_one_stage_alone_can_be_run(cli, tmp_path):
    result = cli("verify", write(tmp_path, FAILING), "--stage", "format", "--json")
    assert json.loads(result.stdout)["verdict"] == "warn"


def test_calls_are_held_against_the_words_unless_other_stages_are_asked_for(cli, tmp_path):
    wrong = json.loads(json.dumps(GOOD))
    wrong["answers"][0]["arguments"]["value"] = 24.0
    path = write(tmp_path, GOOD, wrong)
    quiet = cli("verify", path, "--stage", "format", "--stage", "execution")
    assert "pass         2" in quiet.stdout
    asked = cli("verify", path, "--json")
    right, found = (json.loads(line) for line in asked.stdout.splitlines())
    assert right["findings"] == []
    assert [f["code"] for f in found["findings"]] == ["grounding.number"]
    assert found["findings"][0]["fix"]["label"] == "value: 22.0"
    assert asked.returncode == 0


def test_the_policy_is_told_for_information_when_asked(cli, tmp_path):
    item = {"query": "Turn on the AC", "answers": [ac_on(16)]}
    result = cli("verify", write(tmp_path, item), "--stage", "policy", "--json")
    line = json.loads(result.stdout)
    [finding] = line["findings"]
    assert (line["verdict"], finding["code"], finding["severity"]) == (
        "pass",
        "policy.place",
        "info",
    )
    assert finding["fix"]["label"] == "areaId: 1"


def test_another_policy_decides_otherwise(cli, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[default_place]\nget = "all"\nset = 16\n')
    path = write(tmp_path, {"query": "Turn on the AC", "answers": [ac_on(16)]})
    result = cli("verify", path, "--stage", "policy", "--policy", policy, "--json")
    assert json.loads(result.stdout)["findings"] == []


def test_the_same_request_with_other_calls_is_warned_of_when_asked(cli, tmp_path):
    one, other = ({"query": "AC on", "answers": [ac_on(area)]} for area in (1, 4))
    path = write(tmp_path, one, 7, other, one)
    assert "! warn         0" in cli("verify", path).stdout
    result = cli("verify", path, "--consistency", "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["pass", "fail", "warn", "pass"]
    [finding] = lines[2]["findings"]
    assert finding["stage"] == "consistency"
    assert finding["message"].endswith("different calls in sample #0: areaId 1, here 4")
    summary = cli("verify", path, "--consistency").stdout
    assert "! warn         1" in summary
    assert "consistency.calls" in summary


def test_a_folder_without_word_lists_is_refused_in_a_sentence(cli, tmp_path):
    path = write(tmp_path, GOOD)
    result = cli("verify", path, "--stage", "grounding", "--lexicon", tmp_path)
    assert result.returncode == 2
    assert str(tmp_path) in result.stderr
    assert "Traceback" not in result.stderr


def test_the_summary_shows_untrusted_text_as_it_is(cli, tmp_path):
    result = cli("verify", write(tmp_path, FAILING))
    assert "[red]99[/red] \\u001b[2Jdegrees" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    "text", ["", "[", "{}", "hello", "[" * 100_000], ids=["empty", "cut", "object", "words", "deep"]
)
def test_bad_input_is_one_sentence_and_status_2(cli, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    result = cli("verify", path, "--json")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {path}: ")
    assert "Traceback" not in result.stderr
    assert path.read_text() == text


def test_an_absent_file_is_status_2(cli):
    result = cli("verify", "gone.json")
    assert result.returncode == 2
    assert "no such file" in result.stderr


def test_a_catalogue_replaces_the_one_here(cli, tmp_path):
    car = tmp_path / "car.txt"
    entry = {"propertyName": "WIPERS", "dataType": "Boolean", "areaIdProfiles": [{"areaId": 0}]}
    car.write_text(json.dumps([entry]))
    result = cli("verify", write(tmp_path, GOOD), "--properties", car, "--json")
    assert json.loads(result.stdout)["findings"][0]["code"] == "execution.unknown_property"


@pytest.mark.exhaustive
def test_a_reader_that_stops_early_is_no_error(cli, tmp_path):
    path = write(tmp_path, *[GOOD] * 5000)
    command = f"'{__import__('sys').executable}' -m workbench verify {path} --json | head -n 1"
    import subprocess

    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert json.loads(result.stdout)["index"] == 0
    assert result.stderr == ""


def test_catalog_show_gives_one_property_in_full(cli):
    result = cli("catalog", "show", "hvac_seat_temperature")
    assert "rear centre seat" in result.stdout
    assert "- cools" in result.stdout


def test_catalog_show_as_json(cli):
    shown = json.loads(cli("catalog", "show", "WINDOW_POS", "--json").stdout)
    assert shown["areas"][-1]["minus"] == "tilted for ventilation"
    assert len(json.loads(cli("catalog", "show", "--json").stdout)) == 48


def test_an_unknown_property_gets_a_suggestion(cli):
    result = cli("catalog", "show", "HVAC_TEMPRATURE_SET")
    assert result.returncode == 2
    assert "Did you mean HVAC_TEMPERATURE_SET?" in result.stderr


def test_catalog_check_tells_errors_by_its_status(cli, tmp_path):
    entry = {"propertyName": "X", "dataType": "Int", "areaIdProfiles": [{"areaId": 0}]}
    path = write(tmp_path, entry, name="car.txt")
    result = cli("catalog", "check", path)
    assert result.returncode == 1
    assert 'unknown dataType "Int"' in result.stdout


def test_dedup_keeps_the_first_and_reports_the_rest(cli, tmp_path):
    again = GOOD | {"query": "22 degrees for me, please!"}
    other = GOOD | {"query": "I would like it a good deal cooler than it is in here"}
    path = write(tmp_path, 7, GOOD, again, other)
    result = cli("dedup", path, "--output", "out.json", "--report", "drops.jsonl")
    assert result.returncode == 0
    assert "2 of 4 kept, 1 dropped" in result.stdout
    assert "item 0 left out" in result.stderr
    assert json.loads((tmp_path / "out.json").read_text()) == [GOOD, other]
    [row] = map(json.loads, (tmp_path / "drops.jsonl").read_text().splitlines())
    assert (row["index"], row["twin"]["index"], row["calls"]) == (2, 1, "same")


def test_help_works_without_a_terminal(cli):
    result = cli("--help")
    assert result.returncode == 0
    for command in ("generate", "verify", "refine", "dedup", "labels", "catalog", "demo"):
        assert command in result.stdout


def test_an_unknown_option_is_status_2(cli):
    assert cli("verify", "--nonsense").returncode == 2


def test_several_processes_give_the_same_lines_as_one(cli, tmp_path):
    items = [GOOD, 7, FAILING] * 400
    path = write(tmp_path, *items)
    one = cli("verify", path, "--json", "--jobs", "1")
    two = cli("verify", path, "--json", "--jobs", "2")
    assert one.stdout.count("\n") == 1200
    assert (two.stdout, two.stderr, two.returncode) == (one.stdout, "", 1)


def test_explain_tells_how_a_query_is_read_and_what_is_found(cli, tmp_path):
    taken_back = {**GOOD, "query": "Set my side to 20 degrees, no wait, 23, it's 10:30 already"}
    result = cli("verify", write(tmp_path, taken_back), "--explain", "0")
    assert result.returncode == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "place “my side” → front driver's side (the speaker's)" in lines
    assert "value “23” → 23" in lines
    assert "set aside “20”" in lines
    assert "set aside “no wait”" in lines
    assert "no value “10:30”" in lines
    assert "verdict warn" in lines
    assert any(line.startswith("warning grounding.number") for line in lines)


WARMER = {
    "query": "How warm is it on my side?",
    "answers": [
        {
            "name": "getFloatProperty",
            "arguments": {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1},
        }
    ],
    "state": [["HVAC_TEMPERATURE_SET", 1, 20.0]],
    "then": [
        {"reply": {"kind": "tell", "text": "It's set to 20 degrees."}},
        {"query": "Set it to 40", "answers": GOOD["answers"]},
    ],
}


def test_explain_goes_through_a_conversation_step_by_step(cli, tmp_path):
    call = {"name": "setFloatProperty", "arguments": {**GOOD["answers"][0]["arguments"]}}
    call["arguments"]["value"] = 40.0
    item = {**WARMER, "then": [WARMER["then"][0], {"query": "Set it to 40", "answers": [call]}]}
    result = cli("verify", write(tmp_path, item), "--explain", "0")
    assert result.returncode == 1
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    expected = [
        "state HVAC_TEMPERATURE_SET, area 1: 20.0",
        "step 1 “How warm is it on my side?”",
        'call 1 getFloatProperty(propertyName="HVAC_TEMPERATURE_SET", areaId=1)',
        'result {"propertyName":"HVAC_TEMPERATURE_SET","areaId":1,"value":20.0}',
        "step 2",
        "tell “It's set to 20 degrees.”",
        "step 3 “Set it to 40”",
        "value “40” → 40",
    ]
    assert [line for line in lines if line in expected] == expected
    assert any(line.startswith("error execution.value_out_of_range: step 3: ") for line in lines)


def test_the_findings_of_a_conversation_say_at_which_step_they_are(cli, tmp_path):
    reads = {**WARMER, "then": [{"query": "And now?"}, *WARMER["then"][1:]]}
    path = write(tmp_path, reads, FAILING)
    first, second = map(json.loads, cli("verify", path, "--json").stdout.splitlines())
    assert {"format.empty_step": 1}.items() <= {
        one["code"]: one["step"] for one in first["findings"]
    }.items()
    assert all("step" not in one for one in second["findings"])


def test_explain_shows_what_a_model_wrote_as_plain_text(cli, tmp_path):
    result = cli("verify", write(tmp_path, FAILING), "--explain", "0")
    assert result.returncode == 1
    assert "[red]99[/red] \\x1b[2J" in result.stdout.replace("\\u001b", "\\x1b")
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("items", "index", "message"),
    [
        ((GOOD,), 1, "there is no item 1; give an index from 0 to 0."),
        ((), 0, "there is no item 0; generate some first."),
        ((7,), 0, "item 0 is not a sample"),
    ],
)
def test_explain_says_what_it_cannot_explain(cli, tmp_path, items, index, message):
    result = cli("verify", write(tmp_path, *items), "--explain", index)
    assert result.returncode == 2
    assert message in result.stderr


@pytest.mark.parametrize("option", [(), ("--jobs", "1")])
def test_too_little_memory_is_said_in_a_sentence(tmp_path, option):
    path = tmp_path / "data.json"
    with path.open("wb") as file:
        file.truncate(2**30)  # a hole: it takes no room on the disk
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29)); "
    run = f"{limit}from workbench.cli import main; sys.argv[0] = 'workbench'; main()"
    done = subprocess.run(
        [sys.executable, "-c", run, "verify", str(path), *option],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "memory" in done.stderr
    assert "Traceback" not in done.stderr
