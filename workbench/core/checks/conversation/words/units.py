"""Units as people say them: 28 m/s is about 100 km/h."""

import re
from dataclasses import dataclass
from typing import Any

from workbench.core.car.catalog import Property

_MILE = 1609.344


@dataclass(frozen=True, slots=True)
class SpokenUnit:
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
_SPOKEN: dict[str, tuple[SpokenUnit, ...]] = {
    "°C": (
        SpokenUnit(r"(?:degrees? )?(?:c|celsius|centigrade)|of frost"),
        SpokenUnit(r"(?:degrees? )?(?:f|fahrenheit)", 1.8, 32),
    ),
    "m/s": (
        SpokenUnit(rf"(?:kmh|kph|{_KM}{_HOURLY})", 3.6),
        SpokenUnit(rf"(?:mph|miles?{_HOURLY})", 3600 / _MILE),
    ),
    "m": (
        SpokenUnit(_KM, 0.001),
        SpokenUnit(r"miles?", 1 / _MILE),
        SpokenUnit(r"met(?:re|er)s?"),
    ),
    "ml": (
        SpokenUnit(r"lit(?:re|er)s?", 0.001),
        SpokenUnit(r"gallons?", 1 / 4546.09),
        SpokenUnit(r"gallons?", 1 / 3785.41),
    ),
    "Wh": (SpokenUnit(r"(?:kwh|kilowatts?)", 0.001),),
    "kPa": (
        SpokenUnit(r"(?:kpa|kilopascals?)"),
        SpokenUnit(r"bars?", 0.01),
        SpokenUnit(r"(?:psi|pounds)", 0.145038),
    ),
    "s": (
        SpokenUnit(r"(?:minutes?|mins?)", 1 / 60),
        SpokenUnit(r"(?:hours?|hrs?)", 1 / 3600),
        SpokenUnit(r"(?:seconds?|secs?)"),
    ),
}
"""By the property's unit: the units that people use, the commonest first."""

_PLAIN = (SpokenUnit(""),)


def spoken_units(prop: Property) -> tuple[SpokenUnit, ...]:
    """Return the units that people give a property's values in."""
    return _SPOKEN.get(prop.unit, _PLAIN)


def units_said(following: str, prop: Property) -> tuple[SpokenUnit, ...]:
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
