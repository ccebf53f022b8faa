"""A dataset folder: loaded back equal, in every version it is said to load in."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.jobs.publish import PublishOptions, publish
from workbench.jobs.records.export import ExportOptions, plan_export, write_export
from workbench.jobs.records.options import RecordOptions

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
    with pytest.raises(InputError, match="this is not a licence ID"):
        publish(PublishOptions(records, str(tmp_path / "out"), "[x](y)"))
    assert not (tmp_path / "out").exists()


def test_another_licence_than_the_exports_is_pointed_out(records, tmp_path):
    done = publish(PublishOptions(records, str(tmp_path / "out"), "apache-2.0"))
    assert done.notes == ("the export's card names another licence: MIT",)


def test_a_folder_is_replaced_only_where_it_was_published_and_on_request(records, tmp_path):
    options = PublishOptions(records, str(tmp_path / "mine"), "mit")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("x")
    with pytest.raises(InputError, match="it isn't empty; name another, or add --replace"):
        publish(options)
    again = PublishOptions(records, options.to, "mit", replace=True)
    with pytest.raises(InputError, match="nothing was published there"):
        publish(again)
    (tmp_path / "mine/thesis.txt").unlink()
    publish(options)
    (tmp_path / "mine/strings/train.parquet").unlink()
    publish(again)
    assert (tmp_path / "mine/strings/train.parquet").exists()
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".mine")) == [
        ".mine.publish.lock"
    ]


def test_records_that_are_not_as_exported_are_refused(records, tmp_path):
    options = PublishOptions(records, str(tmp_path / "out"), "mit")
    whole = records.read_bytes()
    records.write_bytes(whole.replace(b"22.0", b"23.0", 1))
    with pytest.raises(InputError, match="it has changed since it was exported"):
        publish(options)
    records.write_bytes(whole + b"{}\n")
    with pytest.raises(InputError, match="line 13: this is not a record"):
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
    with pytest.raises(
        InputError, match=r"config strings does not load .*: train record 3 differs \(at meta"
    ):
        publish(PublishOptions(records, str(tmp_path / "out"), "mit"))
    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == [".out.publish.lock"]


def record(value, **more):
    calls = [{"function": {"name": "f", "arguments": {"value": value}}}]
    messages = [
        {"role": "developer", "content": "\u2028ü🙂"},
        {"role": "user", "content": "\x00 \ufeff „“"},
        {"role": "assistant", "tool_calls": calls},
    ]
    return json.dumps({"metadata": "train", "tools": [], "messages": messages} | more)


def test_values_of_any_type_come_back_as_they_were(tmp_path):
    values = [22.0, 22, True, None, "22", [1, 2.0, True, "a", None, []], {"a": {}}, -(2**63), 1e-07]
    path = tmp_path / "odd.jsonl"
    path.write_bytes("\r\n".join(map(record, values)).encode())
    done = publish(PublishOptions(path, str(tmp_path / "a folder"), "mit"))
    assert done.compared[1:] == ("strings, 9 records", "typed, 9 records")
    [rows] = load(tmp_path / "a folder", tmp_path, "typed").values()
    assert [repr(row["messages"][2]["tool_calls"]) for row in rows] == [
        repr(json.loads(record(value))["messages"][2]["tool_calls"]) for value in values
    ]


def test_what_would_not_come_back_is_named_by_its_place(tmp_path):
    path = tmp_path / "odd.jsonl"
    path.write_text(f"{record(1)}\n{record(2**70)}\n")
    with pytest.raises(InputError, match=r"train record 2 differs \(at messages\[2\].*64 bits"):
        publish(PublishOptions(path, str(tmp_path / "out"), "mit"))
    path.write_text(record(1, vendor="x"))
    with pytest.raises(InputError, match=r"line 1: this is not a record .*unknown field `vendor`"):
        publish(PublishOptions(path, str(tmp_path / "out"), "mit"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"to": "hub:me/a--b"}, "Cannot have -- or .. in repo_id"),
        ({"to": "hub:me/" + "a" * 99}, "maximum length is 96"),
        ({"public": True}, "--public: nothing is uploaded without --upload"),
        ({"report": Path("report.json")}, "--report goes into a model's card"),
        ({"language": "plain English"}, "--language plain English: use its code"),
        ({"license": "unknown"}, "--license unknown: name the licence"),
        ({"to": ".", "replace": True}, "the source is inside it"),
    ],
)
def test_what_means_nothing_is_said_before_anything_is_written(
    records, tmp_path, monkeypatch, more, words
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    given = {"to": "out", "license": "mit"} | more
    with pytest.raises(InputError, match=words):
        publish(PublishOptions(records, **given))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_title_is_one_line(records, tmp_path):
    publish(PublishOptions(records, str(tmp_path / "out"), "mit", name="a\nb: #x"))
    assert "\n# a b: \\#x\n" in (tmp_path / "out/README.md").read_text()


def test_a_full_disk_for_temporary_files_is_named(records, tmp_path, monkeypatch):
    import datasets as library

    def full(*_, **__):
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise RuntimeError("An error occurred while generating the dataset") from error

    monkeypatch.setattr(library, "load_dataset", full)
    with pytest.raises(InputError, match="no space left on device; check the folder for temp"):
        publish(PublishOptions(records, str(tmp_path / "out"), "mit"))


def test_a_publishing_killed_at_any_rename_loses_neither_old_nor_new(
    records, tmp_path, monkeypatch
):
    """Stopped as by kill -9, where no `finally` runs."""
    options = PublishOptions(records, str(tmp_path / "out"), "mit", replace=True)
    publish(options)
    rename = Path.rename
    for moment in (1, 2, 3):
        done = []

        def killed(path, target, moment=moment, done=done):
            done.append(path)
            if len(done) == moment:
                os._exit(9)
            return rename(path, target)

        child = os.fork()
        if child == 0:
            monkeypatch.setattr(Path, "rename", killed)
            try:
                publish(options)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        left = [p.name for p in tmp_path.iterdir() if p.name.endswith((".tmp", ".old"))]
        assert bool(left) == (moment < 3)
        with pytest.raises(InputError, match="isn't empty"):
            publish(PublishOptions(records, options.to, "mit"))
        assert (tmp_path / "out/README.md").exists()
        left = [p.name for p in tmp_path.iterdir() if p.name.endswith((".tmp", ".old"))]
        assert left == []


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


def test_files_of_others_stay_when_a_publication_is_replaced(records, tmp_path):
    out = tmp_path / "out"
    options = PublishOptions(records, str(out), "mit", replace=True)
    publish(options)
    (out / "mine/deep").mkdir(parents=True)
    (out / "mine/deep/notes.md").write_text("mine")
    (out / "records/extra.txt").write_text("also mine")
    (out / "link").symlink_to("mine/deep/notes.md")
    (out / "empty").mkdir()
    (out / "provenance.jsonl").unlink()
    publish(PublishOptions(records, options.to, "apache-2.0", replace=True))
    assert (out / "mine/deep/notes.md").read_text() == "mine"
    assert (out / "records/extra.txt").read_text() == "also mine"
    assert (out / "link").is_symlink()
    assert (out / "empty").is_dir()
    assert (out / "provenance.jsonl").exists()
    assert "apache-2.0" in (out / "README.md").read_text()


def test_what_was_published_and_changed_since_is_replaced_only_by_force(records, tmp_path):
    out = tmp_path / "out"
    options = PublishOptions(records, str(out), "mit", replace=True)
    publish(options)
    card = (out / "README.md").read_text() + "My own words.\n"
    (out / "README.md").write_text(card)
    with pytest.raises(
        InputError, match=r"README\.md: it has changed since it was published.*--force"
    ):
        publish(options)
    assert (out / "README.md").read_text() == card
    publish(PublishOptions(records, options.to, "mit", replace=True, force=True))
    assert "My own words" not in (out / "README.md").read_text()


def test_a_folder_that_an_earlier_version_published_keeps_what_is_not_of_a_publication(
    records, tmp_path
):
    out = tmp_path / "out"
    options = PublishOptions(records, str(out), "mit", replace=True)
    publish(options)
    (out / ".workbench-publish.json").unlink()
    (out / "notes.json").write_text("mine")
    (out / "records/mine.txt").write_text("mine")
    publish(options)
    assert (out / "notes.json").read_text() == (out / "records/mine.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["car.provenance.jsonl", "car.card.md"])
def test_what_stands_beside_the_records_is_not_taken_from_elsewhere(records, tmp_path, name):
    token = tmp_path / "secrets" / "token"
    token.parent.mkdir()
    (tmp_path / name).rename(token)
    (tmp_path / "in").mkdir()
    records.rename(tmp_path / "in/car.jsonl")
    (tmp_path / "in" / name).symlink_to(token)
    with pytest.raises(InputError, match="a link out of"):
        publish(PublishOptions(tmp_path / "in/car.jsonl", str(tmp_path / "out"), "mit"))
    assert not (tmp_path / "out").exists()


def test_an_extra_that_lies_outside_of_site_packages_publishes_too(records, publishing, tmp_path):
    library = tmp_path / "library"  # whose modules datasets' own hashing takes for a user's
    library.symlink_to(Path(pytest.importorskip("pyarrow").__file__).parents[1])
    paths = os.pathsep.join([str(library), str(Path(__file__).parents[2])])
    result = publishing(records, "--to", "out", "--license", "mit", PYTHONPATH=paths)
    assert (result.returncode, result.stderr) == (0, "")
    assert "typed, 12 records" in result.stdout


def test_what_the_library_cannot_write_is_a_sentence(records, tmp_path, monkeypatch):
    from workbench.jobs.publish import dataset

    def fails(*_):
        raise TypeError("no type\nfor this")

    monkeypatch.setattr(dataset, "write_parquet", fails)
    with pytest.raises(InputError, match=r"can't be written as Parquet.*no type for this"):
        publish(PublishOptions(records, str(tmp_path / "out"), "mit"))
    assert not (tmp_path / "out").exists()


def test_conversations_come_back_with_their_results_and_what_is_learnt(tmp_path):
    data = Path(__file__).parents[1] / "conversations" / "export.json"
    records = RecordOptions("compact", 3, 4, record_form="steps")
    options = ExportOptions(data, tmp_path / "talks.jsonl", include="all", records=records)
    exported = write_export(plan_export(options)).files.records
    published = publish(PublishOptions(exported, str(tmp_path / "talks"), "MIT", name="Talks"))
    assert sum(published.counts.values()) == 50
    rows = load(published.folder, tmp_path, "typed")["train"]
    messages = max((row["messages"] for row in rows), key=len)
    roles = [message["role"] for message in messages]
    assert (roles[-1], roles.count("tool") > 1) == ("assistant", True)
    assert [m["weight"] for m in messages[:-1] if m["role"] == "assistant"] == [
        0 for role in roles[:-1] if role == "assistant"
    ]
    card = (published.folder / "README.md").read_text("utf-8")
    assert 'record["messages"][-1:]' in card
