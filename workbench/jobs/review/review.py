"""A dataset under review: decisions on its samples, and changes that others make meanwhile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from workbench.adapters.dataset import load_grown
from workbench.adapters.journal import now
from workbench.adapters.labels import LabelStore
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.checks import Verifier
from workbench.core.review.choices import KEEP, Choice, Keep
from workbench.core.review.dismissals import dismissal, toggled
from workbench.core.review.labels import Calls, Decision, DecisionMethod, StepAnswer
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding
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
        """Add samples that were appended to the file; returns their rows.

        The cursor stays. If all samples are shown, so are the new ones; an active search finds them
        only in the next view.
        """
        rows = self.extend(items)
        self.tally.complete = False
        if not self.search:
            in_order = isinstance(self.view, range)
            self.view = range(len(self.raw)) if in_order else [*self.view, *rows]
        return rows

    def follow(self) -> range:
        """Read what has been appended to the file since; returns the new rows.

        Raises `InputError` if the file can't be read or has been replaced.
        """
        items, self.digest = load_grown(self.path, self.raw)
        return self.append(items)

    def holds(self, row: int) -> bool:
        """Whether a row's sample is still in the file; reads it only if it has changed."""
        return self.source.holds(row, self.raw)

    def take_in(self, look: Look) -> range:
        """Adopt the file as it is now; returns the appended rows.

        If it has been replaced, rows change too: the cursor and the marks stay on their samples if
        those still exist, and the view shows everything in file order.
        """
        self.source.settle(look)
        self.digest = look.digest
        if look.change in ("none", "grown"):
            return self.append(look.items[len(self.raw) :])
        self.replace(look.items)
        return range(0)

    def follow_labels(self) -> list[int]:
        """Read what the process holding the labels has decided since, if ours are read-only.

        Returns the rows concerned. Raises `InputError` if the labels can't be read any more.
        """
        changed = self.store.follow()
        self.tally.update(changed)
        return self.rows_of(changed) if changed else []

    def take_over_labels(self) -> bool:
        """Start writing labels that another process held, if it has released them; returns whether
        it has.

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
        reason: str | Keep = KEEP,
        edited: Sample | Keep | None = KEEP,
        accept: Iterable[Calls] | Keep = KEEP,
        accept_at: Iterable[StepAnswer] | Keep = KEEP,
    ) -> None:
        """Decide on a row's sample; on disk when this returns. Raises `InputError`."""
        sample = self.sample(row)
        if sample is not None:
            self._place(row, sample.id)
            self.store.decide(
                sample,
                decision,
                how,
                seconds,
                reason=reason,
                edited=edited,
                accept=accept,
                accept_at=accept_at,
            )
            self.tally.update([sample.id])

    def annotate(
        self, row: int, *, note: str | Keep = KEEP, tags: Iterable[str] | Keep = KEEP
    ) -> None:
        """Set a comment or tags; "" and () remove them. Raises `InputError`."""
        sample = self.sample(row)
        if sample is not None:
            self._place(row, sample.id)
            self.store.annotate(sample, note=note, tags=tags)
            self.tally.update([sample.id])

    def dismiss(self, row: int, finding: Finding) -> bool:
        """Call a finding of a row's sample in force wrong, or right again if it is marked wrong.

        On disk when this returns; returns whether it is marked wrong now. Raises `InputError`.
        """
        sample, altered, label = self.sample(row), self.in_force(row), self.label(row)
        if sample is None or altered is None:
            return False
        verdict = self.verdict(altered)
        if finding not in verdict.findings:
            verdict = self.second_opinion(row)
        reviewer = self.store.reviewer
        one = dismissal(verdict, finding, self.id_of(altered), reviewer, now())
        dismissed = toggled(label, one)
        self._place(row, sample.id)
        self.store.dismiss(sample, dismissed)
        self.tally.update([sample.id])
        return one in dismissed

    def decide_all(self, rows: Sequence[int], decision: Decision, seconds: float = 0.0) -> int:
        """Decide on many rows at once; returns how many samples. Raises `InputError`."""
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
        """Decide on samples at once; on disk when this returns their ids, for `noted`.

        May be called in a thread, as long as nothing else changes labels. Raises `InputError`.
        """
        each = seconds / len(samples) if samples else 0.0
        choices = [Choice(sample, decision, "bulk", each) for sample in samples.values()]
        return self.store.bulk(choices) if choices else []

    def noted(self, sample_ids: Sequence[str]) -> int:
        """Count the decisions on these samples; returns how many there are."""
        for _ in self.note(sample_ids):
            pass
        return len(sample_ids)

    def note(self, sample_ids: Sequence[str]) -> Iterator[None]:
        """Count the labels that these samples have now; yields after each chunk."""
        for start in range(0, len(sample_ids), CHUNK):
            self.tally.update(sample_ids[start : start + CHUNK])
            yield

    def undo(self) -> list[int]:
        """Undo the latest action; returns its rows, the cursor's first."""
        return self.returned(self.store.undo())

    def redo(self) -> list[int]:
        """Redo the action undone last; returns its rows."""
        return self.returned(self.store.redo())

    def returned(self, sample_ids: Sequence[str]) -> list[int]:
        """Count samples whose labels `store.undo` or `redo` has changed; returns as these do."""
        self.noted(sample_ids)
        return self.go_to_first(self.rows_of(sample_ids))

    def go_to_first(self, rows: list[int]) -> list[int]:
        """Put the cursor on the first of some rows, if there is one, and return them."""
        if rows:
            self.go_to(rows[0])
        return rows

    def close(self) -> None:
        """Save the labels and release them. Raises `InputError` if they can't be saved."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
