"""A number on its scale: `▮▮▮▯▯▯▯ 1–7`."""

from typing import Any

from workbench.core.car.catalog import Area, Property
from workbench.core.car.levels import digits, steps_between

_CELLS = 10
"""Cells of a scale with more steps than that."""
_STEPS = 11
OUTSIDE = "outside"
"""How the words for a value outside its range begin."""


def gauge(value: Any, prop: Property, area: Area, plain: bool) -> str:
    """Draw where in its range a value lies; "" without a range, or for a value that has a name.

    A scale that crosses zero is filled from there.
    """
    low, high = area.minimum, area.maximum
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if low is None or high is None or not low < high or not number or value in prop.value_names:
        return ""
    ends = f"{digits(low)} to {digits(high)}" if low < 0 else f"{digits(low)}–{digits(high)}"
    if plain:
        ends = ends.replace("–", "-")
    if not low <= value <= high:
        return f"{OUTSIDE} {ends}"
    full, empty, middle = ("#", ".", "|") if plain else ("▮", "▯", "│")
    steps = steps_between(low, high, prop.step) if prop.step else _CELLS
    if low < 0 < high:
        below = _cells(-low, high - low, steps + 1)
        above = _cells(high, high - low, steps + 1)
        left = round(below * max(0, -value) / -low)
        right = round(above * max(0, value) / high)
        bar = empty * (below - left) + full * left + middle + full * right
        return f"{bar}{empty * (above - right)} {ends}"
    # From 1 to 7 there are seven levels to light; from 0 to 5 there are five, and none is lit at 0.
    first = 0 if low == 0 else 1
    cells = steps + first if steps + first <= _STEPS else _CELLS
    few = cells != _CELLS or steps + first == _CELLS
    lit = round((value - low) / (high - low) * (cells - first)) + first if few else 0
    if not few:
        lit = round((value - low) / (high - low) * cells)
    return f"{full * lit}{empty * (cells - lit)} {ends}"


def _cells(part: float, span: float, steps: int) -> int:
    """Return the cells of one side of zero."""
    return max(1, round(part) if steps <= _STEPS else round(part / span * _CELLS))
