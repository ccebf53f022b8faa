"""Files that survive a crash: written to a temporary file, flushed to disk and renamed; one
writer at a time.
"""

import errno
import getpass
import glob
import json
import os
import re
import socket
import stat
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from filelock import BaseFileLock, FileLock, Timeout

from workbench.adapters.files.beside import LONGEST_NAME, owner_of
from workbench.core.errors import InputError, WorkbenchError

_LEFTOVER = ".tmp"


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

    @property
    def clock(self) -> str:
        """Since when, in local time: 04:13, or 2026-11-29 04:13 on another day."""
        try:
            since = datetime.fromisoformat(self.since).astimezone()
        except ValueError:
            return self.since
        today = since.date() == datetime.now().astimezone().date()
        return since.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


class LockedError(WorkbenchError):
    """Another process is writing the same file.

    holder: which one, None if that's unknown. remedy: a sentence, if its lock may outlive it.
    """

    exit_code = 2

    def __init__(self, message: str, holder: Holder | None = None, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".rstrip())
        self.holder = holder
        self.remedy = remedy


_BEING_MADE = 10.0
"""Seconds after which an empty file isn't a lock that another process is about to write."""


class UnlockableError(InputError):
    """A file can't be locked, so it can't be written: its folder is read-only, or has no locks."""


MOST_DATA = 4 * 2**30
"""The most bytes of a dataset, or of another file that is then read in pieces."""
_MOST_PIPED = 2**30


def read_bytes(path: Path, what: str, most: int = MOST_DATA) -> bytes:
    """Read a file named by the user, or a pipe. most: the most bytes it may have.

    Files found beside another by name are read with `read_own`. Raises `InputError` naming file and
    remedy.
    """
    own = owner_of(path) is not None
    return _read(path, what, most, lambda: open_own(path) if own else path.open("rb"))


def read_own(path: Path, what: str, most: int = MOST_DATA) -> bytes:
    """Read one of the program's own files; nothing else may be in its place.

    Raises `InputError` naming file and remedy.
    """
    return _read(path, what, most, lambda: open_own(path))


def open_own(path: Path) -> BinaryIO:
    """Open one of the program's own files for reading.

    Raises `InputError` at once for a pipe or a device in its place, which might never end or never
    answer, and `OSError`.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError(f"{path}: this is not a regular file; move it away.")
    return os.fdopen(handle, "rb")


def _read(path: Path, what: str, most: int, opened: Callable[[], BinaryIO]) -> bytes:
    try:
        with opened() as file:
            status = os.fstat(file.fileno())
            if stat.S_ISCHR(status.st_mode):  # such as /dev/zero, which never ends
                raise InputError(f"{path}: this is a device; name the {what} itself.")
            if stat.S_ISREG(status.st_mode):
                data = file.read() if status.st_size <= most else None
            else:
                data = _read_pipe(file, min(most, _MOST_PIPED))
            if data is None:
                size = f"{most >> 20:,} MiB" if most >= 2**20 else f"{most:,} bytes"
                raise InputError(
                    f"{path}: it has more than {size}, too many for the {what}; name another file."
                )
            return data
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; check the path of the {what}.") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; name the {what} itself.") from None
    except OSError as error:
        raise InputError(f"{path}: the {what} can't be read: {_reason(error)}.") from None


def _read_pipe(file: BinaryIO, most: int) -> bytes | None:
    """Read something without a known size; None if it is too much."""
    data = bytearray()
    while piece := file.read(2**20):
        data += piece
        if len(data) > most:
            return None
    return bytes(data)


def file_signature(path: Path) -> tuple[int, ...]:
    """Return device, inode, mode, size and times of a file, () if it doesn't exist.

    It differs if the file has been replaced or written since.
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
def replacing(path: Path, *, sync: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary file that replaces `path` when the block ends without an error.

    What was at `path` stays whole until then; afterwards the new content is on disk (fsync of
    file and folder), unless `sync` is off. A symbolic link stays, and the file that it names is
    replaced. Raises `InputError` if the folder can't be written, or `path` isn't a regular file.
    """
    path = writable(path)
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_hidden(path, ""), suffix=_LEFTOVER, dir=folder)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {_reason(error)}.") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            _keep_owner(file.fileno(), path)
            os.fchmod(file.fileno(), _mode(path))
            if sync:
                os.fsync(file.fileno())
        os.replace(temporary, path)
        if sync:
            sync_folder(folder)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {_reason(error)}.") from None
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def write_atomically(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Replace a file's content in one step; see `replacing`."""
    with replacing(path, sync=sync) as file:
        file.write(data)


def append_lines(path: Path, lines: list[bytes]) -> int:
    """Append lines, flush them to disk, and return the file's length in bytes.

    Raises `InputError` if that fails; the file then has its old length.
    """
    with appending(path) as handle:
        return append(handle, path, b"".join(line + b"\n" for line in lines))


@contextmanager
def appending(path: Path) -> Iterator[int]:
    """Open a file for `append`. Raises `InputError` if it cannot be written."""
    path = writable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _mode(path) & 0o666)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {_reason(error)}.") from None
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
        raise InputError(f"{path}: can't be written: {_reason(error)}.") from None
    return start + len(data)


def cut(path: Path, length: int) -> None:
    """Cut a file back to a length in bytes; an absent or shorter one is left as it is."""
    try:
        if path.exists() and path.stat().st_size > length:
            os.truncate(path, length)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {_reason(error)}.") from None


def cut_torn_line(path: Path, content: bytes, begins: bytes, what: str) -> None:
    """Cut off a last line left incomplete by a crash.

    content: of the file, whose complete lines are known to be right. begins: how each line begins.
    what: the file is, in words. Raises `InputError`, and leaves the file alone, if that line is
    something else.
    """
    whole = content.rfind(b"\n") + 1
    torn = content[whole:].rstrip(b"\0")  # which some file systems leave after a power failure
    torn = torn[: 2 * len(begins)].replace(b" ", b"")
    if torn[: len(begins)] != begins[: len(torn)]:
        raise InputError(
            f"{path}: its last line is not a line of a {what}; restore the file, or move it away. "
            f"It was not changed."
        )
    cut(path, whole)


def writable(path: Path) -> Path:
    """Return the file a path refers to, with links resolved.

    Raises `InputError` if something other than a regular file is there, such as a folder or a
    device.
    """
    path = Path(os.path.realpath(path))
    if os.path.lexists(path) and not path.is_file():
        raise InputError(f"{path}: this is not a regular file; move it away, or name another.")
    return path


def _hidden(path: Path, ending: str) -> str:
    """Return the hidden file beside another: `.NAME.ending`, with long names shortened.

    Room is left for what `mkstemp` adds.
    """
    name = os.fsencode(path.name)
    if len(name) > LONGEST_NAME - 16:
        digest = sha256(name).hexdigest()[:16]
        name = name[: LONGEST_NAME - 40] + b"~" + digest.encode()
    return f".{os.fsdecode(name)}.{ending}"


def _keep_owner(handle: int, path: Path) -> None:
    """Give a new version the owner and group of what it replaces, where allowed.

    Otherwise a user's file would belong to root once root has written it.
    """
    with suppress(OSError):
        old, new = path.stat(), os.fstat(handle)
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.fchown(handle, old.st_uid, old.st_gid)


def _mode(path: Path) -> int:
    """Return the mode of a file, or for a new one: no wider than that of the file it belongs to.

    Its owner may always write it: a read-only dataset has writable journals.
    """
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        owner = owner_of(path)
        allowed = (owner[0].stat().st_mode | 0o600) if owner else 0o666
        return allowed & 0o666 & ~_umask()


def _umask() -> int:
    """Return the process's umask, if possible without changing it for other threads."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("Umask:")[2].split(maxsplit=1)[0], 8)
    except (OSError, ValueError, IndexError):
        mask = os.umask(0o077)
        os.umask(mask)
        return mask


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk: what was created, renamed or removed in it."""
    if sys.platform == "win32":  # folders can't be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


@contextmanager
def locked(path: Path, doing: str, *others: Path, wait: float = 0) -> Iterator[None]:
    """Hold the lock of the file at `path`, so that only this process writes it.

    The lock is the operating system's, on `.NAME.lock` beside the file: it is released when its
    holder dies, however that happens. A half-written new version left by it is removed. others:
    files written under the same lock. wait: seconds to wait for it. Raises `LockedError` naming the
    holder.
    """
    path = writable(path)
    lock_path = writable(path.with_name(_hidden(path, "lock")))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _acquired(lock_path, wait)
    except Timeout:
        holder = _holder(lock_path)
        raise LockedError(
            f"{path}: it is being written by {holder or 'another process'}. Wait for it, or "
            "end it.",
            holder,
            f"If that process no longer exists, remove {lock_path}."
            if _is_marked(lock_path)
            else "",
        ) from None
    except (OSError, NotImplementedError) as error:
        reason = _reason(error) if isinstance(error, OSError) else "it has no locks"
        raise UnlockableError(f"{path}: can't be locked for writing: {reason}.") from None
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        own = Holder(os.getpid(), socket.gethostname(), user_name(), doing, since)
        _sign(lock_path, own)
        for written in (path, *map(Path, map(os.path.realpath, others))):
            remove_leftovers(written)
        yield
    finally:
        _sign(lock_path, None)
        lock.release()


def remove_leftovers(path: Path) -> None:
    """Remove half-written new versions of a file left by killed processes.

    Only for the holder of the lock under which it is written.
    """
    for rest in leftovers(path):
        with suppress(OSError):
            rest.unlink()


def leftovers(path: Path) -> list[Path]:
    """List half-written new versions of a file left by killed processes."""
    pattern = f"{glob.escape(_hidden(path, ''))}{'?' * 8}{_LEFTOVER}"  # see `mkstemp`
    return sorted(path.parent.glob(pattern))


def user_name() -> str:
    """Return the name of the user running this program, or their number if they have none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without an entry
        return str(os.getuid()) if hasattr(os, "getuid") else "someone"


def _acquired(lock_path: Path, wait: float) -> BaseFileLock:
    lock = FileLock(lock_path)
    with warnings.catch_warnings():
        # If the file system has no locks, the file itself is one, and the program works as usual.
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
    """Whether a leftover file is in the place of a lock, on a system where files are locks.

    Such as in a folder that was moved here. With system locks, a lock is held whatever the file
    says.
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
        if holder is None:  # not one just being created
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
    """Whether the file itself is the lock: it says whose, and is removed when its holder is dead.

    Then its content decides: a dead process on this machine no longer holds it, and one on another
    machine holds it until someone removes it.
    """
    try:
        return lock_path.read_bytes()[:1] not in (b"", b"{")
    except OSError:
        return False


def _sign(lock_path: Path, own: Holder | None) -> None:
    """Write into the lock's file who holds it; None if nobody does any more."""
    if not _is_marked(lock_path):
        with suppress(OSError):  # a full disk: the lock is held anyway, though without a name
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
    """Return who holds the lock of the file at `path` now; None if it is free.

    If a killed process may have left the lock, it is tried for a moment.
    """
    path = Path(os.path.realpath(path))
    lock_path = path.with_name(_hidden(path, "lock"))
    holder = _holder(lock_path)
    if holder is None:
        return None
    try:
        with _acquired(lock_path, 0):
            return None
    except Timeout:
        return holder
    except OSError:  # a read-only folder
        return holder
