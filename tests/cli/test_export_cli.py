"""`workbench export` and `workbench check-export` from the command line."""

import json
from pathlib import Path

import pytest
from label_samples import sample
from terminal import Terminal

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.samples import Sample, ToolCall


def make(number, value=22.0):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    query = f"{sample(number).query}, \x1b[31m{number}"
    return Sample(query, (ToolCall("setFloatProperty", arguments),))


@pytest.fixture
def data(tmp_path):
    """Six samples, four of them accepted."""
    path = tmp_path / "data.json"
    samples = [make(i) for i in range(6)]
    write_dataset(path, map(encode_sample, samples))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples[:4]:
            labels.decide(one, "accepted")
        labels.decide(samples[4], "rejected")
    return path


def export(cli, data, *options):
    return cli("export", "--batch", data, "--output", "out.jsonl", *options)


def test_it_says_how_many_were_taken_and_why_the_others_were_not(cli, data, tmp_path):
    result = export(cli, data, "--num-test", 1, "--split-files", "splits")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        f"{data}: 4 of 6 taken",
        "      1 left out: rejected",
        "      1 left out: undecided",
        "out.jsonl: 3 train, 1 eval",
    ]
    names = {path.name for path in tmp_path.iterdir() if path.name.startswith("out")}
    assert names == {"out.jsonl", "out.card.md", "out.provenance.jsonl", "out.manifest.json"}
    assert {path.name for path in (tmp_path / "splits").iterdir()} == {"train.jsonl", "eval.jsonl"}
    manifest = json.loads((tmp_path / "out.manifest.json").read_text())
    assert manifest["command"].startswith("workbench export --batch")


@pytest.mark.exhaustive
def test_a_dev_split_and_a_kept_eval_set(cli, data, tmp_path):
    result = export(cli, data, "--num-test", 1, "--num-dev", 1)
    assert result.stdout.splitlines()[-1] == "out.jsonl: 2 train, 1 dev, 1 eval"
    export(cli, data, "--num-test", 1, "--num-dev", 1, "--split-files", "s")
    result = export(cli, data, "--num-test", 1, "--split-files", "s")
    assert "s/dev.jsonl is from an earlier export; this one has no dev split" in result.stderr
    [kept] = json.loads((tmp_path / "out.manifest.json").read_text())["eval_ids"]
    result = export(cli, data, "--eval-from", "out.manifest.json", "--seed", 9, "--num-test", 3)
    assert result.stdout.splitlines()[-1] == "out.jsonl: 3 train, 1 eval"
    assert "--num-test has no effect with --eval-from" in result.stderr
    assert json.loads((tmp_path / "out.manifest.json").read_text())["eval_ids"] == [kept]
    (tmp_path / "pin.json").write_text(json.dumps({"eval_ids": [kept, "1:gone"]}))
    result = export(cli, data, "--eval-from", "pin.json")
    assert "1 of the pinned eval samples are not among these" in result.stderr
    assert cli("check-export", "out.jsonl").returncode == 0


def test_in_a_terminal_it_opens_the_export_screen_filled_in(data, tmp_path):
    asked = ["export", "data.json", "--num-dev", "1", "--license", "as-is", "--output", "x.jsonl"]
    terminal = Terminal(asked, tmp_path, 120, 40)
    try:
        terminal.wait_for(b"3 train, 1 dev, 0 eval")
        assert b"x.jsonl" in terminal.output
        assert not (tmp_path / "x.jsonl").exists()
        terminal.press("\r")
        terminal.wait_for(b"Written: 3 train, 1 dev")
    finally:
        terminal.kill()
    assert len((tmp_path / "x.jsonl").read_bytes().splitlines()) == 4


def test_without_a_terminal_it_needs_no_batch(cli, data, tmp_path):
    assert cli("export", data, "--output", "out.jsonl").returncode == 0
    assert (tmp_path / "out.jsonl").exists()


def test_nothing_accepted_is_one_sentence_and_status_2(cli, data, tmp_path):
    labels_path(data).with_name("none.labels.json").write_text('{"about":{"1":{"schema":1}}}')
    result = export(cli, data, "--labels", "none.labels.json")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {data}: nothing is accepted")
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_what_fails_now_refuses_the_export_unless_it_is_allowed(cli, data):
    bad = make(7, 99.0)
    write_dataset(data, map(encode_sample, [make(0), bad]))
    with open_labels(labels_path(data), "ann") as labels:
        labels.decide(bad, "accepted")
    result = export(cli, data)
    assert result.returncode == 2
    assert "execution.value_out_of_range" in result.stderr
    assert "\x1b" not in result.stderr
    result = export(cli, data, "--allow-failing", "--num-test", 0)
    assert (result.returncode, "as allowed: 1" in result.stderr) == (0, True)
    result = cli("check-export", "out.jsonl")
    assert result.returncode == 1
    assert result.stdout.startswith("record ")
    assert "1 discrepancy" in result.stderr


def test_a_sound_export_checks_out_and_a_changed_one_does_not(cli, data, tmp_path):
    export(cli, data)
    result = cli("check-export", "out.jsonl")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "out.jsonl: 4 records, 4 calls run: everything matches\n"
    records = tmp_path / "out.jsonl"
    records.write_text(records.read_text().replace("22.0", "23.0", 1))
    result = cli("check-export", "out.jsonl")
    assert result.returncode == 1
    assert "record 1: it isn't the record in its provenance" in result.stdout
    assert cli("check-export", "absent.jsonl").returncode == 2


def test_refine_says_how_many_decisions_it_ignores_and_names_export(cli, data, tmp_path):
    arguments = ("refine", "--data-file", data, "--output", "r.jsonl", "--num-test", 1)
    result = cli(*arguments)
    assert result.returncode == 0
    assert "5 decisions in this dataset's labels are ignored" in result.stderr
    assert "`workbench export`" in result.stderr
    labels_path(data).write_text("{")
    assert cli(*arguments).returncode == 0


def test_a_dataset_given_for_records_is_one_sentence(cli, data):
    done = cli("check-export", data)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "this is a dataset, not the records of an export" in done.stderr


def test_few_records_left_to_train_on_are_said(cli, data):
    few = export(cli, data, "--num-test", 0, "--num-dev", 3)
    assert "only 1 are left to train on" in few.stderr
    many = export(cli, data, "--num-test", 1, "--num-dev", 1)
    assert "left to train on" not in many.stderr


@pytest.mark.exhaustive
def test_each_shape_says_how_many_records_it_makes_and_what_it_leaves_out(cli, tmp_path):
    talks = Path(__file__).parents[1] / "conversations" / "export.json"
    write_dataset(
        tmp_path / "talks.json",
        [*talks.read_bytes().decode().strip("[]\n").encode().split(b",\n"), encode_sample(make(0))],
    )
    results = [
        cli("export", "--batch", "talks.json", "--include", "all", "--shape", shape)
        for shape in ("single", "dialog", "steps")
    ]
    assert [result.returncode for result in results] == [0] * 3
    assert (
        "     20 left out: conversations; --shape dialog or steps holds them" in results[0].stdout
    )
    counts = [result.stdout.splitlines()[-1] for result in results]
    assert counts[0].endswith("dataset.jsonl: 1 train")
    assert counts[1].endswith("dataset.jsonl: 19 train, 2 eval")
    assert counts[2].endswith("(51 records of 21 samples)")
    checked = cli("check-export", "build/dataset.jsonl")
    assert checked.stdout == "build/dataset.jsonl: 51 records, 33 calls run: everything matches\n"
