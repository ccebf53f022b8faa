"""The files beside a dataset: their names, their modes, and which dataset they belong to."""

import os
from pathlib import Path

import pytest

from tests.label_samples import sample
from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.files.beside import OF_DATASET, DatasetFiles, RecordFiles, owner_of
from workbench.adapters.files.durable import append_lines, write_atomically
from workbench.adapters.labels import journal_path, labels_path, open_labels
from workbench.core.errors import InputError

SAMPLES = [sample(number) for number in range(3)]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "d.json"
    write_dataset(path, map(encode_sample, SAMPLES))
    return path


def test_names_of_files_beside_are_what_they_were(dataset: Path) -> None:
    names = [path.name for path in DatasetFiles(dataset).all]
    assert names == [
        "d.labels.json",
        "d.labels.journal.jsonl",
        "d.labels.draft.json",
        "d.journal.jsonl",
        "d.quarantine.jsonl",
        "d.duplicates.jsonl",
        "d.runs.json",
        "d.judge.json",
        "d.judge.journal.jsonl",
        "d.evaluation.json",
    ]
    assert [path.name for path in RecordFiles(dataset.with_name("r.jsonl")).all] == [
        "r.manifest.json",
        "r.provenance.jsonl",
        "r.card.md",
    ]
    assert journal_path(labels_path(dataset)) == DatasetFiles(dataset).labels_journal


@pytest.mark.parametrize("side", OF_DATASET.values(), ids=OF_DATASET)
def test_a_name_tells_whose_file_it_is_before_it_is_there(dataset: Path, side) -> None:
    found = owner_of(dataset.with_name(f"d.{side.ending}"))
    assert found is not None
    assert found[0] == dataset
    assert owner_of(dataset.with_name(f"other.{side.ending}")) is None


def test_a_journal_of_labels_that_stand_elsewhere_is_known(tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text("{}")
    assert owner_of(tmp_path / "ann.journal.jsonl") == (tmp_path / "ann.json", "run journal")


def test_locks_and_files_set_aside_are_known(dataset: Path) -> None:
    assert owner_of(dataset.with_name(".d.json.lock")) == (dataset, "lock")
    aside = dataset.with_name("d.runs.json.damaged-20261130-120000")
    assert owner_of(aside) == (dataset, "record of runs")
    assert owner_of(dataset.with_name(".other.json.lock")) is None


@pytest.mark.parametrize("side", OF_DATASET.values(), ids=OF_DATASET)
def test_files_beside_a_private_dataset_are_private(dataset: Path, side) -> None:
    dataset.chmod(0o600)
    path = dataset.with_name(f"d.{side.ending}")
    append_lines(path, [b"{}"])
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    write_atomically(path, b"{}")
    assert path.stat().st_mode & 0o777 == 0o600


def test_files_beside_a_read_only_dataset_can_be_written_again(dataset: Path) -> None:
    dataset.chmod(0o444)
    for _ in range(2):
        append_lines(DatasetFiles(dataset).journal, [b"{}"])


def test_decisions_belong_to_the_dataset_and_not_to_a_link(dataset: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.json"
    link.parent.mkdir()
    link.symlink_to(dataset)
    with open_labels(labels_path(link), "ann") as store:
        store.decide(SAMPLES[0], "accepted")
    with open_labels(labels_path(dataset), read_only=True) as store:
        assert store.counts().accepted == 1
    assert os.listdir(link.parent) == ["link.json"]


def test_decisions_under_the_name_of_a_link_are_gone_on_with(dataset: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(dataset)
    with open_labels(tmp_path / "link.labels.json", "ann") as store:
        store.decide(SAMPLES[0], "accepted")
    assert labels_path(link) == tmp_path / "link.labels.json"
    assert not DatasetFiles(link).notice
    with open_labels(labels_path(dataset), "bo") as store:
        store.decide(SAMPLES[1], "accepted")
    assert labels_path(link) == tmp_path / "d.labels.json"
    assert "link.labels.json: these decisions are not used" in DatasetFiles(link).notice


@pytest.mark.parametrize("named", ["d", "d.json"])
def test_two_datasets_whose_files_would_have_one_name_are_refused(
    dataset: Path, tmp_path: Path, named: str
) -> None:
    (tmp_path / "d").write_bytes(dataset.read_bytes())
    with pytest.raises(InputError, match="would have the same names; rename or move one"):
        labels_path(tmp_path / named)


def test_a_file_that_is_no_dataset_stands_in_no_way(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "d").write_text("notes")
    assert labels_path(dataset) == tmp_path / "d.labels.json"


def test_a_name_too_long_for_the_files_beside_it_is_said_before_anything_is_paid_for(tmp_path):
    DatasetFiles(tmp_path / f"{'n' * 230}.json")
    with pytest.raises(InputError, match="too long for the files beside it; make it 6"):
        DatasetFiles(tmp_path / f"{'n' * 240}.json")
