"""A simulated vehicle, built from a catalogue: it runs calls, keeps state and answers.

Its answers have the real vehicle's JSON form: see `results`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.car import results
from workbench.core.car.call_rules import call_findings
from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.words import brief
from workbench.core.json.text import dumps
from workbench.core.samples import Path, Sample, StateValue, Step, ToolCall, step_path
from workbench.core.verdicts import Finding

UNAVAILABLE = "execution.unavailable"
MOST_ROUNDS = 10
"""How often the program in the car lets the assistant go on for one request, the reply included."""
_DEFAULTS: dict[str, Any] = {"Boolean": False, "Float": 0.0, "String": ""}
_LISTS = ("IntArray", "LongArray", "FloatArray")

_State = Mapping[tuple[str, int], Any]


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """The outcome of one call: the vehicle's answer, the value before and after, the objections.

    before and after are equal if the call reads or is refused. refused: why it is, "" if it isn't.
    listed: the properties that are listed, of a call that lists some; the answer is empty then.
    """

    answer: results.ToolResult
    before: Any = None
    after: Any = None
    findings: tuple[Finding, ...] = ()
    refused: str = ""
    listed: tuple[results.ToolResult, ...] | None = None

    @property
    def result(self) -> results.ToolResult | list[results.ToolResult]:
        """What the model gets, as JSON."""
        return self.answer if self.listed is None else [*self.listed]

    @property
    def text(self) -> str:
        """What the model gets, as a text of JSON."""
        return dumps(self.result).decode()


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """A step that was run: the step, the outcome of each of its calls, and the state after it.

    state: all values that differ from the car's first ones, by property and area.
    """

    step: Step
    outcomes: tuple[CallOutcome, ...]
    state: Mapping[tuple[str, int], Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """A change of state that a sample makes: one property in one area."""

    property: str
    area: int
    before: Any
    after: Any


class Vehicle:
    """One vehicle's state, changed by the calls it runs.

    state: what differs from its first state at the beginning. Properties and areas that it doesn't
    have are left out.
    """

    def __init__(self, catalog: Catalog, state: Iterable[StateValue] = ()) -> None:
        self._catalog = catalog
        self._changed: dict[tuple[str, int], Any] = {}
        for one in state:
            prop = catalog.properties.get(one.property)
            if prop is not None and one.area in prop.areas:
                self._changed[one.property, one.area] = as_kept(one.value, prop)

    @property
    def state(self) -> Mapping[tuple[str, int], Any]:
        """A copy of what differs from the first state, by property and area."""
        return {
            (name, area): value
            for (name, area), value in self._changed.items()
            if value != self._initial(name, area)
        }

    def _initial(self, name: str, area: int) -> Any:
        prop = self._catalog.properties[name]
        return initial_value(prop, prop.areas[area])

    def read(self, prop: Property, area: Area) -> Any:
        """Return a property's current value in an area."""
        return self._read(self._changed, prop, area)

    @staticmethod
    def _read(state: _State, prop: Property, area: Area) -> Any:
        if (prop.name, area.id) in state:
            return state[prop.name, area.id]
        return initial_value(prop, area)

    def available(self, prop: Property, area: Area) -> bool:
        """Whether a property can be used in an area now: what it depends on is as it must be."""
        return self._available(self._changed, prop, area)

    def _available(self, state: _State, prop: Property, area: Area) -> bool:
        needed = self._catalog.dependencies.get(prop.name)
        other = self._catalog.properties.get(needed.need) if needed else None
        if needed is None or other is None:
            return True
        own = other.areas.get(area.id)
        areas = [own] if own else [one for one in other.areas.values() if one.id & area.id]
        found = areas or list(other.areas.values())
        return any(self._read(state, other, one) == needed.value for one in found)

    def run(self, call: ToolCall, place: Path = ("answers", 0)) -> CallOutcome:
        """Run one call; `place` is where it is in the sample, for the findings' paths."""
        return self._run(call, place, self._changed)

    def run_together(
        self, calls: Sequence[ToolCall], place: Path = ("answers",)
    ) -> tuple[CallOutcome, ...]:
        """Run the calls of one step: each must be possible in the state before all of them."""
        before = dict(self._changed) if len(calls) > 1 else self._changed
        return tuple(self._run(call, (*place, index), before) for index, call in enumerate(calls))

    def _run(self, call: ToolCall, place: Path, start: _State) -> CallOutcome:
        findings = tuple(call_findings(call, place, self._catalog))
        objection = next((f for f in findings if f.severity == "error"), None)
        if objection is not None:
            answer = self._refusal(call, objection)
            return CallOutcome(answer, findings=findings, refused=objection.message)
        lists = self._catalog.lists_by(call.name)
        if lists is not None:
            return self._list(call.arguments.get(lists.parameter))
        found = self._target(call)
        if found is None:
            answer = (
                results.invalid("invalid argument")
                if call.name in self._catalog.functions
                else results.unknown_function(brief_name(call.name))
            )
            return CallOutcome(answer, findings=findings, refused=answer["error"])
        prop, area = found
        before = self.read(prop, area)
        reads = self._catalog.functions[call.name].kind == "get"
        if not self._available(start, prop, area):
            told = results.unavailable(prop.name, area.id)
            needed = self._catalog.dependencies[prop.name]
            said = f"{prop.name} isn't available in area {area.id} ({area.words}): "
            said += f"{needed.need} isn't {brief(needed.value)} there"
            finding = Finding(UNAVAILABLE, said, (*place, "arguments", "propertyName"))
            answer = (
                results.invalid(told) if reads else results.change_result(prop.name, area.id, told)
            )
            return CallOutcome(answer, before, before, (*findings, finding), told)
        if reads:
            answer = results.value_result(prop.name, area.id, before)
            return CallOutcome(answer, before, before, findings)
        value = call.arguments.get("value")
        self._changed[prop.name, area.id] = as_kept(value, prop)
        return CallOutcome(results.change_result(prop.name, area.id), before, value, findings)

    def _list(self, category: Any) -> CallOutcome:
        if category is not None and not isinstance(category, str):
            answer = results.invalid("invalid argument")
            return CallOutcome(answer, refused=answer["error"])
        return CallOutcome({}, listed=self._catalog.listed(category))

    def _refusal(self, call: ToolCall, objection: Finding) -> results.ToolResult:
        name, area = call.arguments.get("propertyName"), call.arguments.get("areaId")
        function = self._catalog.functions.get(call.name)
        if function is None:
            return results.unknown_function(brief_name(call.name))
        if self._catalog.lists_by(call.name):
            return results.invalid(objection.message)
        if name not in self._catalog.properties:
            return results.unknown_property(brief_name(name))
        if function.kind == "set" and type(area) is int:
            return results.change_result(str(name), area, objection.message)
        return results.invalid(objection.message)

    def _target(self, call: ToolCall) -> tuple[Property, Area] | None:
        name, area_id = call.arguments.get("propertyName"), call.arguments.get("areaId")
        if call.name not in self._catalog.functions or not isinstance(name, str):
            return None
        prop = self._catalog.properties.get(name)
        area = prop.areas.get(area_id) if prop and type(area_id) is int else None
        return (prop, area) if prop and area else None


def brief_name(name: Any) -> str:
    """Return a name that may be anything, cut to what a result can quote."""
    text = str(name)
    return text if len(text) <= 80 else text[:79] + "…"


def as_kept(value: Any, prop: Property) -> Any:
    """Return a value as the car keeps it: a float stays one if it was written without a point."""
    if prop.type == "Float" and type(value) is int and abs(value) < 2**53:
        return float(value)
    return value


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
    """Return what a sample changes in the vehicle, in the order of its calls.

    If a place changes several times, the first `before` and the last `after` count; a place set to
    the value it already had is listed too.
    """
    changes: dict[tuple[str, int], Effect] = {}
    for done in run_sample(sample, catalog):
        for outcome in done.outcomes:
            if outcome.answer.get("result") == results.SUCCESS:
                key = (outcome.answer["propertyName"], outcome.answer["areaId"])
                first = changes.get(key)
                before = first.before if first else outcome.before
                changes[key] = Effect(*key, before, outcome.after)
    return tuple(changes.values())


def run_sample(sample: Sample, catalog: Catalog) -> tuple[StepOutcome, ...]:
    """Run a sample step by step, on a vehicle in the state in which it begins."""
    vehicle = Vehicle(catalog, sample.state)
    done = []
    for index, step in enumerate(sample.steps):
        outcomes = vehicle.run_together(step.answers, (*step_path(index), "answers"))
        done.append(StepOutcome(step, outcomes, vehicle.state))
    return tuple(done)
