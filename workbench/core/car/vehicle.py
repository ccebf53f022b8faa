"""A simulated vehicle, built from a catalogue: it runs calls, keeps state and answers.

Answers have the real vehicle's JSON form: a get gives `{propertyName, areaId, value}`, a set
`{propertyName, areaId, result}`; a refused call gives `{error}`.
"""

from dataclasses import dataclass
from typing import Any

from workbench.core.car.call_rules import call_findings
from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import Finding

SUCCESS = "success"
_DEFAULTS: dict[str, Any] = {"Boolean": False, "Float": 0.0, "String": ""}
_LISTS = ("IntArray", "LongArray", "FloatArray")


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """The outcome of one call: the vehicle's answer, the value before and after, the objections.

    before and after are equal if the call reads or is refused.
    """

    answer: dict[str, Any]
    before: Any = None
    after: Any = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """A change of state that a sample makes: one property in one area."""

    property: str
    area: int
    before: Any
    after: Any


class Vehicle:
    """One vehicle's state, changed by the calls it runs. A new one is in its initial state."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._changed: dict[tuple[str, int], Any] = {}

    def read(self, prop: Property, area: Area) -> Any:
        """Return a property's current value in an area."""
        if (prop.name, area.id) in self._changed:
            return self._changed[prop.name, area.id]
        return initial_value(prop, area)

    def run(self, call: ToolCall, index: int = 0) -> CallOutcome:
        """Run one call; `index` is its place in the sample, for the findings' paths."""
        findings = tuple(call_findings(call, index, self._catalog))
        objection = next((f for f in findings if f.severity == "error"), None)
        if objection is not None:
            return CallOutcome({"error": objection.message}, findings=findings)
        found = self._target(call)
        if found is None:
            return CallOutcome({"error": "invalid argument"}, findings=findings)
        prop, area = found
        before = self.read(prop, area)
        answer: dict[str, Any] = {"propertyName": prop.name, "areaId": area.id}
        if self._catalog.functions[call.name].kind == "get":
            return CallOutcome({**answer, "value": before}, before, before, findings)
        value = call.arguments.get("value")
        self._changed[prop.name, area.id] = value
        return CallOutcome({**answer, "result": SUCCESS}, before, value, findings)

    def _target(self, call: ToolCall) -> tuple[Property, Area] | None:
        name, area_id = call.arguments.get("propertyName"), call.arguments.get("areaId")
        if call.name not in self._catalog.functions or not isinstance(name, str):
            return None
        prop = self._catalog.properties.get(name)
        area = prop.areas.get(area_id) if prop and type(area_id) is int else None
        return (prop, area) if prop and area else None


def initial_value(prop: Property, area: Area) -> Any:
    """Return the value before any call: the overlay's, else a simple legal one."""
    if area.initial is not None:
        return area.initial
    if prop.type in _LISTS:
        return []
    if area.values:
        return area.values[0]
    zero = _DEFAULTS.get(prop.type, 0)
    if isinstance(zero, (int, float)) and not isinstance(zero, bool):
        low = zero if area.minimum is None else area.minimum
        high = max(low, zero) if area.maximum is None else area.maximum
        return type(zero)(min(max(zero, low), high))
    return zero


def effects(sample: Sample, catalog: Catalog) -> tuple[Effect, ...]:
    """Return what a sample changes on a fresh vehicle, in the order of its calls.

    If a place changes several times, the first `before` and the last `after` count; a place set to
    the value it already had is listed too.
    """
    vehicle = Vehicle(catalog)
    changes: dict[tuple[str, int], Effect] = {}
    for index, call in enumerate(sample.answers):
        outcome = vehicle.run(call, index)
        if outcome.answer.get("result") == SUCCESS:
            key = (outcome.answer["propertyName"], outcome.answer["areaId"])
            first = changes.get(key)
            before = first.before if first else outcome.before
            changes[key] = Effect(*key, before, outcome.after)
    return tuple(changes.values())
