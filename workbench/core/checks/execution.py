"""The execution stage: run the calls on a simulated vehicle and report what it objects to."""

from collections.abc import Iterator
from typing import Any

from workbench.core.catalog import Catalog
from workbench.core.samples import Sample, ToolCall
from workbench.core.vehicle import Vehicle
from workbench.core.verdicts import Edit, Finding, Fix


def check_execution(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield every finding of the execution stage, call by call."""
    vehicle = Vehicle(catalog)
    for index, call in enumerate(sample.answers):
        yield from vehicle.run(call, index).findings
    if len(sample.answers) > 1:
        yield from _check_together(sample, catalog)


def _check_together(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield repeated and contradicting calls, each at the later of the two."""
    for index, call in enumerate(sample.answers):
        for other, earlier in enumerate(sample.answers[:index]):
            if _same(call, earlier):
                message = f"call {index + 1} repeats call {other + 1}"
                path = ("answers", index)
                fix = Fix(f"remove call {index + 1}", (Edit("remove", path),))
                yield Finding("execution.repeated_call", message, path, fix)
                break
            if _contradicts(call, earlier, catalog):
                values = f"{earlier.arguments['value']} and {call.arguments['value']}"
                name = call.arguments["propertyName"]
                message = f"calls {other + 1} and {index + 1} set {name} in one place to {values}"
                yield Finding(
                    "execution.contradiction", message, ("answers", index, "arguments", "value")
                )
                break


def _same(call: ToolCall, other: ToolCall) -> bool:
    # A boolean equals 1 in Python, and is another value in JSON.
    return (
        call.name == other.name
        and call.arguments == other.arguments
        and _kinds(call.arguments) == _kinds(other.arguments)
    )


def _kinds(arguments: dict[str, Any]) -> list[bool]:
    return [isinstance(arguments[name], bool) for name in sorted(arguments)]


def _contradicts(call: ToolCall, other: ToolCall, catalog: Catalog) -> bool:
    mine, theirs = call.arguments, other.arguments
    if mine.get("propertyName") != theirs.get("propertyName"):
        return False
    if "value" not in mine or "value" not in theirs or mine["value"] == theirs["value"]:
        return False
    functions = catalog.functions
    if any(c.name not in functions or functions[c.name].kind != "set" for c in (call, other)):
        return False
    one, two = mine.get("areaId"), theirs.get("areaId")
    return type(one) is int and type(two) is int and (one == two or bool(one & two))
