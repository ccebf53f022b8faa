"""How much: legal values of an act, and how they are said."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.entries import Number
from workbench.core.car.levels import (
    Levels,
    degree_value,
    digits,
    end_value,
    legal,
    levels,
    nearest_step,
    some_values,
)
from workbench.core.car.policy import Policy
from workbench.core.grammar.draw import pick
from workbench.core.grammar.numbers import number_words
from workbench.core.grammar.phrasebook import Phrasebook, ValueForm
from workbench.core.grammar.wordings import Act, PropertyPhrases


@dataclass(frozen=True, slots=True)
class SaidValue:
    """A value and the words for it."""

    value: Any
    text: str


def fixed_value(act: Act, prop: Property, areas: tuple[int, ...]) -> Any:
    """Return the one value an act comes to, or None if it has a span or isn't legal here."""
    value = act.value if act.value is not None else end_value(act.range or "", prop, areas)
    return value if value is not None and all(legal(value, prop, a) for a in areas) else None


def possible(act: Act, prop: Property, areas: tuple[int, ...]) -> bool:
    """Whether the act has a value that all of the areas take."""
    if act.range == "any":
        return prop.type == "String" or bool(some_values(prop, areas))
    if act.value is None and act.range in ("level", "plus", "minus"):
        return levels(act.range, prop, areas) is not None
    return fixed_value(act, prop, areas) is not None


class ValueWriter:
    """Says values: digits, words, percents, °F, and words of degree by the policy."""

    def __init__(self, book: Phrasebook, policy: Policy) -> None:
        self._book = book
        self._degrees = {word: degree for degree in policy.degrees for word in degree.words}

    def say(
        self, rng: Random, way: str, prop: PropertyPhrases | None, span: Levels
    ) -> SaidValue | None:
        """Draw a value of the span and say it in a way; None if the way can't say any."""
        how = self._book.ways[way]
        if how.kind == "degree":
            return self.degree(rng, how.words, span)
        values = span.values()
        if how.kind == "fahrenheit":
            return self._fahrenheit(rng, how, span, prop)
        if how.kind == "percent":
            values = [v for v in values if _percent(v, span) is not None]
        values = _usual(rng, values, prop)
        if not values:
            return None
        value = pick(rng, values)
        return SaidValue(value, self.number(rng, how, value, span))

    def number(self, rng: Random, how: ValueForm, value: Number, span: Levels) -> str:
        """Say one value. Values below zero are said without their sign."""
        shown = abs(value) if span.top < span.base else value
        percent = _percent(value, span)

        def fill(slot: str) -> str:
            if slot == "n":
                return digits(shown)
            if slot == "w":
                return number_words(shown, self._book.numbers)
            if slot == "p":
                return digits(percent or 0)
            return number_words(percent or 0, self._book.numbers)

        return pick(rng, how.forms).expand(rng, fill)

    def degree(self, rng: Random, words: tuple[str, ...], span: Levels) -> SaidValue | None:
        """Draw a word of degree that means a legal value of the span."""
        found = []
        for word in words:
            degree = self._degrees.get(word)
            value = degree_value(degree, span) if degree else None
            if value is not None:
                found.append(SaidValue(value, word))
        return pick(rng, found) if found else None

    def comes_to(self, word: str, span: Levels) -> bool:
        """Whether the policy gives the word a legal value of the span."""
        degree = self._degrees.get(word)
        return degree is not None and degree_value(degree, span) is not None

    def _fahrenheit(
        self, rng: Random, how: ValueForm, span: Levels, prop: PropertyPhrases | None
    ) -> SaidValue | None:
        low, high = prop.usual if prop and prop.usual else (span.low, span.high)
        shown = rng.randint(math.ceil(low * 1.8 + 32), math.floor(high * 1.8 + 32))
        value = nearest_step((shown - 32) / 1.8, span.low, span.step)
        if not span.low <= value <= span.high or (span.only and value not in span.only):
            return None
        text = pick(rng, how.forms).expand(
            rng,
            lambda slot: digits(shown) if slot == "f" else number_words(shown, self._book.numbers),
        )
        return SaidValue(value, text)


def _percent(value: Number, span: Levels) -> int | None:
    if span.top == span.base:
        return None
    share = 100 * (value - span.base) / (span.top - span.base)
    return round(share) if abs(share - round(share)) < 1e-6 else None


def _usual(rng: Random, values: Sequence[Number], prop: PropertyPhrases | None) -> Sequence[Number]:
    if prop is None:
        return values
    narrowed = values
    if prop.round and rng.random() < 0.9:
        narrowed = [v for v in narrowed if v % prop.round == 0] or narrowed
    if prop.usual and rng.random() < 0.9:
        low, high = prop.usual
        narrowed = [v for v in narrowed if low <= v <= high] or narrowed
    return narrowed
