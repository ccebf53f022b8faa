"""Messages between a screen and its export process, as pickles."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.errors import InputError
from workbench.jobs.records.export import ExportFiles, ExportOptions, ExportPlan


@dataclass(frozen=True, slots=True)
class PlanExport:
    """Plan an export and tell the result."""

    number: int
    options: ExportOptions


@dataclass(frozen=True, slots=True)
class Write:
    """Write what was planned last."""

    number: int


@dataclass(frozen=True, slots=True)
class Know:
    """Verdicts found elsewhere: the codes of their findings by content id. basis: see
    `verdict_basis`. It gets no answer.
    """

    basis: str
    found: Sequence[tuple[str, tuple[str, ...]]]


ExportRequest = PlanExport | Write | Know


@dataclass(frozen=True, slots=True)
class Doing:
    """Progress."""

    number: int
    what: Literal["verifying", "writing"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ExportPlanned:
    """The result of planning an export. left: how many are left out, by reason in words. counts:
    samples by split, empty if it can't be drawn. records: how many they make. missing: how many of
    a pinned eval set are not in it. dismissed: findings marked wrong, by code. refusal: why it
    can't be written, "" if it can.
    """

    number: int
    items: int
    taken: int
    edited: int
    left: Mapping[str, int]
    failing: int
    stale: int
    counts: Mapping[str, int]
    records: int
    missing: int
    dismissed: Mapping[str, int]
    refusal: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """What was written. leaks: near-duplicates across the split that could not be kept apart.
    too_long: records left out for their length; longest: some of them, in words. lengths: in
    words, by tokenizer."""

    number: int
    files: ExportFiles
    counts: Mapping[str, int]
    leaks: int
    too_long: int = 0
    longest: Sequence[str] = ()
    lengths: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why it can't be done, as a sentence."""

    number: int
    message: str


ExportReply = Doing | ExportPlanned | Wrote | Refused


def written(message: ExportRequest | ExportReply) -> bytes:
    """Return a message's bytes."""
    return pickle.dumps(message)


def read(data: bytes) -> Any:
    """Read a message; only for bytes that the other end of our own pipe has written."""
    return pickle.loads(data)


def same_choice(one: ExportOptions, other: ExportOptions) -> bool:
    """Whether both export the same samples, so that nothing is verified again."""
    names = ("data", "labels", "include", "engines", "files")
    same = all(getattr(one, name) == getattr(other, name) for name in names)
    # Of the records, only this decides on samples: conversations don't fit in single ones.
    return same and (one.records.record_form == "single") == (other.records.record_form == "single")


def planned(number: int, plan: ExportPlan) -> ExportPlanned:
    """Summarise a plan."""
    counts = _counts(plan)
    return ExportPlanned(
        number,
        plan.items,
        len(plan.taken),
        plan.edited,
        plan.left_words,
        len(plan.failing),
        len(plan.stale),
        counts,
        plan.records,
        len(plan.missing) if counts else 0,
        plan.dismissed,
        plan.refusal,
    )


def _counts(plan: ExportPlan) -> dict[str, int]:
    try:
        evaluation, dev = plan.sizes
    except InputError:
        return {}
    return {"train": len(plan.taken) - evaluation - dev, "dev": dev, "eval": evaluation}
