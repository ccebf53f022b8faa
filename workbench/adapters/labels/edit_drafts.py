"""The edit in progress, kept beside the labels so that it survives any end of the app.

`NAME.labels.draft.json` holds one draft: what was typed and not yet saved as a decision. It exists
while someone edits, and after a crash.
"""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec

from workbench.adapters.files.durable import read_own, write_atomically
from workbench.core.errors import InputError

_LARGEST = 50_000_000
"""A file with more bytes is not a draft."""


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


def read_draft(path: Path) -> EditDraft | None:
    """Read a draft; None if there is none by this program."""
    try:
        return msgspec.json.decode(read_own(path, "draft", _LARGEST), type=EditDraft)
    except (InputError, ValueError):
        return None


def write_draft(path: Path, draft: EditDraft) -> None:
    """Save a draft in place of the previous one. It survives the process at once, and a power cut
    after seconds, so that nobody waits for the disk at every word. Raises `InputError`.
    """
    write_atomically(path, msgspec.json.encode(draft), sync=False)


def drop_draft(path: Path) -> None:
    """Remove a draft: its edit was saved, or discarded."""
    with suppress(OSError):
        path.unlink()
