"""The edit screen's draft on disk, so that nothing typed is lost however the app ends."""

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
    """Where an edit is stored. found: the draft to continue from. open: whether it is still
    edited.
    """

    def __init__(self, path: Path, row: int, sample: str, found: EditDraft | None = None) -> None:
        """row, sample: the edited sample's place in the dataset, and its id there."""
        self.found = found
        self.open = True
        self._path = path
        self._row = row
        self._sample = sample
        self._before: tuple[str, Sequence[Calls]] | None = None

    def keep(self, text: str | None, accept: Sequence[Calls]) -> None:
        """Store the current text, with other right answers; None if it is unchanged again."""
        if text is None:
            if self._before is not None:
                drop_draft(self._path, self._sample)
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
            with suppress(InputError):  # a full disk: editing continues, and saving will report it
                write_draft(self._path, draft)
                self._before = (text, accept)

    def drop(self) -> None:
        """The edit is saved or discarded: store nothing from now on."""
        self.open = False
        if self._before is not None or self.found is not None:
            drop_draft(self._path, self._sample)


def answers_of(found: EditDraft) -> Iterable[Calls]:
    """Yield the readable other right answers of a draft."""
    for text in found.accept:
        with suppress(TextError):
            yield from_text(text).answers
