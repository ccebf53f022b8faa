"""Values: which of a property's values the words around it can mean."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from workbench.core.car.catalog import Area, Property
from workbench.core.car.policy import Degree, Policy
from workbench.core.reading.lexicon import Lexicon
from workbench.core.reading.mentions import PropertyMention
from workbench.core.reading.number_words import NumberWords
from workbench.core.reading.phrase_book import PhraseBook
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.query_text import CORRECTIONS, QueryText
from workbench.core.reading.stated_changes import (
    NOTHING_TOLD,
    ByHowMuch,
    ChangeWays,
    ChangeWords,
    StatedChange,
    WordsTold,
)


@dataclass(frozen=True, slots=True)
class ValueCandidate:
    """A value that words can mean: within `tolerance`, said by tokens (from, to).

    vague: whether any value within it would do as well.
    """

    value: float
    tolerance: float
    begin: int
    end: int
    vague: bool = False

    def accepts(self, value: float) -> bool:
        # No subtraction: an integer in a call may be larger than any float.
        around = self.tolerance + 1e-9
        return self.value - around <= value <= self.value + around


class ValueWords:
    """Reads values from numbers and words of degree."""

    def __init__(self, lexicon: Lexicon, policy: Policy, book: PhraseBook) -> None:
        self._counted_words = NumberWords(lexicon)
        self._changes = ChangeWords(lexicon)
        self._ways = ChangeWays(lexicon)
        degrees = [(_normal(p), degree) for degree in policy.degrees for p in degree.words]
        self._degrees = PhraseIndex(degrees, book)
        self._quarters = PhraseIndex(lexicon.fractions.items(), book)
        self._counted: tuple[QueryText, list[int]] | None = None  # they are needed again and again
        self._told: tuple[QueryText, WordsTold] | None = None

    def numbers(self, text: QueryText, begin: int, end: int) -> list[int]:
        """Return the numbers among tokens (from, to) that can be values, with corrections
        applied.
        """
        if "#" not in text.held:
            return []
        if self._counted is None or self._counted[0] is not text:
            self._counted = text, self._all_numbers(text)
        found = self._counted[1]
        return found[bisect_left(found, begin) : bisect_left(found, end)]

    def _all_numbers(self, text: QueryText) -> list[int]:
        words = text.words
        found: list[int] = []
        for i, token in enumerate(text.tokens):
            if token.number is None or self._counted_words.no_value(words, i):
                continue
            if found and (_corrected(words, found[-1], i) or _left_behind(words, found[-1], i)):
                found.pop()
            found.append(i)
        return found

    def degrees(self, text: QueryText, begin: int = 0, end: int | None = None) -> bool:
        """Whether tokens (from, to) contain a word of degree: halfway, medium."""
        if self._degrees.find(text, begin, end):
            return True
        words = text.words[begin:end]
        found = self._quarters.find(text, begin, end)
        return any(not _is_middle_place(words, b - begin, e - begin) for b, e, _ in found)

    def degrees_said(self, text: QueryText, begin: int, end: int) -> list[Degree]:
        """Return the policy's degrees that tokens (from, to) have words for."""
        return [degree for _, _, degree in self._degrees.find(text, begin, end)]

    def told(self, text: QueryText) -> WordsTold:
        """Return what a text tells of how things stand, and the changes that go on from there."""
        if self._told is None or self._told[0] is not text:
            self._told = text, self._read_told(text)
        return self._told[1]

    def _read_told(self, text: QueryText) -> WordsTold:
        numbers = self.numbers(text, 0, len(text.tokens))
        if not self._changes.may_tell(text, numbers):
            return NOTHING_TOLD
        degrees = [
            start for index in (self._degrees, self._quarters) for start, _, _ in index.find(text)
        ]
        if not numbers and not degrees and not text.held & (self._ways.least | self._ways.most):
            return NOTHING_TOLD
        return self._changes.read(text, numbers, degrees=degrees)

    def candidates(
        self,
        text: QueryText,
        prop: Property,
        area: Area,
        begin: int,
        end: int,
        mentions: Sequence[PropertyMention] = (),
    ) -> list[ValueCandidate]:
        """Return the values that tokens (from, to) can mean for the property in that area.

        mentions: those of the whole text; a change of something else says nothing of this.
        """
        numbers = self.numbers(text, begin, end)
        told = self.told(text)
        if told is NOTHING_TOLD:
            found = [c for i in numbers for c in self._number(text, prop, area, i)]
            return found + list(self._fractions(text, prop, area, begin, end))
        found = []
        spent: set[int] = set()
        for change in self._changes_of(text, prop, mentions):
            if not any(b < end and begin < e for b, e in change.spans):
                continue
            resolved = list(self._changed(text, prop, area, change))
            found += resolved
            if resolved and change.sure:
                spent |= {i for span in change.spans for i in range(*span)}
        others = [i for i in numbers if i not in spent and not told.tells(i)]
        found += [c for i in others for c in self._number(text, prop, area, i)]
        return found + list(self._fractions(text, prop, area, begin, end, told))

    def is_relative(self, text: QueryText, begin: int, end: int) -> bool:
        """Whether tokens (from, to) state a start and a change: "on three, two notches up"."""
        return any(
            all(begin <= b and e <= end for b, e in change.spans)
            for change in self.told(text).changes()
        )

    def _changes_of(
        self, text: QueryText, prop: Property, mentions: Sequence[PropertyMention]
    ) -> list[StatedChange]:
        """Return the changes that may be of a property, by what is named beside start and step."""

        def may_be(clause: tuple[int, int]) -> bool:
            begin, end = clause
            about = [m for m in mentions if m.names and begin <= m.begin < end]
            return not about or any(prop.name in m.all for m in about)

        def fits(step: ByHowMuch) -> bool:
            return step.unit not in _DEGREES or prop.unit == "°C"

        return self.told(text).changes(may_be, fits)

    def _changed(
        self, text: QueryText, prop: Property, area: Area, change: StatedChange
    ) -> Iterator[ValueCandidate]:
        """Return what a change comes to."""
        low, high = area.minimum, area.maximum
        if prop.unit == "%":
            low, high = low or 0, 100 if high is None else high
        if low is None or high is None or low >= high:
            return
        starts = {
            value
            for value in self._starts(text, prop, area, change)
            if low - _SLIP <= value <= high + _SLIP
        }
        begin, end = change.steps[-1].at
        if change.start.number is not None and not starts:
            return
        reached = {float(value) for value in starts}
        for step in change.steps:
            if step.amount is None:
                yield from self._unmeasured(text, area, (low, high), starts, step)
                return
            signs = self._ways.signs(text, area, step)
            amounts = self._amounts(prop, step, float(high - low))
            reached = {
                value + _away(value, sign, area) * amount
                for value in reached
                for sign in signs
                for amount in amounts
            }
        within = {value for value in reached if low - _SLIP <= value <= high + _SLIP}
        for value in sorted(within):
            yield ValueCandidate(
                value, 0.5 * float(prop.step or 0) if value % 1 else 0.0, begin, end
            )
        if not within:
            yield ValueCandidate((low + high) / 2, (high - low) / 2, begin, end, vague=True)

    def _unmeasured(
        self,
        text: QueryText,
        area: Area,
        ends: tuple[float, float],
        starts: Collection[float],
        step: ByHowMuch,
    ) -> Iterator[ValueCandidate]:
        """Return what a change without an amount may come to: the rest, or anything further on."""
        low, high = ends
        signs = self._ways.signs(text, area, step)
        shut = 0.0 if low < 0 and area.zero and "middle" not in area.zero else low
        if step.rest:
            for sign in signs:
                yield ValueCandidate(high if sign > 0 else shut, 0.0, *step.at)
            return
        if area.plus.startswith("open") and not self._ways.is_little(text, step):
            return  # "close it": all the way
        for sign in signs:
            first = min(starts, default=low) if sign > 0 else max(starts, default=high)
            last = high if sign > 0 else low
            yield ValueCandidate((first + last) / 2, abs(last - first) / 2, *step.at, vague=True)

    def _starts(
        self, text: QueryText, prop: Property, area: Area, change: StatedChange
    ) -> Iterator[float]:
        """Return where something may stand."""
        begin, end = change.start.clause
        at = change.start.number
        if at is None:
            low, high = area.minimum, area.maximum
            words = {*text.words[begin:end]}
            running = area.zero == "off" and "off" not in words
            for candidate in self._fractions(text, prop, area, begin, end):
                if candidate.value or not running:
                    yield candidate.value
            if self._ways.least & words and low is not None:
                yield 0 if low < 0 and area.zero and "middle" not in area.zero else low
                if "off" not in words:
                    yield low + 1 if low == 0 and area.zero == "off" else low
            if self._ways.most & words and high is not None:
                yield high
            return
        number = text.tokens[at].number or 0.0
        if text.words[at + 1 : at + 2] == ["percent"] and prop.unit != "%":
            for candidate in self._share(prop, area, number / 100, begin, end):
                yield candidate.value
            return
        around = {*text.words[begin:end]}
        below = area.minimum is not None and area.minimum < 0 and number > 0
        yield -number if below and self._ways.is_below(text, area, around) else number

    def _amounts(self, prop: Property, step: ByHowMuch, width: float) -> set[float]:
        """Return how far a step goes, in the property's unit."""
        amount = step.amount or 0.0
        if step.unit == "percent" and prop.unit != "%":
            return {amount, amount * width / 100}
        if step.unit in self._ways.notches:
            return {amount, amount * float(prop.step or 1)}
        return {amount}

    def _number(
        self, text: QueryText, prop: Property, area: Area, i: int
    ) -> Iterator[ValueCandidate]:
        number = text.tokens[i].number or 0.0
        following = [token.word for token in text.tokens[i + 1 : i + 4]]
        if "percent" in following[:1] or "per" in following[:1]:
            yield from self._share(prop, area, number / 100, i, i + 2)
            if prop.unit == "%":
                yield ValueCandidate(number, 0.5 if number % 1 else 0.0, i, i + 2)
            return
        fahrenheit = "f" in following[:2] or "fahrenheit" in text.flat
        if prop.unit == "°C" and (fahrenheit or number > 45):
            near = max(_HALF_DEGREES, float(prop.step or 0)) / 2 + 1e-6
            yield ValueCandidate((number - 32) / 1.8, near, i, i + 1)
            return
        yield ValueCandidate(number, 0.0, i, i + 1)
        if number > 0 and area.minimum is not None and area.minimum < 0:
            yield ValueCandidate(-number, 0.0, i, i + 1)

    def _share(
        self, prop: Property, area: Area, share: float, begin: int, end: int
    ) -> Iterator[ValueCandidate]:
        """Return a fraction of the range: of the whole, and of each branch from zero."""
        low, high = area.minimum, area.maximum
        if low is None or high is None or prop.unit == "%":
            return
        tolerance = 0.5 * float(prop.step or 0) + 1e-6
        ends = [(low, high)]
        if low < 0 < high:
            ends = [(0, high), (0, low)]
            if not area.zero or "middle" in area.zero:
                ends.append((low, high))
        elif low > 0:
            ends.append((0, high))
        for start, stop in ends:
            yield ValueCandidate(start + share * (stop - start), tolerance, begin, end)

    def _fractions(
        self,
        text: QueryText,
        prop: Property,
        area: Area,
        begin: int,
        end: int,
        told: WordsTold = NOTHING_TOLD,
    ) -> Iterator[ValueCandidate]:
        degrees = self._degrees.find(text, begin, end)
        quarters = self._quarters.find(text, begin, end)
        if not degrees and not quarters:
            return
        words = text.words[begin:end]
        for start, stop, degree in degrees:
            if told.starts and told.tells(start):
                continue
            if degree.fraction is not None:
                if degree.fraction not in (0.5, 1.0) and not _is_wide(area):
                    continue  # "a bit" of five levels isn't a level
                yield from self._share(prop, area, degree.fraction, begin, end)
                if _downwards(words, start - begin, stop - begin):
                    yield from self._share(prop, area, 1 - degree.fraction, begin, end)
            elif degree.level is not None:
                yield from self._levels(area, degree.level, begin, end)
        for start, stop, fraction in quarters:
            if told.starts and told.tells(start):
                continue
            if "middle" not in area.zero and _is_middle_place(words, start - begin, stop - begin):
                continue
            yield from self._share(prop, area, fraction, begin, end)
            if prop.unit == "%":
                yield ValueCandidate(fraction * 100, 0.5, begin, end)

    def _levels(self, area: Area, level: int, begin: int, end: int) -> Iterator[ValueCandidate]:
        low, high = area.minimum, area.maximum
        if low is None or high is None:
            return
        branches = [(low, high)]
        if low <= 0 < high:
            branches.append((1, high))
        if low < 0:
            branches.append((-1, low))
        for start, stop in branches:
            value = start + level - 1 if level > 0 else stop + level + 1
            if level == 0:
                value = (start + stop) / 2
            elif stop < start:
                value = start - level + 1 if level > 0 else stop - level - 1
            yield ValueCandidate(value, 0.5 if level == 0 else 0.0, begin, end)


_DEGREES = frozenset(["degree", "degrees", "celsius", "c"])


def _away(value: float, sign: int, area: Area) -> int:
    """Return which way a step goes: more cooling is further below zero."""
    branched = area.minus and area.zero and "middle" not in area.zero
    return -sign if branched and value < 0 else sign


def _downwards(words: Sequence[str], start: int, stop: int) -> bool:
    """Whether the words around a fraction count it from the top: "halfway down"."""
    beside = {*words[max(0, start - 1) : stop + 1]}
    return bool(beside & {"down", "back", "lower", "backwards"})


def _is_middle_place(words: Sequence[str], start: int, stop: int) -> bool:
    """Whether "middle" is where someone sits, not half of a scale: "for him in the middle"."""
    if [*words[start:stop]] != ["middle"]:
        return False
    before, after = [*words[max(0, start - 2) : start]], [*words[stop : stop + 1]]
    if before[-1:] in (["back"], ["rear"], ["front"]):
        return True
    return before == ["in", "the"] or after in (["seat"], ["one"], ["passenger"])


def _is_wide(area: Area) -> bool:
    low, high = area.minimum, area.maximum
    return low is not None and high is not None and high - low >= 8


def _normal(phrase: str) -> str:
    return re.sub(r"['’]", "", phrase.casefold()).replace("-", " ")


def _left_behind(words: list[str], earlier: int, later: int) -> bool:
    """Whether a number is only where a change starts: "from 74 down to 70"."""
    between = words[earlier + 1 : later]
    start = earlier > 0 and words[earlier - 1] == "from"
    return start and between[-1:] == ["to"] and len(between) <= _FROM_TO


_SLIP = 1e-6
_FROM_TO = 5  # tokens: "from 74 degrees F down to"
_HALF_DEGREES = 0.5  # °C: what °F are converted to
_CORRECTED_WITHIN = 14  # tokens: "23 for the two outer seats in the back, scratch that, 25"


def _corrected(words: list[str], earlier: int, later: int) -> bool:
    between = words[earlier + 1 : later]
    if len(between) > _CORRECTED_WITHIN or not between:
        return False
    return bool(CORRECTIONS & set(between))
