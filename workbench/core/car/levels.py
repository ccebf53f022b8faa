"""Levels: the values a property takes, and what an end, a fraction or a step of a range means.

The arithmetic on a property's own values is here, for the checks, the edit form and the offline
engine. What numbers words can mean is read in `reading/query_values.py`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from workbench.core.car.catalog import Area, Property
from workbench.core.car.entries import Number
from workbench.core.car.policy import Degree

Branch = Literal["level", "plus", "minus"]
"""A whole range, or its part above or below zero."""

WIDTH = 8
"""How many steps of 1 an open-ended range is assumed to have."""
MOST = 200
"""Values to choose from in a wide range."""
EXACT = 2**53
"""The most steps that can be told apart; beyond this a float has no fraction, so steps don't
matter.
"""
_SLIP = 1e-6
"""Fraction of a step that a computed value may be off by rounding."""


_WHOLE = ("Integer", "Long")
_NUMBERS = (*_WHOLE, "Float")
_ELEMENTS = {"IntArray": "Integer", "LongArray": "Long", "FloatArray": "Float"}


@lru_cache(1 << 12)
def _decimal(value: Number) -> Decimal:
    return Decimal(repr(value))


def at_step(start: Number, index: int, step: Number) -> Number:
    """Return start + index * step as people write it: 27.7, not 27.700000000000003."""
    if type(start) is int and type(step) is int:
        return start + index * step
    return float(_decimal(start) + index * _decimal(step))


def digits(value: Number) -> str:
    """Write a number without a needless fraction: 22.0 as "22"."""
    return str(int(value)) if abs(value) < EXACT and value == int(value) else str(value)


def is_on_step(value: Number, start: Number, step: Number) -> bool:
    """Whether a value is exactly a whole number of steps from the start."""
    return not abs(value - start) < EXACT * step or value == nearest_step(value, start, step)


def nearest_step(
    value: Number,
    start: Number,
    step: Number,
    low: Number | None = None,
    high: Number | None = None,
) -> Number:
    """Return the number nearest to a value that is a whole number of steps from the start.

    low, high: bounds that it keeps within, if a step lies between them.
    """
    index = round((value - start) / step)
    if high is not None and at_step(start, index, step) > high:
        index = steps_between(start, high, step)
    if low is not None and at_step(start, index, step) < low:
        index = -steps_between(low, start, step)
    return at_step(start, index, step)


def steps_between(low: Number, high: Number, step: Number) -> int:
    """Count the whole steps from one number up to another; negative if that is lower."""
    return int((_decimal(high) - _decimal(low)) // _decimal(step))


def next_step(value: Number, up: bool, start: Number, step: Number) -> Number:
    """Return the next number that is a whole number of steps from the start."""
    near = nearest_step(value, start, step)
    if settled(value, start, step) is not None or up is (near < value):
        return at_step(near, 1 if up else -1, step)
    return near


def settled(value: Number, start: Number, step: Number) -> Number | None:
    """Return the step that a computed value is on, allowing for rounding; None if it is between
    steps.
    """
    near = nearest_step(value, start, step)
    return near if abs(value - near) < _SLIP * step else None


def nearest_legal(value: Number, prop: Property, area: Area) -> Number:
    """Return the number nearest to a value that a property takes: on a step and within range.

    It has the JSON type of the property's data type; of an array, that of an element.
    """
    low, high = area.minimum, area.maximum
    if prop.step and abs(value) < EXACT * prop.step:
        value = nearest_step(value, low or 0, prop.step, low, high)
    elif low is not None and value < low:
        value = low
    elif high is not None and value > high:
        value = high
    number: Number = typed(value, _ELEMENTS.get(prop.type, prop.type))
    return number


@dataclass(frozen=True, slots=True)
class Levels:
    """A span of values: bounds, step, and the value that fractions are counted from.

    only: the legal values, if they are listed.
    """

    low: Number
    high: Number
    step: Number
    base: Number
    top: Number
    only: frozenset[Any] = frozenset()

    def values(self) -> Sequence[Number]:
        """Return the values, thinned out evenly if there are very many."""
        return _values(self)


@lru_cache(1 << 10)
def _values(span: Levels) -> Sequence[Number]:
    count = steps_between(span.low, span.high, span.step) + 1
    stride = -(-count // MOST)
    found = (at_step(span.low, index, span.step) for index in range(0, count, stride))
    return tuple(value for value in found if not span.only or value in span.only)


def typed(value: Any, data_type: str) -> Any:
    """Return a value as the JSON type of its data type: floats have a fraction, integers don't."""
    if data_type == "Float":
        return float(value)
    if data_type in ("Integer", "Long"):
        return int(value)
    if data_type == "FloatArray":
        return [float(item) for item in value]
    return list(value) if data_type.endswith("Array") else value


def fits_type(value: Any, data_type: str) -> bool:
    """Whether a value is one of its data type: 1.0 is whole, and true isn't a number."""
    if data_type in ("Boolean", "String"):
        return isinstance(value, bool if data_type == "Boolean" else str)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return data_type not in _NUMBERS
    return data_type not in _WHOLE or isinstance(value, int) or value.is_integer()


def some_values(prop: Property, areas: tuple[int, ...]) -> Sequence[Any]:
    """Return values that all of the areas take: those listed, else some from the range."""
    listed = prop.areas[areas[0]].values
    if listed:
        element = _ELEMENTS.get(prop.type, prop.type)
        fitting = (value for value in listed if fits_type(value, element))
        return [value for value in fitting if all(legal(value, prop, area) for area in areas)]
    if prop.type not in _NUMBERS and prop.type not in _ELEMENTS:
        return ()
    span = levels("level", prop, areas)
    return span.values() if span else ()


def levels(branch: Branch, prop: Property, areas: tuple[int, ...]) -> Levels | None:
    """Return the span of a branch that all of the areas take, or None."""
    found = bounds(prop, areas)
    low, high = found if found else (1, 1 + WIDTH)
    listed = [frozenset(prop.areas[area].values) for area in areas if prop.areas[area].values]
    only = frozenset.intersection(*listed) if listed else frozenset()
    step = prop.step or (0.5 if prop.type == "Float" and high - low < 5 else 1)
    if not high - low < EXACT * step:
        return None
    if branch == "plus":
        base = max(low, 0)
        low, top = at_step(base, 1, step), high
    elif branch == "minus":
        base, top = min(high, 0), low
        high = at_step(base, -1, step)
    else:
        base, top = low, high
    span = Levels(low, high, step, base, top, only)
    return span if low <= high and span.values() else None


def bounds(prop: Property, areas: tuple[int, ...]) -> tuple[Number, Number] | None:
    """Return the range that all of the areas share; an open end is taken to be a few steps away."""
    found = [prop.areas[area] for area in areas]
    numbers = [v for a in found for v in a.values if type(v) in (int, float)]
    lows = [a.minimum for a in found if a.minimum is not None] or (numbers and [min(numbers)])
    highs = [a.maximum for a in found if a.maximum is not None] or (numbers and [max(numbers)])
    if not lows and not highs:
        return None
    low = max(lows) if lows else min(highs) - WIDTH
    return low, min(highs) if highs else low + WIDTH


def end_value(end: str, prop: Property, areas: tuple[int, ...]) -> Number | None:
    """Return the value at a named point of the range if it is the same in all of the areas, else
    None.

    end: `max`, `min`, `zero`, `middle`, and of a branch its lowest and highest level: `plus_low`,
    `plus_top`, `minus_low`, `minus_top`.
    """
    found = bounds(prop, areas)
    if found is None:
        return None
    low, high = found
    if end in ("max", "min"):
        if prop.step and 0 <= high - low < EXACT * prop.step:
            high = at_step(low, steps_between(low, high, prop.step), prop.step)
        return high if end == "max" else low
    if end == "zero":
        return 0 if low <= 0 <= high else None
    if end == "middle":
        step = prop.step or 1
        return settled(low + (high - low) / 2, low, step) if 0 <= high - low < EXACT else None
    branch, _, which = end.partition("_")
    if branch not in ("plus", "minus") or which not in ("low", "top"):
        return None
    span = levels("plus" if branch == "plus" else "minus", prop, areas)
    if span is None:
        return None
    upward = span.top > span.base
    return span.low if upward == (which == "low") else span.high


def legal(value: Any, prop: Property, area: int) -> bool:
    """Whether the area takes the value, by its list of values and its range."""
    where = prop.areas[area]
    if where.values and value not in where.values:
        return False
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    low = -math.inf if where.minimum is None or prop.advisory else where.minimum
    high = math.inf if where.maximum is None or prop.advisory else where.maximum
    return low <= value <= high


def degree_value(degree: Degree, span: Levels) -> Number | None:
    """Return the value that a word of degree comes to in a span, or None if it isn't a step."""
    if degree.fraction is not None:
        value = span.base + degree.fraction * (span.top - span.base)
    elif degree.level is not None:
        ordered = span.values()
        if span.top < span.base:
            ordered = ordered[::-1]
        if degree.level == 0:
            if len(ordered) % 2 == 0:
                return None
            value = ordered[len(ordered) // 2]
        else:
            value = ordered[degree.level - 1 if degree.level > 0 else degree.level]
    else:
        return None
    found = settled(value, span.low, span.step)
    if found is None or (span.only and found not in span.only):
        return None
    return found if span.low <= found <= span.high else None


def degree_values(degree: Degree, prop: Property, area: Area) -> list[Any]:
    """Return the values that a word of degree means, in each branch that the area has."""
    low, high = area.minimum, area.maximum
    if low is None or high is None:
        return []
    branches: list[Branch] = ["plus", "minus"]
    if not area.zero or "middle" in area.zero:
        branches = ["level", "plus", "minus"] if low < 0 < high else ["level"]
    spans = [levels(branch, prop, (area.id,)) for branch in branches]
    found = [degree_value(degree, span) for span in spans if span]
    return list(dict.fromkeys(typed(v, prop.type) for v in found if v is not None))
