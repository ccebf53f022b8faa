"""What commands do with files that are there already: their own, other people's, and nothing."""

import json
import shutil
from pathlib import Path

import pytest
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.samples import Sample, ToolCall

CALL = ToolCall(
    "setFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
)


@pytest.fixture
def data(tmp_path) -> Path:
    """Four samples, all accepted."""
    path = tmp_path / "d.json"
    samples = [Sample(sample(number).query, (CALL,)) for number in range(4)]
    write_dataset(path, map(encode_sample, samples))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    return path


WRITING = {
    "refine": ("refine", "--batch", "--data-file", "d.json", "--output", "o.jsonl"),
    "export": ("export", "--batch", "d.json", "--output", "o.jsonl", "--split-files", "s"),
    "dedup": ("dedup", "--batch", "d.json", "--output", "o.json", "--report", "o.jsonl"),
    "labels export": ("labels", "export", "d.json", "--output", "o.jsonl"),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
def test_a_command_replaces_what_it_wrote_itself(cli, data, tmp_path, arguments):
    assert cli(*arguments).returncode == 0
    first = contents(tmp_path)
    again = cli(*arguments)
    assert again.returncode == 0, again.stderr
    assert contents(tmp_path) == first


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
def test_notes_are_replaced_only_with_force(cli, data, tmp_path, arguments):
    notes = tmp_path / arguments[arguments.index("--output") + 1]
    notes.write_text("# my notes\n")
    before = contents(tmp_path)
    result = cli(*arguments)
    assert result.returncode == 2
    assert "replace a file there that this program didn't write" in result.stderr
    assert "add --force" in result.stderr
    assert contents(tmp_path) == before
    assert cli(*arguments, "--force").returncode == 0
    assert notes.read_text() != "# my notes\n"


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
@pytest.mark.parametrize("name", ["d.labels.journal.jsonl", "d.judge.journal.jsonl", "d.json"])
def test_nothing_of_the_dataset_is_replaced_even_with_force(cli, data, tmp_path, arguments, name):
    before = contents(tmp_path)
    chosen = list(arguments)
    chosen[chosen.index("--output") + 1] = name
    result = cli(*chosen, *(("--force",)))
    assert result.returncode == 2
    assert name in result.stderr
    assert contents(tmp_path) == before


def test_a_dataset_that_people_work_on_is_not_replaced_by_dedup(cli, data, tmp_path):
    shutil.copyfile(data, tmp_path / "other.json")
    with open_labels(labels_path(tmp_path / "other.json"), "ann") as labels:
        labels.decide(Sample(sample(0).query, (CALL,)), "accepted")
    before = contents(tmp_path)
    result = cli("dedup", "--batch", "d.json", "--output", "other.json")
    assert result.returncode == 2
    assert contents(tmp_path) == before


UNUSABLE = {
    "a list of other things": ('[{"query":"x"},{"a":1}]', "none of its 2 items"),
    "an empty list": ("[]", "it is empty; generate some samples first"),
}


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
@pytest.mark.parametrize(("text", "words"), UNUSABLE.values(), ids=UNUSABLE)
def test_with_nothing_to_write_nothing_is_written(cli, tmp_path, arguments, text, words):
    (tmp_path / "d.json").write_text(text)
    (tmp_path / "o.jsonl").write_bytes(b"")
    result = cli(*arguments)
    assert result.returncode == 2
    if arguments[0] in ("refine", "dedup"):
        assert words in result.stderr
    assert contents(tmp_path) == {"d.json": text.encode(), "o.jsonl": b""}


def test_refine_says_where_all_samples_fail(cli, tmp_path):
    bad = Sample("warmer", (ToolCall("noSuchFunction", {}),))
    write_dataset(tmp_path / "d.json", [encode_sample(bad)])
    result = cli(*WRITING["refine"], "--drop-failing")
    assert result.returncode == 2
    assert "every sample fails verification" in result.stderr
    assert not (tmp_path / "o.jsonl").exists()


GENERATE = ("generate", "--batch", "--engine", "offline", "--num-samples", "3", "--output")


@pytest.mark.parametrize("content", ["catalogue", '[{"a":1}]', '["x"]', "notes", '{"a":1}'])
def test_generate_appends_to_nothing_but_samples(cli, tmp_path, content):
    path = tmp_path / "mine.json"
    if content == "catalogue":
        shutil.copyfile(CatalogFiles().properties_path, path)
    else:
        path.write_text(content)
    before = contents(tmp_path)
    result = cli(*GENERATE, "mine.json")
    assert result.returncode == 2
    assert "mine.json" in result.stderr
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kind", ["journal", "quarantine", "duplicates"])
def test_generate_leaves_a_file_beside_the_dataset_that_is_not_its_own(cli, tmp_path, kind):
    notes = getattr(DatasetFiles(tmp_path / "new.json"), kind)
    notes.write_text("a note without its end")
    result = cli(*GENERATE, "new.json")
    assert result.returncode == 2
    assert notes.name in result.stderr
    assert notes.read_text() == "a note without its end"
    assert not (tmp_path / "new.json").exists()


def test_generate_goes_on_with_its_own_dataset(cli, tmp_path):
    assert cli(*GENERATE, "new.json").returncode == 0
    result = cli(*GENERATE[:5], "5", "--output", "new.json")
    assert result.returncode == 0, result.stderr
    assert len(json.loads((tmp_path / "new.json").read_text())) >= 5


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
def test_what_killed_runs_left_half_written_goes_with_the_next_run(cli, data, tmp_path, arguments):
    assert cli(*arguments).returncode == 0
    written = [path for path in tmp_path.rglob("*") if "/o." in str(path) or "/s/" in str(path)]
    left = [path.with_name(f".{path.name}.abcd1234.tmp") for path in written]
    for path in left:
        path.write_text("half")
    assert cli(*arguments).returncode == 0
    assert [path for path in left if path.exists() and ".lock." not in path.name] == []


@pytest.mark.parametrize("named", ["x", "x.json"])
def test_two_datasets_that_would_share_their_files_are_refused(cli, data, tmp_path, named):
    for name in ("x", "x.json"):
        shutil.copyfile(data, tmp_path / name)
    before = contents(tmp_path)
    for arguments in (("labels", "stats", named), (*GENERATE, named)):
        result = cli(*arguments)
        assert result.returncode == 2
        assert "would have the same names; rename or move one" in result.stderr
    assert contents(tmp_path) == before


def test_labels_of_a_link_are_those_of_its_dataset(cli, data, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/link.json").symlink_to(data)
    result = cli("labels", "stats", "elsewhere/link.json", "--json")
    assert json.loads(result.stdout)["accepted"] == 4
