"""Units as people say them: 28 m/s is about 100 km/h."""

from typing import Any

from workbench.core.car.catalog import Property

_MILE = 1609.344
_SPOKEN: dict[str, tuple[tuple[float, float], ...]] = {
    "°C": ((1, 0), (1.8, 32)),
    "m/s": ((3.6, 0), (3600 / _MILE, 0)),
    "m": ((0.001, 0), (1 / _MILE, 0), (1, 0)),
    "ml": ((0.001, 0), (1 / 4546.09, 0), (1 / 3785.41, 0)),
    "Wh": ((0.001, 0),),
    "kPa": ((1, 0), (0.01, 0), (0.145038, 0)),
    "s": ((1 / 60, 0), (1 / 3600, 0), (1, 0)),
}
"""By the property's unit: factor and offset of each unit that people use, the commonest first."""


def spoken_values(value: float, prop: Property) -> tuple[float, ...]:
    """Return a value in each unit that people give it in."""
    ways = _SPOKEN.get(prop.unit, ((1.0, 0.0),))
    return tuple(value * factor + offset for factor, offset in ways)


def as_said(value: Any, prop: Property) -> str:
    """Return a number as one would say it, without its unit."""
    told = spoken_values(value, prop)[0]
    return f"{round(told, 1):g}"
