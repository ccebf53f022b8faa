"""Text and numbers that no JSON file can keep: refused on the way in, survived on the way out."""

import json

import pytest
from label_samples import sample

from workbench.adapters.labels import journal_path, open_labels
from workbench.core.errors import InputError
from workbench.core.review.choices import Choice
from workbench.core.review.labels import Label
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.labels import read_labels

HALF = "half \ud800 of it"
WAYS_IN = {
    "query": lambda s: s.decide(Sample(HALF, sample(1).answers), "accepted"),
    "edited": lambda s: s.decide(sample(1), "accepted", edited=with_value(HALF)),
    "infinite": lambda s: s.decide(sample(1), "accepted", edited=with_value(float("inf"))),
    "nan": lambda s: s.bulk(
        [Choice(sample(0), "accepted"), Choice(sample(1), "accepted", edited=with_value([-1e999]))]
    ),
    "taken": lambda s: s.import_labels(
        [Label(id="1:x", query="q", decision="rejected", note=HALF)]
    ),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data.labels.json"


def with_value(value):
    return Sample("warmer", (ToolCall("setFloatProperty", {"value": value}),))


@pytest.mark.parametrize("way", WAYS_IN.values(), ids=WAYS_IN)
def test_what_no_file_can_keep_is_refused_in_a_sentence_whatever_the_way_in(path, way):
    with open_labels(path, "ann") as store:
        store.decide(sample(9), "accepted")
        size = journal_path(path).stat().st_size
        with pytest.raises(InputError, match=r"Nothing was saved: the label of .* no file can"):
            way(store)
        assert store.counts().total == 1
        assert journal_path(path).stat().st_size == size


def test_half_a_character_in_a_name_or_comment_is_replaced(path):
    with open_labels(path, "ann\udcff") as store:
        store.decide(sample(1), "accepted", note=HALF)
    path.unlink()
    with open_labels(path) as store:
        label = store.get(sample(1).id)
        assert (label.reviewer, label.note) == ("ann?", "half ? of it")
        assert store.undo() == [sample(1).id]


@pytest.mark.parametrize("lost", ["journal", "file", "neither"])
def test_files_that_hold_such_text_open_with_a_notice_and_lose_nothing_else(path, lost):
    with open_labels(path, "ann") as store:
        store.decide(sample(1), "accepted", note="one")
        store.decide(sample(2), "rejected", note="bad")
        store.bulk([Choice(sample(n), "skipped", note="bad") for n in range(3, 5)])
        clean = {label.id: label for label in store.items()}
    for file in (path, journal_path(path)):
        file.write_bytes(file.read_bytes().replace(b'"note":"bad"', rb'"note":"b\ud800"'))
    if lost != "neither":
        {"journal": journal_path(path), "file": path}[lost].unlink()
    with open_labels(path, "ann") as store:
        assert any("no file can store" in notice for notice in store.notices)
        assert {label.id: label.decision for label in store.items()} == {
            label.id: label.decision for label in clean.values()
        }
        assert store.get(sample(1).id) == clean[sample(1).id]
        assert store.get(sample(2).id).note == "b?"
        if lost != "journal":
            assert store.undo() == [sample(3).id, sample(4).id]
            assert store.undo() == [sample(2).id]
            assert store.redo() == [sample(2).id]
    json.loads(path.read_bytes())["_default"]  # what stock TinyDB reads
    with open_labels(path, "ann") as store:
        assert store.notices == ()
        assert store.get(sample(2).id).note == "b?"


def test_an_import_names_the_line_and_takes_such_a_labels_file_as_it_opens(path, tmp_path):
    line = rb'{"id":"1:x","query":"q","decision":"accepted","note":"b\ud800"}'
    (tmp_path / "theirs.jsonl").write_bytes(line + b"\n")
    with pytest.raises(InputError, match=r"line 1 is not a label: it contains half a character"):
        read_labels(tmp_path / "theirs.jsonl")
    path.write_bytes(b'{"_default":{"1":' + line + b'},"about":{"1":{"schema":1}}}')
    assert [label.note for label in read_labels(path)] == ["b?"]
