"""Who may write labels: one process at a time, the next when it is gone, nobody where none can."""

import errno
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock
from label_samples import sample

from workbench.adapters.files.durable import Holder, holder_of
from workbench.adapters.labels import open_labels
from workbench.core.errors import InputError

HOLD = """
import errno, sys, time
from pathlib import Path
if sys.argv[2] == "soft":
    import fcntl
    def none(*_):
        raise OSError(errno.ENOSYS, "no flock here")
    fcntl.flock = none
from label_samples import sample
from workbench.adapters.labels import open_labels
store = open_labels(Path(sys.argv[1]), "bo")
print(store.read_only, flush=True)
store.decide(sample(1), "accepted")
print("decided", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data.labels.json"


@pytest.fixture
def holder(path, request):
    """Another process that has the labels open, with one decision; `soft`: without flock."""
    places = [str(Path(__file__).parents[1]), *sys.path]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), getattr(request, "param", "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
    )
    assert process.stdout.readline() == "False\n"
    assert process.stdout.readline() == "decided\n"
    yield process
    process.kill()
    process.communicate()


def no_flock(monkeypatch):
    def none(*_):
        raise OSError(errno.ENOSYS, "no flock here")

    monkeypatch.setattr("fcntl.flock", none)


def end(process, how):
    process.send_signal(how)
    process.communicate()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_labels_are_taken_over_from_a_holder_that_has_died(holder, path, how):
    with open_labels(path, "ann") as store:
        assert store.read_only
        assert store.waits
        assert not store.take_over()
        end(holder, how)
        assert store.take_over()
        assert not store.read_only
        assert store.get(sample(1).id).reviewer == "bo"
        store.decide(sample(2), "rejected")
        assert store.undo() == [sample(2).id]
        assert store.undo() == [sample(1).id]
    with open_labels(path) as again:
        assert again.counts().total == 0
        assert again.notices == ()


def test_what_a_dead_holder_broke_off_is_cut_off_when_it_is_taken_over(holder, path):
    with open_labels(path, "ann") as store:
        end(holder, signal.SIGKILL)
        journal = path.with_name("data.labels.journal.jsonl")
        journal.write_bytes(journal.read_bytes() + b'{"kind":"decide","gro')
        assert store.take_over()
        assert "21 bytes were cut off" in store.notices[0]
        store.decide(sample(2), "accepted")
    with open_labels(path) as again:
        assert again.counts().accepted == 2


def test_a_holder_that_closes_hands_the_labels_over_too(path):
    first = open_labels(path, "bo")
    with open_labels(path, "ann") as second:
        first.decide(sample(1), "accepted")
        first.close()
        assert second.take_over()
        second.decide(sample(1), "rejected")
    with open_labels(path) as again:
        assert again.get(sample(1).id).decision == "rejected"


def test_what_was_opened_for_reading_only_never_takes_over(path):
    with open_labels(path, read_only=True) as store:
        assert not store.take_over()


@pytest.mark.parametrize("holder", ["soft"], indirect=True)
def test_without_flock_a_dead_holder_on_this_machine_holds_nothing(holder, path, monkeypatch):
    no_flock(monkeypatch)
    with open_labels(path, "ann") as store:
        assert store.read_only
        assert store.holder.pid == holder.pid
        assert holder_of(path).pid == holder.pid
        end(holder, signal.SIGKILL)
        assert holder_of(path) is None
        assert store.take_over()
        store.decide(sample(2), "accepted")
    with open_labels(path) as again:
        assert not again.read_only
        assert again.counts().accepted == 2


def test_without_flock_the_lock_of_another_machine_is_named_with_a_remedy(path, monkeypatch):
    no_flock(monkeypatch)
    lock = path.with_name(f".{path.name}.lock")
    lock.write_text("4711\nsome-other-host\n12\n")
    with open_labels(path, "ann") as store:
        assert store.read_only
        assert "(some-other-host, pid 4711)" in store.notices[0]
        assert f"If that process no longer exists, remove {lock}." in store.notices[0]


@pytest.mark.parametrize("left", ["", '{"pid": %d, "host": "%s", %s}'])
def test_without_flock_what_a_system_with_it_has_left_is_no_lock(path, monkeypatch, left, dead):
    no_flock(monkeypatch)
    more = '"user": "bo", "doing": "labels", "since": ""'
    lock = path.with_name(f".{path.name}.lock")
    lock.write_text(left and left % (dead, socket.gethostname(), more))
    os.utime(lock, (1, 1))  # what is empty may be a lock that is just being made
    with open_labels(path, "ann") as store:
        assert not store.read_only


@pytest.fixture
def dead():
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("fault", [errno.EROFS, errno.EACCES, errno.ENOLCK])
def test_where_nothing_can_be_locked_labels_are_read_and_a_remedy_is_named(
    path, monkeypatch, fault
):
    with open_labels(path, "ann") as store:
        store.decide(sample(1), "accepted")

    def refuse(*_, **__):
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(FileLock, "acquire", refuse)
    before = path.read_bytes()
    with open_labels(path, "ann") as store:
        assert store.read_only
        assert not store.waits
        assert os.strerror(fault).lower() in store.notices[0]
        assert "--labels FILE keeps decisions elsewhere" in store.notices[0]
        assert store.counts().accepted == 1
        with pytest.raises(InputError, match="--labels FILE"):
            store.decide(sample(2), "accepted")
    assert path.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(path):
    path.parent.chmod(0o555)
    with open_labels(path, "ann") as store:
        assert store.read_only
        assert "--labels FILE" in store.notices[0]
    path.parent.chmod(0o755)


def test_a_place_that_is_not_there_and_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can't be locked for writing"):
        open_labels(tmp_path / "file" / "labels.json")


def test_since_when_a_file_is_held_is_said_in_local_time():
    today = datetime.now().astimezone().replace(hour=4, minute=13)
    other = datetime(2020, 2, 9, 4, 13).astimezone()
    clocks = [
        Holder(1, "h", "ann", "labels", since).clock
        for since in (today.astimezone(UTC).isoformat(), other.isoformat(), "once")
    ]
    assert clocks == ["04:13", "2020-02-09 04:13", "once"]
