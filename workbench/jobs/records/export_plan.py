"""What an export is asked for, and what it would come to: nothing is written yet."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from workbench.adapters.files.beside import RecordFiles
from workbench.adapters.journal import RunLine
from workbench.adapters.labels import labels_path
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.car.catalog import Catalog
from workbench.core.car.words import brief
from workbench.core.errors import InputError
from workbench.core.training.records import SplitName
from workbench.core.training.selection import (
    REASONS,
    ExportCandidate,
    Include,
    Reason,
    barred_from_eval,
)
from workbench.jobs.records.manifest import Drawing, Method, read_pinned
from workbench.jobs.records.shaping import MeasuredRecords, RecordOptions


@dataclass(frozen=True)
class ExportFiles:
    """The files that an export writes. sides: the records of each split alone, by its name, where
    they are asked for."""

    records: Path
    provenance: Path
    manifest: Path
    card: Path
    sides: Mapping[SplitName, Path] = field(default_factory=dict)

    @classmethod
    def of(
        cls, output: Path, split_files: Path | None = None, *, with_dev: bool = False
    ) -> "ExportFiles":
        """Give the files of an export to `output`, beside it, and of a folder for the splits."""
        made = RecordFiles(output)
        names: tuple[SplitName, ...] = ("train", "dev", "eval") if with_dev else ("train", "eval")
        return cls(
            output,
            made.provenance,
            made.manifest,
            made.card,
            {name: split_files / f"{name}.jsonl" for name in names} if split_files else {},
        )

    @property
    def all(self) -> tuple[Path, ...]:
        """All of them, the records first."""
        return (self.records, *self.sides.values(), self.card, self.provenance, self.manifest)


@dataclass(frozen=True)
class ExportOptions:
    """What to export, and how.

    labels: None for the file beside the data. num_test: None for a tenth, at most 1,000.
    eval_from: a manifest of an earlier export, whose eval set is used again in place of num_test.
    include: see `core.selection.Include`. engines: whose samples; None for all, but for offline
    ones beside others. split_files: a folder for train.jsonl, eval.jsonl and, if there is any,
    dev.jsonl. license: for the
    card. allow_failing: take samples that fail verification, and decisions that have gone stale.
    with_reviewers: by name, not by pseudonym. force: replace files that this program did not write.
    records: what they show of the car, and how long
    they may be. command: as typed, for the manifest.
    """

    data: Path
    output: Path
    labels: Path | None = None
    num_test: int | None = None
    num_dev: int = 0
    eval_from: Path | None = None
    include: Include = "accepted"
    seed: int = 0
    split: Method = "cluster"
    split_files: Path | None = None
    engines: tuple[str, ...] | None = None
    license: str = ""
    allow_failing: bool = False
    with_reviewers: bool = False
    force: bool = False
    records: RecordOptions = field(default_factory=RecordOptions)
    files: CatalogFiles = field(default_factory=CatalogFiles)
    command: str = ""

    @property
    def labels_file(self) -> Path:
        """The labels file."""
        return self.labels or labels_path(self.data)

    @property
    def written(self) -> ExportFiles:
        """What is written."""
        return ExportFiles.of(self.output, self.split_files, with_dev=self.num_dev > 0)

    @property
    def left_over(self) -> Path | None:
        """A dev file of an earlier export in the folder for the splits, where this one has none."""
        path = self.split_files / "dev.jsonl" if self.split_files and not self.num_dev else None
        return path if path and os.path.exists(path) else None

    @property
    def drawing(self) -> Drawing:
        """How the split is drawn."""
        return Drawing(self.num_test, self.num_dev, self.seed, self.split)


@dataclass(frozen=True)
class ExportPlan:
    """What an export would write. Options but for data, labels, include, engines and files may be
    exchanged in it (`dataclasses.replace`).

    items: how many the dataset has, and digest its file's SHA-256; labels: hash of all labels.
    taken: the samples, in the dataset's order. left: how many others, by reason. runs: what is
    known of the runs that wrote them. measured: the lengths of the records, None until they are
    counted (`jobs.export_records.measure_plan`).
    """

    options: ExportOptions
    items: int
    digest: str
    labels: str
    taken: tuple[ExportCandidate, ...]
    left: Mapping[Reason, int]
    runs: Mapping[int, RunLine]
    catalog: Catalog = field(repr=False)
    measured: MeasuredRecords | None = None

    @cached_property
    def failing(self) -> tuple[ExportCandidate, ...]:
        """What is taken and fails verification (its format, or on the simulated vehicle)."""
        return tuple(one for one in self.taken if one.verdict.status == "fail")

    @cached_property
    def stale(self) -> tuple[ExportCandidate, ...]:
        """What is taken on a decision made before the sample or the catalogue changed."""
        return tuple(one for one in self.taken if one.stale)

    @property
    def edited(self) -> int:
        """How many of the taken samples a person has edited."""
        return sum(one.edited is not None for one in self.taken)

    @property
    def left_words(self) -> dict[str, int]:
        """How many samples are left out, by why in words, in the order in which to tell it."""
        return {words: self.left[why] for why, words in REASONS.items() if self.left.get(why)}

    @property
    def barred(self) -> tuple[int, ...]:
        """Places in `taken` that are never in eval."""
        return barred_from_eval(self.taken)

    @cached_property
    def pinned(self) -> tuple[str, ...] | None:
        """Ids of the samples that are to be eval; None where it is drawn. Raises `InputError`."""
        return read_pinned(self.options.eval_from) if self.options.eval_from else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids that are pinned to eval and cannot be in it: not taken, or of the offline engine."""
        return tuple(sorted(set(self.pinned or ()) - self._eval_ids))

    @property
    def _eval_ids(self) -> set[str]:
        barred = frozenset(self.barred)
        return {one.original.id for i, one in enumerate(self.taken) if i not in barred}

    @property
    def sizes(self) -> tuple[int, int]:
        """The numbers of eval and dev records. Raises `InputError` for what cannot be met."""
        options, drawing = self.options, self.options.drawing
        if self.pinned is not None and options.eval_from is not None:
            drawing = drawing.pinned(options.eval_from, self.pinned, options.data, self._eval_ids)
        allowed = len(self.taken) - len(self.barred)
        return drawing.sizes(options.data, len(self.taken), allowed)

    @property
    def refusal(self) -> str:
        """Why nothing can be written, in sentences; "" where it can."""
        if not self.taken:
            return self._nothing()
        if not self.options.allow_failing and (self.failing or self.stale):
            return self._unsound()
        try:
            _ = self.sizes
        except InputError as error:
            return str(error)
        return ""

    def _nothing(self) -> str:
        what = "accepted" if self.options.include == "accepted" else "to be exported"
        others = ", ".join(f"{number:,} {words}" for words, number in self.left_words.items())
        remedy = "Accept some in `workbench review`, or add --include passing."
        if not self.items:
            remedy = "Generate some by `workbench generate` first."
        elif self.left.get("long"):
            remedy = (
                "Raise --max-tokens, or shorten records by --catalog compact or "
                "--properties-per-record."
            )
        elif self.left.get("engine"):
            remedy = "Name engines by --engines."
        elif self.options.include != "accepted":
            remedy = "Review them in `workbench review`, or generate others."
        counted = f"of {self.items:,} items: {others}" if others else "it is empty"
        return f"{self.options.data}: nothing is {what} ({counted}). {remedy}"

    def _unsound(self) -> str:
        words = []
        if self.failing:
            first = self.failing[0]
            error = next(f for f in first.verdict.findings if f.severity == "error")
            words.append(
                f"{len(self.failing):,} of the samples to export fail verification (the first is "
                f"#{first.index} {brief(first.sample.query)}: {error.code}: {error.message})"
            )
        if self.stale:
            first = self.stale[0]
            words.append(
                f"{len(self.stale):,} were decided before the {' and the '.join(first.stale)} "
                f"changed (the first is #{first.index} {brief(first.sample.query)})"
            )
        return (
            f"{self.options.data}: {' and '.join(words)}. Review them again, or add "
            "--allow-failing to take them as they are."
        )
