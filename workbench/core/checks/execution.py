"""The execution stage: run the calls on a simulated vehicle and report its objections."""

from collections.abc import Iterator
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import Vehicle
from workbench.core.car.words import brief
from workbench.core.checks.work_limits import MOST_TOGETHER, bounded
from workbench.core.json.text import dumps
from workbench.core.samples import Sample
from workbench.core.verdicts import Edit, Finding, Fix


def check_execution(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield the findings of the execution stage, call by call."""
    return bounded("execution", _check_execution(sample, catalog))


def _check_execution(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    vehicle = Vehicle(catalog)
    for index, call in enumerate(sample.answers):
        yield from vehicle.run(call, index).findings
    if len(sample.answers) > 1:
        yield from _check_together(sample, catalog)
    if len(sample.answers) > MOST_TOGETHER:
        said = f"of {len(sample.answers):,} calls, only {MOST_TOGETHER:,} are compared"
        yield Finding("execution.not_read", said, ("answers",))


def _check_together(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield repeated and contradicting calls, each at the later of the two."""
    seen: dict[bytes, int] = {}
    places: dict[str, dict[int, tuple[int, Any]]] = {}
    for index, call in enumerate(sample.answers[:MOST_TOGETHER]):
        # As JSON, where a boolean isn't 1. An integer equals the float, as for the car.
        key = dumps([call.name, _numbers_alike(call.arguments)], sort_keys=True)
        if key in seen:
            message = f"call {index + 1} repeats call {seen[key] + 1}"
            fix = Fix(f"remove call {index + 1}", (Edit("remove", ("answers", index)),))
            yield Finding("execution.repeated_call", message, ("answers", index), fix)
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
        for place, (other, set_to) in earlier.items():
            if (place == area or place & area) and set_to != value:
                values = f"{brief(set_to)} and {brief(value)}"
                message = (
                    f"calls {other + 1} and {index + 1} set {name} in the same place to {values}"
                )
                path = ("answers", index, "arguments", "value")
                yield Finding("execution.contradiction", message, path)
                break
        earlier.setdefault(area, (index, value))


def _numbers_alike(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        name: float(value) if type(value) is int and abs(value) < 2**53 else value
        for name, value in arguments.items()
    }
