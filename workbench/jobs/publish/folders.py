"""A folder that is there whole, or not at all."""

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.adapters.files import locked, sync_folder
from workbench.core.errors import InputError

MARK = "<!-- workbench publish -->"
"""Stands in the card of what was published, which may be replaced."""


def _check_target(target: Path, replace: bool) -> None:
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
    text = card.read_text("utf-8", "replace") if card.is_file() else ""
    if (target / ".git").exists() or MARK not in text:
        raise InputError(f"{target}: nothing was published there, so it is not replaced.")


@contextmanager
def staged(target: Path, replace: bool) -> Iterator[Path]:
    """Yield a folder beside it that takes its place when the block ends without an error.

    What a publishing that was killed left there is put right first. Raises `InputError` where the
    folder holds what is not to be replaced, or cannot be written.
    """
    shown, target = target, Path(os.path.realpath(target))
    with locked(target.with_name(f"{target.name}.publish"), "publish"):
        try:
            _tidy(target)
            _check_target(shown, replace)
            prefix = f".{target.name}."
            folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=".tmp", dir=target.parent))
        except OSError as error:
            raise _cannot(shown, error) from None
        try:
            yield folder
            _put_in_place(folder, target)
        except OSError as error:
            raise _cannot(shown, error) from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(folder: Path, target: Path) -> None:
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
        sync_folder(target.parent)
        shutil.rmtree(before)
    else:
        folder.rename(target)
        sync_folder(target.parent)


def _tidy(target: Path) -> None:
    """Remove what a killed publishing left; what it was about to replace goes back."""
    left = f".{glob.escape(target.name)}.{'?' * 8}"  # see `mkdtemp`
    for before in target.parent.glob(f"{left}.old"):
        if os.path.lexists(target):
            shutil.rmtree(before)
        else:
            before.rename(target)
    for folder in target.parent.glob(f"{left}.tmp"):
        shutil.rmtree(folder)


def _cannot(target: Path, error: OSError) -> InputError:
    name = error.filename
    if isinstance(name, str) and not os.path.realpath(name).startswith(
        f"{target.resolve().parent}{os.sep}."
    ):
        return InputError(f"{name}: it cannot be read: {(error.strerror or str(error)).lower()}.")
    return InputError(f"{target}: cannot be written: {(error.strerror or str(error)).lower()}.")
