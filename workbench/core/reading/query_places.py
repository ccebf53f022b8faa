"""Places: the words of a query that name a place in the car."""

from collections.abc import Iterable, Mapping

from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.positions import NamedPlace, Position, parse_selector
from workbench.core.reading.query_text import QueryText
from workbench.core.reading.sides import side

_ROWS = (1, 2, 3)
_ALL_OF_THEM = 4
"""Doors and windows of a car."""


class PlaceWords:
    """Finds places in a text by the lexicon's words."""

    def __init__(self, words: Mapping[str, Iterable[str]], phrases: PhraseIndex[str]) -> None:
        self._phrases = phrases
        self._words = {key: frozenset(values) for key, values in words.items()}
        keys = ("front", "rear", "driver", "passenger", "left", "right", "centre", "behind")
        self._sides = frozenset().union(*(self._words.get(key, ()) for key in keys))

    def find(self, text: QueryText, apart: frozenset[int] = frozenset()) -> list[NamedPlace]:
        """Return the places a text names, in order; see `NamedPlace`. apart: tokens with which a
        place begins that has nothing to do with the one before: "the rear left and the rear fogs".
        """
        places: list[NamedPlace] = []
        phrases = longest_first(self._phrases, text)
        if not phrases and text.held.isdisjoint(self._sides):
            return places
        taken = [False] * len(text.tokens)
        for begin, end, key in phrases:
            if any(taken[begin:end]) or (key == "all" and _few(text, begin, end)):
                continue
            row = text.tokens[end - 1].number if key == "row" else None
            if key == "row" and row not in _ROWS:
                continue
            taken[begin:end] = [True] * (end - begin)
            if row is not None:
                places.append(NamedPlace(begin, end, frozenset({Position(int(row))})))
            elif key == "all":
                places.append(NamedPlace(begin, end, everything=True))
            else:
                places.append(NamedPlace(begin, end, parse_selector(key)))
        words = text.words
        places = self._join_with_sides(words, places)
        covered = [False] * len(words)
        for place in places:
            covered[place.begin : place.end] = [True] * (place.end - place.begin)
        places += self._groups(words, covered, apart)
        return sorted(places, key=lambda place: place.begin)

    def _groups(
        self, words: list[str], covered: list[bool], apart: frozenset[int]
    ) -> list[NamedPlace]:
        """Join neighbouring rows and columns into places: "in the back on the left"."""
        w = self._words
        sides = self._sides
        marks = {
            i: found
            for i, word in enumerate(words)
            if word in sides and not covered[i] and (found := side(words, i, w))
        }
        places: list[NamedPlace] = []
        i = 0
        order = sorted(marks)
        while i < len(order):
            group = [order[i]]
            while (
                i + 1 < len(order)
                and order[i + 1] not in apart
                and self._connected(words, covered, group[-1], order[i + 1], w)
            ):
                i += 1
                group.append(order[i])
            places += self._places(words, group, marks)
            i += 1
        return places

    @staticmethod
    def _connected(
        words: list[str], covered: list[bool], a: int, b: int, w: Mapping[str, frozenset[str]]
    ) -> bool:
        between = words[a + 1 : b]
        if words[b] in w["centre"] and between[-2:] == ["to", "the"]:
            return False  # "the rear seats to the middle"
        if "," in between[:-1] or len(between) > 5 or any(covered[a + 1 : b]):
            return False
        known = w["filler"] | w["join"]
        strange = [word for word in between if word not in known]
        # One or two words of what is there: "the left-hand map light in the back".
        return (
            len(strange) <= 2
            and not (strange and {"and", ","} & set(between[:-1]))
            and not (strange and between[-1:] == ["and"])
            and not (
                set(strange)
                & {
                    ".",
                    "?",
                    "!",
                    ";",
                    "but",
                    "then",
                    "is",
                    "are",
                    "set",
                    "put",
                    "with",
                    "no",
                    "nah",
                }
            )
        )

    def _places(
        self, words: list[str], group: list[int], marks: Mapping[int, tuple[str, str]]
    ) -> list[NamedPlace]:
        """Return the places of neighbouring marks: one, or several with numbers between them."""
        parts: list[dict[str, list[str]]] = [{"row": [], "column": []}]
        ends: list[list[int]] = [[]]
        previous: int | None = None
        for i in group:
            kind, value = marks[i]
            joined = previous is not None and any(
                word in ("and", "or", "plus", "&") or (word == "," and parts[-1][kind])
                for word in words[previous + 1 : i]
            )
            if joined or (parts[-1][kind] and previous is not None):
                parts.append({"row": [], "column": []})
                ends.append([])
            parts[-1][kind].append(value)
            ends[-1].append(i)
            previous = i
        rows = [part["row"] for part in parts if part["row"]]
        first = parts[0]
        column_first = bool(first["column"]) and marks[group[0]][0] == "column"
        found: list[set[Position]] = []
        for part in parts:
            selectors: set[Position] = set()
            found.append(selectors)
            row, column = part["row"], part["column"]
            if not row and rows and not any(c in "DP" for c in column):
                row = rows[0]
            if not column and column_first and len(parts) > 1 and first["row"]:
                column = first["column"]
            for r in row or ["0"]:
                for c in column or [""]:
                    default = 1 if c in ("D", "P") and not row else int(r)
                    selectors.add(Position(default, c))
        if len(parts) > 1 and "#" in words[group[0] : group[-1]]:
            return [
                NamedPlace(at[0], at[-1] + 1, frozenset(one))
                for at, one in zip(ends, found, strict=True)
            ]
        return [NamedPlace(group[0], group[-1] + 1, frozenset().union(*found))]

    def _join_with_sides(self, words: list[str], places: list[NamedPlace]) -> list[NamedPlace]:
        """Narrow a row found as a phrase by a neighbouring column: "in the back, left seat"."""
        joined = []
        for place in places:
            [*rows] = place.selectors
            if len(rows) == 1 and rows[0].row and not rows[0].column and not rows[0].name:
                joined.append(self._narrowed(words, place, rows[0].row))
            else:
                joined.append(place)
        return joined

    def _narrowed(self, words: list[str], place: NamedPlace, row: int) -> NamedPlace:
        w = self._words
        ahead: list[tuple[int, str]] = []
        i = place.end
        while i < len(words) and i - place.end < 6 + 3 * len(ahead):
            found = side(words, i, w)
            if found and found[0] == "column" and found[1] in "LCR":
                ahead.append((i, found[1]))
            elif words[i] not in w["filler"] and words[i] not in w["join"]:
                break
            i += 1
        behind: list[tuple[int, str]] = []
        i = place.begin - 1
        while i >= 0 and place.begin - i < 5 + 3 * len(behind):
            found = side(words, i, w)
            if found and found[0] == "column" and found[1] in "LCR":
                behind.append((i, found[1]))
            elif words[i] not in w["filler"] and words[i] not in ("and", "both"):
                break
            i -= 1
        columns = ahead or behind
        if not columns:
            return place
        begin = min(place.begin, *(i for i, _ in columns))
        end = max(place.end, *(i + 1 for i, _ in columns))
        return NamedPlace(begin, end, frozenset(Position(row, column) for _, column in columns))


def _few(text: QueryText, begin: int, end: int) -> bool:
    """Whether a number says that not all are meant: "the two windows"."""
    numbers = [token.number for token in text.tokens[begin:end] if token.number is not None]
    return text.words[begin] == "the" and any(number < _ALL_OF_THEM for number in numbers)


def longest_first(index: PhraseIndex[str], text: QueryText) -> list[tuple[int, int, str]]:
    """Return an index's matches as (from, to, key) in tokens, longest first, then by place."""
    found = [match for match in index.find(text) if match[0] < match[1]]
    return sorted(found, key=lambda m: (m[0] - m[1], m[0])) if len(found) > 1 else found
