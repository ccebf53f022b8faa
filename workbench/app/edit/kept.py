"""The draft of the edit screen on disk, so that no end of the app loses what was typed."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from workbench.adapters.labels.edit_drafts import EditDraft, drop_draft, write_draft
from workbench.core.editing.sample_text import TextError, from_text, to_text
from workbench.core.errors import InputError
from workbench.core.review.labels import Calls
from workbench.core.samples import Sample

KEEP_AFTER = 0.4
"""Seconds from a change until it is on disk."""


class Kept:
    """Where an edit is kept. found: what is gone on with. open: whether it is still edited."""

    def __init__(self, path: Path, row: int, sample: str, found: EditDraft | None = None) -> None:
        """row, sample: which one is edited: its place in the dataset, and its id there."""
        self.found = found
        self.open = True
        self._path = path
        self._row = row
        self._sample = sample
        self._before: tuple[str, Sequence[Calls]] | None = None

    def keep(self, text: str | None, accept: Sequence[Calls]) -> None:
        """Keep what is typed, with other right answers; None: it is again what it was."""
        if text is None:
            if self._before is not None:
                drop_draft(self._path)
            self._before = None
        elif (text, accept) != self._before:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            draft = EditDraft(
                row=self._row,
                sample=self._sample,
                time=now,
                text=text,
                accept=[to_text(Sample("", calls)) for calls in accept],
            )
            with suppress(InputError):  # a full disk: the edit goes on, and saving it will tell
                write_draft(self._path, draft)
                self._before = (text, accept)

    def drop(self) -> None:
        """The edit is saved or not wanted: keep nothing, from now on."""
        self.open = False
        if self._before is not None or self.found is not None:
            drop_draft(self._path)


def answers_of(found: EditDraft) -> Iterable[Calls]:
    """Yield the other right answers of a draft, as far as they can be read."""
    for text in found.accept:
        with suppress(TextError):
            yield from_text(text).answers
