"""A dataset folder: loaded back equal, in every version it is said to load in."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from workbench.core.errors import InputError
from workbench.core.jsontext import dumps
from workbench.jobs.publish import PublishOptions, publish

datasets = pytest.importorskip("datasets")
pytest.importorskip("huggingface_hub")


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def load(folder, tmp_path, *config):
    return datasets.load_dataset(str(folder), *config, cache_dir=str(tmp_path / "cache"))


@pytest.fixture
def folder(records, tmp_path):
    """The records, published."""
    publish(PublishOptions(records, str(tmp_path / "out"), "MIT", name="Calls: a car's"))
    return tmp_path / "out"


def test_both_configs_and_the_lines_are_the_records(records, folder, tmp_path):
    for split, number in (("train", 9), ("dev", 1), ("eval", 2)):
        own = [line for line in lines(records) if json.loads(line)["metadata"] == split]
        assert len(own) == number
        assert lines(folder / "records" / f"{split}.jsonl") == own
        strings = load(folder, tmp_path)[split]
        assert [json.loads(row["messages"]) for row in strings] == [
            json.loads(line)["messages"] for line in own
        ]
        assert all(row["tools"].encode() in line for row, line in zip(strings, own, strict=True))
        typed = load(folder, tmp_path, "typed")[split]
        assert [dumps(row) for row in typed] == [dumps(json.loads(line)) for line in own]


def test_the_card_tells_the_hub_what_it_is_and_people_what_the_export_says(folder, records):
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(folder / "README.md")
    told = card.data.to_dict()
    assert (told["license"], told["language"], told["pretty_name"]) == (
        "mit",
        ["en"],
        "Calls: a car's",
    )
    assert told["size_categories"] == ["n<1K"]
    assert "function-calling" in told["tags"]
    [first, second] = told["configs"]
    assert (first["config_name"], first["default"]) == ("strings", True)
    assert {file["split"] for file in second["data_files"]} == {"train", "dev", "eval"}
    assert [s["num_examples"] for s in told["dataset_info"][0]["splits"]] == [9, 1, 2]
    text = card.text
    for heading in ("# Calls: a car's", "## Load it", "## Licence", "## Review", "## Coverage"):
        assert text.count(f"\n{heading}\n") == 1
    assert "car.manifest.json" not in text
    assert str(records.parent) not in text


def test_provenance_goes_with_it_and_no_path_of_this_machine(folder, records):
    assert (folder / "provenance.jsonl").read_bytes() == records.with_name(
        "car.provenance.jsonl"
    ).read_bytes()
    for path in folder.rglob("*"):
        if path.is_file():
            assert str(records.parent).encode() not in path.read_bytes()


@pytest.mark.parametrize("given", [None, " "])
def test_without_a_licence_nothing_is_published(records, tmp_path, given):
    with pytest.raises(InputError, match="nothing is published without a licence; add --license"):
        publish(PublishOptions(records, str(tmp_path / "out"), given))
    with pytest.raises(InputError, match="this is no licence's ID"):
        publish(PublishOptions(records, str(tmp_path / "out"), "[x](y)"))
    assert not (tmp_path / "out").exists()


def test_another_licence_than_the_exports_is_pointed_out(records, tmp_path):
    done = publish(PublishOptions(records, str(tmp_path / "out"), "apache-2.0"))
    assert done.notes == ("the export's card names another licence: MIT",)


def test_a_folder_is_replaced_only_where_it_was_published_and_on_request(records, tmp_path):
    options = PublishOptions(records, str(tmp_path / "mine"), "mit")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("x")
    with pytest.raises(InputError, match="it is not empty; name another, or add --replace"):
        publish(options)
    again = PublishOptions(records, options.to, "mit", replace=True)
    with pytest.raises(InputError, match="nothing was published there"):
        publish(again)
    (tmp_path / "mine/thesis.txt").unlink()
    publish(options)
    (tmp_path / "mine/strings/train.parquet").unlink()
    publish(again)
    assert (tmp_path / "mine/strings/train.parquet").exists()
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".mine")) == []


def test_records_that_are_not_as_exported_are_refused(records, tmp_path):
    options = PublishOptions(records, str(tmp_path / "out"), "mit")
    whole = records.read_bytes()
    records.write_bytes(whole.replace(b"22.0", b"23.0", 1))
    with pytest.raises(InputError, match="it is not as it was exported"):
        publish(options)
    records.write_bytes(whole + b"{}\n")
    with pytest.raises(InputError, match="line 13: this is no record"):
        publish(options)
    assert not (tmp_path / "out").exists()


def test_what_loads_back_as_something_else_is_not_published(records, tmp_path, monkeypatch):
    from workbench.adapters.hub import tables

    real = tables.as_row
    seen = []

    def spoilt(line, config):
        row = real(line, config)
        seen.append(line)
        return {**row, "metadata": "eval"} if len(seen) == 3 else row

    monkeypatch.setattr(tables, "as_row", spoilt)
    with pytest.raises(InputError, match=r"config strings does not load .*: record 3 is another"):
        publish(PublishOptions(records, str(tmp_path / "out"), "mit"))
    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == []


@pytest.mark.skipif(
    "DATASETS_4_PYTHON" not in os.environ,
    reason="name a Python that has datasets 4.4 in DATASETS_4_PYTHON",
)
def test_the_default_config_loads_in_datasets_4(folder, tmp_path):
    code = (
        "import hashlib, json, sys, datasets\n"
        "assert datasets.__version__.startswith('4.4'), datasets.__version__\n"
        "loaded = datasets.load_dataset(sys.argv[1], cache_dir=sys.argv[2])\n"
        "cells = ('metadata', 'tools', 'messages')\n"
        "rows = [[s, *(r[c] for c in cells)] for s in loaded for r in loaded[s]]\n"
        "print(hashlib.sha256(json.dumps(rows).encode()).hexdigest())"
    )
    python = os.environ["DATASETS_4_PYTHON"]
    command = [python, "-c", code, str(folder), str(tmp_path / "cache4")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path("/"))
    loaded = load(folder, tmp_path)
    rows = [[s, r["metadata"], r["tools"], r["messages"]] for s in loaded for r in loaded[s]]
    assert done.stdout.strip() == hashlib.sha256(json.dumps(rows).encode()).hexdigest()
