"""The datasets in and below a folder, newest first, and how far each has been reviewed."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic

from workbench.adapters.dataset import HEAD, begins_dataset, load_raw
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.labels import open_labels
from workbench.core.errors import InputError
from workbench.core.text.plain import visible

DEPTH = 4
"""How many levels of folders below the first are searched."""
SECONDS = 0.5
_MOST = 50
_MOST_NAMES = 5_000
"""Names of a folder that are looked at for one that is typed."""
_LARGEST = 1 << 26
"""Bytes of the largest files in which samples or decisions are counted."""
_LARGEST_FOREIGN = 1 << 22
"""The same for datasets that don't have one item per line, as this program writes them."""
_PASSED_OVER = {"node_modules", "__pycache__", "site-packages", "venv"}
_OWN = {"data", "prompts", "tests"}
"""Folders of a checkout of this program, with samples that nobody reviews."""


@dataclass(frozen=True, slots=True)
class FoundDataset:
    """A dataset. changed: when it or a decision on it was last written, in seconds since 1970."""

    path: Path
    changed: float


@dataclass(frozen=True, slots=True)
class DatasetSize:
    """samples, reviewed: how many there are, and how many are accepted or rejected; None if
    unknown.
    """

    samples: int | None = None
    reviewed: int | None = None

    @property
    def words(self) -> str:
        """What is known, in words; "" for nothing."""
        if self.samples is None:
            return "" if self.reviewed is None else f"{self.reviewed:,} reviewed"
        what = "sample" if self.samples == 1 else "samples"
        if self.reviewed is None:
            return f"{self.samples:,} {what}"
        return f"{self.reviewed:,} of {self.samples:,} {what} reviewed"


def find_datasets(folder: Path, seconds: float = SECONDS) -> list[FoundDataset]:
    """Return the datasets in a folder and below, newest first, `_MOST` at most.

    Stops after `seconds`, nearer folders first. Hidden folders, links to folders and anything
    unreadable are skipped.
    """
    paths = filter(_is_dataset, _files(folder, monotonic() + seconds))
    found = [FoundDataset(path, _changed(path)) for path in paths]
    found.sort(key=lambda one: (-one.changed, str(one.path)))
    return found[:_MOST]


def paths_that_begin(text: str) -> list[str]:
    """Return the datasets and folders whose path begins with a text, as it would be typed on.

    Folders end with a slash. At most `_MOST_NAMES` names of a folder are looked at; none that
    cannot be shown as it is, and hidden ones only where the text begins one.
    """
    place, _, begun = text.rpartition(os.sep)
    place = f"{place}{os.sep}" if os.sep in text else ""
    folder = os.path.expanduser(place) or os.curdir
    found = []
    try:
        entries = sorted(islice(os.scandir(folder), _MOST_NAMES), key=lambda one: one.name)
    except OSError:
        return []
    for entry in entries:
        name = entry.name
        hidden = name.startswith(".") and not begun.startswith(".")
        if not name.startswith(begun) or hidden or visible(name) != name:
            continue
        try:
            if entry.is_dir():
                found.append(f"{place}{name}{os.sep}")
            elif name.endswith(".json") and entry.is_file() and _is_dataset(Path(entry.path)):
                found.append(f"{place}{name}")
        except OSError:
            continue
    return found


def size_of(path: Path) -> DatasetSize:
    """Count a dataset's samples, and those reviewed, if that takes no more than a moment."""
    try:
        samples = _count(path)
    except (OSError, InputError):
        samples = None
    reviewed = None
    try:
        files = DatasetFiles(path)
        beside = [file for file in (files.labels, files.labels_journal) if file.exists()]
        if sum(file.stat().st_size for file in beside) <= _LARGEST:
            with open_labels(files.labels, read_only=True) as labels:
                counts = labels.counts()
            reviewed = counts.accepted + counts.rejected
    except (OSError, InputError):  # said when it is opened
        pass
    if samples is not None and reviewed is not None:
        reviewed = min(reviewed, samples)  # decisions on samples that are gone
    return DatasetSize(samples, reviewed)


def _files(folder: Path, end: float) -> Iterator[Path]:
    """Yield the JSON files, the nearer folders first."""
    folders = deque([(folder, 0)])
    while folders:
        here, depth = folders.popleft()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if monotonic() > end:
                return
            try:
                if entry.is_dir(follow_symlinks=False):
                    if depth < DEPTH and not _passed_over(here, entry.name):
                        folders.append((here / entry.name, depth + 1))
                elif entry.name.endswith(".json") and entry.is_file():
                    yield here / entry.name
            except OSError:
                continue


def _passed_over(folder: Path, name: str) -> bool:
    # A checkout is known by what is in it: the program that runs may be installed elsewhere.
    own = name in _OWN and (folder / "workbench" / "manual" / "index.md").is_file()
    return own or name.startswith(".") or name in _PASSED_OVER


def _is_dataset(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return begins_dataset(file.read(HEAD))
    except OSError:
        return False


def _changed(path: Path) -> float:
    times = [0.0]
    with suppress(OSError, InputError):
        times.append(path.stat().st_mtime)
        times.append(DatasetFiles(path).labels_journal.stat().st_mtime)
    return max(times)


def _count(path: Path) -> int | None:
    """Count items: by lines, if each has its own."""
    size = path.stat().st_size
    with path.open("rb") as file:
        own = file.readline(16) == b"[\n" and file.read(2) == b'{"'
        if own and size <= _LARGEST:
            return 1 + sum(line.startswith(b"{") for line in file)
    return len(load_raw(path)[0]) if size <= _LARGEST_FOREIGN else None
