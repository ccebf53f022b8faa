"""The execution stage: run the calls on a simulated vehicle and report its objections."""

from collections.abc import Iterator, Sequence
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import CallOutcome, Vehicle
from workbench.core.car.words import brief
from workbench.core.checks.work_limits import MOST_TOGETHER, bounded
from workbench.core.json.text import dumps
from workbench.core.samples import Path, Reply, Sample, Step, ToolCall, step_path
from workbench.core.verdicts import Edit, Finding, Fix


def check_execution(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield the findings of the execution stage, call by call."""
    return bounded("execution", _check_execution(sample, catalog))


def _check_execution(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    vehicle = Vehicle(catalog, sample.state)
    steps: Sequence[Sample | Step] = sample.steps if sample.then else (sample,)
    for index, step in enumerate(steps):
        place: Path = (*step_path(index), "answers")
        outcomes = vehicle.run_together(step.answers, place)
        ahead = steps[index + 1].reply if index + 1 < len(steps) else None
        for call, outcome in zip(step.answers, outcomes, strict=True):
            if not (outcome.refused and _is_told(call, outcome, ahead)):
                yield from outcome.findings
        if len(step.answers) > 1:
            yield from _check_together(step.answers, place, catalog)
        if len(step.answers) > MOST_TOGETHER:
            said = f"of {len(step.answers):,} calls, only {MOST_TOGETHER:,} are compared"
            yield Finding("execution.not_read", said, place)


def _is_told(call: ToolCall, outcome: CallOutcome, reply: Reply | None) -> bool:
    """Whether the very next thing is that the car has refused this: then trying it was right."""
    if reply is None or reply.kind != "refuse":
        return False
    codes = {finding.code for finding in outcome.findings if finding.severity == "error"}
    return reply.because in codes and any(
        (one.name, one.arguments) == (call.name, call.arguments) for one in reply.wanted
    )


def _check_together(calls: Sequence[ToolCall], place: Path, catalog: Catalog) -> Iterator[Finding]:
    """Yield repeated and contradicting calls of one step, each at the later of the two.

    place: where the list of the calls is.
    """
    seen: dict[bytes, int] = {}
    places: dict[str, dict[int, tuple[int, Any]]] = {}
    for index, call in enumerate(calls[:MOST_TOGETHER]):
        # As JSON, where a boolean isn't 1. An integer equals the float, as for the car.
        key = dumps([call.name, _numbers_alike(call.arguments)], sort_keys=True)
        if key in seen:
            message = f"call {index + 1} repeats call {seen[key] + 1}"
            fix = Fix(f"remove call {index + 1}", (Edit("remove", (*place, index)),))
            yield Finding("execution.repeated_call", message, (*place, index), fix)
            continue
        seen[key] = index
        name, area = call.arguments.get("propertyName"), call.arguments.get("areaId")
        function = catalog.functions.get(call.name)
        if function is None or function.kind != "set" or "value" not in call.arguments:
            continue
        if not isinstance(name, str) or type(area) is not int:
            continue
        value = call.arguments["value"]
        earlier = places.setdefault(name, {})
        for where, (other, set_to) in earlier.items():
            if (where == area or where & area) and set_to != value:
                values = f"{brief(set_to)} and {brief(value)}"
                message = (
                    f"calls {other + 1} and {index + 1} set {name} in the same place to {values}"
                )
                path = (*place, index, "arguments", "value")
                yield Finding("execution.contradiction", message, path)
                break
        earlier.setdefault(area, (index, value))


def _numbers_alike(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        name: float(value) if type(value) is int and abs(value) < 2**53 else value
        for name, value in arguments.items()
    }
