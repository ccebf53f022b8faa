"""Facts that a property's description states, for catalogues whose overlay does not: unit, step,
names of values and what 0 means."""

import re
from collections.abc import Collection, Mapping
from typing import Any

_UNITS = (
    ("°C", r"degrees? celsius|°\s?c\b|\bcelsius"),
    ("°F", r"degrees? fahrenheit|°\s?f\b|\bfahrenheit"),
    ("%", r"\bper ?cent\b|\bpercentage\b|%"),
    ("km/h", r"kilomet(?:re|er)s? (?:per|an) hour|\bkm/h\b"),
    ("mph", r"miles? (?:per|an) hour|\bmph\b"),
    ("m/s", r"met(?:re|er)s? per second|\bm/s\b"),
    ("kPa", r"kilopascals?|\bkpa\b"),
    ("Wh", r"watt[- ]hours?|\bwh\b"),
    ("km", r"kilomet(?:re|er)s?|\bkm\b"),
    ("ml", r"millilit(?:re|er)s?|\bml\b"),
    ("l", r"\blit(?:re|er)s?\b"),
    ("s", r"\bin seconds\b|^seconds\b"),
    ("min", r"\bin minutes\b|^minutes\b"),
    ("m", r"\bin met(?:re|er)s\b"),
)
_STEP = re.compile(r"(?:steps?|increments?|intervals?) of (\d+(?:\.\d+)?)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![\w.-])(-?\d+)\s*(?:=|:|is|means|for|selects|stands for)?\s*(?:the |a |an )?"
    r"([a-z][a-z /-]{0,40}?[a-z])\s*(?=[,.;()\n]|\band\b|\bor\b|$)",
    re.IGNORECASE,
)
_ZERO = re.compile(r"\b(?:0|zero|the minimum)\s*(?:=|is|means|:)\s*(?:fully |completely )?"
                   r"(off|closed|shut)\b", re.IGNORECASE)  # fmt: skip


def unit_in(description: str) -> str:
    """Return the unit that the description names, or ""."""
    text = description.lower()
    return next((unit for unit, pattern in _UNITS if re.search(pattern, text)), "")


def step_in(description: str) -> int | float | None:
    """Return the step between values: "in steps of 0.5" is 0.5, "in steps of 5" is 5."""
    found = _STEP.search(description)
    if found is None:
        return None
    return float(found[1]) if "." in found[1] else int(found[1][:18])


def zero_in(description: str) -> str:
    """Return what 0 (or the minimum) means by the description: `off`, `closed` or `shut`, or ""."""
    found = _ZERO.search(description)
    return found[1].lower() if found else ""


def names_in(description: str, values: Collection[Any]) -> Mapping[Any, str]:
    """Return the names of legal integer values: "0 is off, 1 is interval". All or none."""
    named = {int(number): name.strip().lower() for number, name in _NAMED.findall(description)}
    if len(values) < 2 or not all(type(value) is int and value in named for value in values):
        return {}
    return {value: named[value] for value in values}
