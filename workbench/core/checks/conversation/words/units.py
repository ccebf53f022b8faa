"""Units as people say them: 28 m/s is about 100 km/h."""

import re
from dataclasses import dataclass
from typing import Any

from workbench.core.car.catalog import Property

_MILE = 1609.344


@dataclass(frozen=True, slots=True)
class UnitSaid:
    """A unit that people give a value in: value * factor + offset.

    words: a pattern of what follows the number. converted: whether it isn't the property's own.
    """

    words: str
    factor: float = 1.0
    offset: float = 0.0

    @property
    def converted(self) -> bool:
        return (self.factor, self.offset) != (1.0, 0.0)

    def of(self, value: float) -> float:
        return value * self.factor + self.offset


_KM = r"(?:k(?:ilo)?met(?:re|er)s?|kilomet(?:re|er)s?|km|kms|k)"
_HOURLY = r"(?: (?:an|per|a) hour)?"
_SPOKEN: dict[str, tuple[UnitSaid, ...]] = {
    "°C": (
        UnitSaid(r"(?:degrees? )?(?:c|celsius|centigrade)|of frost"),
        UnitSaid(r"(?:degrees? )?(?:f|fahrenheit)", 1.8, 32),
    ),
    "m/s": (
        UnitSaid(rf"(?:kmh|kph|{_KM}{_HOURLY})", 3.6),
        UnitSaid(rf"(?:mph|miles?{_HOURLY})", 3600 / _MILE),
    ),
    "m": (
        UnitSaid(_KM, 0.001),
        UnitSaid(r"miles?", 1 / _MILE),
        UnitSaid(r"met(?:re|er)s?"),
    ),
    "ml": (
        UnitSaid(r"lit(?:re|er)s?", 0.001),
        UnitSaid(r"gallons?", 1 / 4546.09),
        UnitSaid(r"gallons?", 1 / 3785.41),
    ),
    "Wh": (UnitSaid(r"(?:kwh|kilowatts?)", 0.001),),
    "kPa": (
        UnitSaid(r"(?:kpa|kilopascals?)"),
        UnitSaid(r"bars?", 0.01),
        UnitSaid(r"(?:psi|pounds)", 0.145038),
    ),
    "s": (
        UnitSaid(r"(?:minutes?|mins?)", 1 / 60),
        UnitSaid(r"(?:hours?|hrs?)", 1 / 3600),
        UnitSaid(r"(?:seconds?|secs?)"),
    ),
}
"""By the property's unit: the units that people use, the commonest first."""

_PLAIN = (UnitSaid(""),)


def spoken_units(prop: Property) -> tuple[UnitSaid, ...]:
    """Return the units that people give a property's values in."""
    return _SPOKEN.get(prop.unit, _PLAIN)


def units_said(following: str, prop: Property) -> tuple[UnitSaid, ...]:
    """Return the units of a property that the words after a number name, in the form of
    `QueryText.flat`; none if they name none.
    """
    return tuple(
        unit
        for unit in spoken_units(prop)
        if unit.words and re.match(rf" (?:{unit.words}) ", following)
    )


def spoken_values(value: float, prop: Property) -> tuple[float, ...]:
    """Return a value in each unit that people give it in."""
    return tuple(unit.of(value) for unit in spoken_units(prop))


def as_said(value: Any, prop: Property) -> str:
    """Return a number as one would say it, without its unit."""
    told = spoken_values(value, prop)[0]
    return f"{round(told, 1):g}"
