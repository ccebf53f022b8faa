"""How a review was left: order, filter, sample, layout and theme, for each dataset and reviewer.

It is kept in the user's state folder, not beside the dataset: it says nothing about the samples. It
is only a convenience, so nothing fails because it can't be read or written.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from workbench.adapters.files.durable import read_own, write_atomically
from workbench.adapters.files.homes import user_folder
from workbench.core.errors import WorkbenchError

_MOST_BYTES = 64_000
_MOST_FILES = 300
"""Reviews that are remembered: of more, those left longest ago are forgotten."""


class ReviewMemory(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is remembered.

    order: of the list, by name. search: the filter as typed, "" for none. sample: the content id of
    the one under the cursor, "" if unknown; row: where it was. alone: whether the list had the
    screen for itself. theme: by name, "" if none was picked; instead_of: the theme of the settings
    then, so that a later change there counts.
    """

    order: str = "file"
    search: str = ""
    sample: str = ""
    row: int = 0
    alone: bool = False
    theme: str = ""
    instead_of: str = ""


_decoder = msgspec.json.Decoder(ReviewMemory)


def read_memory(dataset: Path, reviewer: str) -> ReviewMemory:
    """Return how a review was left, as a new one begins if that is unknown or unreadable."""
    path = memory_path(dataset, reviewer)
    if path is not None and path.exists():
        with suppress(WorkbenchError, OSError, ValueError, RecursionError):
            return _decoder.decode(read_own(path, "review's memory", _MOST_BYTES))
    return ReviewMemory()


def write_memory(dataset: Path, reviewer: str, memory: ReviewMemory) -> None:
    """Remember how a review was left, if that is possible."""
    path = memory_path(dataset, reviewer)
    if path is None:
        return
    data = msgspec.json.encode(memory)
    if len(data) > _MOST_BYTES:
        return
    with suppress(WorkbenchError, OSError):
        write_atomically(path, data, sync=False)
        _forget_oldest(path.parent)


def memory_path(dataset: Path, reviewer: str) -> Path | None:
    """Return where a review is remembered, None for a user without a home."""
    folder = user_folder("XDG_STATE_HOME", ".local/state")
    if folder is None:
        return None
    named = os.fsencode(os.path.realpath(dataset)) + b"\0" + reviewer.encode("utf-8", "replace")
    return folder / "reviews" / f"{sha256(named).hexdigest()[:32]}.json"


def _forget_oldest(folder: Path) -> None:
    """Remove what was left longest ago, if there is much."""
    found = list(folder.glob("*.json"))
    if len(found) > _MOST_FILES:
        found.sort(key=lambda path: path.stat().st_mtime)
        for path in found[: len(found) - _MOST_FILES]:
            path.unlink(missing_ok=True)
