"""Calls in a few letters, for a line of a list: `RL RR 5`, `FL get`, `fan speed RL 3`.

Places are written by their initials, values as the catalogue names them. What a call does is all
there, or the text says that it is not.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.words import brief, state_words
from workbench.core.samples import ToolCall
from workbench.core.text.plain import visible

_LONGEST = 24
"""Characters of a value, a place or a name; one that has more is cut."""
_WORD = 8
"""Letters of a place that has a name of its own: a longer one is cut."""
_EVERY = 3
"""Places from which on "all" stands for all that a property has."""
_SHORTEST = 4
"""Letters of a name that are worth being shown."""
_UNIT = 2
"""Letters of a unit that is written right behind its number."""


@dataclass(frozen=True, slots=True)
class BriefCall:
    """What one call does, or several that do the same in different places.

    name: the property's, as the catalogue writes it. label: in words. places: in initials, "" for a
    property that has but one. value: what is set, `get` for a read. whole: whether nothing of it is
    cut. count: how many calls.
    """

    name: str
    label: str
    places: tuple[str, ...]
    value: str
    whole: bool = True
    count: int = 1

    @property
    def text(self) -> str:
        """Places and value: `RL RR 5`."""
        return " ".join([*filter(None, self.places), self.value])


class _Place(NamedTuple):
    """Where a call acts. area: as the call has it. told: in initials."""

    area: Any
    told: str


def brief_calls(calls: Iterable[ToolCall], catalog: Catalog) -> tuple[BriefCall, ...]:
    """Return what calls do, in their order; neighbours that differ only in place are one.

    Its places stand in the catalogue's order, whatever the calls' is.
    """
    found: list[tuple[BriefCall, list[_Place]]] = []
    for call in calls:
        one = _brief_call(call, catalog)
        place = _Place(call.arguments.get("areaId"), one.places[0])
        last, places = found[-1] if found else (None, [])
        if last and last.value == one.value and last.name == one.name and place.told:
            places.append(place)
            found[-1] = replace(last, whole=last.whole and one.whole, count=last.count + 1), places
        else:
            found.append((one, [place]))
    return tuple(_joined(one, places, catalog) for one, places in found)


def brief_text(calls: Sequence[BriefCall], width: int, known: str = "") -> tuple[str, bool]:
    """Write calls in a number of characters, with `+2` for those that there is no room for.

    known: the name of a property that is named above already. Also gives whether there was room
    for all.
    """
    named = any(one.name != known for one in calls)
    texts = [f"{one.label} {one.text}".lstrip() if named else one.text for one in calls]
    told = " · ".join(texts)
    if len(told) <= width:
        return told, all(one.whole for one in calls)
    for fit in range(len(texts) - 1, 0, -1):
        told = f"{' · '.join(texts[:fit])} +{sum(one.count for one in calls[fit:])}"
        if len(told) <= width:
            return told, False
    return _fitted(calls, width, named), False


def _fitted(calls: Sequence[BriefCall], width: int, named: bool) -> str:
    """Write the first call in a number of characters: rather its name is cut than what it sets."""
    if not calls:
        return ""
    first, more = calls[0], sum(one.count for one in calls[1:])
    rest = f"{first.text} +{more}" if more else first.text
    room = width - len(rest) - 1
    if named and first.label and room > _SHORTEST:
        return f"{first.label[: room - 1].rstrip()}… {rest}"
    return rest if len(rest) <= width else f"{rest[: width - 1]}…" if width > 1 else ""


def place_initials(area: Area, prop: Property) -> str:
    """Return a place of a property by its initials, "" if it is the only one.

    The noun that the places share is left out: the front left one of the seats is `FL`.
    """
    if len(prop.areas) == 1:
        return ""
    nouns = Counter(one.words.split()[-1] for one in prop.areas.values() if one.words.split())
    noun = nouns.most_common(1)[0][0] if nouns else ""
    told = _initials(area.words, noun)
    alike = sum(_initials(one.words, noun) == told for one in prop.areas.values())
    return told if told and alike == 1 else _cut(area.words or str(area.id))[0]


def _initials(words: str, noun: str) -> str:
    parts = []
    for part in words.split(" and "):
        rest = part.split()
        if rest and rest[-1] in (noun, f"{noun}s") and len(rest) > 1:
            parts.append("".join(word[0].upper() for word in rest[:-1]))
        elif rest:  # a place with a name of its own
            parts.append(rest[0][:_WORD].lower())
    return "+".join(parts)


def _brief_call(call: ToolCall, catalog: Catalog) -> BriefCall:
    function = catalog.functions.get(call.name)
    name = call.arguments.get("propertyName")
    prop = catalog.properties.get(name) if isinstance(name, str) else None
    area = call.arguments.get("areaId")
    known = prop.areas.get(area) if prop and type(area) is int else None
    value, whole = _value(call, prop, known, function is not None and function.kind == "get")
    if function is None:
        called, _ = _cut(call.name)
        value, whole = f"{called}? {value}", False
    lists = catalog.lists_by(call.name)
    if lists is not None:
        category, whole = _cut(str(call.arguments.get(lists.parameter) or lists.every))
        return BriefCall(call.name, "properties", ("",), category, whole)
    place = _place(area, known, prop)
    if prop is None:
        label, _ = _cut(name if isinstance(name, str) else brief(name))
        return BriefCall(label, f"{label}?", (place,), value, False)
    return BriefCall(prop.name, prop.label, (place,), value, whole)


def _place(area: Any, known: Area | None, prop: Property | None) -> str:
    if known is None or prop is None:
        return f"area {_cut(brief(area))[0]}"
    return place_initials(known, prop)


def _value(
    call: ToolCall, prop: Property | None, area: Area | None, reads: bool
) -> tuple[str, bool]:
    if reads:
        return "get", True
    if "value" not in call.arguments:
        return "?", False
    return brief_value(call.arguments["value"], prop, area)


def brief_value(value: Any, prop: Property | None, area: Area | None) -> tuple[str, bool]:
    """Return a value in a few letters, `22°C`, `closed`; and whether nothing of it is cut.

    area: where the property has it.
    """
    if prop is None or isinstance(value, (dict, str)) or value is None:
        return _cut(brief(value) if not isinstance(value, (dict, list)) else "{…}")
    if isinstance(value, list) and len(value) > _LONGEST:
        return f"{len(value):,} values", False
    words = state_words(value, prop, area)
    if len(prop.unit) <= _UNIT and words.endswith(f" {prop.unit}"):
        words = f"{words.removesuffix(f' {prop.unit}')}{prop.unit}"
    return _cut(words.removeprefix("level ") if prop.unit == "level" else words)


def _joined(one: BriefCall, places: Sequence[_Place], catalog: Catalog) -> BriefCall:
    """Return a call with all its places, `all` for every one that the property has."""
    prop = catalog.properties.get(one.name)
    if len(places) == 1:
        return one
    order = list(prop.areas) if prop else []
    known = [place for place in places if type(place.area) is int and place.area in order]
    if prop and len({place.told for place in places}) >= max(_EVERY, len(order)):
        return replace(one, places=("all",))
    known.sort(key=lambda place: order.index(place.area))
    others = [place for place in places if place not in known]
    return replace(one, places=tuple(place.told for place in (*known, *others)))


def _cut(text: str) -> tuple[str, bool]:
    """Cut a text to what a line has room for; also gives whether it was short enough."""
    if len(text) <= _LONGEST:
        return visible(text), True
    return f"{visible(text[: _LONGEST - 1])}…", False
