"""Checkpoints: which are complete. A process may be killed while writing one."""

import shutil
from pathlib import Path

from workbench.adapters.files.durable import write_atomically
from workbench.adapters.tuning.models import sync_tree

_SEAL = "whole"


def seal(checkpoint: Path) -> None:
    """Mark a checkpoint as complete, once it is on disk."""
    sync_tree(checkpoint)
    write_atomically(checkpoint / _SEAL, b"")


def last_whole(folder: Path) -> Path | None:
    """Return the newest complete checkpoint in a folder; None if there isn't one."""
    whole = [path for path in folder.glob("checkpoint-*") if (path / _SEAL).is_file()]
    return max(whole, key=_step, default=None)


def discard_broken(folder: Path) -> None:
    """Remove incomplete checkpoints, so that none counts among those to keep."""
    for path in folder.glob("checkpoint-*"):
        if not (path / _SEAL).is_file():
            shutil.rmtree(path, ignore_errors=True)


def _step(path: Path) -> int:
    number = path.name.rpartition("-")[2]
    return int(number) if number.isdigit() else -1
