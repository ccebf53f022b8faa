"""What a decision on all marked samples takes, and the question asked before it."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from workbench.core.review.labels import Decision
from workbench.core.samples import Sample
from workbench.jobs.review import CHUNK, Review

_VERBS: dict[Decision, str] = {"accepted": "Accept", "rejected": "Reject", "skipped": "Skip"}


class MarkedChoice(NamedTuple):
    """Rows to decide on, the question before it and more words to it.

    changes: whether these rows were decided before, or skipped; else they are undecided.
    """

    rows: list[int]
    question: str
    words: str
    changes: bool = False


def marked_choice(review: Review, decision: Decision) -> MarkedChoice:
    """Return what a decision on what is marked would take: the undecided ones.

    Only if none of them is undecided, it takes those that were decided otherwise, or skipped.
    """
    decisions = {
        row: _decision(review, row) for row in sorted(review.marks) if _usable(review, row)
    }
    rows = [row for row, made in decisions.items() if not made]
    changes = not rows
    if changes:
        rows = [row for row, made in decisions.items() if made != decision]
    other = set(rows) if changes else ()
    taken = Counter(decisions[row] for row in other)
    stay = Counter(made for row, made in decisions.items() if made and row not in other)
    verb, number = _VERBS[decision], f"{len(rows):,}"
    samples = "sample" if len(rows) == 1 else "samples"
    if changes:
        question = f"{verb} {number} marked {samples} already decided or skipped?"
    elif stay:
        question = f"{verb} {number} undecided of {len(decisions):,} marked samples?"
    else:
        question = f"{verb} {number} marked {samples}?"
    words = [f"Until now: {_counted(taken)}."] if changes and rows else []
    if stay:
        words.append(f"Unchanged: {_counted(stay)}.")
    if decision == "accepted" and rows:
        words += _faults(review, rows)
    if hidden := len(review.marks - set(review.view)):
        words.append(f"Marked, but not in this list: {hidden:,}.")
    return MarkedChoice(rows, question, "\n".join(words), changes)


def undecided_of(review: Review, samples: Iterable[tuple[str, Sample]]) -> dict[str, Sample]:
    """Return those samples, given with their ids, that have no decision and were not skipped."""
    return {name: one for name, one in samples if not review.tally.decision(name)}


def _usable(review: Review, row: int) -> bool:
    facets = review.facets[row]
    return facets is None or bool(facets.id)


def _decision(review: Review, row: int) -> str:
    """Return the decision on a row, "" for none; of many, only where its sample is known."""
    if review.facets[row] is None and len(review.marks) > CHUNK:
        return ""
    return review.tally.decision(review.sample_id(row))


def _counted(decisions: Counter[str]) -> str:
    return ", ".join(
        f"{decisions[made]:,} {made}"
        for made in ("accepted", "rejected", "skipped")
        if decisions[made]
    )


def _faults(review: Review, rows: list[int]) -> list[str]:
    """Say how many rows fail or have warnings, where that is known."""
    known = review.facets
    if review.tally.altered:
        found = Counter(review.status(row) for row in rows if known[row])
    else:
        found = Counter(facets.status for row in rows if (facets := known[row]))
    named = [
        f"{found[status]:,} {one if found[status] == 1 else more}"
        for status, one, more in (
            ("fail", "fails", "fail"),
            ("warn", "has warnings", "have warnings"),
        )
        if found[status]
    ]
    return [f"Of these, {' and '.join(named)}."] if named else []
