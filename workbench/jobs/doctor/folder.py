"""The folder that data is written to: space, permission, and whether its disk can be relied on."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.adapters.files.durable import sync_folder
from workbench.jobs.doctor.check import Check

LITTLE = 1 << 30
"""Free bytes below which to warn: records of a large dataset take hundreds of MB."""
TOO_LITTLE = 50 << 20


def check_folder(folder: Path) -> Iterator[Check]:
    """Check the folder, or its nearest existing parent; nothing is left behind."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        yield Check(
            "folder", "problem", f"{there} is not a folder", "move it away, or name another"
        )
        return
    yield _room(there)
    yield _promises(there)


def _room(folder: Path) -> Check:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("disk", "warning", f"{folder}: its free space is unknown ({error.strerror})")
    said = f"{folder}: {free / (1 << 30):.1f} GB free"
    remedy = "free some space, or write to another disk (--output)"
    if free < TOO_LITTLE:
        return Check("disk", "problem", said, remedy)
    return Check("disk", "warning", said, remedy) if free < LITTLE else Check("disk", "ok", said)


def _promises(folder: Path) -> Check:
    """Try everything a save depends on: write, flush, rename, flush the folder, lock."""
    step = "written to"
    try:
        with tempfile.TemporaryDirectory(prefix=".workbench-doctor-", dir=folder) as name:
            place = Path(name)
            step = "flushed (fsync)"
            with (place / "new").open("wb") as file:
                file.write(b"x" * 4096)
                file.flush()
                os.fsync(file.fileno())
            step = "renamed in"
            (place / "old").write_bytes(b"old")
            os.replace(place / "new", place / "old")
            if (place / "old").stat().st_size != 4096:
                raise OSError(0, "the old file stayed")
            step = "flushed as a folder (fsync)"
            sync_folder(place)
            step = "locked"
            if not _locks(place / "lock"):
                raise OSError(0, "a second lock was granted")
    except PermissionError:
        return Check(
            "writing",
            "problem",
            f"{folder}: can't be written to",
            f"chmod u+w {folder}, or name another folder (--output)",
        )
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        return Check(
            "writing",
            "problem",
            f"{folder}: can't be {step}: {reason}",
            "keep data on a local disk: some network and container file systems lack this",
        )
    return Check("writing", "ok", f"{folder}: writing, renaming and locking work")


def _locks(path: Path) -> bool:
    """Whether a lock keeps a second one out."""
    with FileLock(path):
        try:
            with FileLock(path).acquire(timeout=0):
                return False
        except Timeout:
            return True
