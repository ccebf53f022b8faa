"""Merge someone else's labels into your own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from workbench.core.review.labels import Dismissal, Label, other_answers

ConflictAbout = Literal["decision", "edit", "note"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two labels of one sample that contradict each other, and what about."""

    mine: Label
    theirs: Label
    about: ConflictAbout


@dataclass(frozen=True, slots=True)
class Merge:
    """The result of a merge.

    added: labels, whole or only their decision, that are new here. filled: new notes, tags and
    findings marked wrong for existing decisions. conflicts: decisions, edits and notes that stay
    as they were. agreed: how many need no change.
    """

    added: list[Label]
    filled: list[Label]
    conflicts: list[Conflict]
    agreed: int


def merge(mine: dict[str, Label], theirs: Iterable[Label]) -> Merge:
    """Merge by sample id. A skip gives way to a decision; a decision gives way to nothing.

    A sample may have several labels in `theirs`; later ones are merged into the result of the
    first.
    """
    added: list[Label] = []
    filled: list[Label] = []
    conflicts: list[Conflict] = []
    agreed = 0
    known = dict(mine)
    for label in theirs:
        own = known.get(label.id)
        if own is None:
            known[label.id] = replace(label, how="imported")
            added.append(known[label.id])
            continue
        about = _conflict(own, label)
        if about:
            conflicts.append(Conflict(own, label, about))
        if about in ("decision", "edit"):
            continue
        takes = not _settled(own) and label.decision not in (None, own.decision)
        merged = replace(label, how="imported") if takes else own
        merged = replace(
            merged,
            note=own.note or label.note,
            tags=_tags(own, label),
            dismissed=_dismissed(own, label),
        )
        if own.decision == label.decision == "accepted":
            accept = other_answers(merged.edited, own.accept + label.accept)
            more = (one for one in label.accept_at if one not in own.accept_at)
            accept_at = (*own.accept_at, *more)
            merged = replace(merged, accept=accept, accept_at=accept_at)
        known[label.id] = merged
        if takes:
            added.append(merged)
        elif merged != own:
            filled.append(merged)
        elif not about:
            agreed += 1
    return Merge(added, filled, conflicts, agreed)


def settled_for_theirs(conflict: Conflict, label: Label) -> Label:
    """Return a label after a conflict was settled in favour of theirs; our note and tags stay.

    label: ours, merged except for the conflict.
    """
    theirs = conflict.theirs
    if conflict.about == "note":
        return replace(label, note=theirs.note)
    note = theirs.note or label.note
    return replace(
        theirs,
        how="imported",
        note=note,
        tags=_tags(label, theirs),
        dismissed=_dismissed(label, theirs),
    )


def _tags(mine: Label, theirs: Label) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mine.tags + theirs.tags))


def _dismissed(mine: Label, theirs: Label) -> tuple[Dismissal, ...]:
    """Return what either calls wrong."""
    return tuple({one.about: one for one in (*theirs.dismissed, *mine.dismissed)}.values())


def _settled(label: Label) -> bool:
    return label.decision in ("accepted", "rejected")


def _conflict(mine: Label, theirs: Label) -> ConflictAbout | None:
    if _settled(mine) and _settled(theirs):
        if mine.decision != theirs.decision:
            return "decision"
        if mine.decision == "accepted" and _edit(mine) != _edit(theirs):
            return "edit"
    return "note" if mine.note and theirs.note and mine.note != theirs.note else None


def _edit(label: Label) -> str | None:
    return label.edited.id if label.edited else None
