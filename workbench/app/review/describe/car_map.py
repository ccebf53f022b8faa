"""A small view of the car from above, with the places lit that the calls are for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.text import Text

from workbench.app.review.describe.lines import Styles
from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.checks.grounding.evidence import ON_PLACES, CallEvidence
from workbench.core.reading.positions import positions_of
from workbench.core.samples import ToolCall
from workbench.core.text.excerpts import shown
from workbench.core.verdicts import Finding

_Cell = tuple[int, str]
"""A row of the car, 1 in front, and a column: L, C or R."""

_COLUMNS = "LCR"
_MOST = 2
"""Cars that are drawn at most."""
_INNER = 9
"""Cells between the sides of the car."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A call on the map. index: of the call. number: what is drawn for it."""

    index: int
    number: int
    prop: Property
    cells: frozenset[_Cell]


def car_map(
    calls: Sequence[ToolCall],
    found: Sequence[CallEvidence],
    findings: Sequence[Finding],
    catalog: Catalog,
    styles: Styles,
    plain: bool,
    numbers: Sequence[int] = (),
) -> list[Text]:
    """Draw the car, its front above; nothing where no call is for a place that can be drawn.

    A place is lit that a call is for, with the call's number if there are several; numbers: others
    than 1, 2 and so on, such as those of steps. Seats and windows have a car each, the first two
    kinds side by side. Where a finding says that the query names other places, those are marked
    too, and a legend explains it.
    """
    numbers = numbers or range(1, len(calls) + 1)
    placed = list(_placed(calls, numbers, catalog))
    kinds = list(dict.fromkeys(one.prop.area_kind for one in placed))[:_MOST]
    numbered = len(set(numbers)) > 1
    cars = []
    for kind in kinds:
        own = [one for one in placed if one.prop.area_kind == kind]
        named = _named(own, found, findings)
        lines = _car(own, named, styles, numbered=numbered, plain=plain)
        if len(kinds) > 1:
            lines.append(Text(shown(kind, _INNER).center(_INNER + 2), styles["muted"]))
        cars.append(lines)
    blank = Text(" " * (_INNER + 2))
    return [Text(" ").join(parts) for parts in zip_longest(*cars, fillvalue=blank)]


def _car(
    placed: Sequence[_Placed],
    named: frozenset[_Cell] | None,
    styles: Styles,
    *,
    numbered: bool,
    plain: bool,
) -> list[Text]:
    """Draw one car."""
    places = frozenset().union(*(_grid(one.prop) for one in placed))
    lit: dict[_Cell, list[int]] = {}
    for one in placed:
        for cell in one.cells:
            if one.number not in lit.setdefault(cell, []):
                lit[cell].append(one.number)
    rows = sorted({row for row, _ in places})
    columns = [column for column in _COLUMNS if any(cell[1] == column for cell in places)]
    sides = ("|", "-", "+", "+", "+", "+") if plain else ("│", "─", "┌", "┐", "└", "┘")
    side, line, *corners = sides
    muted = styles["muted"]
    drawn = [Text(f"{corners[0]}{' front '.center(_INNER, line)}{corners[1]}", muted)]
    for row in rows:
        text = Text().append(side, muted)
        for column in columns:
            sign, style = _sign((row, column), places, lit, named, numbered, plain)
            text.append(sign.center(_INNER // len(columns)), styles.get(style, style))
        text.pad_right(max(0, _INNER + 1 - text.cell_len))
        drawn.append(text.append(side, muted))
    drawn.append(Text(f"{corners[2]}{' rear '.center(_INNER, line)}{corners[3]}", muted))
    if named is not None:
        drawn += [
            Text(words.ljust(_INNER + 2), styles["warning"])
            for words, cells in (("? no call", named - set(lit)), ("! not said", set(lit) - named))
            if cells
        ]
    return drawn


def _sign(
    cell: _Cell,
    places: frozenset[_Cell],
    lit: dict[_Cell, list[int]],
    named: frozenset[_Cell] | None,
    numbered: bool,
    plain: bool,
) -> tuple[str, str]:
    """Return what stands for a place, and the name of its style."""
    if cell not in places:
        return "", ""
    if cell not in lit:
        asked = named is not None and cell in named
        return ("?", "warning") if asked else ("." if plain else "◌", "muted")
    sign = "".join(map(str, lit[cell])) if numbered else ("@" if plain else "◉")
    sign = sign if len(sign) < _INNER // len(_COLUMNS) else "*"
    return (f"{sign}!", "warning") if named is not None and cell not in named else (sign, "accent")


def _placed(
    calls: Sequence[ToolCall], numbers: Sequence[int], catalog: Catalog
) -> Iterator[_Placed]:
    """Yield the calls for places that a map can show: a row and a column of seats, doors …"""
    for index, (call, number) in enumerate(zip(calls, numbers, strict=True)):
        name, area_id = call.arguments.get("propertyName"), call.arguments.get("areaId")
        prop = catalog.properties.get(name) if isinstance(name, str) else None
        area = prop.areas.get(area_id) if prop and type(area_id) is int else None
        if prop and area and len(_grid(prop)) > 1 and (cells := _cells(area)):
            yield _Placed(index, number, prop, cells)


def _grid(prop: Property) -> frozenset[_Cell]:
    return frozenset().union(*(_cells(area) for area in prop.areas.values()))


def _cells(area: Area) -> frozenset[_Cell]:
    """Return the places on the map that an area covers, none if it has others as well."""
    positions = positions_of(area)
    if not all(place.row and place.column in _COLUMNS and place.column for place in positions):
        return frozenset()
    return frozenset((place.row, place.column) for place in positions)


def _named(
    placed: Sequence[_Placed], found: Sequence[CallEvidence], findings: Sequence[Finding]
) -> frozenset[_Cell] | None:
    """Return the places that the query names, None where no finding is about places."""
    if not any(finding.code in ON_PLACES for finding in findings):
        return None
    cells: set[_Cell] = set()
    for one in placed:
        for area_id in found[one.index].named if one.index < len(found) else ():
            cells |= _cells(one.prop.areas[area_id])
    return frozenset(cells) or None
