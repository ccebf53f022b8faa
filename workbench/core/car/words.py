"""Values in people's words, and JSON values as they are, short enough for a message."""

import json
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.samples import ToolCall

_LONGEST = 40


def value_words(value: Any, prop: Property) -> str:
    """Return a property's value in words: `22.0 °C`, `automatic`, `level 2`, `true`."""
    if isinstance(value, list):
        return ", ".join(value_words(element, prop) for element in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, str)) and value in prop.value_names:
        return prop.value_names[value]
    if prop.unit == "level":
        return f"level {value}"
    return f"{value} {prop.unit}" if prop.unit else str(value)


def state_words(value: Any, prop: Property) -> str:
    """Return a value as one speaks of it: `on` and `off` for a switch, else `value_words`."""
    if isinstance(value, bool) and prop.type == "Boolean":
        return "on" if value else "off"
    return value_words(value, prop)


def already_words(value: Any, prop: Property) -> str:
    """Say that a property had the value to which it is set: `already off`."""
    return f"already {state_words(value, prop) or 'empty'}"


def call_words(call: ToolCall) -> str:
    """Write a call as code: `setIntProperty(propertyName="…", areaId=1, value=2)`."""
    arguments = (
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in call.arguments.items()
    )
    return f"{call.name}({', '.join(arguments)})"


def brief(value: Any) -> str:
    """Show a JSON value: strings quoted, long ones cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
        return '"' + shown.replace('"', "'") + '"'
    if isinstance(value, int) and abs(value) >= 10**30:
        return "an integer of over 30 digits"
    return str(value)


def quoted(words: str) -> str:
    """Quote words that someone said; long ones are cut as in `brief`."""
    return f"“{words if len(words) <= _LONGEST else words[: _LONGEST - 1] + '…'}”"


_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list"}


def describe(value: Any) -> str:
    """Describe a JSON value: `the string "22"`, `the boolean true`, `null`, `a list`."""
    if value is None:
        return "null"
    kind = _KINDS.get(type(value), "object")
    if kind in ("list", "object"):
        return with_article(kind)
    shown = brief(value)
    return shown if shown.startswith("an ") else f"the {kind} {shown}"


def with_article(kind: str) -> str:
    """Return a kind of JSON value with its article: `an integer`, `a string`."""
    return f"an {kind}" if kind[:1].lower() in "aeio" else f"a {kind}"
