"""Places: from words to positions in the car, and from positions to a property's areas.

A position is a row (1 front, 2 rear, 3 third), a column (L, C, R) or a place by name (roof,
trunk, a windscreen). What words select is compared with the positions that an area covers.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from workbench.core.catalog import Area, Catalog, Property
from workbench.core.reading.phrases import PhraseIndex
from workbench.core.reading.text import Text

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


@dataclass(frozen=True, slots=True)
class Position:
    """One position. row 0 and column "" stand for any; name: a place of its own."""

    row: int = 0
    column: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that words name: tokens (from, to), and the selectors, joined by or.

    A selector is a row and a column, 0 and "" for any, or a name; D and P stand for the driver's
    and the front passenger's column. everything: all places. own: the speaker's.
    """

    begin: int
    end: int
    selectors: frozenset[Position] = field(default_factory=frozenset)
    everything: bool = False
    own: bool = False


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


def select(place: Place, prop: Property, catalog: Catalog) -> frozenset[int]:
    """Give the property's areas that serve a place: the fewest that cover it, nothing wider.

    Empty where the place means nothing for this property.
    """
    areas = {area.id: positions_of(area) for area in prop.areas.values()}
    if place.everything:
        return frozenset(areas)
    columns = _sides(catalog)
    wanted: set[Position] = set()
    for positions in areas.values():
        wanted |= {p for p in positions if any(_fits(s, p, columns) for s in place.selectors)}
    if not wanted:
        return frozenset()
    return _cover(areas, wanted)


def _sides(catalog: Catalog) -> Mapping[str, str]:
    driver = "L" if catalog.driver_side == "left" else "R"
    return {"D": driver, "P": "R" if driver == "L" else "L"}


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


class PlaceWords:
    """Finds places in a text by the lexicon's words."""

    def __init__(self, words: Mapping[str, Iterable[str]], phrases: PhraseIndex[str]) -> None:
        self._phrases = phrases
        self._words = {key: frozenset(values) for key, values in words.items()}

    def find(self, text: Text) -> list[Place]:
        """Give the places a text names, in order; see `Place`."""
        places: list[Place] = []
        taken = [False] * len(text.tokens)
        for begin, end, key in longest_first(self._phrases, text):
            if any(taken[begin:end]):
                continue
            taken[begin:end] = [True] * (end - begin)
            if key == "all":
                places.append(Place(begin, end, everything=True))
            else:
                places.append(Place(begin, end, parse_selector(key)))
        words = text.words
        places = self._join_with_sides(words, places)
        covered = [False] * len(words)
        for place in places:
            covered[place.begin : place.end] = [True] * (place.end - place.begin)
        places += self._groups(words, covered)
        own = self._words.get("me", frozenset())
        places += [
            Place(i, i + 1, own=True)
            for i, word in enumerate(words)
            if word in own and not covered[i]
        ]
        return sorted(places, key=lambda place: place.begin)

    def _side(self, words: list[str], i: int) -> tuple[str, str] | None:
        """Tell what a single word is, if its neighbours allow: ("row", "2"), ("column", "L")."""
        w = self._words
        word = words[i]
        before = words[i - 1] if i else ""
        after = words[i + 1] if i + 1 < len(words) else "."
        if word in w["front"]:
            if before == "in":  # "the lorry in front", but "on the left in front"
                of = words[i - 2] if i > 1 else ""
                sided = of in w["left"] | w["right"] | {"side", "seat", "seats", "us", "persons"}
                return ("row", "1") if sided and after != "of" else None
            return ("row", "1")
        if word in w["rear"]:
            if word != "back":
                return ("row", "2")
            previous = words[i - 2] if i > 1 else ""
            in_the = before == "the" and previous in ("in", "at", "on", "for", "to", "up")
            fine = (
                in_the
                or (before == "and" and previous in w["front"])
                or after in w["after_back"]
                or (
                    before in w["before_back"]
                    and after not in ("on", "off", "to", "up", "down", "of")
                    and not (before in ("my", "and", "on", "for") and after not in w["after_back"])
                )
            )
            return ("row", "2") if fine else None
        if word in w["driver"]:
            return ("column", "D")
        if word in w["passenger"]:
            if before in w["rear"] or before in w["left"] or before in w["right"]:
                return None
            if before in w["centre"] or after in ("behind", "diagonally"):
                return None
            several = word != "passenger" and before not in ("the", "front", "my", "and")
            beside = after in ("side", "seat", "window", "door", "zone")
            return None if several and not beside else ("column", "P")
        for column, key in (("L", "left"), ("R", "right"), ("C", "centre")):
            if word in w[key]:
                if after in w["not_after_side"]:
                    return None
                if before in w["rear"] or before in w["front"]:
                    return ("column", column)
                if column == "C" and after in ("setting", "level", "position", "speed", "value"):
                    return None
                if column == "C" and after == "of":
                    near = set(words[i + 2 : i + 4])
                    return ("column", column) if near & w["rear"] else None
                if before in ("the", "my") and words[i - 2 : i - 1] in (["on"], ["to"], ["at"]):
                    return ("column", column)
                if after in w["after_side"] and (
                    after not in ("in", "of", "and", "or", "at") or before in w["before_side"]
                ):
                    if column == "C" and after in ("of", "temperature", "fan"):
                        return None
                    return ("column", column)
                if before in w["before_side"] and after in (
                    ".",
                    ",",
                    "?",
                    "!",
                    ";",
                    "please",
                    "for",
                    "is",
                    "to",
                    "as",
                    "with",
                    "but",
                    "at",
                    "on",
                    "off",
                    "up",
                    "down",
                    "open",
                    "close",
                    "closed",
                    "a",
                    "#",
                    "set",
                    "get",
                    "would",
                    "has",
                    "needs",
                    "who",
                    "thanks",
                    "again",
                    "too",
                    "by",
                    "should",
                    "and",
                ):
                    return ("column", column)
                return None
        return None

    def _groups(self, words: list[str], covered: list[bool]) -> list[Place]:
        """Join neighbouring rows and columns into places: "in the back on the left"."""
        w = self._words
        marks = {
            i: side for i in range(len(words)) if not covered[i] and (side := self._side(words, i))
        }
        places: list[Place] = []
        i = 0
        order = sorted(marks)
        while i < len(order):
            group = [order[i]]
            while i + 1 < len(order) and self._connected(
                words, covered, group[-1], order[i + 1], w
            ):
                i += 1
                group.append(order[i])
            places.append(self._place(words, group, marks))
            i += 1
        return places

    @staticmethod
    def _connected(
        words: list[str], covered: list[bool], a: int, b: int, w: Mapping[str, frozenset[str]]
    ) -> bool:
        between = words[a + 1 : b]
        if "," in between[:-1] or len(between) > 5 or any(covered[a + 1 : b]):
            return False
        known = w["filler"] | w["join"]
        strange = [word for word in between if word not in known]
        # One or two words of what stands there: "the left-hand map light in the back".
        return (
            len(strange) <= 2
            and not (strange and {"and", ","} & set(between))
            and not (
                set(strange)
                & {".", "?", "!", ";", "but", "then", "is", "are", "set", "put", "with"}
            )
        )

    def _place(
        self, words: list[str], group: list[int], marks: Mapping[int, tuple[str, str]]
    ) -> Place:
        parts: list[dict[str, list[str]]] = [{"row": [], "column": []}]
        previous: int | None = None
        for i in group:
            kind, value = marks[i]
            joined = previous is not None and any(
                word in ("and", "or", "plus", "&") or (word == "," and parts[-1][kind])
                for word in words[previous + 1 : i]
            )
            if joined or (parts[-1][kind] and previous is not None):
                parts.append({"row": [], "column": []})
            parts[-1][kind].append(value)
            previous = i
        rows = [part["row"] for part in parts if part["row"]]
        first = parts[0]
        column_first = bool(first["column"]) and marks[group[0]][0] == "column"
        selectors: set[Position] = set()
        for part in parts:
            row, column = part["row"], part["column"]
            if not row and rows and not any(c in "DP" for c in column):
                row = rows[0]
            if not column and column_first and len(parts) > 1 and first["row"]:
                column = first["column"]
            for r in row or ["0"]:
                for c in column or [""]:
                    default = 1 if c in ("D", "P") and not row else int(r)
                    selectors.add(Position(default, c))
        return Place(group[0], group[-1] + 1, frozenset(selectors))

    def _join_with_sides(self, words: list[str], places: list[Place]) -> list[Place]:
        """Narrow a row found as a phrase by a column beside it: "in the back, left seat"."""
        joined = []
        for place in places:
            [*rows] = place.selectors
            if len(rows) == 1 and rows[0].row and not rows[0].column and not rows[0].name:
                joined.append(self._narrowed(words, place, rows[0].row))
            else:
                joined.append(place)
        return joined

    def _narrowed(self, words: list[str], place: Place, row: int) -> Place:
        w = self._words
        ahead: list[tuple[int, str]] = []
        i = place.end
        while i < len(words) and i - place.end < 6 + 3 * len(ahead):
            side = self._side(words, i)
            if side and side[0] == "column" and side[1] in "LCR":
                ahead.append((i, side[1]))
            elif words[i] not in w["filler"] and words[i] not in w["join"]:
                break
            i += 1
        behind: list[tuple[int, str]] = []
        i = place.begin - 1
        while i >= 0 and place.begin - i < 5 + 3 * len(behind):
            side = self._side(words, i)
            if side and side[0] == "column" and side[1] in "LCR":
                behind.append((i, side[1]))
            elif words[i] not in w["filler"] and words[i] not in ("and", "both"):
                break
            i -= 1
        found = ahead or behind
        if not found:
            return place
        begin = min(place.begin, *(i for i, _ in found))
        end = max(place.end, *(i + 1 for i, _ in found))
        return Place(begin, end, frozenset(Position(row, column) for _, column in found))


def longest_first(index: PhraseIndex[str], text: Text) -> list[tuple[int, int, str]]:
    """Give an index's matches as (from, to, key) in tokens, longest first, then by place."""
    found = []
    for start, stop, key in index.find(text.flat, text.words):
        begin, end = text.span(start, stop)
        if begin < end:
            found.append((begin, end, key))
    return sorted(found, key=lambda m: (m[0] - m[1], m[0]))
