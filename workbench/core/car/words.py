"""Values in people's words, and JSON values as they are, short enough for a message."""

import json
from typing import Any

from workbench.core.car.catalog import Area, Property
from workbench.core.car.levels import EXACT
from workbench.core.samples import ToolCall

_LONGEST = 40
_THOUSANDS = 10_000
"""From here on numbers have their thousands apart."""


def value_words(value: Any, prop: Property) -> str:
    """Return a property's value in words, a number as it is written: `22.0 °C`, `automatic`."""
    if isinstance(value, list):
        return ", ".join(value_words(element, prop) for element in value)
    return _named(value, prop) or _with_unit(str(value), prop)


def state_words(value: Any, prop: Property, area: Area | None = None) -> str:
    """Return a value as one speaks of it: `on` and `off` for a switch, `22 °C`, `29,000 Wh`.

    area: where the property has it; what 0 means there is said in its place, `closed`, and what 1
    means if that is the only other value: `open`.
    """
    if isinstance(value, bool):
        return ("on" if value else "off") if prop.type == "Boolean" else _named(value, prop)
    if isinstance(value, list):
        return ", ".join(state_words(element, prop) for element in value)
    if named := _named(value, prop):
        return named
    if not isinstance(value, (int, float)):
        return _with_unit(str(value), prop)
    if area is not None and area.zero and value == 0:
        return area.zero
    if area is not None and _is_switch(area, prop) and value == 1:
        return area.plus
    return _with_unit(_number(value), prop)


def _is_switch(area: Area, prop: Property) -> bool:
    """Whether a property takes 0 and 1 there, and both have a meaning that isn't a level."""
    means = area.zero and area.plus and prop.unit != "level"
    return bool(means) and prop.type == "Integer" and (area.minimum, area.maximum) == (0, 1)


def _named(value: Any, prop: Property) -> str:
    """Return the name of a value, "" if it has none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return prop.value_names.get(value, "") if isinstance(value, (int, str)) else ""


def _with_unit(number: str, prop: Property) -> str:
    if prop.unit == "level":
        return f"level {number}"
    return f"{number} {prop.unit}" if prop.unit else number


def _number(value: int | float) -> str:
    """Write a number with its thousands apart, and without a needless fraction."""
    whole = isinstance(value, int) or (abs(value) < EXACT and value == int(value))
    if whole and abs(value) >= _THOUSANDS:
        return f"{int(value):,}"
    return str(int(value)) if whole else str(value)


def already_words(value: Any, prop: Property, area: Area | None = None) -> str:
    """Say that a property had the value to which it is set: `already off`. area: its place."""
    return f"already {state_words(value, prop, area) or 'empty'}"


def is_said(value: Any, prop: Property, area: Area | None = None) -> bool:
    """Whether `state_words` leaves no doubt which JSON value is meant."""
    if isinstance(value, bool):
        return prop.type == "Boolean"
    words = state_words(value, prop, area)
    if not isinstance(value, (int, float)):
        return brief(value) == words
    fits = isinstance(value, float) == prop.type.startswith("Float")
    return fits and _number(value) in words.split()


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
