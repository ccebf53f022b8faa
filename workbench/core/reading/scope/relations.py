"""Places that are told from another place: "next to her", "behind Tom", "the one behind it"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workbench.core.reading.positions import NamedPlace, Position
from workbench.core.reading.query_text import QueryText
from workbench.core.reading.scope.words import MARKS, ScopeWords

RELATIONS = ("beside", "behind", "in_front")
DRIVER = Position(1, "D")
_OPPOSITE = {"D": "P", "P": "D", "L": "R", "R": "L"}
_DETERMINERS = frozenset({"my", "the", "her", "his", "our", "their", "a", "little", "old"})
_SPEAKER = frozenset({"me", "mine"})
_OTHERS = frozenset({"them", "these", "those", "two", "#", "both"})
_JOINS = frozenset({"and", "plus", "also", "same", "&"})
_AFTER_ONE = frozenset({"as", "too", "please", "up", "down", "open", "shut", "and"})
_SIDE_WITHIN = 4
"""Tokens from "beside him" to "in the middle"."""
_BETWEEN_WITHIN = 7
_ONE_WITHIN = 8
"""Tokens from a place to "the one behind it"."""


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody with a place: the word for them, what they're called later, and where the words
    stand. declared: whether they are said to be there, and not only mentioned: "she's in the back".
    """

    word: str
    pronoun: str
    at: int
    selectors: frozenset[Position]
    place: NamedPlace | None = None
    declared: bool = False


def with_middles(
    text: QueryText, places: Sequence[NamedPlace], words: ScopeWords
) -> list[NamedPlace]:
    """Read a row as its middle where somebody sits between others in it."""
    if words.between.isdisjoint(text.words):
        return list(places)
    return [
        replace(p, selectors=frozenset(replace(s, column="C") for s in p.selectors))
        if _is_between(text, p, words)
        else p
        for p in places
    ]


def _is_between(text: QueryText, place: NamedPlace, words: ScopeWords) -> bool:
    """Whether somebody sits between others in a row: "squashed between these two in the back"."""
    if (
        place.own
        or len(place.selectors) != 1
        or any(s.row < 2 or s.column for s in place.selectors)
    ):
        return False
    first = max(0, place.begin - _BETWEEN_WITHIN)
    for i in range(first, min(place.end + 2, len(text.words))):
        if text.words[i] in words.between:
            others = {*text.words[i + 1 : i + 4]} & (words.people.keys() | _OTHERS)
            return bool(others) and not MARKS & set(text.words[first : place.begin])
    return False


def from_speaker(
    text: QueryText, places: Sequence[NamedPlace], speaker: frozenset[Position]
) -> list[NamedPlace]:
    """Read "behind me" and "next to me" from where the speaker sits, if not at the wheel. Places
    that don't follow from that are left out.
    """
    if speaker == {DRIVER}:
        return list(places)
    out = []
    for place in places:
        said = text.words[place.begin : place.end]
        mine = _SPEAKER & {*said} or said[-2:] in (["my", "seat"], ["my", "back"])
        if place.own or not place.selectors or not mine:
            out.append(place)
            continue
        across = {"diagonally", "diagonal"} & set(said)
        relation = "behind" if "behind" in said else "beside"
        found = frozenset(s for one in speaker if (s := _from(one, relation)))
        if across:
            found = frozenset(replace(s, column=_OPPOSITE.get(s.column, "")) for s in found)
        if found:
            out.append(replace(place, selectors=found))
    return out


def related_places(
    text: QueryText,
    places: Sequence[NamedPlace],
    seated: Sequence[Seated],
    speaker: frozenset[Position],
    words: ScopeWords,
) -> list[NamedPlace]:
    """Read places that are told from somebody's or something's: "brother next to her", "behind
    Tom", "the front door and the one behind it".
    """
    out = list(places)
    for relation, begin, stop, whose in _relations(text, seated, speaker, words):
        end = stop
        selectors = frozenset(s for one in whose if (s := _from(one, relation)))
        side = _side_after(text, out, end)
        rows = {one.row for one in whose}
        if side is not None and relation == "beside" and len(rows) == 1:
            row = rows.pop()
            selectors = frozenset(replace(s, row=row) for s in side.selectors)
            end = side.end
        out = [p for p in out if p.end <= begin or p.begin >= end]
        if selectors:
            out.append(NamedPlace(begin, end, selectors))
    return _behind_those(text, sorted(out, key=lambda place: place.begin), words)


def _behind_those(
    text: QueryText, places: Sequence[NamedPlace], words: ScopeWords
) -> list[NamedPlace]:
    """Read "the one behind (it)" from the place named before it."""
    out = list(places)
    for begin, end in words.relations["behind"].spans(text):
        it = text.words[end : end + 1] in (["it"], ["that"])
        if begin == 0 or text.words[begin - 1] not in words.one or not (it or _stops(text, end)):
            continue
        ahead = [p for p in out if p.end < begin]
        if not ahead or begin - ahead[-1].end > _ONE_WITHIN or len(ahead[-1].selectors) != 1:
            continue
        if not _JOINS & set(text.words[ahead[-1].end : begin]):
            continue
        found = frozenset(s for one in ahead[-1].selectors if (s := _from(one, "behind")))
        if found:
            out = [p for p in out if p.end <= begin or p.begin >= end + it]
            out.append(NamedPlace(begin, end + it, found))
    return sorted(out, key=lambda place: place.begin)


def _stops(text: QueryText, at: int) -> bool:
    return at >= len(text.words) or text.words[at] in MARKS or text.words[at] in _AFTER_ONE


def _relations(
    text: QueryText,
    seated: Sequence[Seated],
    speaker: frozenset[Position],
    words: ScopeWords,
) -> Iterator[tuple[str, int, int, frozenset[Position]]]:
    """Yield relations to people whose places are known: which, the tokens (from, to), and where
    they sit.
    """
    for relation in RELATIONS:
        for begin, end in words.relations[relation].spans(text):
            at = end
            while at < len(text.words) and text.words[at] in _DETERMINERS - words.pronouns.keys():
                at += 1
            if at < len(text.words) and text.words[at] == "me" and relation == "in_front":
                yield relation, begin, at + 1, speaker
                continue
            pronoun = words.pronouns.get(text.words[end]) if end < len(text.words) else None
            if pronoun is not None and not text.words[end].endswith(("hes", "shes")):
                known = last_named(seated, pronoun, begin)
                at = end
            elif at < len(text.words):
                name = stem(text.words[at])
                known = next((s for s in seated if s.word == name and s.at != at), None)
            else:
                known = None
            if known is not None:
                yield relation, begin, at + 1, known.selectors


def _side_after(text: QueryText, places: Sequence[NamedPlace], end: int) -> NamedPlace | None:
    """Return a side that follows soon: "next to her in the middle"."""
    for place in places:
        between = text.words[end : place.begin]
        if place.begin >= end and len(between) <= _SIDE_WITHIN and only_side(place):
            return None if MARKS & set(between) or "and" in between else place
    return None


def _from(position: Position, relation: str) -> Position | None:
    """Return the position beside, behind or in front of another, None if that isn't certain."""
    if position.name or not position.row or not position.column:
        return None
    if relation == "behind":
        return replace(position, row=position.row + 1)
    if relation == "in_front":
        return replace(position, row=position.row - 1) if position.row > 1 else None
    if position.row == 1 and position.column in _OPPOSITE:
        return replace(position, column=_OPPOSITE[position.column])
    return None


def last_named(seated: Sequence[Seated], pronoun: str, before: int) -> Seated | None:
    """Return whom a pronoun means: the last one named whom it fits; of people whose names don't
    tell, only if there is just one.
    """
    known = [s for s in seated if s.at < before]
    fitting = [s for s in known if s.pronoun == pronoun]
    if fitting:
        return fitting[-1]
    open_ = [s for s in known if "they" in (s.pronoun, pronoun)]
    return open_[-1] if len({s.word for s in open_}) == 1 else None


def only_side(place: NamedPlace) -> bool:
    return all(s.column in ("L", "R", "C") and not s.row for s in place.selectors)


def stem(word: str) -> str:
    return word.removesuffix("s")
