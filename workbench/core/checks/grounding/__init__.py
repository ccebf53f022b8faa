"""The grounding stage: do the calls do what the words say? Rules and word lists, no model.

A query is read into requests (see `workbench.core.reading`); each call is compared with the
requests that mention its property. A finding quotes the words it is based on. If the words say
nothing, there isn't a finding: needs ("I'm freezing") are judged only by what they do say.
"""

from collections.abc import Iterator

from workbench.core.car.catalog import Catalog
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
from workbench.core.checks.work_limits import bounded, not_read
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import Finding


def check_grounding(sample: Sample, rules: GroundingRules) -> Iterator[Finding]:
    """Yield the findings of the grounding stage.

    Samples with format or execution errors are left to those stages. Queries longer than anyone
    would speak, or with too many calls, are not read, and a finding says so: reading takes
    quadratic time.
    """
    return bounded("grounding", _check_grounding(sample, rules))


def _check_grounding(sample: Sample, rules: GroundingRules) -> Iterator[Finding]:
    left = not_read("grounding", sample)
    if left:
        yield left
        return
    calls = [c for i, call in enumerate(sample.answers) if (c := usable(rules.catalog, i, call))]
    if len(calls) != len(sample.answers) or not calls:
        return
    reading = rules.reader.read(sample.query)
    found = list(check_properties(rules, calls, reading))
    yield from found
    unasked = {finding.call for finding in found if finding.code == "grounding.extra_call"}
    calls = [call for call in calls if call.index not in unasked]
    reading = settle(reading, frozenset(call.prop.name for call in calls))
    for call in calls:
        requests = requests_of(call.prop.name, reading)
        if requests:
            alone = len(calls) == 1
            yield from check_access(rules, call, requests, reading, alone)
            if call.kind == "set":
                yield from check_value(rules, call, requests, reading, alone)
    yield from check_places(rules, calls, reading)


def usable(catalog: Catalog, index: int, call: ToolCall) -> CheckedCall | None:
    """Return a call prepared for the rules, or None if other stages object to it."""
    arguments = call.arguments
    function = catalog.functions.get(call.name)
    name, area_id = arguments.get("propertyName"), arguments.get("areaId")
    if function is None or not isinstance(name, str) or type(area_id) is not int:
        return None
    prop = catalog.properties.get(name)
    area = prop.areas.get(area_id) if prop else None
    if prop is None or area is None:
        return None
    return CheckedCall(index, call, prop, area, function.kind, arguments.get("value"))
