"""Files survive a crash, and have one writer at a time."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from workbench.adapters.files.durable import (
    LockedError,
    locked,
    read_bytes,
    replacing,
    user_name,
    write_atomically,
)
from workbench.core.errors import InputError

HOLD = """
import sys, time
from pathlib import Path
from workbench.adapters.files.durable import locked
with locked(Path(sys.argv[1]), "a test"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "deep" / "file.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file.json"
    path.write_bytes(b"old")

    def break_off():
        with replacing(path) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "real.json").write_bytes(b"old")
    (tmp_path / "link.json").symlink_to("real.json")
    with locked(tmp_path / "link.json", "a test"):
        write_atomically(tmp_path / "link.json", b"new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"new"


def test_what_is_no_regular_file_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(InputError, match="not a regular file"):
            write_atomically(path, b"")
        with pytest.raises(InputError, match="not a regular file"), locked(path, "a test"):
            pass


def test_lines_are_appended_whole_or_not_at_all(tmp_path):
    path = tmp_path / "lines"
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from workbench.adapters.files.durable import append_lines\n"
        "from workbench.core.errors import InputError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "path = Path(sys.argv[1])\n"
        "append_lines(path, [b'x' * 3000])\n"
        "try:\n"
        "    append_lines(path, [b'y' * 3000])\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert "can't be written: file too large" in result.stdout
    assert path.read_bytes() == b"x" * 3000 + b"\n"


def test_a_file_s_mode_is_kept(tmp_path):
    path = tmp_path / "file.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_stays_its_owner_s_when_root_writes_it(tmp_path):
    path = tmp_path / "file.json"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    write_atomically(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_writing_a_file_never_changes_the_umask_of_other_threads(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("the umask was changed"))
    if not Path("/proc/self/status").exists():
        pytest.skip("there is no other way here to read the umask")
    write_atomically(tmp_path / "file.json", b"")
    assert (tmp_path / "file.json").stat().st_mode & 0o002 == 0


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127], ids=["letters", "two bytes each"])
def test_the_longest_name_can_be_locked_and_replaced(tmp_path, name):
    path = tmp_path / name
    with locked(path, "a test"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 2, "the file and its lock"


def test_what_a_killed_process_left_of_a_long_name_is_removed(tmp_path):
    path = tmp_path / ("n" * 250)
    with suppress(RuntimeError), replacing(path):
        [left] = [p for p in tmp_path.iterdir() if p != path]
        kept = tmp_path / "kept"
        os.link(left, kept)
        raise RuntimeError
    os.rename(kept, left)
    with locked(path, "a test"):
        pass
    assert not left.exists()


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can't be written"):
        write_atomically(tmp_path / "file" / "inside.json", b"")


def test_an_absent_file_is_said_in_a_sentence(tmp_path):
    with pytest.raises(InputError, match=r"gone\.json: there is no such file"):
        read_bytes(tmp_path / "gone.json", "dataset")


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of a file."""
    path = tmp_path / "data.json"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield path, process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_writer_is_refused_and_told_who_holds_the_lock(holder):
    path, process = holder
    with (
        pytest.raises(LockedError, match=f"process {process.pid} .*a test") as refused,
        locked(path, "me"),
    ):
        pass
    assert refused.value.holder.pid == process.pid
    assert refused.value.holder.user == user_name()


def test_a_lock_is_held_even_where_its_holder_is_not_told(tmp_path):
    path = tmp_path / "data.json"
    with locked(path, "a test"):
        (tmp_path / ".data.json.lock").write_text("{}")
        with pytest.raises(LockedError, match="by another process") as refused, locked(path, "me"):
            pass
    assert refused.value.holder is None


def test_a_dead_holder_s_lock_is_taken_over(holder):
    path, process = holder
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with locked(path, "me"):
        pass


def test_a_lock_can_be_taken_again_and_another_file_s_is_its_own(tmp_path):
    with locked(tmp_path / "a.json", "one"), locked(tmp_path / "b.json", "two"):
        pass
    with locked(tmp_path / "a.json", "three"):
        pass
