"""Edits in progress, kept beside the labels so that they survive any end of the app.

`NAME.labels.draft.json` holds a draft per sample: what was typed and not yet saved as a decision.
The file exists while someone edits, after a crash, and as long as an edit is put off.
"""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec

from workbench.adapters.files.durable import read_own, write_atomically
from workbench.core.errors import InputError

_LARGEST = 50_000_000
"""A file with more bytes is not one of drafts."""
MOST_DRAFTS = 100
_MOST_BYTES = 5_000_000
"""Of all drafts, if there are several: all are written at every change of one."""


class EditDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An edit that was not saved."""

    row: Annotated[int, msgspec.Meta(ge=0)]
    """Where the sample was in the dataset."""
    sample: str
    """The id of the sample that is edited, as it is in the file."""
    time: str
    """When it was saved, UTC."""
    text: str
    """The sample as JSON, which may be invalid if it was typed as text."""
    accept: list[str] = []
    """Other right answers, each as a sample in JSON."""


class _File(msgspec.Struct, frozen=True):
    drafts: list[EditDraft]
    """The latest last."""


def read_drafts(path: Path) -> list[EditDraft]:
    """Read the drafts, the latest first; none if there is no file by this program.

    A file of an earlier version is a single draft.
    """
    try:
        content = read_own(path, "draft", _LARGEST)
    except InputError:
        return []
    with suppress(ValueError):
        return msgspec.json.decode(content, type=_File).drafts[::-1]
    with suppress(ValueError):
        return [msgspec.json.decode(content, type=EditDraft)]
    return []


def write_draft(path: Path, draft: EditDraft) -> None:
    """Save a draft in place of the previous one of the same sample; beyond `MOST_DRAFTS`, or
    5 MB, the oldest are dropped.

    It survives the process at once, and a power cut after seconds, so that nobody waits for the
    disk at every word. Raises `InputError`.
    """
    others = [one for one in read_drafts(path) if one.sample != draft.sample]
    _write(path, [draft, *others])


def drop_draft(path: Path, sample: str) -> None:
    """Remove the draft of a sample: its edit was saved, or discarded."""
    drafts = read_drafts(path)
    left = [one for one in drafts if one.sample != sample]
    with suppress(OSError, InputError):  # it is offered again, then
        if not left:
            path.unlink()
        elif len(left) < len(drafts):
            _write(path, left)


def _write(path: Path, drafts: list[EditDraft]) -> None:
    """Write drafts, given with the latest first: as many as there is room for, one at least."""
    kept: list[bytes] = []
    room = _MOST_BYTES
    for draft in drafts[:MOST_DRAFTS]:
        content = msgspec.json.encode(draft)
        room -= len(content)
        if kept and room < 0:
            break
        kept.append(content)
    write_atomically(path, b'{"drafts":[' + b",".join(reversed(kept)) + b"]}", sync=False)
