"""Values as people type them: what a property's field offers, shows and reads."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.car.call_rules import convert, named_value
from workbench.core.car.catalog import Area, Property
from workbench.core.car.levels import EXACT, next_step
from workbench.core.car.words import brief
from workbench.core.json import strict as strictjson
from workbench.core.json.strict import half_character
from workbench.core.text.plain import visible

FieldKind = Literal["choice", "number", "text"]
_WHOLE = ("Integer", "Long")
_ELEMENTS = {"IntArray": "Integer", "LongArray": "Long", "FloatArray": "Float"}
_ESCAPE = re.compile(r"\\(?:([\\ntr])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_NAMED = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class ValueField:
    """How a value is entered: as a choice of `options`, a number, or text.

    hint: what is legal, in words.
    """

    kind: FieldKind
    options: tuple[Any, ...] = ()
    hint: str = ""


def value_field(prop: Property | None, area: Area | None) -> ValueField:
    """Return the field for a property's value; for an unknown area, that of the first one."""
    if prop is None:
        return ValueField("text", hint="JSON, because there is no property of that name")
    area = area or next(iter(prop.areas.values()), Area(0, ""))
    if prop.type in _ELEMENTS:
        legal = ", ".join(_named(value, prop) for value in area.values)
        hint = "numbers separated by commas"
        return ValueField("text", hint=f"{hint}; legal are {legal}" if legal else hint)
    if prop.type == "Boolean":
        return ValueField("choice", area.values or (True, False))
    if area.values:
        options = area.values
        if prop.type == "Float":
            options = tuple(float(v) if type(v) is int else v for v in options)
        return ValueField("choice", options)
    if prop.type in _WHOLE or prop.type == "Float":
        return ValueField("number", hint=_number_hint(prop, area))
    return ValueField("text")


def _named(value: Any, prop: Property) -> str:
    name = prop.value_names.get(value)
    return f"{value} {name}" if name else str(value)


def _number_hint(prop: Property, area: Area) -> str:
    low, high = area.minimum, area.maximum
    unit = f" {prop.unit}" if prop.unit and prop.unit != "level" else ""
    parts: list[str] = []
    if low is not None and high is not None:
        parts.append(f"{low} to {high}{unit}")
    elif low is not None or high is not None:
        parts.append(f"at most {high}{unit}" if low is None else f"at least {low}{unit}")
    elif unit:
        parts.append(f"in{unit}")
    if parts and prop.advisory:
        parts[-1] += " (advice)"
    if prop.step and prop.step != 1:
        parts.append(f"steps of {prop.step}")
    meanings = (("0", area.zero), ("+", area.plus), ("-", area.minus))
    parts.extend(f"{sign} {words}" for sign, words in meanings if words)
    return ", ".join(parts)


def same_option(option: Any, value: Any, prop: Property) -> bool:
    """Whether a value is that option: true is not 1, and 1.0 isn't a whole number."""
    if isinstance(option, bool) != isinstance(value, bool) or option != value:
        return False
    return prop.type == "Float" or not isinstance(value, float)


def value_text(value: Any, prop: Property | None) -> str:
    """Write a value as its field shows it: plainly if the type allows it, else as JSON."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if prop is not None and prop.type == "String" and isinstance(value, str):
        return escape_text(value)
    if prop is not None and prop.type in _ELEMENTS and isinstance(value, list):
        return visible(json.dumps(value)[1:-1])
    if number:
        return json.dumps(value)
    return visible(json.dumps(value, ensure_ascii=False))


def parse_value(text: str, prop: Property | None) -> Any:
    """Read a typed value by its property's type. Raises `ValueError` with the reason.

    Whether a number is in range is for the verdict to say.
    """
    if prop is None:
        return _json(text)
    if prop.type in _ELEMENTS:
        elements = text.strip().removeprefix("[").removesuffix("]").split(",")
        if not "".join(elements).strip():
            return []
        return [_scalar(element, _ELEMENTS[prop.type], prop) for element in elements]
    if prop.type == "String":
        value = unescape_text(text)
        if half := half_character(value):
            raise ValueError(f"{half} is half a character, which no file can store")
        return value
    return _scalar(text, prop.type, prop)


def _scalar(text: str, data_type: str, prop: Property) -> Any:
    kinds = {"Boolean": "boolean", "Float": "number", "Integer": "integer", "Long": "integer"}
    kind = kinds.get(data_type)
    if kind is None:
        return _json(text)
    bare = text.strip().removesuffix(prop.unit).strip() if prop.unit else text.strip()
    value = convert(bare, kind) if kind == "boolean" else _number(bare, kind)
    if value is None:
        value = named_value(bare, prop)
    if value is None:
        wanted = {"boolean": "true or false", "integer": "a whole number"}.get(kind, "a number")
        raise ValueError(f"{visible(brief(bare))} is not {wanted}" if bare else f"type {wanted}")
    return value


def _json(text: str) -> Any:
    try:
        return strictjson.loads(text)
    except strictjson.StrictError:
        raise
    except (ValueError, RecursionError):
        raise ValueError(f"{visible(brief(text))} is not JSON") from None


def _number(text: str, kind: str) -> int | float | None:
    """Read a number as people type it: `.5`, `5.`, `22,5`, `1e3`, a true minus sign."""
    text = text.replace("\u2212", "-")
    if kind == "integer":
        digits = re.fullmatch(r"[+-]?[0-9]{1,100}", text)
        return int(text) if digits else convert(text, kind)
    plain = text.replace(",", ".", 1)
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", plain):
        return None
    number = float(plain)
    return number if math.isfinite(number) else None


def step_value(value: Any, up: bool, prop: Property, area: Area | None) -> int | float:
    """Return the next legal number up or down; from what isn't a number, the nearest end."""
    area = area or next(iter(prop.areas.values()), Area(0, ""))
    low, high = area.minimum, area.maximum
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < EXACT:
        ends = (low, high) if up else (high, low)
        stepped: int | float = next((end for end in ends if end is not None), 0)
    else:
        stepped = next_step(value, up, low or 0, prop.step or 1)
    if low is not None and stepped < low:
        stepped = low
    if high is not None and stepped > high:
        stepped = high
    return float(stepped) if prop.type == "Float" else int(stepped)


def escape_text(text: str) -> str:
    """Write text so that a field can show it: hidden characters escaped, backslashes doubled."""
    return visible(text.replace("\\", "\\\\"))


def unescape_text(text: str) -> str:
    """Read what `escape_text` wrote and someone edited. Anything that isn't an escape stays."""
    read = _ESCAPE.sub(_unescape, text)
    # Two matching halves make one character, as in JSON.
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _unescape(found: re.Match[str]) -> str:
    if found[1]:
        return _NAMED[found[1]]
    code = int(found[2] or found[3], 16)
    return chr(code) if code <= 0x10FFFF else found[0]
