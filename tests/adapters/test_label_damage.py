"""Nothing that was decided is lost, and nothing that can't be read is touched."""

import json
import random
import shutil
import subprocess
import sys

import pytest
from label_kills import kill_and_audit
from label_samples import events_of, sample
from tinydb import TinyDB, where

from workbench.adapters.labels import journal_path, open_labels
from workbench.core.errors import InputError
from workbench.core.review.choices import Choice
from workbench.core.review.labels import fold, read_event


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data.labels.json"


def state(store):
    return {label.id: label for label in store.items()}


def contents(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith(".lock")}


def crash(store):
    """Let the labels go without saving, as a killed process does."""
    store._held.close()


def decided(path, *, clean):
    """Make labels: two saved, then a decision, an undo and a bulk in the journal alone."""
    with open_labels(path, "ann") as store:
        store.decide(sample(1), "accepted")
        store.decide(sample(2), "rejected")
    store = open_labels(path, "ann")
    store.decide(sample(3), "accepted", note="ü")
    store.undo()
    store.bulk([Choice(sample(n), "skipped") for n in range(4, 7)])
    store.close() if clean else crash(store)


def whole_actions(journal, length):
    """Give the labels after the whole actions in a journal's first bytes, and where they end."""
    events, place, end = [], 0, 0
    pending = []
    for number, line in enumerate(journal[:length].splitlines(keepends=True)):
        if not line.endswith(b"\n"):
            break
        place += len(line)
        if number:
            pending.append(read_event(line))
            if pending[-1].left:
                continue
        events += pending
        pending, end = [], place
    return fold(events), end


@pytest.mark.exhaustive
def test_a_journal_torn_at_any_byte_gives_every_whole_action_and_says_so(path, tmp_path):
    decided(path, clean=False)
    saved, journal = path.read_bytes(), journal_path(path).read_bytes()
    covered = json.loads(saved)["about"]["1"]["journal"]
    for length in range(covered, len(journal) + 1):
        path.write_bytes(saved)
        journal_path(path).write_bytes(journal[:length])
        labels, end = whole_actions(journal, length)
        store = open_labels(path, "ann")
        assert state(store) == labels
        assert journal_path(path).stat().st_size == end
        torn = length - end
        assert len(store.notices) == (torn > 0)
        assert not torn or f"last {torn:,} bytes were cut off" in store.notices[0]
        crash(store)


@pytest.mark.exhaustive
def test_a_journal_without_its_file_torn_at_any_byte(path):
    decided(path, clean=True)
    path.unlink()
    journal = journal_path(path).read_bytes()
    for length in range(0, len(journal) + 1, 7):
        journal_path(path).write_bytes(journal[:length])
        store = open_labels(path, "ann")
        assert state(store) == whole_actions(journal, length)[0]
        store.decide(sample(99), "accepted")
        store.close()
        with open_labels(path) as again:
            assert again.get(sample(99).id).decision == "accepted"
        path.unlink()


def test_a_reader_leaves_a_torn_journal_alone_for_its_writer_may_be_at_work(path, tmp_path):
    decided(path, clean=False)
    journal_path(path).write_bytes(journal_path(path).read_bytes()[:-20])
    before = contents(tmp_path)
    with open_labels(path, read_only=True) as store:
        assert store.counts().total == 2
        assert store.notices == ()
    assert contents(tmp_path) == before


def test_a_lost_file_is_made_anew_from_the_journal(path):
    decided(path, clean=True)
    with open_labels(path) as store:
        before = state(store)
    path.unlink()
    with open_labels(path) as store:
        assert state(store) == before
        assert store.undo()
    with TinyDB(path) as db:
        assert len(db) == 2


def test_a_lost_journal_costs_the_history_and_no_label(path):
    decided(path, clean=True)
    with open_labels(path) as store:
        before = state(store)
    journal_path(path).unlink()
    with open_labels(path) as store:
        assert state(store) == before
        assert "has no journal: 5 labels" in store.notices[0]
        assert store.can_undo is None
        store.decide(sample(9), "accepted")
        store.undo()
        assert store.can_undo is None
    path.unlink()
    with open_labels(path) as store:
        assert state(store) == before
        assert store.notices == ()


@pytest.mark.parametrize("clean", [True, False])
def test_what_another_program_did_to_the_file_goes_on_record(path, clean):
    decided(path, clean=clean)
    with TinyDB(path) as db:
        db.update({"note": "by tinydb"}, where("id") == sample(1).id)
        db.remove(where("id") == sample(2).id)
    with open_labels(path) as store:
        assert store.get(sample(1).id).note == "by tinydb"
        assert store.get(sample(2).id) is None
        assert "changed by another program: 2 labels" in store.notices[0]
        assert {label.decision for label in store.items()} == {"accepted", "skipped"}
        assert store.counts().total == 4
        after = state(store)
    assert [event["kind"] for event in events_of(path)][-2:] == ["keep", "keep"]
    path.unlink()
    with open_labels(path) as store:
        assert state(store) == after


def test_a_file_that_stock_tinydb_merely_wrote_anew_is_no_matter(path):
    decided(path, clean=True)
    with TinyDB(path) as db:
        db.table("mine").insert({"x": 1})
    journal = journal_path(path).read_bytes()
    with open_labels(path) as store:
        assert store.notices == ()
        assert store.db.table("mine").all() == [{"x": 1}]
        store.decide(sample(9), "accepted")
    assert journal_path(path).read_bytes().startswith(journal)
    with TinyDB(path) as db:
        assert db.table("mine").all() == [{"x": 1}]


def test_an_older_file_beside_its_journal_is_brought_up_to_date(path, tmp_path):
    decided(path, clean=False)
    shutil.copy(path, tmp_path / "older")
    with open_labels(path) as store:
        before = state(store)
    shutil.copy(tmp_path / "older", path)
    with open_labels(path) as store:
        assert state(store) == before


def test_an_older_journal_beside_its_file_costs_no_label(path):
    decided(path, clean=False)
    older = journal_path(path).read_bytes()
    older = older[: older.index(b"\n", 40) + 1]
    with open_labels(path) as store:
        before = state(store)
    journal_path(path).write_bytes(older)
    with open_labels(path) as store:
        assert state(store) == before


UNUSABLE = {
    "empty": b"",
    "words": b"hello",
    "cut": b'{"_default":{"1":{"id":',
    "list": b"[]",
    "deep": b'{"_default":' + b"[" * 100_000,
    "other": b'{"_default":{}}',
    "no label": b'{"_default":{"1":{"id":7}},"about":{"1":{"schema":1}}}',
    "twice": b'{"_default":{"1":{"id":"a","query":"","decision":null},'
    b'"2":{"id":"a","query":"","decision":null}},"about":{"1":{"schema":1}}}',
    "key": b'{"_default":{"x":{"id":"a","query":"","decision":null}},"about":{"1":{"schema":1}}}',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence_and_left(path, tmp_path, content):
    decided(path, clean=False)
    path.write_bytes(content)
    before = contents(tmp_path)
    for read_only in (True, False):
        with pytest.raises(InputError, match=r"data\.labels\.json: .*Restore it, or move it away"):
            open_labels(path, read_only=read_only)
    assert contents(tmp_path) == before
    path.unlink()
    with open_labels(path) as store:
        assert store.counts().total == 5


@pytest.mark.parametrize("line", [b"hello", b"{}", b'{"kind":"decide","id":"x","after":{}}', b""])
def test_a_damaged_line_in_the_journal_is_named_and_nothing_touched(path, tmp_path, line):
    decided(path, clean=False)
    lines = journal_path(path).read_bytes().split(b"\n")
    lines[4] = line
    journal_path(path).write_bytes(b"\n".join(lines))
    before = contents(tmp_path)
    with pytest.raises(InputError, match="line 5 is not a label event"):
        open_labels(path)
    assert contents(tmp_path) == before


def test_a_line_that_was_taken_out_costs_its_event_alone(path):
    with open_labels(path, "ann") as store:
        store.decide(sample(0), "accepted")
        store.bulk([Choice(sample(n), "accepted") for n in range(1, 4)])
        store.decide(sample(9), "rejected")
    path.unlink()
    lines = journal_path(path).read_bytes().splitlines(keepends=True)
    journal_path(path).write_bytes(b"".join(lines[:3] + lines[4:]))
    with open_labels(path, "ann") as store:
        assert store.counts().total == 4
        assert store.undo() == [sample(9).id]
        assert store.undo() == [sample(1).id, sample(3).id]
        assert store.undo() == [sample(0).id]
        assert store.undo() == []


@pytest.mark.parametrize("content", [b"hello\n", b"hello", b'{"id":"1:x"}\n', b"\xff" * 99])
def test_what_is_no_journal_is_refused_and_left(path, tmp_path, content):
    journal_path(path).write_bytes(content)
    with pytest.raises(InputError, match="line 1 is not that of a journal"):
        open_labels(path)
    assert contents(tmp_path) == {journal_path(path).name: content}


def test_files_of_a_newer_schema_are_refused_untouched(path, tmp_path):
    decided(path, clean=False)
    newer = json.loads(path.read_bytes())
    newer["about"]["1"] = {"schema": 2, "journal": "elsewhere"}
    newer["_default"]["1"]["decision"] = "postponed"
    path.write_text(json.dumps(newer))
    torn = journal_path(path).read_bytes()[:-9]
    journal_path(path).write_bytes(torn)
    before = contents(tmp_path)
    with pytest.raises(InputError, match=r"data\.labels\.json: it has schema 2.*update"):
        open_labels(path)
    path.unlink()
    journal_path(path).write_bytes(torn.replace(b'"schema":1', b'"schema":9', 1))
    with pytest.raises(InputError, match=r"journal\.jsonl: it has schema 9"):
        open_labels(path)
    assert not path.exists()
    assert before[journal_path(path).name] == torn


FULL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from label_kills import kill_and_audit
from label_samples import sample
from workbench.adapters.labels import journal_path, open_labels
from workbench.core.review.choices import Choice
from workbench.core.errors import InputError
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_labels(path, "ann")
store.decide(sample(1), "accepted")
limit = journal_path(path).stat().st_size + 300
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
before, size = list(store.items()), journal_path(path).stat().st_size
actions = [
    lambda: store.decide(sample(2), "accepted"),
    lambda: store.bulk([Choice(sample(n), "rejected") for n in range(100)]),
    store.undo,
    lambda: store.annotate(sample(1), note="x"),
]
for action in actions:
    try:
        action()
        print("saved")
    except InputError as error:
        print(error)
    assert list(store.items()) == before and store.counts().total == 1
    assert journal_path(path).stat().st_size == size
    assert store.can_undo.startswith("accept of") and store.can_redo is None
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.decide(sample(3), "rejected")
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    store.close()
except InputError as error:
    print(error)
"""


def test_a_full_disk_is_said_and_nothing_applied(path, request):
    tests = str(request.config.rootpath / "tests")
    result = subprocess.run(
        [sys.executable, "-c", FULL, str(path), tests], capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert len(lines) == 5
    assert all("can't be written: file too large" in line for line in lines)
    assert "No decision is lost: all are in" in lines[-1]
    assert [p.name for p in path.parent.iterdir() if p.name.endswith(".tmp")] == []
    with open_labels(path) as store:
        assert {label.decision for label in store.items()} == {"accepted", "rejected"}


def test_a_journal_that_was_moved_away_takes_no_more_decisions(path):
    store = open_labels(path, "ann")
    store.decide(sample(1), "accepted")
    journal_path(path).rename(path.parent / "elsewhere")
    with pytest.raises(InputError, match="moved, replaced or cut"):
        store.decide(sample(2), "accepted")
    assert store.counts().total == 1
    crash(store)


def test_what_a_failed_write_left_is_cut_off_before_the_next(path):
    store = open_labels(path, "ann")
    store.decide(sample(1), "accepted")
    with journal_path(path).open("ab") as file:
        file.write(b'{"kind":"dec')
    store.decide(sample(2), "accepted")
    store.close()
    path.unlink()
    with open_labels(path) as again:
        assert again.counts().total == 2
        assert again.notices == ()


@pytest.mark.exhaustive
def test_a_killed_process_loses_no_decision_that_it_told_of(tmp_path):
    met = kill_and_audit(tmp_path, kills=3, rng=random.Random(1))
    assert met["kills"] == 3
    assert met["actions"] > 20


@pytest.mark.parametrize("how", ["written", "renamed"])
def test_what_another_program_does_to_the_file_meanwhile_is_not_overwritten(path, tmp_path, how):
    decided(path, clean=True)
    with open_labels(path, "ann") as store:
        store.decide(sample(7), "accepted")
        target = path
        if how == "renamed":
            target = tmp_path / "other.json"
            shutil.copy(path, target)
        with TinyDB(target) as db:
            db.update({"note": "by tinydb"}, where("id") == sample(1).id)
        target.replace(path)
        store.decide(sample(8), "rejected")
    with open_labels(path) as store:
        assert store.get(sample(1).id).note == "by tinydb"
        assert store.get(sample(7).id).decision == "accepted"
        assert store.get(sample(8).id).decision == "rejected"
        assert "changed by another program: 1 labels" in store.notices[0]
