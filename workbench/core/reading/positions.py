"""Positions: where in the car a place is, and which of a property's areas cover it.

A position is a row (1 front, 2 rear, 3 third), a column (L, C, R) or a place by name (roof,
trunk, a windscreen). What words select is compared with the positions that an area covers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from workbench.core.car.catalog import Area, Catalog, Property

_ROWS = (("third", 3), ("row 3", 3), ("front", 1), ("first row", 1), ("row 1", 1), ("rear", 2))
_MORE_ROWS = (("second row", 2), ("row 2", 2), ("back", 2))
_COLUMNS = (("left", "L"), ("right", "R"), ("centre", "C"), ("center", "C"), ("middle", "C"))
_NAMED = (
    ("roof", "roof"),
    ("trunk", "trunk"),
    ("tailgate", "trunk"),
    ("boot", "trunk"),
    ("bonnet", "bonnet"),
    ("hood", "bonnet"),
)

_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Position:
    """One position. row 0 and column "" stand for any; name: a place of its own."""

    row: int = 0
    column: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place that words name: tokens (from, to), and the selectors, joined by or.

    A selector is a row and a column, 0 and "" for any, or a name; D and P stand for the driver's
    and the front passenger's column. everything: all places. own: the speaker's. but: what is left
    out of the place. told: tokens (from, to) that say where it is, if they stand elsewhere, as
    where somebody is said to sit.
    """

    begin: int
    end: int
    selectors: frozenset[Position] = field(default_factory=frozenset)
    everything: bool = False
    own: bool = False
    but: frozenset[Position] = frozenset()
    told: tuple[int, int] | None = None

    @property
    def words(self) -> tuple[int, int]:
        """The tokens (from, to) that say where it is."""
        return self.told or (self.begin, self.end)


def positions_of(area: Area) -> frozenset[Position]:
    """Read the positions that an area covers from its words ("front left seat and …")."""
    return _positions(area.words) or _positions(area.description)


@lru_cache(maxsize=4096)
def _positions(words: str) -> frozenset[Position]:
    text = words.lower()
    found = set()
    for part in re.split(r",| and ", text):
        for word, name in _NAMED:
            if word in part:
                found.add(Position(name=name))
                break
        else:
            row = next((r for word, r in (*_ROWS, *_MORE_ROWS) if word in part), 0)
            columns = [column for word, column in _COLUMNS if word in part]
            if "windscreen" in part or "windshield" in part:
                found.add(Position(row, "", "screen"))
            elif "both" in part and not columns:
                found |= {Position(row, "L"), Position(row, "R")}
            elif row or columns:
                found |= {Position(row, column) for column in columns or ("",)}
    return frozenset(found)


def select(place: NamedPlace, prop: Property, catalog: Catalog) -> frozenset[int]:
    """Return the property's areas that serve a place: the fewest that cover it, nothing wider.

    Empty if the place makes no sense for this property.
    """
    if catalog.properties.get(prop.name) is not prop:
        return _select(place, prop, catalog)
    key = (prop.name, place.selectors, place.everything, place.but)
    known = catalog.selected
    found = known.get(key)
    if found is None:
        if len(known) > _REMEMBERED:
            known.clear()
        found = known[key] = _select(place, prop, catalog)
    return found


def _select(place: NamedPlace, prop: Property, catalog: Catalog) -> frozenset[int]:
    areas = {area.id: positions_of(area) for area in prop.areas.values()}
    if place.everything and not place.but:
        return frozenset(areas)
    columns = _sides(catalog)
    wanted: set[Position] = set()
    for positions in areas.values():
        wanted |= {
            p
            for p in positions
            if (place.everything or any(_fits(s, p, columns) for s in place.selectors))
            and not any(_fits(s, p, columns) for s in place.but)
        }
    if not wanted:
        return frozenset()
    return _cover(areas, wanted)


def _sides(catalog: Catalog) -> Mapping[str, str]:
    driver = "L" if catalog.driver_side == "left" else "R"
    return {"D": driver, "P": "R" if driver == "L" else "L"}


def overlap(one: Position, other: Position) -> bool:
    """Whether two selectors may mean the same position, wherever the driver sits."""
    if one.name or other.name:
        return one.name == other.name
    rows = not one.row or not other.row or one.row == other.row
    columns = {one.column, other.column}
    alike = len(columns) == 1 or "" in columns or not columns.isdisjoint("DP")
    return rows and (alike and columns != {"D", "P"} and not ("C" in columns and columns & {*"DP"}))


def _fits(selector: Position, position: Position, columns: Mapping[str, str]) -> bool:
    column = columns.get(selector.column, selector.column)
    if selector.name or position.name:
        if position.name == "screen" and not selector.name:
            return not column and selector.row == position.row
        if selector.name.startswith("screen"):
            return position.name == "screen" and position.row == int(selector.name[6:])
        return selector.name == position.name
    if selector.row and not position.row:
        return False if column == "" else column == position.column
    row_fits = not selector.row or selector.row == position.row
    return row_fits and (not column or column == position.column)


def _cover(areas: Mapping[int, frozenset[Position]], wanted: set[Position]) -> frozenset[int]:
    inside = {a for a, positions in areas.items() if positions and positions <= wanted}
    # Of nested areas the widest serve: 17 rather than 1 and 16.
    chosen = {a for a in inside if not any(a != b and areas[a] < areas[b] for b in inside)}
    left = wanted - {p for a in chosen for p in areas[a]}
    while left:
        best = min(
            (a for a, positions in areas.items() if positions & left),
            key=lambda a: (-len(areas[a] & left), len(areas[a]), a),
        )
        chosen.add(best)
        left -= areas[best]
    return frozenset(chosen)


@lru_cache(maxsize=1024)
def parse_selector(text: str) -> frozenset[Position]:
    """Read selectors of the lexicon: `2L`, `1`, `2D`, `2L+2R`, `roof`, `screen1`."""
    found = set()
    for part in text.split("+"):
        match = re.fullmatch(r"([123])?([LCRDP])?", part)
        if match and part:
            found.add(Position(int(match[1] or 0), match[2] or ""))
        else:
            found.add(Position(name=part))
    return frozenset(found)
