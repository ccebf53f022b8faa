"""A dataset under review: what is decided on its samples, and what others write meanwhile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from workbench.adapters.dataset import load_grown
from workbench.adapters.labels import LabelStore
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.checks import Verifier
from workbench.core.review.choices import KEEP, Choice, Keep
from workbench.core.review.labels import Calls, Decision, DecisionMethod
from workbench.core.samples import Sample
from workbench.jobs.review.source import FileSignature, Look, Source
from workbench.jobs.review.view import CHUNK, View


class Review(View):
    """An open dataset, free of any screen and for one thread. digest: the file's SHA-256."""

    def __init__(
        self,
        path: Path,
        raw: list[bytes],
        digest: str,
        files: CatalogFiles,
        verifier: Verifier,
        store: LabelStore,
        signature: FileSignature = (),
    ) -> None:
        super().__init__(raw, verifier, files.digest(), store)
        self.path = path
        self.digest = digest
        self.files = files
        self.source = Source(path, signature)

    # ------------------------------------------------------------ what others write meanwhile

    def append(self, items: Sequence[bytes]) -> range:
        """Take in samples that have come to the file's end; returns their rows.

        The cursor stays. Where all samples are shown, the new ones are too; what a search in force
        finds of them is for the next view.
        """
        rows = self.extend(items)
        self.tally.complete = False
        if not self.search:
            in_order = isinstance(self.view, range)
            self.view = range(len(self.raw)) if in_order else [*self.view, *rows]
        return rows

    def follow(self) -> range:
        """Take in what has been written to the file's end since; returns the new rows.

        Raises `InputError` if the file cannot be read, or is another one now.
        """
        items, self.digest = load_grown(self.path, self.raw)
        return self.append(items)

    def holds(self, row: int) -> bool:
        """Whether a row's sample is in the file still; reads it only where it has changed."""
        return self.source.holds(row, self.raw)

    def take_in(self, look: Look) -> range:
        """Take in how the file is now; returns the rows that have come to its end.

        Where it is another one, rows are others too: the cursor and the marks stay on their samples
        as far as these are there, and what is shown is all of it, in the file's order.
        """
        self.source.settle(look)
        self.digest = look.digest
        if look.change in ("none", "grown"):
            return self.append(look.items[len(self.raw) :])
        self.replace(look.items)
        return range(0)

    def follow_labels(self) -> list[int]:
        """Take in what the holder of labels open for reading only has decided since.

        Returns the rows concerned. Raises `InputError` if the labels cannot be read any more.
        """
        changed = self.store.follow()
        self.tally.update(changed)
        return self.rows_of(changed) if changed else []

    def take_over_labels(self) -> bool:
        """Write labels that another process held, if it has let them go; whether that is so now.

        Raises `InputError` if they cannot be read.
        """
        taken = self.store.take_over()
        if taken:
            self.tally.recount()
        return taken

    # ------------------------------------------------------------ decisions

    def decide(
        self,
        row: int,
        decision: Decision,
        how: DecisionMethod = "read",
        seconds: float = 0.0,
        *,
        reason: str = "",
        edited: Sample | Keep | None = KEEP,
        accept: Iterable[Calls] | Keep = KEEP,
    ) -> None:
        """Decide on a row's sample; on disk when this returns. Raises `InputError`."""
        sample = self.sample(row)
        if sample is not None:
            self._place(row, sample.id)
            self.store.decide(
                sample, decision, how, seconds, reason=reason, edited=edited, accept=accept
            )
            self.tally.update([sample.id])

    def annotate(
        self, row: int, *, note: str | Keep = KEEP, tags: Iterable[str] | Keep = KEEP
    ) -> None:
        """Set a comment or tags; "" and () take them away. Raises `InputError`."""
        sample = self.sample(row)
        if sample is not None:
            self._place(row, sample.id)
            self.store.annotate(sample, note=note, tags=tags)
            self.tally.update([sample.id])

    def decide_all(self, rows: Sequence[int], decision: Decision, seconds: float = 0.0) -> int:
        """Decide on many rows in one stroke; returns how many samples. Raises `InputError`."""
        samples: dict[str, Sample] = {}
        for _ in self.gather(rows, samples):
            pass
        return self.noted(self.save_all(samples, decision, seconds))

    def gather(self, rows: Sequence[int], samples: dict[str, Sample]) -> Iterator[None]:
        """Put the samples of rows into `samples`, by their id; yields after each chunk."""
        for start in range(0, len(rows), CHUNK):
            for row in rows[start : start + CHUNK]:
                sample = self.sample(row)
                if sample is not None:
                    samples[self.sample_id(row)] = sample
                    self._place(row, self.sample_id(row))
            yield

    def save_all(
        self, samples: Mapping[str, Sample], decision: Decision, seconds: float = 0.0
    ) -> list[str]:
        """Decide on samples in one stroke; on disk when this returns their ids, for `noted`.

        May be called in a thread, as long as nothing else changes labels. Raises `InputError`.
        """
        each = seconds / len(samples) if samples else 0.0
        choices = [Choice(sample, decision, "bulk", each) for sample in samples.values()]
        return self.store.bulk(choices) if choices else []

    def noted(self, sample_ids: Sequence[str]) -> int:
        """Count what was decided on these samples; returns how many they are."""
        self.tally.update(sample_ids)
        return len(sample_ids)

    def undo(self) -> list[int]:
        """Take the latest action back; returns its rows, the cursor's first."""
        return self._returned(self.store.undo())

    def redo(self) -> list[int]:
        """Make the action again that was undone last; returns its rows."""
        return self._returned(self.store.redo())

    def _returned(self, sample_ids: Sequence[str]) -> list[int]:
        self.tally.update(sample_ids)
        rows = self.rows_of(sample_ids)
        if rows:
            self.go_to(rows[0])
        return rows

    def close(self) -> None:
        """Save the labels and let them go. Raises `InputError` if they cannot be saved."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
