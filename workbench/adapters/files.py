"""Files that survive a crash: written aside, flushed to disk and renamed; one writer at a time."""

import errno
import getpass
import glob
import json
import os
import re
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from filelock import BaseFileLock, FileLock, Timeout

from workbench.core.errors import InputError, WorkbenchError


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a file's lock: process, machine and user, what for, and since when (UTC)."""

    pid: int
    host: str
    user: str
    doing: str
    since: str

    def __str__(self) -> str:
        return (
            f"process {self.pid} of {self.user} on {self.host} ({self.doing}, since {self.since})"
        )


class LockedError(WorkbenchError):
    """Another process is writing the same file. holder: which one, None where that's unknown."""

    exit_code = 2

    def __init__(self, message: str, holder: Holder | None = None) -> None:
        super().__init__(message)
        self.holder = holder


_BEING_MADE = 10.0
"""Seconds after which an empty file is no lock that another process is about to write."""


class UnlockableError(InputError):
    """A file cannot be locked, and so not be written: its folder is read-only, or has no locks."""


def read_bytes(path: Path, what: str) -> bytes:
    """Read a file that a user named. Raises `InputError` naming file and remedy."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; check the path of the {what}.") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; name the {what} itself.") from None
    except OSError as error:
        raise InputError(f"{path}: the {what} cannot be read: {_reason(error)}.") from None


def file_signature(path: Path) -> tuple[int, ...]:
    """Give device, inode, mode, size and times of a file, () where there is none.

    It is another one where the file is another one, or was written since.
    """
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (
        *(found.st_dev, found.st_ino, found.st_mode, found.st_size),
        *(found.st_mtime_ns, found.st_ctime_ns),
    )


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that replaces `path` when the block ends without an error.

    What was at `path` stays whole until then; afterwards the new content is on disk (fsync of
    file and folder). A symbolic link stays, and the file that it names is replaced. Raises
    `InputError` where the folder cannot be written, or `path` is no regular file.
    """
    path = writable(path)
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=folder)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {_reason(error)}.") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), _mode(path))
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_folder(folder)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {_reason(error)}.") from None
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content in one step; see `replacing`."""
    with replacing(path) as file:
        file.write(data)


def append_lines(path: Path, lines: list[bytes]) -> int:
    """Append lines, flush them to disk, and return the file's length in bytes.

    Raises `InputError` where that fails; the file is then as long as before.
    """
    with appending(path) as handle:
        return append(handle, path, b"".join(line + b"\n" for line in lines))


@contextmanager
def appending(path: Path) -> Iterator[int]:
    """Open a file for `append`. Raises `InputError` where it cannot be written."""
    path = writable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {_reason(error)}.") from None
    try:
        yield handle
    finally:
        os.close(handle)


def append(handle: int, path: Path, data: bytes, *, sync: bool = True) -> int:
    """Append all of the data or, raising `InputError`, none of it; returns the file's length."""
    start = os.fstat(handle).st_size
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        if sync:
            os.fsync(handle)
    except OSError as error:
        with suppress(OSError):
            os.ftruncate(handle, start)
        raise InputError(f"{path}: cannot be written: {_reason(error)}.") from None
    return start + len(data)


def cut(path: Path, length: int) -> None:
    """Cut a file back to a length in bytes; an absent or shorter one is left as it is."""
    try:
        if path.exists() and path.stat().st_size > length:
            os.truncate(path, length)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {_reason(error)}.") from None


def writable(path: Path) -> Path:
    """Give the file that a path stands for, links resolved.

    Raises `InputError` for what is there and is no regular file, such as a folder or a device.
    """
    path = Path(os.path.realpath(path))
    if os.path.lexists(path) and not path.is_file():
        raise InputError(f"{path}: this is no regular file; name another one to write.")
    return path


def keep_apart(outputs: Mapping[str, Path | None], inputs: Mapping[str, Path | None]) -> None:
    """Check that no output is an input or another output; names say what each one is.

    Raises `InputError`.
    """
    taken = {os.path.realpath(path): name for name, path in inputs.items() if path}
    for name, path in outputs.items():
        if path is None:
            continue
        place = os.path.realpath(path)
        if place in taken:
            raise InputError(
                f"{path}: the {name} would overwrite the {taken[place]}; name another."
            )
        taken[place] = name


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on disk: what was made, renamed or removed in it."""
    if sys.platform == "win32":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


@contextmanager
def locked(path: Path, doing: str, wait: float = 0) -> Iterator[None]:
    """Hold the lock of the file at `path`, so that only this process writes it.

    The lock is the operating system's, on `.NAME.lock` beside the file: it is let go when its
    holder dies, however that happens. A new version that it left half written is removed.
    wait: seconds to wait for it. Raises `LockedError` naming the holder.
    """
    path = writable(path)
    lock_path = path.with_name(f".{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _acquired(lock_path, wait)
    except Timeout:
        holder = _holder(lock_path)
        gone = f" If that process is no more, remove {lock_path}." if _is_marked(lock_path) else ""
        raise LockedError(
            f"{path}: it is being written by {holder or 'another process'}. "
            f"Wait for it, or end it.{gone}",
            holder,
        ) from None
    except (OSError, NotImplementedError) as error:
        reason = _reason(error) if isinstance(error, OSError) else "it has no locks"
        raise UnlockableError(f"{path}: cannot be locked for writing: {reason}.") from None
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        own = Holder(os.getpid(), socket.gethostname(), user_name(), doing, since)
        _sign(lock_path, own)
        for rest in path.parent.glob(f".{glob.escape(path.name)}.{'?' * 8}.tmp"):  # see `mkstemp`
            with suppress(OSError):
                rest.unlink()
        yield
    finally:
        _sign(lock_path, None)
        lock.release()


def user_name() -> str:
    """Give the name of the user who runs this program, their number where they have none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without an entry
        return str(os.getuid()) if hasattr(os, "getuid") else "someone"


def _acquired(lock_path: Path, wait: float) -> BaseFileLock:
    lock = FileLock(lock_path)
    with warnings.catch_warnings():
        # Where the file system has no locks, the file itself is one: the program works as ever.
        warnings.simplefilter("ignore", UserWarning)
        try:
            lock.acquire(timeout=wait, poll_interval=0.02)
        except Timeout:
            if not _is_left_over(lock_path):
                raise
            lock_path.unlink(missing_ok=True)
            lock.acquire(timeout=wait, poll_interval=0.02)
    return lock


def _is_left_over(lock_path: Path) -> bool:
    """Whether a file that is no lock stands where, without locks of the system, a file is one.

    Such as of a folder that was moved here. Where there are locks, one is held however it looks.
    """
    try:
        import fcntl

        with lock_path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except ImportError:
        return False
    except OSError as error:
        if error.errno != errno.ENOSYS or _is_marked(lock_path):
            return False
        holder = _holder(lock_path)
        if holder is None:  # not one that is just being made
            return time.time() - lock_path.stat().st_mtime > _BEING_MADE
        return holder.host == socket.gethostname() and not _is_alive(holder.pid)
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno != errno.ESRCH
    return True


def _is_marked(lock_path: Path) -> bool:
    """Whether the file itself is the lock: it says whose, and is removed when that is dead.

    Then what it says is the lock's own, a process on this machine that is dead no longer holds it,
    and one on another machine holds it until someone removes it.
    """
    try:
        return lock_path.read_bytes()[:1] not in (b"", b"{")
    except OSError:
        return False


def _sign(lock_path: Path, own: Holder | None) -> None:
    """Say in the lock's file who holds it; None: nobody any more."""
    if not _is_marked(lock_path):
        with suppress(OSError):  # a full disk: the lock is held all the same, if by one unnamed
            text = json.dumps(asdict(own)) if own else ""
            lock_path.write_text(text, encoding="utf-8")


def _holder(lock_path: Path) -> Holder | None:
    try:
        text = lock_path.read_text(encoding="utf-8")
        if not _is_marked(lock_path):
            return Holder(**json.loads(text))
        pid, host, *_ = text.splitlines()
        status = lock_path.stat()
        since = datetime.fromtimestamp(status.st_mtime, UTC).isoformat(timespec="seconds")
        host = "".join(re.findall(r"^[\w.-]+", host))
        return Holder(int(pid), host, f"user {status.st_uid}", "writing", since)
    except (OSError, ValueError, TypeError):
        return None


def holder_of(path: Path) -> Holder | None:
    """Tell who holds the lock of the file at `path` now; None where it is free.

    Where a lock was left by a process that was killed, it is tried, for the moment that takes.
    """
    path = Path(os.path.realpath(path))
    lock_path = path.with_name(f".{path.name}.lock")
    holder = _holder(lock_path)
    if holder is None:
        return None
    try:
        with _acquired(lock_path, 0):
            return None
    except Timeout:
        return holder
    except OSError:  # a folder that may only be read
        return holder
