"""The facts in a catalogue that a model needs to call the functions correctly."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.entries import Number

AccessWord = Literal["r", "w", "rw", "-"]
"""What the vehicle allows: reading, changing, both or neither."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which values a property takes in an area, and what they mean.

    minimum, maximum: inclusive, None if unlimited. values: the legal ones with their names (""
    if they have none), empty if any in range is legal. names: of some values, if others are legal
    too. zero, plus, minus: meanings of signs.
    """

    minimum: Number | None = None
    maximum: Number | None = None
    values: tuple[tuple[Any, str], ...] = ()
    zero: str = ""
    plus: str = ""
    minus: str = ""
    names: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """A place: its id, how people say it, and the values there."""

    id: int
    words: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class PropertyFacts:
    """A property. advisory: its range is a recommendation; readings may lie outside."""

    name: str
    access: AccessWord
    type: str
    areas: tuple[AreaFacts, ...]
    unit: str = ""
    step: Number | None = None
    advisory: bool = False


def facts_of(catalog: Catalog, names: Iterable[str] | None = None) -> tuple[PropertyFacts, ...]:
    """Return the facts of these properties, in this order; by default all, in catalogue order."""
    chosen = catalog.properties.values() if names is None else map(catalog.properties.get, names)
    return tuple(_property(prop) for prop in chosen if prop is not None)


def _property(prop: Property) -> PropertyFacts:
    writable = prop.writable and not prop.static
    access: AccessWord = "r" if prop.readable else "-"
    if writable:
        access = "rw" if prop.readable else "w"
    # For whole numbers, a step of one goes without saying.
    step = None if prop.step == 1 and prop.type in ("Integer", "Long") else prop.step
    return PropertyFacts(
        prop.name,
        access,
        prop.type,
        tuple(_area(prop, area) for area in prop.areas.values()),
        prop.unit,
        step,
        prop.advisory,
    )


def _area(prop: Property, area: Area) -> AreaFacts:
    named = prop.value_names
    values = tuple((value, named.get(value, "")) for value in area.values)
    names = () if values else tuple(named.items())
    signs = (area.zero, area.plus, area.minus)
    limits = Limits(area.minimum, area.maximum, values, *signs, names)
    return AreaFacts(area.id, area.words, limits)
