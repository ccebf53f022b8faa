"""A folder that is there whole, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.adapters.files import sync_folder
from workbench.core.errors import InputError

MARK = "<!-- workbench publish -->"
"""Stands in the card of what was published, which may be replaced."""


def check_target(target: Path, replace: bool) -> None:
    """Raise `InputError` where a folder holds what is not to be replaced."""
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise InputError(f"{target}: this is no folder; name another.")
    if not os.listdir(target):
        return
    if not replace:
        raise InputError(f"{target}: it is not empty; name another, or add --replace.")
    card = target / "README.md"
    if (target / ".git").exists() or MARK not in (card.read_text("utf-8") if card.exists() else ""):
        raise InputError(f"{target}: nothing was published there, so it is not replaced.")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Yield a folder beside it that takes its place when the block ends without an error."""
    target = Path(os.path.realpath(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{target}: cannot be written: {reason}.") from None
    try:
        yield folder
        for parent, _, names in os.walk(folder):
            for name in names:
                with open(Path(parent, name), "rb+") as file:
                    os.fsync(file.fileno())
            sync_folder(Path(parent))
        folder.chmod(0o755)
        if target.exists():
            before = folder.with_suffix(".old")
            target.rename(before)
            folder.rename(target)
            shutil.rmtree(before)
        else:
            folder.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{target}: cannot be written: {reason}.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
