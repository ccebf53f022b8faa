"""All rules of the stage: the calls of one request against a reading of its words."""

from collections.abc import Iterator, Sequence

from workbench.core.checks.grounding.access_rules import check_access
from workbench.core.checks.grounding.place_rules import check_places
from workbench.core.checks.grounding.property_rules import check_properties
from workbench.core.checks.grounding.relative_wishes import check_starts
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
    settle,
    whole,
)
from workbench.core.checks.grounding.value_rules import check_value
from workbench.core.reading.reader import QueryReading
from workbench.core.verdicts import Finding


def check_calls(
    rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Yield what the words object to in the calls."""
    found = list(check_properties(rules, calls, reading))
    yield from found
    unasked = {finding.call for finding in found if finding.code == "grounding.extra_call"}
    calls = [call for call in calls if call.index not in unasked]
    yield from check_manner(rules, calls, reading)
    if not found:
        yield from check_starts(rules, calls, reading)


def check_manner(
    rules: GroundingRules,
    calls: Sequence[CheckedCall],
    reading: QueryReading,
    *,
    elliptic: bool = False,
) -> Iterator[Finding]:
    """Yield objections to how and where calls do what is asked for: access, value, place.

    elliptic: whether words may leave out what they are about, since it was said before.
    """
    reading = settle(reading, frozenset(call.prop.name for call in calls))
    for call in calls:
        requests = requests_of(call.prop.name, reading)
        if not requests and elliptic and call.kind == "set":
            spoken = whole(call.prop.name, calls, reading)
            if spoken:
                yield from check_value(rules, call, spoken, reading, alone=True)
        if requests:
            alone = len(calls) == 1
            yield from check_access(rules, call, requests, reading, alone)
            if call.kind == "set":
                yield from check_value(rules, call, requests, reading, alone)
    yield from check_places(rules, calls, reading)
