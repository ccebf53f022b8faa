"""What a sample's query asks for, for whoever writes its calls: what is missing, and values."""

from typing import Any, NamedTuple

from workbench.core.checks.grounding import usable
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
)
from workbench.core.checks.grounding.stated_calls import added_calls, place_among, stated_call
from workbench.core.checks.work_limits import not_read
from workbench.core.reading.reader import QueryReading
from workbench.core.samples import Sample, ToolCall


class WantedCalls(NamedTuple):
    """Calls that a query asks for. at: their place among the sample's. placed: whether their areas
    are certain.
    """

    calls: tuple[ToolCall, ...] = ()
    at: int = 0
    placed: bool = False


def wanted_properties(sample: Sample, rules: GroundingRules) -> tuple[str, ...]:
    """Return the properties that the query names and no call is for, in the order of the words."""
    reading = _read(sample, rules)
    if reading is None:
        return ()
    called = {call.arguments.get("propertyName") for call in sample.answers}
    named = (
        name
        for request in reading.requests
        for name in sorted(request.mention.names | request.mention.asks)
        if not request.mention.names & called
    )
    return tuple(dict.fromkeys(name for name in named if name not in called))


def wanted_calls(sample: Sample, name: str, rules: GroundingRules) -> WantedCalls:
    """Return the calls that a query asks for with a property and the sample lacks.

    None if the query doesn't mention it, else at least one. What the words don't say is left out,
    so a call may have no value.
    """
    prop = rules.catalog.properties[name]
    reading = _read(sample, rules)
    if reading is None or not requests_of(name, reading):
        return WantedCalls()
    calls = _usable(sample, rules)
    stated = stated_call(rules, prop, calls, reading)
    served = {call.area.id for call in calls if call.prop is prop}
    made = added_calls(stated, rules.catalog, served) or added_calls(stated, rules.catalog)[:1]
    return WantedCalls(tuple(made), place_among(prop, calls, reading), stated.placed)


def wanted_value(sample: Sample, call: ToolCall, rules: GroundingRules) -> Any:
    """Return the value that the query says or the policy gives for one of the sample's calls, None
    if that is open.
    """
    reading, checked = _read(sample, rules), usable(rules.catalog, 0, call)
    if reading is None or checked is None:
        return None
    return stated_call(rules, checked.prop, _usable(sample, rules), reading).values.get(
        checked.area.id
    )


def _read(sample: Sample, rules: GroundingRules) -> QueryReading | None:
    return None if not_read("grounding", sample) else rules.reader.read(sample.query)


def _usable(sample: Sample, rules: GroundingRules) -> list[CheckedCall]:
    calls = sample.answers
    return [c for i, call in enumerate(calls) if (c := usable(rules.catalog, i, call))]
