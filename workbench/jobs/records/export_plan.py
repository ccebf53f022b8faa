"""What an export would write; nothing is written yet."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workbench.adapters.journal import RunLine
from workbench.core.car.catalog import Catalog
from workbench.core.car.words import brief
from workbench.core.errors import InputError
from workbench.core.training.selection import REASONS, ExportCandidate, Reason, barred_from_eval
from workbench.jobs.records.manifest import count_of, read_pinned
from workbench.jobs.records.options import ExportOptions
from workbench.jobs.records.shaping import MeasuredRecords, not_listed


@dataclass(frozen=True)
class ExportPlan:
    """What an export would write. Options other than data, labels, include, engines and files can
    be replaced in it (`dataclasses.replace`), unless records change to or from single ones.

    items: how many the dataset has, and digest its file's SHA-256; labels: hash of all labels.
    taken: the samples, in the dataset's order. left: how many others, by reason. runs: what is
    known about the runs that wrote them. measured: the lengths of the records, None until counted
    (`export_records.measure_plan`).
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
        """Exported samples that fail verification (format, or on the simulated vehicle)."""
        return tuple(one for one in self.taken if one.verdict.status == "fail")

    @cached_property
    def stale(self) -> tuple[ExportCandidate, ...]:
        """Exported samples with a decision made before the sample or the catalogue changed."""
        return tuple(one for one in self.taken if one.stale)

    @cached_property
    def dismissed(self) -> Mapping[str, int]:
        """Findings of the exported samples that reviewers marked wrong, by code."""
        return Counter(one.finding.code for each in self.taken for one in each.verdict.dismissed)

    @property
    def edited(self) -> int:
        """How many of the exported samples have been edited."""
        return sum(one.edited is not None for one in self.taken)

    @property
    def records(self) -> int:
        """How many records the exported samples make."""
        samples = (one.sample for one in self.taken)
        return count_of(samples, self.catalog, self.options.records.shape)

    @property
    def left_words(self) -> dict[str, int]:
        """How many samples are left out, by reason in words, in the order to report them."""
        return {words: self.left[why] for why, words in REASONS.items() if self.left.get(why)}

    @property
    def barred(self) -> tuple[int, ...]:
        """Places in `taken` that are never in eval."""
        return barred_from_eval(self.taken)

    @cached_property
    def pinned(self) -> tuple[str, ...] | None:
        """Ids of the samples for eval; None if it is drawn. Raises `InputError`."""
        return read_pinned(self.options.eval_from) if self.options.eval_from else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids pinned to eval that can't be in it: not exported, or from the offline engine."""
        return tuple(sorted(set(self.pinned or ()) - self._eval_ids))

    @property
    def _eval_ids(self) -> set[str]:
        barred = frozenset(self.barred)
        return {one.original.id for i, one in enumerate(self.taken) if i not in barred}

    @property
    def sizes(self) -> tuple[int, int]:
        """The numbers of eval and dev records. Raises `InputError` if there aren't enough."""
        options, drawing = self.options, self.options.drawing
        if self.pinned is not None and options.eval_from is not None:
            drawing = drawing.pinned(options.eval_from, self.pinned, options.data, self._eval_ids)
        allowed = len(self.taken) - len(self.barred)
        return drawing.sizes(options.data, len(self.taken), allowed)

    @property
    def refusal(self) -> str:
        """Why nothing can be written, in sentences; "" if it can."""
        if not self.taken:
            return self._nothing()
        if unlisted := not_listed(self.catalog, self.options.records.shape):
            return unlisted
        if not self.options.allow_failing and (self.failing or self.stale):
            return self._unsound()
        try:
            _ = self.sizes
        except InputError as error:
            return str(error)
        return ""

    def _nothing(self) -> str:
        what = "accepted" if self.options.include == "accepted" else "to export"
        if self.left.keys() & {"long", "engine", "conversation", "rounds"}:
            what = "left to export"
        others = ", ".join(f"{number:,} {words}" for words, number in self.left_words.items())
        remedy = "Accept some in `workbench review`, or add --include passing."
        if not self.items:
            remedy = "Generate some with `workbench generate` first."
        elif self.left.get("long"):
            remedy = (
                "Raise --max-tokens, or shorten records with --catalog compact or "
                "--properties-per-record."
            )
        elif self.left.get("engine"):
            remedy = "Name engines with --engines."
        elif self.left.get("conversation"):
            remedy = "Add --shape dialog or steps."
        elif self.left.get("rounds"):
            remedy = "Choose another --catalog, which takes no lookups."
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
            f"--allow-failing to export them as they are."
        )
