"""The demo's faults are what they are said to be, and the rest is good."""

from pathlib import Path

import pytest

from workbench.adapters.dataset import load_dataset
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.errors import InputError
from workbench.core.likeness.duplicates import DuplicateFilter
from workbench.jobs.demo import FAULTS, SAMPLES, demo_samples, make_demo

MANUAL = Path(__file__).parents[2] / "workbench" / "manual" / "first-steps.md"


@pytest.fixture(scope="module")
def made():
    return demo_samples()


def test_the_verifier_finds_in_each_what_it_is_said_to_find_and_nothing_else(made):
    samples, placed = made
    verifier = load_verifier(CatalogFiles()).ready()
    said = {one.index: one.fault.code for one in placed}
    assert len(samples) == SAMPLES
    assert [one.fault for one in placed] == list(FAULTS)
    assert sum(not fault.code for fault in FAULTS) == 2
    for index, sample in enumerate(samples):
        codes = {one.code for one in verifier.verify(sample).findings}
        assert codes == {said.get(index, "")} - {""}, (index, sample.query)


def test_one_sample_is_a_near_duplicate_of_an_earlier_one(made):
    samples, placed = made
    # At less than the usual threshold: the review lists what is a little less alike, too.
    twins = DuplicateFilter(load_verifier(CatalogFiles()).catalog, "0.7").extend(samples)
    [again] = [one for one in placed if "again" in one.fault.words]
    assert [i for i, twin in enumerate(twins) if twin] == [again.index]
    assert twins[again.index].same_calls


def test_it_is_the_same_every_time(made):
    assert demo_samples() == made


def test_it_goes_into_a_new_folder_with_a_list_of_the_faults(tmp_path):
    folder = tmp_path / "new" / "demo"
    placed = make_demo(folder)
    assert [sample.query for sample in load_dataset(folder / "dataset.json").samples] == [
        sample.query for sample in demo_samples()[0]
    ]
    told = (folder / "faults.md").read_text()
    assert all(f"- **#{one.index}** {one.fault.words}" in told for one in placed)
    with pytest.raises(InputError, match="it isn't empty"):
        make_demo(folder)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="it isn't empty"):
        make_demo(tmp_path / "file")
    empty = tmp_path / "empty"
    empty.mkdir()
    make_demo(empty)


def test_the_manual_has_the_faults():
    text = MANUAL.read_text(encoding="utf-8").lower()
    for fault in FAULTS:
        [row] = [line for line in text.splitlines() if line.startswith(f"| {_plain(fault.words)} ")]
        assert (f"`verify`: `{fault.code}`" in row) == bool(fault.code)
        assert ("| you" in row) != bool(fault.code)


def _plain(words):
    return words.lower().rstrip(".")
