"""Values: which of a property's values the words around it can mean."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from workbench.core.car.catalog import Area, Property
from workbench.core.car.policy import Degree, Policy
from workbench.core.reading.lexicon import Lexicon, expand
from workbench.core.reading.number_words import NumberWords
from workbench.core.reading.phrase_book import PhraseBook
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.query_text import CORRECTIONS, QueryText

_DELTA = re.compile(
    r" (?:by|add|plus|off) # | (?:up|down|another) # "
    r"| # (?:notch|notches|step|steps|levels|points|point|clicks|click|bars|stages) "
    r"| # (?:degrees |degree |percent |level )?"
    r"(?:more|less|warmer|cooler|colder|hotter|higher|lower|up|down|further|forward|forwards|back"
    r"|extra|above|below|off|stronger|weaker) "
)
_RELATIVE = frozenset(
    [
        "more",
        "less",
        "warmer",
        "cooler",
        "colder",
        "hotter",
        "higher",
        "lower",
        "up",
        "down",
        "further",
        "forward",
        "forwards",
        "back",
        "backwards",
        "increase",
        "decrease",
        "raise",
        "reduce",
        "drop",
        "add",
        "closer",
        "notch",
        "notches",
        "step",
        "steps",
        "stronger",
        "weaker",
        "faster",
        "slower",
        "bump",
        "wider",
        "turn",
        "take",
        "bring",
    ]
)


@dataclass(frozen=True, slots=True)
class ValueCandidate:
    """A value that words can mean: within `tolerance`, said by tokens (from, to)."""

    value: float
    tolerance: float
    begin: int
    end: int

    def accepts(self, value: float) -> bool:
        # No subtraction: an integer in a call may be larger than any float.
        around = self.tolerance + 1e-9
        return self.value - around <= value <= self.value + around


class ValueWords:
    """Reads values from numbers and words of degree."""

    def __init__(self, lexicon: Lexicon, policy: Policy, book: PhraseBook) -> None:
        self._counted_words = NumberWords(lexicon)
        more = expand(("@more",), lexicon.classes) if "more" in lexicon.classes else []
        less = expand(("@less",), lexicon.classes) if "less" in lexicon.classes else []
        self._more, self._less = frozenset(more), frozenset(less)
        degrees = [(_normal(p), degree) for degree in policy.degrees for p in degree.words]
        self._degrees = PhraseIndex(degrees, book)
        self._quarters = PhraseIndex(lexicon.fractions.items(), book)
        self._counted: tuple[QueryText, list[int]] | None = None  # they are needed again and again

    def numbers(self, text: QueryText, begin: int, end: int) -> list[int]:
        """Return the numbers among tokens (from, to) that can be values, with corrections
        applied.
        """
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

    def candidates(
        self, text: QueryText, prop: Property, area: Area, begin: int, end: int
    ) -> list[ValueCandidate]:
        """Return the values that tokens (from, to) can mean for the property in that area."""
        numbers = self.numbers(text, begin, end)
        part = text.part(begin, end)
        if _is_relative(part, numbers):
            return list(self._relative(text, prop, area, numbers, part))
        found = [c for i in numbers for c in self._number(text, prop, area, i)]
        found += self._fractions(text, prop, area, begin, end)
        return found

    def is_relative(self, text: QueryText, begin: int, end: int) -> bool:
        """Whether tokens (from, to) state a start and a change: "on three, two notches up"."""
        return _is_relative(text.part(begin, end), self.numbers(text, begin, end))

    def _relative(
        self, text: QueryText, prop: Property, area: Area, numbers: list[int], part: str
    ) -> Iterator[ValueCandidate]:
        words = set(part.split())
        up, down = bool(words & self._more), bool(words & self._less)
        if area.plus.startswith("open"):
            up = bool(words & _OPENING)
            down = bool(words & _SHUTTING) and not up
        signs = [1] if up and not down else [-1] if down and not up else [1, -1]
        steps = {1.0, float(prop.step or 1)}
        values = [(text.tokens[i].number or 0.0, i) for i in numbers]
        deltas = [pair for pair in values if _is_delta(text, pair[1])]
        if len(values) == 1:
            pairs = [(values[0], (1.0, values[0][1]))]
        elif len(deltas) == 1:
            pairs = [(start, deltas[0]) for start in values if start is not deltas[0]]
        else:
            pairs = list(permutations(values, 2))
        for (start, i), (delta, j) in pairs:
            after = text.tokens[j + 1].word if j + 1 < len(text.tokens) else ""
            for sign in signs:
                for step in {1.0} if after in ("degree", "degrees", "percent") else steps:
                    value = start + sign * abs(delta) * step
                    yield ValueCandidate(value, 0.0, min(i, j), max(i, j) + 1)
                if " percent " in part:
                    share = (start + sign * abs(delta)) / 100
                    yield from self._share(prop, area, share, min(i, j), max(i, j) + 1)

    def _number(
        self, text: QueryText, prop: Property, area: Area, i: int
    ) -> Iterator[ValueCandidate]:
        number = text.tokens[i].number or 0.0
        following = [token.word for token in text.tokens[i + 1 : i + 4]]
        if "percent" in following[:1] or "per" in following[:1]:
            yield from self._share(prop, area, number / 100, i, i + 2)
            if prop.unit == "%":
                yield ValueCandidate(number, 0.0, i, i + 2)
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
        self, text: QueryText, prop: Property, area: Area, begin: int, end: int
    ) -> Iterator[ValueCandidate]:
        words = text.words[begin:end]
        for start, stop, degree in self._degrees.find(text, begin, end):
            if degree.fraction is not None:
                if degree.fraction not in (0.5, 1.0) and not _is_wide(area):
                    continue  # "a bit" of five levels isn't a level
                yield from self._share(prop, area, degree.fraction, begin, end)
                if _downwards(words, start - begin, stop - begin):
                    yield from self._share(prop, area, 1 - degree.fraction, begin, end)
            elif degree.level is not None:
                yield from self._levels(area, degree.level, begin, end)
        for start, stop, fraction in self._quarters.find(text, begin, end):
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


def _is_relative(part: str, numbers: list[int]) -> bool:
    words = set(part.split())
    if len(numbers) >= 2:
        return bool(_DELTA.search(part))
    if not words & _RELATIVE:
        return False
    return len(numbers) == 1 and bool(
        re.search(r" (?:a|another) (?:notch|step|level|degree|bit|touch|click) ", part)
    )


def _downwards(words: Sequence[str], start: int, stop: int) -> bool:
    """Whether the words around a fraction count it from the top: "halfway down"."""
    beside = {*words[max(0, start - 1) : stop + 1]}
    return bool(beside & {"down", "back", "lower", "backwards"})


def _is_middle_place(words: Sequence[str], start: int, stop: int) -> bool:
    """Whether "middle" is where someone sits, not half of a scale: "for him in the middle"."""
    if [*words[start:stop]] != ["middle"]:
        return False
    before, after = [*words[max(0, start - 2) : start]], [*words[stop : stop + 1]]
    return before == ["in", "the"] or after in (["seat"], ["one"], ["passenger"])


def _is_wide(area: Area) -> bool:
    low, high = area.minimum, area.maximum
    return low is not None and high is not None and high - low >= 8


def _is_delta(text: QueryText, i: int) -> bool:
    """Whether a number says by how much, not to what: "by two", "two notches", "two degrees up"."""
    words = [token.word for token in text.tokens[i : i + 3]] + ["", ""]
    before = text.tokens[i - 1].word if i else ""
    if before in ("by", "add") or words[1] in _STEP_WORDS:
        return True
    if before in ("up", "down", "another", "plus", "off"):
        return True
    return words[1] in _RELATIVE or (words[1] in _UNIT_WORDS and words[2] in _RELATIVE)


_STEP_WORDS = frozenset(
    [
        "notch",
        "notches",
        "step",
        "steps",
        "levels",
        "points",
        "point",
        "clicks",
        "click",
        "bars",
        "stages",
    ]
)
_UNIT_WORDS = frozenset(["degrees", "degree", "percent", "level"])


def _normal(phrase: str) -> str:
    return re.sub(r"['’]", "", phrase.casefold()).replace("-", " ")


def _left_behind(words: list[str], earlier: int, later: int) -> bool:
    """Whether a number is only where a change starts: "from 74 down to 70"."""
    between = words[earlier + 1 : later]
    start = earlier > 0 and words[earlier - 1] == "from"
    return start and between[-1:] == ["to"] and len(between) <= _FROM_TO


_OPENING = frozenset({"down", "wider", "open", "opened", "further"})
_SHUTTING = frozenset({"up", "close", "closed", "shut", "less"})
_FROM_TO = 5  # tokens: "from 74 degrees F down to"
_HALF_DEGREES = 0.5  # °C: what °F are converted to
_CORRECTED_WITHIN = 14  # tokens: "23 for the two outer seats in the back, scratch that, 25"


def _corrected(words: list[str], earlier: int, later: int) -> bool:
    between = words[earlier + 1 : later]
    if len(between) > _CORRECTED_WITHIN or not between:
        return False
    return bool(CORRECTIONS & set(between))
