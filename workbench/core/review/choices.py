"""From a reviewer's action to the resulting label."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from msgspec.structs import replace

from workbench.core.review.labels import (
    Calls,
    Decision,
    DecisionMethod,
    Dismissal,
    Label,
    StepAnswer,
    kept_text,
    other_answers,
    other_step_answers,
)
from workbench.core.samples import CONVERSATION_PREFIX, Sample
from workbench.core.timestamps import is_before


class Keep(Enum):
    """Stands for anything to leave unchanged."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision on a sample.

    seconds: active time spent. reason: why it is rejected; `KEEP` leaves that of an earlier
    rejection. note, tags: replace the previous ones.
    edited: the edited sample; None undoes an edit. accept: other right answers; accept_at: to steps
    of a conversation, which `KEEP` leaves only if the content is the same as before.
    """

    sample: Sample
    decision: Decision
    how: DecisionMethod = "bulk"
    seconds: float = 0.0
    reason: str | Keep = KEEP
    note: str | Keep = KEEP
    edited: Sample | Keep | None = KEEP
    tags: Iterable[str] | Keep = KEEP
    accept: Iterable[Calls] | Keep = KEEP
    accept_at: Iterable[StepAnswer] | Keep = KEEP


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """Who decides: name, time (UTC, ISO 8601) and the hash of the catalogue they use."""

    reviewer: str
    time: str
    catalog: str = ""


def decided(choice: Choice, before: Label | None, by: DecidedBy) -> Label:
    """Return the label after a decision. Its note, tags and edit stay if the choice has none."""
    sample, sample_id = choice.sample, choice.sample.id
    edited = choice.edited
    if edited is KEEP:
        edited = before.edited if before else None
    elif edited is not None:
        edited = replace(edited, meta=None)
        if edited.id == sample_id and edited == replace(sample, meta=None):
            edited = None
    contents = {sample_id, edited.id if edited else sample_id}
    reason = choice.reason
    if isinstance(reason, Keep):
        again = before is not None and before.decision == choice.decision == "rejected"
        reason = before.reason if before and again else ""
    accept = choice.accept
    if accept is KEEP:
        accept = before.accept if before else ()
    accept_at = choice.accept_at
    if accept_at is KEEP:
        same = before is not None and before.edited == edited
        accept_at = before.accept_at if before and same else ()
    label = Label(
        id=sample_id,
        query=sample.query,
        decision=choice.decision,
        edited=edited,
        reason=kept_text(reason),
        reviewer=kept_text(by.reviewer),
        time=by.time,
        seconds=round(float(choice.seconds), 2),
        how=choice.how,
        content=sample_id,
        catalog=by.catalog,
        note=before.note if before else "",
        tags=before.tags if before else (),
        accept=other_answers(edited or sample, accept),
        accept_at=other_step_answers(edited or sample, accept_at),
        dismissed=tuple(
            one for one in (before.dismissed if before else ()) if one.content in contents
        ),
    )
    return _with_notes(label, choice.note, choice.tags)


def annotated(
    sample: Sample,
    before: Label | None,
    by: DecidedBy,
    note: str | Keep = KEEP,
    tags: Iterable[str] | Keep = KEEP,
) -> Label | None:
    """Return the label after a comment; the decision and its reviewer stay. None if nothing is
    left.
    """
    return _filled(_with_notes(_annotatable(sample, before, by), note, tags))


def dismissing(
    sample: Sample, before: Label | None, by: DecidedBy, dismissed: Iterable[Dismissal]
) -> Label | None:
    """Return the label after findings were marked wrong, or right again; the decision and its
    reviewer stay. None if nothing is left.
    """
    return _filled(replace(_annotatable(sample, before, by), dismissed=tuple(dismissed)))


def _annotatable(sample: Sample, before: Label | None, by: DecidedBy) -> Label:
    """Return the label to write on: of whoever decided, or else of whoever writes now."""
    if before is not None and before.decision is not None:
        return before
    kept = before or Label(id=sample.id, query=sample.query, decision=None)
    return replace(kept, reviewer=kept_text(by.reviewer), time=by.time)


def _filled(label: Label) -> Label | None:
    """Return a label if it says anything."""
    return label if label.decision or label.note or label.tags or label.dismissed else None


def _with_notes(label: Label, note: str | Keep, tags: Iterable[str] | Keep) -> Label:
    if note is not KEEP:
        label = replace(label, note=kept_text(note))
    if tags is not KEEP:
        label = replace(label, tags=tuple(dict.fromkeys(map(kept_text, tags))))
    return label


def carried(labels: Iterable[Label], samples: Iterable[Sample]) -> Iterator[Label]:
    """Carry decisions over to samples with the same query but other answers.

    A conversation gets only those given for conversations, and a query with its calls those given
    for such: an edit of the one is no version of the other.
    Labels of samples that are still there are not carried over, and samples with a label get none.
    If there are several for a query, the latest counts. A carried label is stale (see
    `labels.stale`): it says which sample it was given for.
    """
    samples = list(samples)
    there = {sample.id for sample in samples}
    latest: dict[tuple[str, bool], Label] = {}
    labelled = set()
    for label in labels:
        labelled.add(label.id)
        if label.id in there or label.decision is None:
            continue
        key = label.query, (label.content or label.id).startswith(CONVERSATION_PREFIX)
        if key not in latest or not is_before(label.time, latest[key].time):
            latest[key] = label
    for sample in samples:
        found = latest.get((sample.query, sample.is_conversation))
        if found and sample.id not in labelled:
            labelled.add(sample.id)
            carried_over = replace(
                found,
                id=sample.id,
                content=found.content or found.id,
                how="imported",
                # These are about steps of what was signed, which is gone unless it is an edit.
                accept_at=found.accept_at if found.edited is not None else (),
                dismissed=(),
            )
            yield carried_over
