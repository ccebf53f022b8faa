"""Talk to the simulated vehicle by hand: what a line means, and what came of it."""

import ast
import json
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.calls import read_answers
from workbench.core.car.catalog import Catalog
from workbench.core.car.overlay import Access
from workbench.core.car.vehicle import CallOutcome, Vehicle
from workbench.core.samples import ToolCall

HELP = """\
setIntProperty(propertyName="HVAC_FAN_SPEED", areaId=1, value=5)   a call, as a model makes it
{"name": "getIntProperty", "arguments": {…}}                       the same as JSON, or a list
get HVAC_FAN_SPEED 1            read a property in an area
set HVAC_FAN_SPEED 1 5          change it; without an area: the driver's
list HVAC_SYSTEM                the properties of a category
get A 1; set B 1 true           several calls of one step, made together
state                           what differs from the car's first state
reset                           back to the first state
quit                            leave (so does Ctrl+D)"""

_LONGEST = 20_000
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class DriveCommand:
    """What a line asks for. calls: of `run`."""

    kind: Literal["run", "state", "reset", "help", "quit", "nothing"]
    calls: tuple[ToolCall, ...] = ()


def read_line(line: str, catalog: Catalog) -> DriveCommand:
    """Read a line. Raises `ValueError` with what is wrong in it."""
    line = line.strip()
    if len(line) > _LONGEST:
        raise ValueError(f"a line has at most {_LONGEST:,} characters")
    if not line or line.startswith("#"):
        return DriveCommand("nothing")
    word = line.lower()
    if word in ("state", "reset", "help", "quit"):
        return DriveCommand(word)  # type: ignore[arg-type]
    if word in ("?", "exit"):
        return DriveCommand("help" if word == "?" else "quit")
    if line[0] in "[{":
        return DriveCommand("run", read_answers(line))
    parts = [part for part in _parts(line) if part.strip()]
    return DriveCommand("run", tuple(_call(part.strip(), catalog) for part in parts))


def run_line(command: DriveCommand, vehicle: Vehicle) -> tuple[CallOutcome, ...]:
    """Make the calls of a line, all together, as those of one step."""
    return vehicle.run_together(command.calls)


def call_line(calls: Sequence[ToolCall]) -> str:
    """Return calls as a line that `read_line` reads again: as code if possible, else as JSON."""
    names = [name for call in calls for name in (call.name, *call.arguments)]
    if all(name.isidentifier() and not keyword.iskeyword(name) for name in names):
        return "; ".join(map(_as_code, calls))
    listed = [{"name": call.name, "arguments": call.arguments} for call in calls]
    return json.dumps(listed, ensure_ascii=False)


def _as_code(call: ToolCall) -> str:
    arguments = (
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in call.arguments.items()
    )
    return f"{call.name}({', '.join(arguments)})"


def result_line(outcome: CallOutcome) -> str:
    """Return what the car answers, as the model gets it."""
    return json.dumps(outcome.result, ensure_ascii=False)


def state_lines(vehicle: Vehicle) -> list[str]:
    """Return what differs from the first state, as the `state` of a sample has it."""
    return [
        json.dumps([name, area, value], ensure_ascii=False)
        for (name, area), value in vehicle.state.items()
    ]


def _parts(line: str) -> list[str]:
    """Cut a line at semicolons that are in no quotes."""
    parts, quote = [""], ""
    for character in line:
        if character == ";" and not quote:
            parts.append("")
            continue
        if character in "\"'" and quote in ("", character):
            quote = "" if quote else character
        parts[-1] += character
    return parts


def _call(text: str, catalog: Catalog) -> ToolCall:
    first, _, rest = text.partition(" ")
    if first.lower() == "list" and catalog.lists and "(" not in rest:
        category = {catalog.lists.parameter: rest.strip().upper()} if rest.strip() else {}
        return ToolCall(catalog.lists.function, category)
    if first.lower() in ("get", "set") and "(" not in first:
        return _short_call("get" if first.lower() == "get" else "set", rest.split(), catalog)
    return _written_call(text)


def _short_call(access: Access, words: list[str], catalog: Catalog) -> ToolCall:
    """Make a call of `get PROPERTY [AREA]` or `set PROPERTY [AREA] VALUE`."""
    most = 2 if access == "get" else 3
    if not most - 1 <= len(words) <= most:
        rest = "PROPERTY [AREA]" if access == "get" else "PROPERTY [AREA] VALUE"
        raise ValueError(f"it is `{access} {rest}`")
    prop = catalog.properties.get(words[0].upper())
    if prop is None:
        raise ValueError(f"the vehicle has no property {words[0]}")
    function = catalog.function_for.get((access, prop.type))
    if function is None:
        raise ValueError(f"no function can {access} {prop.name}, which is {prop.type}")
    area = catalog.driver_area(prop)
    arguments: dict[str, Any] = {"propertyName": prop.name}
    arguments["areaId"] = next(iter(prop.areas), 0) if area is None else area
    if len(words) == most:
        arguments["areaId"] = _value(words[1])
    if access == "set":
        arguments["value"] = _value(words[-1])
    return ToolCall(function.name, arguments)


def _value(word: str) -> Any:
    try:
        return json.loads(word)
    except ValueError:
        return {"on": True, "off": False}.get(word.lower(), word)


def _written_call(text: str) -> ToolCall:
    """Read `name(argument=value, …)`, values as in JSON or Python."""
    wrong = ValueError(f"not a call: {text[:60]}; `help` shows how to write one")
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise wrong from None
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        raise wrong
    if node.args or any(keyword.arg is None for keyword in node.keywords):
        raise ValueError("every argument has its name, such as areaId=1")
    return ToolCall(node.func.id, {str(one.arg): _constant(one.value) for one in node.keywords})


class _JsonNames(ast.NodeTransformer):
    """Reads true, false and null as JSON does."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in _CONSTANTS:
            return node
        return ast.copy_location(ast.Constant(_CONSTANTS[node.id]), node)


def _constant(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(_JsonNames().visit(node))
        return json.loads(json.dumps(value, allow_nan=False))
    except (ValueError, TypeError, RecursionError):
        raise ValueError("a value is a number, a text in quotes, true, false or a list") from None
