"""How much: legal values of an act, and how they are said."""

import math
from dataclasses import dataclass
from random import Random
from typing import Any

from workbench.core.catalog import Property
from workbench.core.entries import Number
from workbench.core.grammar.draw import pick
from workbench.core.grammar.numbers import digits, number_words
from workbench.core.grammar.phrases import Phrasebook, Way
from workbench.core.grammar.wordings import Act, PropertyPhrases
from workbench.core.policy import Degree, Policy

WIDTH = 8  # of a range with an open end
MOST = 200  # values to choose from in a wide range


@dataclass(frozen=True, slots=True)
class Levels:
    """A span of values: bounds, step, and where its fractions count from.

    only: the legal values, where they are listed.
    """

    low: Number
    high: Number
    step: Number
    base: Number
    top: Number
    only: frozenset[Any] = frozenset()

    def values(self) -> list[Number]:
        """Give the values, thinned out evenly where there are very many."""
        count = int((self.high - self.low) / self.step + 1e-9) + 1
        stride = -(-count // MOST)
        found = [self.low + index * self.step for index in range(0, count, stride)]
        return [value for value in found if value in self.only] if self.only else found


@dataclass(frozen=True, slots=True)
class Said:
    """A value and the words for it."""

    value: Any
    text: str


def typed(value: Any, data_type: str) -> Any:
    """Give a value as the JSON type of its data type: floats have a fraction, integers none."""
    if data_type == "Float":
        return float(value)
    if data_type in ("Integer", "Long"):
        return int(value)
    if data_type == "FloatArray":
        return [float(item) for item in value]
    return list(value) if data_type.endswith("Array") else value


def levels(act: Act, prop: Property, areas: tuple[int, ...]) -> Levels | None:
    """Give the span an act may set in all of the areas, or None where there is none."""
    bounds = _bounds(prop, areas)
    low, high = bounds if bounds else (1, 1 + WIDTH)
    listed = [frozenset(prop.areas[area].values) for area in areas if prop.areas[area].values]
    only = frozenset.intersection(*listed) if listed else frozenset()
    step = prop.step or (0.5 if prop.type == "Float" and high - low < 5 else 1)
    if act.range == "plus":
        base = max(low, 0)
        low, top = base + step, high
    elif act.range == "minus":
        base, top = min(high, 0), low
        high = base - step
    else:
        base, top = low, high
    span = Levels(low, high, step, base, top, only)
    return span if low <= high and span.values() else None


def _bounds(prop: Property, areas: tuple[int, ...]) -> tuple[Number, Number] | None:
    """Give the range that all of the areas share; an open end is a few steps off."""
    found = [prop.areas[area] for area in areas]
    numbers = [v for a in found for v in a.values if type(v) in (int, float)]
    lows = [a.minimum for a in found if a.minimum is not None] or (numbers and [min(numbers)])
    highs = [a.maximum for a in found if a.maximum is not None] or (numbers and [max(numbers)])
    if not lows and not highs:
        return None
    low = max(lows) if lows else min(highs) - WIDTH
    return low, min(highs) if highs else low + WIDTH


def fixed_value(act: Act, prop: Property, areas: tuple[int, ...]) -> Any:
    """Give the one value an act comes to, or None where it has a span or isn't legal here."""
    value = act.value if act.value is not None else _end(act, prop, areas)
    return value if value is not None and all(legal(value, prop, a) for a in areas) else None


def _end(act: Act, prop: Property, areas: tuple[int, ...]) -> Number | None:
    """Give the end, zero or middle of a range that the act names."""
    bounds = _bounds(prop, areas)
    if act.range is None or bounds is None:
        return None
    low, high = bounds
    if act.range in ("max", "min"):
        return high if act.range == "max" else low
    if act.range == "zero":
        return 0 if low <= 0 <= high else None
    if act.range == "middle":
        middle = (low + high) / 2
        return middle if (middle - low) % (prop.step or 1) == 0 else None
    branch, _, which = act.range.partition("_")
    span = levels(act.model_copy(update={"range": branch}), prop, areas)
    if span is None or which not in ("low", "top"):
        return None
    upward = span.top > span.base
    return span.low if upward == (which == "low") else span.high


def possible(act: Act, prop: Property, areas: tuple[int, ...]) -> bool:
    """Whether the act has a value that all of the areas take."""
    if act.range == "any":
        return True
    if act.value is None and act.range in ("level", "plus", "minus"):
        return levels(act, prop, areas) is not None
    return fixed_value(act, prop, areas) is not None


def legal(value: Any, prop: Property, area: int) -> bool:
    """Whether the area takes the value, by its list of values and its range."""
    where = prop.areas[area]
    if where.values and value not in where.values:
        return False
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    low = -math.inf if where.minimum is None or prop.advisory else where.minimum
    high = math.inf if where.maximum is None or prop.advisory else where.maximum
    return low <= value <= high


class Speaker:
    """Says values: digits, words, percents, °F, and words of degree by the policy."""

    def __init__(self, book: Phrasebook, policy: Policy) -> None:
        self._book = book
        self._degrees = {word: degree for degree in policy.degrees for word in degree.words}

    def say(self, rng: Random, way: str, prop: PropertyPhrases | None, span: Levels) -> Said | None:
        """Draw a value of the span and say it in a way, or None where the way says none of it."""
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
        return Said(value, self.number(rng, how, value, span))

    def number(self, rng: Random, how: Way, value: Number, span: Levels) -> str:
        """Say one value. The branch below zero is said without its sign."""
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

    def degree(self, rng: Random, words: tuple[str, ...], span: Levels) -> Said | None:
        """Draw a word of degree that comes to a legal value of the span."""
        found = []
        for word in words:
            degree = self._degrees.get(word)
            value = degree_value(degree, span) if degree else None
            if value is not None:
                found.append(Said(value, word))
        return pick(rng, found) if found else None

    def comes_to(self, word: str, span: Levels) -> bool:
        """Whether the policy gives the word a legal value of the span."""
        degree = self._degrees.get(word)
        return degree is not None and degree_value(degree, span) is not None

    def _fahrenheit(
        self, rng: Random, how: Way, span: Levels, prop: PropertyPhrases | None
    ) -> Said | None:
        low, high = prop.usual if prop and prop.usual else (span.low, span.high)
        shown = rng.randint(math.ceil(low * 1.8 + 32), math.floor(high * 1.8 + 32))
        value = round((shown - 32) / 1.8 / span.step) * span.step
        if not span.low <= value <= span.high or (span.only and value not in span.only):
            return None
        text = pick(rng, how.forms).expand(
            rng,
            lambda slot: digits(shown) if slot == "f" else number_words(shown, self._book.numbers),
        )
        return Said(value, text)


def degree_value(degree: Degree, span: Levels) -> Number | None:
    """Give the value that a word of degree comes to in a span, or None where it isn't a step."""
    if degree.fraction is not None:
        value = span.base + degree.fraction * (span.top - span.base)
    elif degree.level is not None:
        ordered = span.values()
        if span.top < span.base:
            ordered.reverse()
        if degree.level == 0:
            if len(ordered) % 2 == 0:
                return None
            value = ordered[len(ordered) // 2]
        else:
            value = ordered[degree.level - 1 if degree.level > 0 else degree.level]
    else:
        return None
    steps = (value - span.low) / span.step
    on_step = abs(steps - round(steps)) < 1e-6 and (not span.only or value in span.only)
    return value if on_step and span.low <= value <= span.high else None


def _percent(value: Number, span: Levels) -> int | None:
    share = 100 * (value - span.base) / (span.top - span.base)
    return round(share) if abs(share - round(share)) < 1e-6 else None


def _usual(rng: Random, values: list[Number], prop: PropertyPhrases | None) -> list[Number]:
    if prop is None:
        return values
    narrowed = values
    if prop.round and rng.random() < 0.9:
        narrowed = [v for v in narrowed if v % prop.round == 0] or narrowed
    if prop.usual and rng.random() < 0.9:
        low, high = prop.usual
        narrowed = [v for v in narrowed if low <= v <= high] or narrowed
    return narrowed
