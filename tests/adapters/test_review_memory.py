"""How a review was left is remembered, and never in the way."""

import os

import pytest

from workbench.adapters import review_memory
from workbench.adapters.review_memory import ReviewMemory, memory_path, read_memory, write_memory

LEFT = ReviewMemory(order="property", search="fan", sample="1:ab", row=7, alone=True)


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state/cartool-workbench/reviews"


def test_each_dataset_and_reviewer_has_its_own(tmp_path):
    write_memory(tmp_path / "a.json", "ann", LEFT)
    assert read_memory(tmp_path / "a.json", "ann") == LEFT
    assert read_memory(tmp_path / "a.json", "bob") == ReviewMemory()
    assert read_memory(tmp_path / "b.json", "ann") == ReviewMemory()


def test_a_link_is_what_it_names(tmp_path):
    (tmp_path / "a.json").write_text("[]")
    (tmp_path / "link.json").symlink_to(tmp_path / "a.json")
    write_memory(tmp_path / "link.json", "ann", LEFT)
    assert read_memory(tmp_path / "a.json", "ann") == LEFT


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"row": "x"}', b'{"order": 5}', b"\xff", b"[" * 100_000, b" " * 70_000],
)
def test_a_damaged_one_is_ignored_and_replaced(tmp_path, content):
    path = memory_path(tmp_path / "a.json", "ann")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert read_memory(tmp_path / "a.json", "ann") == ReviewMemory()
    write_memory(tmp_path / "a.json", "ann", LEFT)
    assert read_memory(tmp_path / "a.json", "ann") == LEFT


def test_where_it_cannot_be_kept_nothing_fails(tmp_path, state, monkeypatch):
    state.parent.mkdir(parents=True)
    state.write_text("a file where a folder should be")
    write_memory(tmp_path / "a.json", "ann", LEFT)
    assert read_memory(tmp_path / "a.json", "ann") == ReviewMemory()
    monkeypatch.setattr(review_memory, "user_folder", lambda *_: None)
    write_memory(tmp_path / "a.json", "ann", LEFT)
    assert read_memory(tmp_path / "a.json", "ann") == ReviewMemory()


def test_those_left_longest_ago_are_forgotten(tmp_path, state, monkeypatch):
    monkeypatch.setattr(review_memory, "_MOST_FILES", 3)
    for number in range(5):
        write_memory(tmp_path / f"{number}.json", "ann", LEFT)
        os.utime(memory_path(tmp_path / f"{number}.json", "ann"), (number, number))
    write_memory(tmp_path / "new.json", "ann", LEFT)
    assert len(list(state.iterdir())) == 3
    assert read_memory(tmp_path / "new.json", "ann") == LEFT
    assert read_memory(tmp_path / "0.json", "ann") == ReviewMemory()
