"""What stands in place of the program's own files is told at once, and never waited for."""

import os
import threading
from pathlib import Path

import pytest

from workbench.adapters.evaluations import evaluation_path, read_results
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import locked, read_bytes
from workbench.adapters.journal import JournalState, read_journal, read_runs
from workbench.adapters.judgements import judge_path, read_judgements, read_replies
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.labels.edit_drafts import read_drafts
from workbench.adapters.runs import read_records, runs_path
from workbench.core.errors import InputError
from workbench.jobs.generating.intake import cut_back

READ = {
    "d.journal.jsonl": lambda dataset: read_journal(DatasetFiles(dataset).journal),
    "d.runs.json": lambda dataset: read_records(runs_path(dataset)),
    "d.judge.json": lambda dataset: read_judgements(judge_path(dataset)),
    "d.judge.journal.jsonl": lambda dataset: read_judgements(judge_path(dataset)),
    "d.evaluation.json": lambda dataset: read_results(evaluation_path(dataset)),
    "d.labels.json": lambda dataset: open_labels(labels_path(dataset)),
    "d.labels.journal.jsonl": lambda dataset: open_labels(labels_path(dataset)),
    "d.quarantine.jsonl": lambda dataset: cut_back(DatasetFiles(dataset), JournalState()),
    ".d.json.lock": lambda dataset: locked(dataset, "test").__enter__(),
}


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [pipe, device, Path.mkdir])
@pytest.mark.parametrize("name", READ)
def test_what_is_no_file_in_place_of_one_of_ours_is_told_at_once(tmp_path, name, put):
    put(tmp_path / name)
    with pytest.raises(InputError, match="this is not a regular file; move it away"):
        READ[name](tmp_path / "d.json")


@pytest.mark.parametrize("put", [pipe, device])
def test_what_is_only_looked_at_in_passing_waits_for_nobody(tmp_path, put):
    for name in ("d.journal.jsonl", "d.judge.journal.jsonl", "d.labels.draft.json"):
        put(tmp_path / name)
    assert read_runs(tmp_path / "d.journal.jsonl") == {}
    assert list(read_replies(tmp_path / "d.judge.json")) == []
    assert read_drafts(tmp_path / "d.labels.draft.json") == []


def test_a_file_that_a_user_names_may_be_a_pipe(tmp_path):
    pipe(tmp_path / "p")
    writer = threading.Thread(target=lambda: (tmp_path / "p").write_bytes(b"[]"))
    writer.start()
    assert read_bytes(tmp_path / "p", "dataset") == b"[]"
    writer.join()
