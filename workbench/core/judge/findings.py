"""Turn what a judge or a repairer said into findings, each with a fix if one verifies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from workbench.core.checks import Verifier
from workbench.core.judge.cases import shown_whole
from workbench.core.judge.edits import edits_between
from workbench.core.judge.votes import CODE_OF, Judgement, Objection, Question, Vote
from workbench.core.samples import Path, Sample, step_path
from workbench.core.verdicts import Finding, Fix, Verdict

_RANK = {"pass": 0, "warn": 1, "fail": 2}


def judge_findings(sample: Sample, judgement: Judgement, verifier: Verifier) -> list[Finding]:
    """Return a judgement's findings, none if the sample is right.

    All carry the same fix: the first corrected answer that differs and fails no rule.
    """
    against = [vote for vote in judgement.votes if vote.objections]
    fix = _judge_fix(sample, against, verifier) if judgement.opinion == "wrong" else None
    return [
        finding
        for question in judgement.questions
        for finding in _of_question(question, sample, judgement, against, fix)
    ]


def _of_question(
    question: Question,
    sample: Sample,
    judgement: Judgement,
    against: Sequence[Vote],
    fix: Fix | None,
) -> Iterator[Finding]:
    """Yield a finding for each call that the first objecting vote names, or one for the sample."""
    objections = next(
        [o for o in vote.objections if o.question == question]
        for vote in against
        if any(o.question == question for o in vote.objections)
    )
    split = ""
    if len(judgement.votes) > 1:
        split = f" ({judgement.votes_on(question)} of {len(judgement.votes)})"
    for objection in objections:
        reason = objection.reason or "the judge gives no reason"
        yield Finding(CODE_OF[question], f"{reason}{split}", _place(objection, sample), fix)


def _place(objection: Objection, sample: Sample) -> Path:
    """Return where an objection belongs: a call, what is said in a step, a step, or all of it.

    A single request's objections name no step.
    """
    steps = sample.steps
    alone = not sample.is_conversation
    at = 0 if alone else objection.step - 1
    if not 0 <= at < len(steps):
        return ()
    place, step = step_path(at), steps[at]
    if 0 < objection.call <= len(step.answers) and objection.question != "natural":
        return (*place, "answers", objection.call - 1)
    if alone:
        return ()
    if step.reply is not None and (step.query is None or objection.question in _OF_REPLIES):
        return (*place, "reply")
    return (*place, "query") if step.query is not None else place


_OF_REPLIES: tuple[Question, ...] = ("no_needless_question", "refusals_right", "replies_true")


def _judge_fix(sample: Sample, votes: Sequence[Vote], verifier: Verifier) -> Fix | None:
    if sample.is_conversation and not shown_whole(sample):
        return None  # it was corrected without its end
    for vote in votes:
        corrected = vote.corrected and in_its_state(vote.corrected, sample)
        if corrected and corrected.id != sample.id and not verifier.errors(corrected):
            return Fix("the judge's answer", edits_between(sample, corrected))
    return None


def in_its_state(written: Sample, sample: Sample) -> Sample:
    """Return what a model wrote in a sample's place, in the sample's state: a model writes none."""
    return msgspec.structs.replace(written, state=sample.state) if sample.state else written


@dataclass(frozen=True, slots=True)
class Repair:
    """A repairer's best attempt. verdict: of `sample`. attempt: which one it is, from 1."""

    sample: Sample
    verdict: Verdict
    attempt: int


def best_repair(
    sample: Sample, status: str, attempts: Sequence[Sample], verifier: Verifier
) -> Repair | None:
    """Choose the attempt that verifies best; None if no attempt is better than the sample.

    status: the sample's own verdict in a word. Of equally good ones, the first that leaves the
    words unchanged, else the first. A conversation's attempt begins in its state.
    """
    found: list[tuple[tuple[int, int, bool, int], Repair]] = []
    for number, written in enumerate(attempts, start=1):
        attempt = in_its_state(written, sample)
        verdict = verifier.verify(attempt)
        rank = _RANK[verdict.status]
        if attempt.id != sample.id and rank < _RANK.get(status, 2):
            key = (rank, len(verdict.findings), attempt.words != sample.words, number)
            found.append((key, Repair(attempt, verdict, number)))
    return min(found, key=lambda one: one[0])[1] if found else None


def repair_finding(sample: Sample, repair: Repair, model: str) -> Finding:
    """Return the finding that offers a repair to accept."""
    fix = Fix("the repaired answer", edits_between(sample, repair.sample))
    return Finding("repair.offered", f"{model} rewrote it, and the new version verifies", (), fix)
