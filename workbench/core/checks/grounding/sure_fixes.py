"""Fixes that are sure: with them, the words have nothing left to object to.

A wrong fix is worse than none, since it breaks what one key accepts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from workbench.core.car.words import brief
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Fix, apply_fixes

_ALIKE = {"grounding.number": "grounding.value"}
"""Codes of objections that are of one kind."""

Recheck = Callable[[Sample], Sequence[Finding] | None]
"""Gives a sample's findings without this check of their fixes; None if its calls aren't legal."""


def with_sure_fixes(
    sample: Sample, findings: Sequence[Finding], recheck: Recheck
) -> Sequence[Finding]:
    """Return the findings, without their fixes unless these leave nothing to object to.

    Objections of several kinds show mostly that the words are misread: of such fixes hardly one in
    ten was right on text by writers who hadn't seen the rules, so none is offered.
    """
    findings = _with_swaps(sample, findings)
    fixable = [finding for finding in findings if finding.fix]
    if not fixable:
        return findings
    kinds = {_ALIKE.get(finding.code, finding.code) for finding in findings}
    if len(kinds) == 1 and _left(sample, fixable, recheck) == Counter():
        return findings
    return without_fixes(findings)


_VALUE = ("arguments", "value")
_PAIR = 2


def _with_swaps(sample: Sample, findings: Sequence[Finding]) -> Sequence[Finding]:
    """Return the findings; two of values that have changed places have one fix for both.

    Half of it alone would leave two calls with one of the values.
    """
    fixes = [one.fix for one in findings if one.fix]
    edits = {fix.edits[0].path: fix.edits[0] for fix in fixes if fix.edits[0].path[2:] == _VALUE}
    if len(fixes) != _PAIR or len(edits) != _PAIR or any(len(fix.edits) > 1 for fix in fixes):
        return findings
    first, second = edits.values()
    has = [sample.answers[int(edit.path[1])].arguments["value"] for edit in (first, second)]
    if [second.value, first.value] != has:
        return findings
    both = Fix(f"{fixes[0].label}, the other {brief(second.value)}", (first, second))
    return [replace(one, fix=both) if one.fix else one for one in findings]


def without_fixes(findings: Iterable[Finding]) -> list[Finding]:
    return [replace(finding, fix=None) for finding in findings]


def _left(
    sample: Sample, fixed: Iterable[Finding], recheck: Recheck
) -> Counter[tuple[str, str]] | None:
    """Return the objections after fixes; None if they can't be applied."""
    try:
        done = apply_fixes(sample, [finding.fix for finding in fixed if finding.fix])
    except ValueError:
        return None
    found = recheck(done)
    return None if found is None else _keys(found)


def _keys(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((one.code, one.message) for one in findings if one.severity == "warning")
