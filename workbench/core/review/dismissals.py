"""Findings that someone marked wrong: they stay known, and no longer weigh on the verdict.

A dismissal holds for one finding of one content: once an edit has changed the sample, it says
nothing about what is found there now.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from workbench.core.codes import CODES
from workbench.core.plural import number_of
from workbench.core.review.labels import Dismissal, Label, kept_text
from workbench.core.verdicts import DismissedFinding, Finding, Verdict, pointer


def can_dismiss(finding: Finding) -> bool:
    """Whether a finding may be marked wrong: not one that states a fact, see `codes.Code`."""
    return CODES[finding.code].dismissible


def why_not(finding: Finding) -> str:
    """Say why a finding can't be marked wrong, and what to do instead; "" if it can be."""
    if can_dismiss(finding):
        return ""
    if finding.severity == "info":
        return "it is for information and doesn't count"
    if finding.stage == "execution":
        return "the car refuses the call; edit the sample, or correct the catalogue or overlay"
    if finding.code == "format.chat_marker":
        return "the marker would steer the chat template; edit the sample"
    return "it is a fact about the item; edit the sample, or correct the functions file"


def dismissal(
    verdict: Verdict, finding: Finding, content: str, reviewer: str = "", time: str = ""
) -> Dismissal:
    """Call a finding wrong. verdict: the one it is part of, with nothing dismissed yet.

    content: the id of the sample verified. Raises `ValueError` if the verdict doesn't have it.
    """
    named = list(_named(verdict, content))
    found = [about for other, about in named if other is finding]
    found += [about for other, about in named if other == finding]
    if not found:
        raise ValueError(f"there is no such finding: {finding.code}")
    return msgspec.structs.replace(found[0], reviewer=kept_text(reviewer), time=time)


def weighed(verdict: Verdict, content: str, label: Label | None) -> Verdict:
    """Return a verdict without the findings that the label calls wrong; these are `dismissed`.

    content: the id of the sample verified.
    """
    return without(verdict, content, label.dismissed if label else ())


def without(verdict: Verdict, content: str, dismissed: Iterable[Dismissal]) -> Verdict:
    """Return a verdict without findings marked wrong in its content, as `weighed` does."""
    dismissals = {one.about: one for one in dismissed if one.content == content}
    if not dismissals:
        return verdict
    findings: list[Finding] = []
    apart: list[DismissedFinding] = []
    for finding, about in _named(verdict, content):
        found = dismissals.get(about.about)
        if found is None or not can_dismiss(finding):
            findings.append(finding)
        else:
            apart.append(DismissedFinding(finding, found.reviewer, found.time))
    return replace(verdict, findings=tuple(findings), dismissed=(*verdict.dismissed, *apart))


def dismissed_words(codes: Mapping[str, int]) -> str:
    """Say how many findings were marked wrong, by code, the most frequent first."""
    each = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{code} {number:,}" for code, number in each)
    return f"{number_of(sum(codes.values()), 'finding')} marked wrong by reviewers: {named}"


def toggled(label: Label | None, one: Dismissal) -> tuple[Dismissal, ...]:
    """Return a label's dismissals with one more, or without it if the label has it already."""
    before = label.dismissed if label else ()
    others = tuple(other for other in before if other.about != one.about)
    return others if len(others) < len(before) else (*before, one)


def _named(verdict: Verdict, content: str) -> Iterable[tuple[Finding, Dismissal]]:
    """Yield each finding with what a dismissal of it is about."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in verdict.findings:
        path = kept_text(pointer(finding.path))
        nth = seen[finding.code, path]
        seen[finding.code, path] += 1
        yield finding, Dismissal(content=content, code=finding.code, path=path, nth=nth)
