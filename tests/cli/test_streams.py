"""Streams that are closed, full or no longer read: no work is lost by it, no status is made up."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli import _COMMANDS
from workbench.core.samples import Sample, ToolCall

ARGUMENTS = {
    "generate": ("--num-samples", "70", "--engine", "offline", "--batch"),
    "verify": ("d.json",),
    "review": ("d.json",),
    "reread": ("d.json",),
    "judge": ("d.json", "--report"),
    "repair": ("d.json",),
    "refine": ("--data-file", "d.json", "--output", "r.jsonl", "--num-test", "1"),
    "export": ("d.json", "--batch", "--output", "o.jsonl", "--num-test", "1"),
    "check-export": ("o.jsonl",),
    "dedup": ("d.json", "--output", "u.json"),
    "runs": ("d.json",),
    "doctor": ("d.json", "--offline"),
    "finetune": ("o.jsonl", "--model", "none/such"),
    "evaluate": ("o.jsonl", "--outputs", "none.jsonl"),
    "publish": ("o.jsonl", "--to", "published", "--license", "mit"),
    "demo": ("--batch",),
    "catalog": ("show",),
    "drive": ("--state", "[]"),
    "schema": (),
    "labels": ("stats", "d.json"),
    "manual": ("generate",),
}
"""For each command, what it can do with a small dataset; a new one gets a row here."""
QUICK = ("verify",)
BROKEN = {
    "stdin closed": {0: "closed"},
    "stdout closed": {1: "closed"},
    "stderr closed": {2: "closed"},
    "all closed": {0: "closed", 1: "closed", 2: "closed"},
    "stdout unread": {1: "unread"},
    "stderr unread": {2: "unread"},
    "stdout full": {1: "/dev/full"},
    "stderr full": {2: "/dev/full"},
}
LOST = {"stdout unread": 141, "stdout full": 2}
"""Exit statuses where what was printed is lost, and all else went well."""


def test_every_command_is_tried():
    assert set(ARGUMENTS) == set(_COMMANDS)


@pytest.fixture
def data(tmp_path):
    """Five samples that pass, all accepted, and one that fails."""
    path = tmp_path / "d.json"
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    call = ToolCall("setFloatProperty", arguments)
    samples = [Sample(sample(i).query, (call,)) for i in range(5)]
    write_dataset(path, map(encode_sample, [*samples, Sample("Do it", (ToolCall("no", {}),))]))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    return path


def outputs(folder):
    return {
        path.relative_to(folder): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and ".runs." not in path.name
    }


@pytest.mark.parametrize(
    "broken",
    [
        name if name.startswith("stdout") else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in BROKEN
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in ARGUMENTS
    ],
)
def test_a_broken_stream_changes_nothing_but_what_is_printed(cli, data, tmp_path, command, broken):
    if command in ("check-export", "evaluate", "finetune", "publish"):
        cli("export", *ARGUMENTS["export"])
    whole = cli(command, *ARGUMENTS[command])
    written = outputs(tmp_path)
    for path in written:
        if path.name not in ("d.json", "d.labels.json", "d.labels.journal.jsonl"):
            (tmp_path / path).unlink()
    for folder in filter(Path.is_dir, tmp_path.iterdir()):
        shutil.rmtree(folder)  # a published folder holds more folders and hidden files
    if command in ("check-export", "evaluate", "finetune", "publish"):
        cli("export", *ARGUMENTS["export"])
    again = cli(command, *ARGUMENTS[command], streams=BROKEN[broken])
    expected = whole.returncode
    if broken in LOST and whole.stdout and expected in (0, 1):
        expected = LOST[broken]
    assert again.returncode == expected
    assert outputs(tmp_path).keys() == written.keys()
    assert "Traceback" not in again.stderr
    assert "bug in the program" not in again.stderr
    assert again.stderr.count("can't be written") == (
        broken == "stdout full" and expected == 2 and whole.returncode < 2
    )


def test_a_stream_that_the_shell_has_closed_is_not_there_from_the_start(data):
    command = f"{sys.executable} -m workbench verify d.json >&- <&-"
    done = subprocess.run(
        command, shell=True, cwd=data.parent, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.exhaustive
def test_a_reader_that_has_seen_enough_is_no_failing_sample(data):
    """And the thousands that it does not read are not verified for it."""
    items = json.loads(data.read_text()) * 3000
    data.write_text(json.dumps(items))
    command = f"{sys.executable} -m workbench verify d.json --json --jobs 1 | head -1; "
    command += 'echo "${PIPESTATUS[0]}"'
    done = subprocess.run(
        ["bash", "-c", command], cwd=data.parent, capture_output=True, text=True, check=True
    )
    line, status = done.stdout.splitlines()
    assert (json.loads(line)["index"], status, done.stderr) == (0, "141", "")
