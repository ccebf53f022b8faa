"""Choose the samples that a model is to read."""

import random
from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar

from workbench.adapters.judgements import Judgements
from workbench.adapters.labels import LabelStore
from workbench.core.judge.cases import shown_whole
from workbench.core.judge.votes import disagree
from workbench.core.samples import Sample
from workbench.jobs.verifying.verify import Checked

RepairOnly = Literal["failing", "warned"]

JudgeOnly = Literal["passing", "warned", "unreviewed", "disagreeing"]
"""disagreeing: where judge and rules, or votes, disagree; known only of judged samples."""


def to_judge(
    results: Iterable[Checked], only: JudgeOnly | None, store: LabelStore, known: Judgements
) -> list[Sample]:
    """Choose samples to judge, equal ones once.

    Without `only`, what no rule fails: the judge is the third stage, and comes after the others.
    """
    found: dict[str, Sample] = {}
    for checked in results:
        sample = checked.sample
        if sample is not None and _is_for_judge(checked, only, store, known):
            found.setdefault(sample.id, sample)
    return list(found.values())


def rewritable(chosen: Sequence[Checked]) -> tuple[list[Checked], str]:
    """Return what is short enough to be rewritten whole, and how many conversations aren't, in
    words, "" if there are none.
    """
    short = [one for one in chosen if one.sample is None or not _too_long(one.sample)]
    count = len(chosen) - len(short)
    if not count:
        return short, ""
    are = "conversation is" if count == 1 else "conversations are"
    return short, f"{count:,} {are} left out: too long to be rewritten whole"


def _too_long(sample: Sample) -> bool:
    return sample.is_conversation and not shown_whole(sample)


T = TypeVar("T")


def drawn(found: list[T], count: int | None, seed: int) -> list[T]:
    """Draw this many at random, in their order; all if there are no more."""
    if count is None or count >= len(found):
        return found
    places = sorted(random.Random(seed).sample(range(len(found)), count))
    return [found[place] for place in places]


def _is_for_judge(
    checked: Checked, only: JudgeOnly | None, store: LabelStore, known: Judgements
) -> bool:
    status, sample = checked.verdict.status, checked.sample
    assert sample is not None
    match only:
        case "passing":
            return status == "pass"
        case "warned":
            return status == "warn"
        case "disagreeing":
            entry = known.latest("judge", sample.id)
            return entry is not None and disagree(status, entry.judgement)
        case "unreviewed":
            label = store.get(sample.id)
            decided = label is not None and label.decision in ("accepted", "rejected")
            return status != "fail" and not decided
    return status != "fail"


def to_repair(results: Iterable[Checked], only: RepairOnly, store: LabelStore) -> list[Checked]:
    """Choose samples to repair, equal ones once; what a reviewer has decided on is left alone."""
    wanted = "fail" if only == "failing" else "warn"
    found: dict[str, Checked] = {}
    for checked in results:
        if checked.sample is None or checked.verdict.status != wanted:
            continue
        label = store.get(checked.sample.id)
        if label is None or label.decision not in ("accepted", "rejected"):
            found.setdefault(checked.sample.id, checked)
    return list(found.values())
