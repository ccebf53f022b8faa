"""What goes into an export: each sample is included, or left out for one reason."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workbench.core.errors import InputError
from workbench.core.review.labels import Label, StaleCause
from workbench.core.samples import Sample
from workbench.core.text.plain import visible
from workbench.core.verdicts import Verdict

Include = Literal["accepted", "passing", "all"]
"""accepted: samples that a reviewer accepted. passing: also undecided ones that pass. all: also
undecided ones with any verdict. Rejected samples are never included.
"""

Reason = Literal[
    "unusable",
    "rejected",
    "skipped",
    "undecided",
    "conversation",
    "rounds",
    "not passing",
    "engine",
    "repeated",
    "long",
]

REASONS: dict[Reason, str] = {
    "unusable": "unusable",
    "rejected": "rejected",
    "skipped": "skipped for now",
    "undecided": "undecided",
    "conversation": "conversations; --shape dialog or steps holds them",
    "rounds": "of more rounds than the car allows, with a lookup",
    "not passing": "undecided or skipped, and not passing",
    "engine": "of an engine left out",
    "repeated": "the same as an earlier one",
    "long": "over --max-tokens",
}
"""Why samples are left out, as in "3 undecided", in the order to report them."""

OFFLINE = "offline"
UNKNOWN = "unknown"
"""The engine of a sample that doesn't say which wrote it."""


@dataclass(frozen=True, slots=True)
class ExportCandidate:
    """A sample that may go into an export.

    index: its place in the dataset. original: as in the dataset. sample: with its label's edit, in
    canonical form. stale: what changed since the decision. verdict: of `sample`.
    """

    index: int
    original: Sample
    sample: Sample
    label: Label | None = None
    stale: tuple[StaleCause, ...] = ()
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def accepted(self) -> bool:
        """Whether a reviewer has accepted it."""
        return self.label is not None and self.label.decision == "accepted"

    @property
    def edited(self) -> Sample | None:
        """The sample as edited by a reviewer; None if it wasn't."""
        return self.label.edited if self.label else None

    @property
    def engine(self) -> str:
        """The engine that wrote it, `UNKNOWN` if it doesn't say."""
        engine = (self.original.meta or {}).get("engine")
        return engine if isinstance(engine, str) and engine else UNKNOWN


def left_by_decision(label: Label | None, include: Include) -> Reason | None:
    """Return why a sample's label leaves it out, None if it doesn't."""
    decision = label.decision if label else None
    if decision == "rejected":
        return "rejected"
    if decision == "accepted" or include != "accepted":
        return None
    return "skipped" if decision == "skipped" else "undecided"


def engines_to_take(present: Collection[str], wanted: Collection[str] | None) -> frozenset[str]:
    """Return the engines whose samples are included: those wanted, else all but offline if there
    are others.

    Raises `InputError` for one that wrote none of the samples.
    """
    if wanted is None:
        others = frozenset(present) - {OFFLINE}
        return others or frozenset(present)
    absent = [name for name in wanted if name not in present]
    if absent and present:
        raise InputError(
            f"--engines {visible(absent[0])}: no sample to export is from this engine; there are "
            f"{visible(', '.join(sorted(present)))}."
        )
    return frozenset(wanted)


def take(
    candidates: Iterable[ExportCandidate],
    include: Include,
    engines: Collection[str] | None,
    rejected: Collection[str],
) -> tuple[list[ExportCandidate], Counter[Reason]]:
    """Select candidates that no decision leaves out; count the others by reason.

    engines: those wanted, None for the rule of `engines_to_take`. rejected: ids of rejected
    contents; samples edited into one of them are left out too.
    """
    left: Counter[Reason] = Counter()
    fit: list[ExportCandidate] = []
    for candidate in candidates:
        if candidate.sample.id in rejected:
            left["rejected"] += 1
        elif include == "passing" and not candidate.accepted and candidate.verdict.status != "pass":
            left["not passing"] += 1
        else:
            fit.append(candidate)
    wanted = engines_to_take({candidate.engine for candidate in fit}, engines)
    taken: dict[str, ExportCandidate] = {}
    for candidate in fit:
        if candidate.engine not in wanted:
            left["engine"] += 1
        elif candidate.sample.id in taken:
            left["repeated"] += 1
            earlier = taken[candidate.sample.id]
            if (
                candidate.accepted and not earlier.accepted
            ):  # the one that a reviewer signed counts for both
                taken[candidate.sample.id] = candidate
        else:
            taken[candidate.sample.id] = candidate
    return sorted(taken.values(), key=lambda one: one.index), left


def barred_from_eval(taken: Sequence[ExportCandidate]) -> tuple[int, ...]:
    """Return the places in `taken` that are never in eval: offline samples, if there are others."""
    offline = tuple(i for i, one in enumerate(taken) if one.engine == OFFLINE)
    return offline if len(offline) < len(taken) else ()
