"""Coverage as a grid: properties down, places across, reads and changes in each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os.path import commonprefix
from statistics import median

from workbench.core.car.catalog import Area, Catalog, Cell, Property
from workbench.core.car.coverage_places import layout
from workbench.core.car.overlay import Access

ACCESSES: tuple[Access, Access] = ("get", "set")
_THIN = 4
"""A cell is thin if it has less than this fraction of the median."""


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of the grid. count: samples that reach it; accepted: of those. spoken: whether people
    ask for it, so there should be samples. thin: whether there are few or none although they do.
    """

    cell: Cell
    words: str
    count: int
    accepted: int
    spoken: bool
    thin: bool
    search: str


@dataclass(frozen=True, slots=True)
class Grid:
    """columns: the places. rows: by property; in each place a read and a change, None if the
    property has no such place. median: of the spoken cells; thin: how many of them are; covered and
    spoken: how many have samples, and how many there are. outside: calls that aren't in the grid,
    because the car lacks the property or area.
    """

    columns: tuple[str, ...]
    rows: Mapping[str, tuple[tuple[Square, Square] | None, ...]]
    median: float
    thin: int
    covered: int
    spoken: int
    outside: int


def make_grid(catalog: Catalog, counts: Mapping[Cell, int], accepted: Mapping[Cell, int]) -> Grid:
    """Make a grid of counts. counts, accepted: samples that reach each cell, and accepted ones."""
    spoken = set(catalog.spoken_cells)
    middle = median(counts.get(cell, 0) for cell in spoken) if spoken else 0.0
    found = layout(catalog)
    kinds = {access: _function_term(catalog, access) for access in ACCESSES}

    def square(prop: Property, area: Area, access: Access) -> Square:
        cell = Cell(prop.name, area.id, access)
        count = counts.get(cell, 0)
        thin = cell in spoken and (count == 0 or count * _THIN < middle)
        search = f"property:{_quoted(prop.name)} area:{area.id}{kinds[access]}"
        return Square(cell, area.words, count, accepted.get(cell, 0), cell in spoken, thin, search)

    rows = {
        name: tuple(
            (square(prop, area, "get"), square(prop, area, "set")) if area else None
            for area in found.rows[name]
        )
        for name, prop in catalog.properties.items()
    }
    squares = {s.cell: s for row in rows.values() for pair in row if pair for s in pair}
    return Grid(
        found.columns,
        rows,
        middle,
        sum(s.thin for s in squares.values()),
        sum(s.spoken and s.count > 0 for s in squares.values()),
        len(spoken),
        sum(cell not in squares for cell in counts),
    )


def _function_term(catalog: Catalog, access: Access) -> str:
    """Return the term that finds calls of an access: ` function:get*`, or all their names."""
    names = [f.name for f in catalog.functions.values() if f.kind == access]
    others = [f.name for f in catalog.functions.values() if f.kind != access]
    if not names:
        return ""
    begin = commonprefix(names)  # noqa: RUF071 - of letters, not of folders
    if len(names) > 1 and begin and not any(o.lower().startswith(begin.lower()) for o in others):
        return f" function:{begin}*" if _bare(begin) else ""
    return " function:" + ",".join(map(_quoted, names))


def _bare(name: str) -> bool:
    return re.fullmatch(r"\w+", name) is not None


def _quoted(name: str) -> str:
    """Write a name from the catalogue so that a search takes it literally.

    A quote in it can't be written; any character then matches there.
    """
    if '"' in name:
        return re.sub(r'["\s,]', "?", name)
    return name if _bare(name) else f'"{name}"'
