"""A folder that exists whole or not at all; other people's files in it stay."""

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

import msgspec

from workbench.adapters.files.durable import locked, sync_folder
from workbench.core.errors import InputError
from workbench.core.json.text import dumps

MARK = "<!-- workbench publish -->"
"""Marks the card of something published, which may be replaced."""
LIST = ".workbench-publish.json"
"""Lists what was published in a folder; not uploaded itself."""
_OLD = (
    *("README.md", "provenance.jsonl", "records/*.jsonl", "strings/*.parquet", "typed/*.parquet"),
    *("evaluation/*.json", "evaluation/*.md", "evaluation/*.svg", "config.json", "*_config.json"),
    *("*.safetensors", "*.safetensors.index.json", "tokenizer.json", "tokenizer.model"),
    *("special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt"),
    *("chat_template.jinja", "LICENSE*", "NOTICE*"),
)
"""What an earlier version published, which wrote no list."""


class _Published(msgspec.Struct):
    """files: SHA-256 by name."""

    files: dict[str, str]


def published_files(folder: Path) -> list[str]:
    """Return the names of the files published in a folder. Raises `InputError` without its list."""
    return sorted(_listed(folder) or {})


def inside(path: Path, folder: Path) -> Path:
    """Return a file that is to be published. Raises `InputError` if it leads elsewhere."""
    real, home = os.path.realpath(path), os.path.realpath(folder)
    if not real.startswith(home.rstrip(os.sep) + os.sep):
        raise InputError(
            f"{path}: it is a link out of {folder}, so it isn't published; put the file itself "
            f"there, or remove the link."
        )
    return path


def _listed(folder: Path) -> dict[str, str] | None:
    path = folder / LIST
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Published).files
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise InputError(
            f"{path}: this is not a list of published files; move it away, or name another folder."
        ) from None


def _check_target(target: Path, replace: bool) -> None:
    """Raise `InputError` if a folder contains something that must not be replaced."""
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise InputError(f"{target}: this is not a folder; name another.")
    if not os.listdir(target):
        return
    if not replace:
        raise InputError(f"{target}: it isn't empty; name another, or add --replace.")
    card = target / "README.md"
    text = card.read_text("utf-8", "replace") if card.is_file() else ""
    if (target / ".git").exists() or (MARK not in text and _listed(target) is None):
        raise InputError(f"{target}: nothing was published there, so it isn't replaced.")


@contextmanager
def staged(target: Path, replace: bool, force: bool = False) -> Iterator[Path]:
    """Yield a folder beside it that takes its place if the block ends without an error.

    What was published there before is removed; other files stay. force: also remove published files
    that have been changed since. Leftovers of a killed run are cleaned up first. Raises
    `InputError` if the folder contains something that must not be replaced, or can't be written.
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
            _write_list(folder)
            _keep_others(target, folder, force=force)
            _put_in_place(folder, target)
        except OSError as error:
            raise _cannot(shown, error) from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _write_list(folder: Path) -> None:
    files = {name: _digest(folder / name) for name in _names(folder)}
    (folder / LIST).write_bytes(dumps({"format": 1, "files": files}) + b"\n")


def _keep_others(target: Path, folder: Path, *, force: bool) -> None:
    """Move other files of a published folder into the new one; nothing is copied.

    Raises `InputError` if one of them is where a new file goes.
    """
    if not target.is_dir():
        return
    listed = _listed(target)
    for name in _names(target):
        if name == LIST or _is_published(target, name, listed):
            continue
        place = folder / name
        above = [parent for parent in place.parents if folder in parent.parents]
        taken = os.path.lexists(place) or any(p.exists() and not p.is_dir() for p in above)
        if taken and not force:
            raise InputError(
                f"{target / name}: it has changed since it was published, so it isn't replaced; "
                f"move it away, or add --force to replace it."
            )
        if not taken:
            place.parent.mkdir(parents=True, exist_ok=True)
            _bring(target / name, place)


def _is_published(folder: Path, name: str, listed: Mapping[str, str] | None) -> bool:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        return False
    if listed is None:  # by an earlier version
        text = (folder / "README.md").read_text("utf-8", "replace")
        depth = name.count("/")
        known = any(one.count("/") == depth and fnmatch(name, one) for one in _OLD)
        return known or f"]({name})" in text
    return name in listed and listed[name] == _digest(path)


def _bring(path: Path, place: Path) -> None:
    if path.is_symlink():
        place.symlink_to(os.readlink(path))
    elif path.is_dir():  # an empty one
        place.mkdir(exist_ok=True)
    else:
        try:
            os.link(path, place)
        except OSError:  # a file system without hard links
            shutil.copy2(path, place)


def _names(folder: Path) -> list[str]:
    """Return the paths of what is in a folder; of folders only the empty ones."""
    found = []
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        found += [Path(parent, name) for name in (*links, *files)]
        if not folders and not files:
            found.append(Path(parent))
    return sorted(path.relative_to(folder).as_posix() for path in found if path != folder)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _put_in_place(folder: Path, target: Path) -> None:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
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
    """Clean up after a killed run; whatever it was about to replace goes back."""
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
        return InputError(f"{name}: it can't be read: {(error.strerror or str(error)).lower()}.")
    return InputError(f"{target}: can't be written: {(error.strerror or str(error)).lower()}.")
