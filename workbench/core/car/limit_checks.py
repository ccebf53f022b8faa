"""Look over a property's ranges, steps and listed values, for `catalog check` and the grammar."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.car.catalog import HOLDS, Area, Property
from workbench.core.car.levels import EXACT, fits_type, steps_between
from workbench.core.car.words import brief

_ELEMENTS = {"IntArray": "Integer", "LongArray": "Long", "FloatArray": "Float"}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class LimitFault:
    """One fault in an area's limits, with a remedy.

    severity: `error` if no car can mean it, `warning` if it is hardly meant.
    """

    severity: Literal["error", "warning"]
    area: int
    message: str

    def __str__(self) -> str:
        return f"area {self.area}: {self.message}"


def limit_faults(prop: Property) -> Iterator[LimitFault]:
    """Yield what is wrong with a property's limits, area by area."""
    data_type = _ELEMENTS.get(prop.type, prop.type)
    for area in prop.areas.values():
        if data_type in HOLDS:
            yield from _faults_of_range(prop, area)
            yield from _faults_of_values(area, data_type)


def _faults_of_range(prop: Property, area: Area) -> Iterator[LimitFault]:
    low, high, step = area.minimum, area.maximum, prop.step
    if low is None or high is None:
        if low is high and not area.values and prop.writable:
            message = "neither a range nor values, so every number is legal; add one of them"
            yield LimitFault("warning", area.id, message)
        return
    shown = f"{brief(low)} to {brief(high)}"
    if low > high:
        message = f"minimum {brief(low)} is above {brief(high)}, so no value is legal; swap them"
        yield LimitFault("error", area.id, message)
    elif area.values:
        return
    elif low == high:
        message = f"only {brief(low)} is legal, as both minimum and maximum; widen the range"
        yield LimitFault("warning", area.id, message)
    elif not high - low < EXACT * (step or 1):
        message = f"{shown} has too many steps to tell apart; use the range that people ask for"
        yield LimitFault("warning", area.id, message)
    elif step and steps_between(low, high, step) == 0:
        message = f"a step of {brief(step)} is larger than the range {shown}; use a smaller one"
        yield LimitFault("warning", area.id, message)


def _faults_of_values(area: Area, data_type: str) -> Iterator[LimitFault]:
    low, high = area.minimum, area.maximum
    wrong = [value for value in area.values if not fits_type(value, data_type)]
    if wrong:
        message = f"the enum lists {_listed(wrong)}, not of type {data_type}; remove or correct it"
        yield LimitFault("error", area.id, message)
    for value in area.values:
        if value in wrong or isinstance(value, (bool, str)):
            continue
        if (low is not None and value < low) or (high is not None and value > high):
            yield LimitFault("error", area.id, f"enum value {brief(value)} is outside the range")
    twice = [value for value, count in Counter(map(repr, area.values)).items() if count > 1]
    if twice:
        yield LimitFault("warning", area.id, f"the enum lists {', '.join(twice[:_SHOWN])} twice")


def _listed(values: list[Any]) -> str:
    shown = ", ".join(map(brief, values[:_SHOWN]))
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"
