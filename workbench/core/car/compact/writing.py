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

from workbench.core.car.compact.facts import AreaFacts, Limits, PropertyFacts
from workbench.core.car.compact.tokens import VERSION, text_out, word_out

_Names = dict[tuple[tuple[Any, ...], ...], str]
"""Names of lists, by what is in them."""


@dataclass(frozen=True, slots=True)
class CompactLines:
    """A catalogue as lines, from which a text of any of its properties can be put together.

    lists: of places, then of values, then of names. properties: each one's line, and the lists it
    uses.
    """

    lists: tuple[str, ...]
    properties: tuple[tuple[str, frozenset[int]], ...]

    def text(self, chosen: Iterable[int]) -> str:
        """Return the text of these properties, in this order, with the lists that they use."""
        lines = [self.properties[index] for index in chosen]
        used = sorted(frozenset().union(*(lists for _, lists in lines)))
        return "\n".join([VERSION, *(self.lists[i] for i in used), *(line for line, _ in lines)])


def write_compact(properties: Sequence[PropertyFacts]) -> str:
    """Write properties as text, a line each, no line break at the end."""
    return compact_lines(properties).text(range(len(properties)))


def compact_lines(properties: Iterable[PropertyFacts]) -> CompactLines:
    """Write each property and each list separately; a list keeps its name throughout."""
    lists = _Lists()
    written = [(_property(prop, lists), lists.taken()) for prop in properties]
    texts = lists.texts()
    place = {name: index for index, name in enumerate(texts)}
    return CompactLines(
        tuple(texts.values()),
        tuple((line, frozenset(map(place.__getitem__, used))) for line, used in written),
    )


class _Lists:
    """Names lists as they come up: A for places, V for legal values, N for names of values."""

    def __init__(self) -> None:
        self._names: dict[str, _Names] = {letter: {} for letter in "AVN"}
        self._taken: set[str] = set()

    def name(self, letter: str, entries: Iterable[tuple[Any, str]]) -> str:
        """Return the name of a list."""
        known = self._names[letter]
        # The way a value is written matters: 1, 1.0 and true are equal keys, but not the same.
        listed = tuple((repr(value), value, words) for value, words in entries)
        name = known.setdefault(listed, f"{letter}{len(known) + 1}")
        self._taken.add(name)
        return name

    def taken(self) -> set[str]:
        """Return the lists named since the last time."""
        taken, self._taken = self._taken, set()
        return taken

    def texts(self) -> dict[str, str]:
        """Return the line of each list by its name, in the order to write them."""
        return {
            name: f"{name} = " + " | ".join(_named(value, words) for _, value, words in listed)
            for known in self._names.values()
            for listed, name in known.items()
        }


def _property(prop: PropertyFacts, lists: _Lists) -> str:
    parts = [f"{word_out(prop.name)} {prop.access} {word_out(prop.type)}"]
    if prop.areas:
        place = lists.name("A", ((area.id, area.words) for area in prop.areas))
        parts += [
            ", ".join([place + ids, *_limits(limits, lists)]) for ids, limits in _groups(prop.areas)
        ]
    if prop.unit:
        parts.append(f"unit {text_out(prop.unit)}")
    if prop.step is not None:
        parts.append(f"step {json.dumps(prop.step)}")
    if prop.advisory:
        parts.append("advisory")
    return "; ".join(parts)


def _groups(areas: Iterable[AreaFacts]) -> list[tuple[str, Limits]]:
    """Group areas with equal limits; ids are named only if there is more than one group."""
    # A list and not a dictionary: 0 and 0.0, 1 and true are equal keys, but not the same limits.
    groups: dict[str, tuple[list[int], Limits]] = {}
    for area in areas:
        groups.setdefault(repr(area.limits), ([], area.limits))[0].append(area.id)
    if len(groups) == 1:
        return [("", limits) for _, limits in groups.values()]
    return [("".join(f":{id_}" for id_ in ids), limits) for ids, limits in groups.values()]


def _limits(limits: Limits, lists: _Lists) -> list[str]:
    parts = []
    if limits.minimum is not None or limits.maximum is not None:
        low, high = (
            "" if bound is None else json.dumps(bound) for bound in (limits.minimum, limits.maximum)
        )
        parts.append(f"{low}..{high}")
    if limits.values:
        parts.append(lists.name("V", limits.values))
    if limits.names:
        parts.append(lists.name("N", limits.names))
    signs = (("0", limits.zero), ("+", limits.plus), ("-", limits.minus))
    return parts + [f"{sign}={text_out(words)}" for sign, words in signs if words]


def _named(value: Any, words: str) -> str:
    return f"{json.dumps(value)} {text_out(words)}" if words else json.dumps(value)
