"""Write the compact catalogue.

catalogue 1
A1 = 1 front left seat | 4 front right seat
V1 = 0 off | 1 on
HVAC_TEMPERATURE_SET rw Float; A1, 17.5..32.5; unit °C; step 0.5
READING_LIGHTS_SWITCH rw Integer; A1, V1
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.compact.facts import AreaFacts, Limits, PropertyFacts
from workbench.core.compact.tokens import VERSION, text_out, word_out


@dataclass(frozen=True, slots=True)
class CompactLines:
    """A catalogue as lines, to put together what is wanted of it.

    lists: of places, then of values. properties: each one's line, and which lists it uses.
    """

    lists: tuple[str, ...]
    properties: tuple[tuple[str, frozenset[int]], ...]

    def text(self, chosen: Iterable[int]) -> str:
        """Give the text of these properties, in this order, and of the lists that they use."""
        lines = [self.properties[index] for index in chosen]
        used = sorted(frozenset().union(*(lists for _, lists in lines)))
        return "\n".join([VERSION, *(self.lists[i] for i in used), *(line for line, _ in lines)])


def write_compact(properties: Sequence[PropertyFacts]) -> str:
    """Write properties as text, a line each, no line break at the end."""
    return compact_lines(properties).text(range(len(properties)))


def compact_lines(properties: Iterable[PropertyFacts]) -> CompactLines:
    """Write each property and each list by itself; a list has one name throughout."""
    places: dict[tuple[tuple[int, str], ...], str] = {}
    values: dict[tuple[tuple[Any, ...], ...], str] = {}
    written = [(_property(prop, places, values), prop) for prop in properties]
    lists = [
        f"{name} = " + " | ".join(_named(*area) for area in areas) for areas, name in places.items()
    ]
    lists += [
        f"{name} = " + " | ".join(_named(value, words) for _, value, words in listed)
        for listed, name in values.items()
    ]
    place_of = {key: index for index, key in enumerate(places)}
    value_of = {key: index + len(places) for index, key in enumerate(values)}
    lines = []
    for line, prop in written:
        used = {value_of[_listed(area.limits)] for area in prop.areas if area.limits.values}
        if prop.areas:
            used.add(place_of[_places(prop)])
        lines.append((line, frozenset(used)))
    return CompactLines(tuple(lists), tuple(lines))


def _places(prop: PropertyFacts) -> tuple[tuple[int, str], ...]:
    return tuple((area.id, area.words) for area in prop.areas)


def _listed(limits: Limits) -> tuple[tuple[Any, ...], ...]:
    # The types are part of it: 1, 1.0 and true are equal keys, and not the same values.
    return tuple((type(value), value, name) for value, name in limits.values)


def _property(
    prop: PropertyFacts,
    places: dict[tuple[tuple[int, str], ...], str],
    values: dict[tuple[tuple[Any, ...], ...], str],
) -> str:
    parts = [f"{word_out(prop.name)} {prop.access} {word_out(prop.type)}"]
    if prop.areas:
        place = places.setdefault(_places(prop), f"A{len(places) + 1}")
        parts += [
            ", ".join([place + ids, *_limits(limits, values)])
            for ids, limits in _groups(prop.areas)
        ]
    if prop.unit:
        parts.append(f"unit {text_out(prop.unit)}")
    if prop.step is not None:
        parts.append(f"step {json.dumps(prop.step)}")
    if prop.advisory:
        parts.append("advisory")
    return "; ".join(parts)


def _groups(areas: Iterable[AreaFacts]) -> list[tuple[str, Limits]]:
    """Areas of equal limits together; ids named only where there is more than one group."""
    # A list and not a dictionary: 0 and 0.0, 1 and true are equal keys, and not the same limits.
    groups: dict[str, tuple[list[int], Limits]] = {}
    for area in areas:
        groups.setdefault(repr(area.limits), ([], area.limits))[0].append(area.id)
    if len(groups) == 1:
        return [("", limits) for _, limits in groups.values()]
    return [("".join(f":{id_}" for id_ in ids), limits) for ids, limits in groups.values()]


def _limits(limits: Limits, values: dict[tuple[tuple[Any, ...], ...], str]) -> list[str]:
    parts = []
    if limits.minimum is not None or limits.maximum is not None:
        low, high = (
            "" if bound is None else json.dumps(bound) for bound in (limits.minimum, limits.maximum)
        )
        parts.append(f"{low}..{high}")
    if limits.values:
        parts.append(values.setdefault(_listed(limits), f"V{len(values) + 1}"))
    signs = (("0", limits.zero), ("+", limits.plus), ("-", limits.minus))
    return parts + [f"{sign}={text_out(words)}" for sign, words in signs if words]


def _named(value: Any, words: str) -> str:
    return f"{json.dumps(value)} {text_out(words)}" if words else json.dumps(value)
