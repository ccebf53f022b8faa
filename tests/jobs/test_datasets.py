"""The datasets that are found in a folder, and how far each is reviewed."""

import json
import os

import pytest
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.files.resources import CHECKOUT
from workbench.adapters.labels import labels_path, open_labels
from workbench.jobs.datasets import DEPTH, DatasetSize, find_datasets, paths_that_begin, size_of

ITEM = {"query": "Warmer", "answers": []}


def dataset(path, number=3, age=0.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    write_dataset(path, [encode_sample(sample(i)) for i in range(number)])
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def names(folder):
    return [str(one.path.relative_to(folder)) for one in find_datasets(folder, 30)]


def test_they_are_found_in_folders_below_newest_first(tmp_path):
    dataset(tmp_path / "old.json", age=9)
    dataset(tmp_path / "data" / "new.json", age=1)
    dataset(tmp_path / "a" / "b" / "c" / "d" / "deep.json", age=5)
    dataset(tmp_path / "a" / "b" / "c" / "d" / "e" / "deeper.json")
    (tmp_path / "spaced.json").write_text('\n [ {\n "query": "x", "answers": []}]', "utf-8-sig")
    assert DEPTH == 4
    assert names(tmp_path) == ["spaced.json", "data/new.json", "a/b/c/d/deep.json", "old.json"]


def test_a_decision_makes_a_dataset_newer(tmp_path):
    for name in ("one.json", "two.json"):
        dataset(tmp_path / name, age=len(name))
    with open_labels(labels_path(tmp_path / "two.json"), "ann") as labels:
        labels.decide(sample(0), "accepted")
    assert names(tmp_path) == ["two.json", "one.json"]


def test_other_files_and_folders_are_passed_over(tmp_path):
    dataset(tmp_path / ".hidden" / "d.json")
    dataset(tmp_path / "node_modules" / "d.json")
    dataset(tmp_path / "kept" / "d.json")
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    for name, text in {
        "cars.json": '[{"propertyName": "X"}]',
        "d.labels.json": '{"_default": {}}',
        "list.json": "[]",
        "text.json": "query",
        "none.json": "",
        "records.jsonl": json.dumps(ITEM),
    }.items():
        (tmp_path / name).write_text(text)
    assert names(tmp_path) == ["kept/d.json"]
    assert find_datasets(tmp_path / "absent") == []


def test_the_programs_own_samples_are_not_among_them(tmp_path):
    for name in ("tests/a.json", "prompts/b.json", "data/c.json", "build/d.json"):
        dataset(tmp_path / name)
    assert len(names(tmp_path)) == 4
    manual = tmp_path / "workbench/manual/index.md"
    manual.parent.mkdir(parents=True)
    manual.touch()
    assert names(tmp_path) == ["build/d.json"]
    found = {one.path.relative_to(CHECKOUT).parts[0] for one in find_datasets(CHECKOUT, 30)}
    assert not found & {"tests", "prompts", "data"}


def test_what_is_typed_begins_datasets_and_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("one.json", "on/two.json", ".hidden/three.json", "only\x1b.json"):
        dataset(tmp_path / name)
    (tmp_path / "once.json").write_text("{}")
    (tmp_path / "on.txt").write_text("[]")
    assert paths_that_begin("") == ["on/", "one.json"]
    assert paths_that_begin("on") == ["on/", "one.json"]
    assert paths_that_begin("on/") == ["on/two.json"]
    assert paths_that_begin(".h") == [".hidden/"]
    assert paths_that_begin(f"{tmp_path}/on/t") == [f"{tmp_path}/on/two.json"]
    assert paths_that_begin("none/") == []


def test_the_search_ends_in_time(tmp_path):
    dataset(tmp_path / "d.json")
    assert find_datasets(tmp_path, seconds=-1) == []


def test_how_far_each_is_reviewed(tmp_path):
    path = dataset(tmp_path / "d.json", 5)
    assert size_of(path) == DatasetSize(5, 0)
    assert [*tmp_path.iterdir()] == [path]
    with open_labels(labels_path(path), "ann") as labels:
        for i, decision in enumerate(("accepted", "rejected", "skipped")):
            labels.decide(sample(i), decision)
        assert size_of(path).words == "2 of 5 samples reviewed"  # while they are open elsewhere
        for i in range(10, 20):
            labels.decide(sample(i), "accepted")  # of samples that are not in it
    assert size_of(path) == DatasetSize(5, 5)
    path.write_text(json.dumps([ITEM, ITEM], indent=1))
    assert size_of(path).samples == 2


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda path: path.unlink(), "0 reviewed"),
        (lambda path: labels_path(path).write_text("{"), "3 samples"),
        (lambda path: dataset(path.with_suffix("")), "3 samples"),
    ],
    ids=["gone", "labels", "names"],
)
def test_what_cannot_be_counted_is_left_out(tmp_path, break_it, words):
    path = dataset(tmp_path / "d.json")
    break_it(path)
    assert size_of(path).words == words
