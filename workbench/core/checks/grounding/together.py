"""All rules of the stage: the calls of one request against a reading of its words."""

from collections.abc import Iterator, Sequence

from workbench.core.checks.grounding.access_rules import check_access
from workbench.core.checks.grounding.place_rules import check_places
from workbench.core.checks.grounding.property_rules import check_properties
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
    settle,
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


def check_manner(
    rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Yield objections to how and where calls do what is asked for: access, value, place."""
    reading = settle(reading, frozenset(call.prop.name for call in calls))
    for call in calls:
        requests = requests_of(call.prop.name, reading)
        if requests:
            alone = len(calls) == 1
            yield from check_access(rules, call, requests, reading, alone)
            if call.kind == "set":
                yield from check_value(rules, call, requests, reading, alone)
    yield from check_places(rules, calls, reading)
