"""Tool calls in the shapes that models and servers give them: one reader for all of them.

A call is `{name, arguments}`. Models also write the arguments as JSON in a string or under another
name, wrap the call as `{"function": {…}}`, give one call in place of a list, a list in a list, or
any of these as a string of JSON. If two names for the same thing disagree, it isn't a call.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.json import lenient
from workbench.core.json import strict as strictjson
from workbench.core.json.slices import split_list
from workbench.core.samples import ToolCall

_ARGUMENTS = ("arguments", "args", "parameters", "params", "input")
_NAMES = ("name", "function", "function_name", "tool_name", "tool")
_WRAPPERS = (
    *("function", "function_call", "tool_call", "tool_use", "functionCall", "toolCall"),
    *("tool_calls", "function_calls", "calls", "answers"),
)
_MOST_WRAPPERS = 3


def read_call(value: Any) -> ToolCall:
    """Read one call. Raises `ValueError` with a path and what is missing there."""
    value = _unwrapped(_opened(value))
    if isinstance(value, list) and len(value) == 1:
        value = _unwrapped(_opened(value[0]))
    if not isinstance(value, dict):
        raise ValueError("not an object")
    name = _under(value, _NAMES, str, "name")
    arguments = _under(value, _ARGUMENTS, (dict, str), "arguments")
    if isinstance(arguments, str):
        arguments = _opened(arguments)
    if not isinstance(arguments, dict):
        raise ValueError("arguments: not an object")
    return ToolCall(name, arguments)


def read_answers(value: Any) -> tuple[ToolCall, ...]:
    """Read the calls of a sample, all of them. Raises `ValueError` as `read_call`."""
    return tuple(map(read_call, _listed(_opened(value))))


def read_calls(value: Any) -> tuple[tuple[ToolCall, ...], tuple[str, ...]]:
    """Read calls one by one; return those that are whole, and the text of those that aren't.

    value: parsed, or a text. Never raises.
    """
    calls: list[ToolCall] = []
    broken: list[str] = []
    for item in _each(value):
        try:
            calls.append(read_call(item if isinstance(item, str) else _strict(item)))
        except (ValueError, RecursionError):
            broken.append(item if isinstance(item, str) else _written(item))
    return tuple(calls), tuple(broken)


def _each(value: Any) -> Iterator[Any]:
    """Yield the items of a list of calls; for a faulty text, the text of each."""
    if not isinstance(value, str):
        yield from _listed(value)
        return
    try:
        yield from _listed(_opened(value))
        return
    except ValueError:
        pass
    slices = split_list(lenient.without_fence(value).strip().encode("utf-8", "replace"))
    if not slices.items:
        yield value
        return
    yield from (item.decode("utf-8", "replace") for item in slices.items)
    if slices.error and slices.rest.strip():
        yield slices.rest.decode("utf-8", "replace").strip()


def _listed(value: Any) -> Sequence[Any]:
    value = _unwrapped(value)
    if not isinstance(value, list):
        return [value]
    while len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    if value and all(isinstance(item, list) for item in value):
        return [item for inner in value for item in inner]
    return list(value)


def _unwrapped(value: Any) -> Any:
    """Unwrap calls."""
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(value, dict) or any(name in value for name in _ARGUMENTS):
            return value
        inner = [value[name] for name in _WRAPPERS if isinstance(value.get(name), dict | list)]
        if len(inner) != 1:
            return value
        value = inner[0]
    return value


def _opened(value: Any) -> Any:
    """Read JSON in a string; anything else stays. Raises `ValueError`."""
    if not isinstance(value, str):
        return value
    opened = lenient.loads(lenient.without_fence(value))
    if isinstance(opened, str):  # written twice, as by two programs
        opened = lenient.loads(opened)
    return opened


def _under(value: Mapping[str, Any], names: Sequence[str], kind: Any, what: str) -> Any:
    """Return the value under one of these names. Raises `ValueError`."""
    found = [value[name] for name in names if isinstance(value.get(name), kind)]
    if not found:
        raise ValueError(f"no {what}")
    if any(other != found[0] for other in found[1:]):
        raise ValueError(f"two different {what}s" if what == "name" else f"two different {what}")
    return found[0]


def _strict(value: Any) -> Any:
    """Return the value if a file can store it. Raises `ValueError`."""
    return strictjson.loads(json.dumps(value))


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "nested too deeply"
