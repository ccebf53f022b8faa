"""Levels: which values a property takes, and what an end, a share or a step of a range comes to.

All arithmetic on values is here, for the checks, the reading of queries, the edit form and the
offline engine alike.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.catalog import Property
from workbench.core.entries import Number
from workbench.core.policy import Degree

Branch = Literal["level", "plus", "minus"]
"""A whole range, or what lies above zero or below it."""

WIDTH = 8
"""Steps of 1 that a range with an open end is taken to have."""
MOST = 200
"""Values to choose from in a wide range."""


@dataclass(frozen=True, slots=True)
class Levels:
    """A span of values: bounds, step, and where its fractions count from.

    only: the legal values, where they are listed.
    """

    low: Number
    high: Number
    step: Number
    base: Number
    top: Number
    only: frozenset[Any] = frozenset()

    def values(self) -> list[Number]:
        """Give the values, thinned out evenly where there are very many."""
        count = int((self.high - self.low) / self.step + 1e-9) + 1
        stride = -(-count // MOST)
        found = [self.low + index * self.step for index in range(0, count, stride)]
        return [value for value in found if value in self.only] if self.only else found


def typed(value: Any, data_type: str) -> Any:
    """Give a value as the JSON type of its data type: floats have a fraction, integers none."""
    if data_type == "Float":
        return float(value)
    if data_type in ("Integer", "Long"):
        return int(value)
    if data_type == "FloatArray":
        return [float(item) for item in value]
    return list(value) if data_type.endswith("Array") else value


def levels(branch: Branch, prop: Property, areas: tuple[int, ...]) -> Levels | None:
    """Give the span of a branch that all of the areas take, or None where there is none."""
    found = bounds(prop, areas)
    low, high = found if found else (1, 1 + WIDTH)
    listed = [frozenset(prop.areas[area].values) for area in areas if prop.areas[area].values]
    only = frozenset.intersection(*listed) if listed else frozenset()
    step = prop.step or (0.5 if prop.type == "Float" and high - low < 5 else 1)
    if branch == "plus":
        base = max(low, 0)
        low, top = base + step, high
    elif branch == "minus":
        base, top = min(high, 0), low
        high = base - step
    else:
        base, top = low, high
    span = Levels(low, high, step, base, top, only)
    return span if low <= high and span.values() else None


def bounds(prop: Property, areas: tuple[int, ...]) -> tuple[Number, Number] | None:
    """Give the range that all of the areas share; an open end is a few steps off."""
    found = [prop.areas[area] for area in areas]
    numbers = [v for a in found for v in a.values if type(v) in (int, float)]
    lows = [a.minimum for a in found if a.minimum is not None] or (numbers and [min(numbers)])
    highs = [a.maximum for a in found if a.maximum is not None] or (numbers and [max(numbers)])
    if not lows and not highs:
        return None
    low = max(lows) if lows else min(highs) - WIDTH
    return low, min(highs) if highs else low + WIDTH


def end_value(end: str, prop: Property, areas: tuple[int, ...]) -> Number | None:
    """Give the one value that a place in a range comes to in all of the areas, None for none.

    end: `max`, `min`, `zero`, `middle`, and of a branch its lowest and highest level: `plus_low`,
    `plus_top`, `minus_low`, `minus_top`.
    """
    found = bounds(prop, areas)
    if found is None:
        return None
    low, high = found
    if end in ("max", "min"):
        return high if end == "max" else low
    if end == "zero":
        return 0 if low <= 0 <= high else None
    if end == "middle":
        middle = (low + high) / 2
        return middle if (middle - low) % (prop.step or 1) == 0 else None
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
    """Give the value that a word of degree comes to in a span, or None where it isn't a step."""
    if degree.fraction is not None:
        value = span.base + degree.fraction * (span.top - span.base)
    elif degree.level is not None:
        ordered = span.values()
        if span.top < span.base:
            ordered.reverse()
        if degree.level == 0:
            if len(ordered) % 2 == 0:
                return None
            value = ordered[len(ordered) // 2]
        else:
            value = ordered[degree.level - 1 if degree.level > 0 else degree.level]
    else:
        return None
    steps = (value - span.low) / span.step
    on_step = abs(steps - round(steps)) < 1e-6 and (not span.only or value in span.only)
    return value if on_step and span.low <= value <= span.high else None
