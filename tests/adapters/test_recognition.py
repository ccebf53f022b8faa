"""A file beside a dataset is recognised before it is cut, appended to or replaced."""

import os
from pathlib import Path

import pytest
from label_samples import sample

from workbench.adapters.answers import AnswersHead, opened_answers
from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.evaluations import store_results
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.journal import RunLine, opened_journal
from workbench.adapters.judgements import opened_judgements
from workbench.adapters.labels import open_labels
from workbench.core.errors import InputError

NOTES = {
    "one line without its end": b"call Ann about the seats",
    "lines": b"Notes\nof mine\n",
    "lines without a last end": b"Notes\nof mine",
    "other JSON lines": b'{"a":1}\n{"b":2}\n',
    "other JSON lines without a last end": b'{"a":1}\n{"b":2}',
    "other JSON": b'{"a":{"1":{}}}',
    "bytes": b"\x89PNG\r\n\x00\xff",
}


def open_run_journal(path: Path) -> None:
    with opened_journal(path) as journal:
        journal.read()
        journal.append(RunLine(run=1, engine="offline"))


def open_judge_journal(path: Path) -> None:
    with opened_judgements(path.with_name("d.judge.json"), "judge"):
        pass


def open_answers(path: Path) -> None:
    with opened_answers(path, AnswersHead(model="m", source="folder")):
        pass


def open_journal_of_labels(path: Path) -> None:
    with open_labels(path.with_name("d.labels.json"), "ann") as store:
        store.decide(sample(0), "accepted")


def open_label_file(path: Path) -> None:
    with open_labels(path, "ann") as store:
        store.decide(sample(0), "accepted")


OPENED = {
    "d.journal.jsonl": open_run_journal,
    "d.judge.journal.jsonl": open_judge_journal,
    "d.labels.journal.jsonl": open_journal_of_labels,
    "d.labels.json": open_label_file,
    "d.outputs.jsonl": open_answers,
    "d.evaluation.json": lambda path: store_results(path, []),
}


@pytest.mark.parametrize("linked", [False, True], ids=["a file", "a link"])
@pytest.mark.parametrize("content", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("name", OPENED)
def test_a_file_of_something_else_is_refused_and_stays_as_it_is(tmp_path, name, content, linked):
    path = tmp_path / "in" / name
    path.parent.mkdir()
    there = tmp_path / "notes" if linked else path
    there.write_bytes(content)
    if linked:
        path.symlink_to(there)
    with pytest.raises(InputError) as told:
        OPENED[name](path)
    assert "\n" not in str(told.value)
    assert there.read_bytes() == content
    assert path.is_symlink() == linked


@pytest.mark.parametrize("torn", [b"", b"{", b'{"ki', b'{"kind":"reply","torn', b"\0\0\0"])
def test_a_line_of_our_own_that_a_crash_left_is_cut_off(tmp_path, torn):
    path = tmp_path / "d.journal.jsonl"
    open_run_journal(path)
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    with opened_journal(path) as journal:
        assert journal.read().first is not None
    assert path.read_bytes() == whole


def test_a_note_at_the_end_of_a_journal_is_not_taken_for_a_torn_line(tmp_path):
    path = tmp_path / "d.journal.jsonl"
    open_run_journal(path)
    noted = path.read_bytes() + b"a note of mine"
    path.write_bytes(noted)
    with pytest.raises(InputError, match="its last line is not a line of a run journal"):
        open_run_journal(path)
    assert path.read_bytes() == noted


def test_a_journal_that_is_a_link_is_followed(tmp_path):
    """On purpose: people keep decisions in a folder that they share."""
    dataset = tmp_path / "d.json"
    write_dataset(dataset, [encode_sample(sample(0))])
    shared = tmp_path / "shared"
    shared.mkdir()
    for path in (DatasetFiles(dataset).labels, DatasetFiles(dataset).labels_journal):
        (shared / path.name).touch()
        os.remove(shared / path.name)
        path.symlink_to(shared / path.name)
    with open_labels(DatasetFiles(dataset).labels, "ann") as store:
        store.decide(sample(0), "accepted")
    assert sorted(os.listdir(shared))[-2:] == ["d.labels.journal.jsonl", "d.labels.json"]
    assert DatasetFiles(dataset).labels.is_symlink()
