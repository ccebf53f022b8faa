"""The words that the screen has for a call: its property, its place, its value.

A search finds samples by them as by the words of the query.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from workbench.core.car.brief_calls import place_initials
from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.words import value_words
from workbench.core.likeness.contrast import AREA_ARGUMENT, PROPERTY_ARGUMENT
from workbench.core.likeness.tokens import fold
from workbench.core.review.search.terms import TermValue, within
from workbench.core.samples import ToolCall

VALUE_ARGUMENT = "value"
_LONGEST = 1_000
"""Characters of a value that are looked at."""
_KEPT = 1 << 16
_ON_OFF = {True: "on", False: "off"}
_ANY_VALUE = " on off"


class Vocabulary:
    """What a catalogue calls properties, places and values; remembers what it has worked out.

    Words are folded, each after a blank, so that one is found by its beginning: " rear left seat".
    """

    def __init__(self, catalog: Catalog | None = None) -> None:
        self._properties: Mapping[str, Property] = catalog.properties if catalog else {}
        self._functions = catalog.functions if catalog else {}
        self._labels: dict[str, str] = {}
        self._about: dict[str, str] = {}
        self._places: dict[tuple[str, int], str] = {}
        self._values: dict[tuple[str, type, Any], str] = {}

    def kind(self, function: str) -> str:
        """Return whether a function reads or changes: `get`, `set`, "" if unknown."""
        found = self._functions.get(function)
        return found.kind if found else ""

    def label(self, name: str) -> str:
        """Return what people call a property, "" if unknown."""
        found = self._properties.get(name)
        return found.label if found else ""

    @cached_property
    def names(self) -> Mapping[str, Sequence[str]]:
        """What there is to name, by the key of its term."""
        properties = self._properties.values()
        places = dict.fromkeys(a.words for prop in properties for a in prop.areas.values())
        values = dict.fromkeys(str(v) for prop in properties for v in prop.value_names.values())
        return {
            "property": list(self._properties),
            "function": list(self._functions),
            "area": [place for place in places if place],
            "value": ["on", "off", *values],
        }

    def has_place(self, words: str) -> bool:
        """Whether words, or the beginning of some, occur in what an area is called."""
        fits = within((TermValue(begun(words)),)).fullmatch
        named = self._properties.items()
        return any(fits(self._place(name, area)) for name, prop in named for area in prop.areas)

    def call_words(self, calls: Iterable[ToolCall]) -> str:
        """Return all words for calls, a line for each: property, place, value."""
        return "\n".join(
            f"{self._label(call)}{self.place(call)}{self.value(call)}" for call in calls
        )

    def possible_words(self, properties: Iterable[str], areas: Iterable[int]) -> str:
        """Return words of which calls of these properties in these areas may have some.

        All that they have, except what stands in a call itself: strings, names, and numbers, which
        may be written otherwise there.
        """
        known = [name for name in properties if name in self._properties]
        places = [self._place(name, area) for name in known for area in areas]
        return "".join([_ANY_VALUE, *map(self._words_about, known), *places])

    def _words_about(self, name: str) -> str:
        """Return the words for a property, and those for its values."""
        found = self._about.get(name)
        if found is None:
            prop = self._properties[name]
            parts = [prop.label, prop.unit, *prop.value_names.values()]
            found = _kept(self._about, name, _words(" ".join(map(str, parts))))
        return found

    def _label(self, call: ToolCall) -> str:
        name = call.arguments.get(PROPERTY_ARGUMENT)
        if type(name) is not str:
            return ""
        found = self._labels.get(name)
        if found is None:
            found = _kept(self._labels, name, _words(f"{self.label(name)} {name[:_LONGEST]}"))
        return found

    def place(self, call: ToolCall) -> str:
        """Return the words for a call's place, "" if the catalogue has none."""
        name, area = call.arguments.get(PROPERTY_ARGUMENT), call.arguments.get(AREA_ARGUMENT)
        return self._place(name, area) if type(name) is str and type(area) is int else ""

    def _place(self, name: str, area: int) -> str:
        """Return the words for an area of a property, and its initials as lists have them."""
        found = self._places.get((name, area))
        if found is None:
            prop = self._properties.get(name)
            known = prop.areas.get(area) if prop else None
            words = f"{known.words} {place_initials(known, prop)}" if prop and known else ""
            found = _kept(self._places, (name, area), _words(words))
        return found

    def value(self, call: ToolCall) -> str:
        """Return the words for the value that a call sets, "" if it sets none."""
        if VALUE_ARGUMENT not in call.arguments:
            return ""
        value = call.arguments[VALUE_ARGUMENT]
        name = call.arguments.get(PROPERTY_ARGUMENT)
        prop = self._properties.get(name) if type(name) is str else None
        if type(value) not in (bool, int, float, str) or (
            type(value) is str and len(value) > _LONGEST
        ):
            return _value_words(value, prop)
        key = (prop.name if prop else "", type(value), value)
        found = self._values.get(key)
        return _kept(self._values, key, _value_words(value, prop)) if found is None else found


def begun(text: str) -> str:
    """Write words that are looked for as a `Vocabulary` has them."""
    return " " + " ".join(fold(text).split())


NO_WORDS = Vocabulary()
"""The vocabulary where no catalogue is known."""


def _value_words(value: Any, prop: Property | None) -> str:
    if isinstance(value, list):
        return "".join(_value_words(element, prop) for element in value[:_LONGEST])
    if isinstance(value, bool):
        return _words(f"{_ON_OFF[value]} {str(value).lower()}")  # either is what people call it
    if not isinstance(value, (int, float, str)):
        return ""
    if isinstance(value, str):
        value = value[:_LONGEST]
    elif isinstance(value, int) and abs(value) > 1 << 64:
        return ""
    return _words(str(value) if prop is None else f"{value_words(value, prop)} {value}")


def _words(text: str) -> str:
    return "".join(f" {word}" for word in fold(text).split())


def _kept(cache: dict[Any, str], key: Hashable, words: str) -> str:
    if len(cache) >= _KEPT:
        cache.clear()
    cache[key] = words
    return words
