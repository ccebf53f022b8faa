"""What a vehicle answers to a call: the one place for the form and the wording of results.

The forms are those of the program in the car that runs the calls: a read gives `{propertyName,
areaId, value}`; a change `{propertyName, areaId, result}`, where the result is "success" or the
vehicle's objection; what can't be run at all gives `{error}`. A call that lists properties gives
their entries of the catalogue file, as a list.
"""

from typing import Any

SUCCESS = "success"

ToolResult = dict[str, Any]


def value_result(name: str, area: int, value: Any) -> ToolResult:
    """Return the result of a read."""
    return {"propertyName": name, "areaId": area, "value": value}


def change_result(name: str, area: Any, objection: str = "") -> ToolResult:
    """Return the result of a change, or of one that the vehicle refused."""
    return {"propertyName": name, "areaId": area, "result": objection or SUCCESS}


def unknown_function(name: str) -> ToolResult:
    return {"error": f"Function '{name}' is not defined."}


def unknown_property(name: str) -> ToolResult:
    return {"error": f"Property '{name}' does not exist or is not authorized."}


def unavailable(name: str, area: int) -> str:
    """Return the objection to a property that can't be used in the vehicle's present state."""
    return f"Property '{name}' in area {area} is currently not available."


def invalid(objection: str) -> ToolResult:
    """Return the result of a call that isn't run: a read that is refused, or arguments missing."""
    return {"error": objection}
