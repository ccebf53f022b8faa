"""The label store: what is decided is kept, can be undone, and opens with stock TinyDB."""

import json
import os
import subprocess
import sys

import pytest
from conversations import EVERY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from label_samples import events_of, sample
from tinydb import TinyDB, where

from workbench.adapters.files.durable import LockedError
from workbench.adapters.labels import journal_path, labels_path, open_labels
from workbench.core.errors import InputError
from workbench.core.review.choices import Choice
from workbench.core.review.labels import fold, read_event, to_document
from workbench.core.samples import Sample


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data.labels.json"


@pytest.fixture
def store(path):
    with open_labels(path, "ann", catalog="cat") as opened:
        yield opened


def state(store):
    return {label.id: label for label in store.items()}


def test_labels_stand_beside_their_dataset(tmp_path):
    assert labels_path(tmp_path / "data.json") == tmp_path / "data.labels.json"
    assert labels_path(tmp_path / "data") == tmp_path / "data.labels.json"


def test_a_decision_is_a_label_at_once_and_in_the_journal(store, path):
    label = store.decide(sample(1), "rejected", "read", 2.5, reason="wrong seat")
    assert store.get(sample(1).id) == label
    [event] = events_of(path)
    assert event == {
        "kind": "decide", "group": 1, "id": sample(1).id, "before": None,
        "after": to_document(label),
        "reviewer": "ann", "time": label.time, "seconds": 2.5, "how": "read",
    }  # fmt: skip
    assert (label.reason, label.catalog, label.content) == ("wrong seat", "cat", sample(1).id)


def test_what_has_no_label_has_none(store):
    assert store.get("1:0") is None
    assert (list(store.items()), store.undo(), store.redo()) == ([], [], [])
    assert (store.can_undo, store.can_redo) == (None, None)


def test_looking_leaves_no_files(path):
    with open_labels(path) as store:
        assert store.counts().total == 0
    with open_labels(path, read_only=True):
        pass
    assert not path.exists()
    assert not journal_path(path).exists()


def test_labels_are_there_when_opened_again(store, path):
    store.decide(sample(1), "accepted", "edit", edited=sample(1, 23.0), note="n", tags=["a"])
    store.annotate(sample(2), note="hm")
    before = state(store)
    store.close()
    with open_labels(path) as again:
        assert state(again) == before
        assert again.notices == ()


@pytest.mark.parametrize("edited", EVERY, ids=lambda edited: edited.query)
def test_an_edited_conversation_comes_back_whole_from_the_file_and_from_the_journal(path, edited):
    with open_labels(path, "ann") as store:
        store.decide(sample(1), "accepted", "edit", edited=edited)
        event = journal_path(path).read_bytes().splitlines()[1]
        assert read_event(event).after.edited == edited
    path.with_name("copy.labels.json").write_bytes(path.read_bytes())
    for file in (path, path.with_name("copy.labels.json")):
        with open_labels(file, read_only=True) as store:
            label = store.get(sample(1).id)
            assert (label.edited, label.edited.id) == (edited, edited.id)


def test_after_closing_stock_tinydb_opens_the_file(store, path):
    label = store.decide(sample(1), "accepted", edited=sample(1, 23.0))
    store.decide(sample(2), "rejected")
    store.close()
    with TinyDB(path) as db:
        assert db.tables() == {"_default", "about"}
        assert len(db) == 2
        [found] = db.search(where("decision") == "accepted")
    assert found["edited"]["answers"][0]["arguments"]["value"] == 23.0
    assert found == json.loads(json.dumps(to_document(label)))


def test_labels_can_be_searched_as_a_tinydb_and_not_changed_by_it(store):
    store.bulk([Choice(sample(n), "accepted") for n in range(3)])
    ids = [doc["id"] for doc in store.db.search(where("query").search("[01] degrees"))]
    assert ids == [sample(0).id, sample(1).id]
    before = state(store)
    with pytest.raises(TypeError, match="only be read"):
        store.db.update({"note": "checked"}, where("id").one_of(ids))
    assert state(store) == before
    store.undo()
    assert store.db.all() == []


def test_counts_follow_every_change(store, path):
    store.bulk([Choice(sample(n), "accepted") for n in range(5)])
    store.decide(sample(0), "rejected")
    store.decide(sample(1), "skipped")
    store.decide(sample(2), "accepted", edited=sample(2, 3.0))
    store.annotate(sample(9), note="hm")
    counts = store.counts()
    assert (counts.total, counts.accepted, counts.rejected, counts.skipped) == (6, 3, 1, 1)
    assert (counts.commented, counts.edited) == (1, 1)
    store.close()
    with open_labels(path) as again:
        assert again.counts() == counts
        for _ in range(5):
            again.undo()
        assert again.counts().total == 0


def test_undo_gives_the_ids_it_touched_and_says_what_it_would_do(store):
    store.decide(sample(1), "accepted")
    store.bulk([Choice(sample(n), "rejected") for n in range(1000)])
    assert store.can_undo == "reject of 1,000 samples"
    assert store.undo() == [sample(n).id for n in range(1000)]
    assert store.can_redo == "reject of 1,000 samples"
    assert store.can_undo == f"accept of “{sample(1).query}”"
    assert store.counts().total == 1
    assert len(store.redo()) == 1000
    assert (store.counts().rejected, store.can_redo) == (1000, None)


def test_a_bulk_is_flushed_to_disk_once(store, monkeypatch):
    synced = []
    monkeypatch.setattr("os.fsync", synced.append)
    store.decide(sample(0), "accepted")
    before = len(synced)
    store.bulk([Choice(sample(n), "accepted") for n in range(500)])
    assert len(synced) - before == 1


def test_a_bulk_on_one_sample_twice_is_its_last(store):
    store.bulk([Choice(sample(1), "accepted"), Choice(sample(1), "rejected")])
    assert store.get(sample(1).id).decision == "rejected"
    store.undo()
    assert store.counts().total == 0


def test_labels_of_samples_that_are_gone_stay_and_can_be_told(store):
    store.bulk([Choice(sample(n), "accepted") for n in range(3)])
    assert store.ids() - {sample(1).id} == {sample(0).id, sample(2).id}


def test_decisions_are_carried_over_to_samples_made_anew_in_one_stroke(store):
    store.bulk([Choice(sample(n), "accepted") for n in range(2)])
    anew = [sample(0, 5.0), sample(1, 5.0), sample(2)]
    assert store.carry_over(anew) == [anew[0].id, anew[1].id]
    assert {store.get(s.id).how for s in anew[:2]} == {"imported"}
    assert store.can_undo == "import of the label of 2 samples"
    store.undo()
    assert store.counts().total == 2


def test_a_second_opener_reads_only_and_is_told_who_holds_the_labels(store, path):
    store.decide(sample(1), "accepted")
    with open_labels(path, "bob") as second:
        assert second.read_only
        assert second.holder.pid > 0
        holder = second.holder
        assert second.notices[0] == second.why_read_only
        assert second.notices[0].startswith(f"Read-only: {holder.user} has had these labels open")
        assert f"since {holder.clock} ({holder.host}, pid {holder.pid})" in second.notices[0]
        assert state(second) == state(store)
        assert second.can_undo is not None
        for change in (
            lambda: second.decide(sample(2), "accepted"),
            second.undo,
        ):
            with pytest.raises(LockedError, match="being written by process"):
                change()
        assert second.counts().total == 1
    store.decide(sample(2), "accepted")
    store.close()
    with open_labels(path) as third:
        assert not third.read_only
        assert third.counts().total == 2


def test_another_process_is_told_too(store, path):
    code = (
        "import sys; from pathlib import Path\n"
        "from workbench.adapters.labels import journal_path, open_labels\n"
        "store = open_labels(Path(sys.argv[1]))\n"
        "print(store.read_only, store.holder.pid)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["True", str(os.getpid())]


def test_a_closed_store_takes_no_decisions(store):
    store.close()
    store.close()
    with pytest.raises(InputError, match="have been closed"):
        store.decide(sample(1), "accepted")


def test_opened_to_read_only_it_takes_none_either(path):
    with open_labels(path, read_only=True) as store:
        with pytest.raises(LockedError, match="open read-only"):
            store.decide(sample(1), "accepted")
        assert store.holder is None


def test_a_query_no_utf8_can_keep_is_the_only_thing_refused(store):
    odd = Sample("\x00 \u202e [red]", sample(1).answers)
    store.decide(odd, "accepted", note="half \ud800", tags=["\x1b"])
    assert store.get(odd.id).query == odd.query
    assert store.get(odd.id).note == "half ?"


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.integers(0, 4), st.sampled_from(["accepted", "rejected"])),
        st.tuples(st.just("note"), st.integers(0, 4), st.sampled_from(["", "x", "y"])),
        st.tuples(st.just("bulk"), st.lists(st.integers(0, 4), max_size=4), st.just("skipped")),
        st.tuples(st.sampled_from(["undo", "undo", "redo", "close", "drop", "rebuild"])),
    ),
    max_size=14,
)


@given(OPERATIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_done_labels_are_the_fold_and_undo_goes_back_through_all(
    tmp_path_factory, operations
):
    path = tmp_path_factory.mktemp("labels") / "data.labels.json"
    store = open_labels(path, "ann")
    past, future = [], []  # the labels before and after each action that stands or is undone
    for name, *arguments in operations:
        before = state(store)
        if name in ("close", "drop", "rebuild"):
            if name == "drop":  # as a crash leaves it: the labels file is not written
                store._held.close()
            else:
                store.close()
            if name == "rebuild":
                path.unlink(missing_ok=True)
            store = open_labels(path, "ann")
            assert state(store) == before
        elif name in ("undo", "redo"):
            source, target = (past, future) if name == "undo" else (future, past)
            ids = store.undo() if name == "undo" else store.redo()
            if not source:
                assert ids == []
                continue
            earlier = source.pop()
            assert state(store) == earlier
            target.append(before)
            assert set(ids) >= {i for i in {*before, *earlier} if before.get(i) != earlier.get(i)}
        else:
            what, how = arguments
            if name == "decide":
                store.decide(sample(what), how, seconds=len(past) + len(future))
            elif name == "note":
                store.annotate(sample(what), note=how)
            else:
                store.bulk([Choice(sample(n), how) for n in what])
            if state(store) != before:
                past.append(before)
                future.clear()
    final = state(store)
    store.close()
    if journal_path(path).exists():
        events = map(read_event, journal_path(path).read_bytes().splitlines()[1:])
        assert fold(events) == final
