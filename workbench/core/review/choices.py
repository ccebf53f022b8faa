"""From a reviewer's action to the resulting label."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from msgspec.structs import replace

from workbench.core.review.labels import Calls, Decision, DecisionMethod, Label, other_answers
from workbench.core.samples import Sample
from workbench.core.timestamps import is_before


class Keep(Enum):
    """Stands for anything to leave unchanged."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision on a sample.

    seconds: active time spent. reason: why it is rejected. note, tags: replace the previous ones.
    edited: the edited sample; None undoes an edit. accept: other right answers.
    """

    sample: Sample
    decision: Decision
    how: DecisionMethod = "bulk"
    seconds: float = 0.0
    reason: str = ""
    note: str | Keep = KEEP
    edited: Sample | Keep | None = KEEP
    tags: Iterable[str] | Keep = KEEP
    accept: Iterable[Calls] | Keep = KEEP


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
    accept = choice.accept
    if accept is KEEP:
        accept = before.accept if before else ()
    label = Label(
        id=sample_id,
        query=sample.query,
        decision=choice.decision,
        edited=edited,
        reason=plain_text(choice.reason),
        reviewer=plain_text(by.reviewer),
        time=by.time,
        seconds=round(float(choice.seconds), 2),
        how=choice.how,
        content=sample_id,
        catalog=by.catalog,
        note=before.note if before else "",
        tags=before.tags if before else (),
        accept=other_answers(edited or sample, accept),
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
    if before is None or before.decision is None:
        kept = before or Label(id=sample.id, query=sample.query, decision=None)
        before = replace(kept, reviewer=plain_text(by.reviewer), time=by.time)
    label = _with_notes(before, note, tags)
    return label if label.decision or label.note or label.tags else None


def _with_notes(label: Label, note: str | Keep, tags: Iterable[str] | Keep) -> Label:
    if note is not KEEP:
        label = replace(label, note=plain_text(note))
    if tags is not KEEP:
        label = replace(label, tags=tuple(dict.fromkeys(map(plain_text, tags))))
    return label


def plain_text(text: str) -> str:
    """Replace half characters, which no UTF-8 file can store."""
    return text.encode("utf-8", "replace").decode()


def carried(labels: Iterable[Label], samples: Iterable[Sample]) -> Iterator[Label]:
    """Carry decisions over to samples with the same query but other answers.

    Labels of samples that are still there are not carried over, and samples with a label get none.
    If there are several for a query, the latest counts. A carried label is stale (see
    `labels.stale`): it says which sample it was given for.
    """
    samples = list(samples)
    there = {sample.id for sample in samples}
    latest: dict[str, Label] = {}
    labelled = set()
    for label in labels:
        labelled.add(label.id)
        if label.id in there or label.decision is None:
            continue
        if label.query not in latest or not is_before(label.time, latest[label.query].time):
            latest[label.query] = label
    for sample in samples:
        found = latest.get(sample.query)
        if found and sample.id not in labelled:
            labelled.add(sample.id)
            yield replace(found, id=sample.id, content=found.content or found.id, how="imported")
