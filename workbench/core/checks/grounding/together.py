"""All rules of the stage: the calls of one request against a reading of its words."""

from collections.abc import Iterator, Sequence

from workbench.core.checks.grounding.access_rules import check_access
from workbench.core.checks.grounding.need_rules import check_needs
from workbench.core.checks.grounding.place_rules import check_places
from workbench.core.checks.grounding.property_rules import check_properties
from workbench.core.checks.grounding.relative_wishes import check_starts
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
    segments,
    settle,
    whole,
)
from workbench.core.checks.grounding.stated_places import own_place
from workbench.core.checks.grounding.value_rules import check_value, fits_words
from workbench.core.reading.positions import select
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Finding

_SEVERAL = 2
"""Places from which on each value may stand beside its own."""


def check_calls(
    rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Yield what the words object to in the calls."""
    found = list(check_properties(rules, calls, reading))
    yield from found
    unasked = {finding.call for finding in found if finding.code == "grounding.extra_call"}
    calls = [call for call in calls if call.index not in unasked]
    yield from check_manner(rules, calls, reading)
    yield from check_needs(rules, calls, reading)
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
            unfit = list(check_access(rules, call, requests, reading, alone))
            yield from unfit
            valued = call.kind == "set" and not unfit
            if valued and not _said_beside(rules, call, requests, reading):
                yield from check_value(rules, call, requests, reading, alone)
    yield from check_places(rules, calls, reading)


def _said_beside(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    reading: QueryReading,
) -> bool:
    """Whether a call's value is said next to its place: "mine up, hers down"."""
    branched = call.area.minus and "middle" not in call.area.zero
    if len(call.prop.areas) == 1 or branched:
        return False
    owned = (own_place(rules, call.prop, request, reading) for request in requests)
    places = {place.begin: place for place in owned if place}
    places |= {place.begin: place for place in reading.places}
    if len(places) < _SEVERAL:
        return False
    for begin, end in segments(reading):
        if not any(r.begin < end and begin < r.end for r in requests):
            continue
        here = [p for p in places.values() if begin <= p.begin < end]
        named = {select(p, call.prop, rules.catalog) for p in here}
        if any(call.area.id in areas for areas in named) and fits_words(
            rules, call, begin, end, reading
        ):
            return True
    return False
