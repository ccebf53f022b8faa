"""The grounding stage: do the calls do what the words say? Rules and word lists, no model.

A query is read into requests (see `workbench.core.reading`); each call is compared with the
requests that mention its property. A finding quotes the words it is based on. If the words say
nothing, there isn't a finding: needs ("I'm freezing") are judged only by what they do say.
"""

from collections.abc import Iterator, Sequence

from workbench.core.checks.grounding.shared_rules import CheckedCall, GroundingRules, usable
from workbench.core.checks.grounding.sure_fixes import with_sure_fixes, without_fixes
from workbench.core.checks.grounding.together import check_calls
from workbench.core.checks.grounding.turns import check_turns
from workbench.core.checks.grounding.two_readings import all_agree, check_otherwise
from workbench.core.checks.grounding.unread import check_unread, reads_nothing, strange
from workbench.core.checks.work_limits import bounded, not_read
from workbench.core.reading.reader import QueryReading
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, apply_fixes

__all__ = ["check_grounding", "usable"]


_ON_EXCEPTIONS = frozenset({"grounding.place", "grounding.missing_place", "grounding.value"})
"""Codes of findings that an exception may explain."""


def check_grounding(sample: Sample, rules: GroundingRules) -> Iterator[Finding]:
    """Yield the findings of the grounding stage.

    Samples with format or execution errors are left to those stages. Queries longer than anyone
    would speak, or with too many calls, are not read, and a finding says so: reading takes
    quadratic time. A conversation is read turn by turn.
    """
    check = check_turns if sample.is_conversation else _check_grounding
    return bounded("grounding", check(sample, rules))


def _check_grounding(sample: Sample, rules: GroundingRules) -> Iterator[Finding]:
    left = not_read("grounding", sample)
    if left:
        yield left
        return
    calls = _usable_calls(sample, rules)
    if calls is None:
        return
    own = rules
    rules, reading = own.read(sample.query)
    if any(call.prop.name not in rules.reader.words for call in calls):
        reading = own.reader.read(sample.query)  # its language lacks words for a call
    if reading.strange:
        yield strange(reading)
        return
    found = list(check_calls(rules, calls, reading))

    def recheck(fixed: Sample) -> Sequence[Finding] | None:
        changed = _usable_calls(fixed, rules)
        return None if changed is None else list(check_calls(rules, changed, reading))

    found = [finding for finding in found if not _unsure(finding, reading, rules)]
    if reads_nothing(rules, calls, reading):
        found = []
    twofold = check_otherwise(rules, calls, reading, found)
    if twofold:
        yield twofold
        return
    sure = () if reading.guessed else with_sure_fixes(sample, found, recheck)
    if any(one.fix for one in sure) and rules.reader.is_open(reading):
        fixed = apply_fixes(sample, [one.fix for one in sure if one.fix])
        if not all_agree(rules, _usable_calls(fixed, rules) or [], reading):
            sure = ()
    yield from sure or without_fixes(found)
    yield from check_unread(rules, calls, reading, {finding.call for finding in found})


def _unsure(finding: Finding, reading: QueryReading, rules: GroundingRules) -> bool:
    """Whether something was left out, nobody knows what, and a finding may be for that."""
    exceptional = finding.code in _ON_EXCEPTIONS
    return exceptional and bool(rules.reader.scope.unresolved_exception.spans(reading.text))


def _usable_calls(sample: Sample, rules: GroundingRules) -> list[CheckedCall] | None:
    """Return the calls, None if there are none, or some that other stages object to."""
    calls = [c for i, call in enumerate(sample.answers) if (c := usable(rules.catalog, i, call))]
    repeated = len({(c.prop.name, c.area.id, c.kind) for c in calls}) < len(calls)
    return None if len(calls) != len(sample.answers) or not calls or repeated else calls
