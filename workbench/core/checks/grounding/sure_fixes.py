"""Fixes that are sure: with them, the words have nothing left to object to.

A wrong fix is worse than none, since it breaks what one key accepts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, apply_fixes

Recheck = Callable[[Sample], Sequence[Finding] | None]
"""Gives a sample's findings without this check of their fixes; None if its calls aren't legal."""


def with_sure_fixes(
    sample: Sample, findings: Sequence[Finding], recheck: Recheck
) -> Sequence[Finding]:
    """Return the findings, those without their fix whose fix leaves or makes an objection."""
    fixable = [finding for finding in findings if finding.fix]
    if not fixable or _left(sample, fixable, recheck) == Counter():
        return findings
    objections = _keys(findings)
    return [
        replace(finding, fix=None)
        if finding.fix and not _settles(sample, finding, objections, recheck)
        else finding
        for finding in findings
    ]


def _settles(
    sample: Sample, finding: Finding, objections: Counter[tuple[str, str]], recheck: Recheck
) -> bool:
    """Whether a fix alone takes its finding away, and brings no other."""
    left = _left(sample, [finding], recheck)
    if left is None:
        return False
    return left <= objections - Counter([(finding.code, finding.message)])


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
