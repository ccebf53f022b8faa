"""The columns of a coverage grid: places that several properties share, whatever their area ids.

An area id means different places for a window and for a seat, so areas are matched by their words:
"front left seat" and "front left door" are both "front left".
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from workbench.core.car.catalog import Area, Catalog, Property

_SHARED = 3
"""From this many properties on, a place has its own column."""
OTHER = "other"
"""Heads the columns of all places that few properties have."""


class Layout(NamedTuple):
    """columns: their headings. rows: by property, the area of each column, or None.

    Every area of every property has a place.
    """

    columns: tuple[str, ...]
    rows: dict[str, tuple[Area | None, ...]]


def layout(catalog: Catalog) -> Layout:
    """Arrange the areas of all properties in few columns."""
    properties = list(catalog.properties.values())
    shared = _shared_places(properties)
    others = max((len(_others(prop, shared)) for prop in properties), default=0)
    rows: dict[str, tuple[Area | None, ...]] = {}
    for prop in properties:
        by_place: dict[str, Area] = {}
        for area in prop.areas.values():
            by_place.setdefault(place_of(area, prop), area)
        rest = _others(prop, shared)
        rows[prop.name] = (
            *(by_place.get(place) for place in shared),
            *rest,
            *[None] * (others - len(rest)),
        )
    return Layout((*shared, *[OTHER] * others), rows)


def place_of(area: Area, prop: Property) -> str:
    """Return an area's place without the part: `front left` for a seat, a door or a wheel."""
    kind = f" {prop.area_kind}"
    place = area.words.removesuffix(kind) if prop.area_kind else area.words
    return place if " " in place else area.words


def _shared_places(properties: Iterable[Property]) -> tuple[str, ...]:
    """Return the places shared by several properties, in order of their commonest area id."""
    ids: dict[str, Counter[int]] = {}
    for prop in properties:
        for place, area in {place_of(a, prop): a.id for a in prop.areas.values()}.items():
            ids.setdefault(place, Counter())[area] += 1
    shared = [place for place, found in ids.items() if found.total() >= _SHARED]
    return tuple(sorted(shared, key=lambda place: ids[place].most_common(1)[0][0]))


def _others(prop: Property, shared: Iterable[str]) -> list[Area]:
    """Return the areas without a column of their own, including a second one in the same place."""
    free = set(shared)
    found = []
    for area in prop.areas.values():
        place = place_of(area, prop)
        if place in free:
            free.remove(place)
        else:
            found.append(area)
    return found
