"""Cut a sample's query into the tokens that near-duplicates are judged by.

Two queries that differ in nothing but the values asked for ("24 degrees", "22 degrees") are
variants of one phrase. So the calls' values are masked in the query before it is cut.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from workbench.core.likeness.numerals import has_numerals, numeral_pattern
from workbench.core.likeness.scripts import marks, parted
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.invisible import as_seen

MASK = "\x1f"
"""The token for a masked value. No text yields it: to the tokeniser it is white space."""

_MAX_DIGITS = 40
_LONGEST = 20_000
"""The most characters of a query cut into tokens; the rest counts as one."""
_MOST_VALUES = 1000
"""The most values of a sample that are masked."""

T = TypeVar("T")

# A word may contain apostrophes, but not begin or end with one: "don't" is one word, "the cars'"
# are two and a mark.
_TOKEN = re.compile(rf"{MASK}|\w+(?:'\w+)*|[^\w\s]")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_SAME_MARKS = str.maketrans({"’": "'", "ʼ": "'", "−": "-", "٫": ".", "٬": ",", "٪": "%", MASK: " "})

# What must not stand before or after a value, or it would be a part of something longer.
_NO_WORD = (r"\w", r"\w'")
_NO_DIGITS = (r"\w", r"\d[.,:]", r"(?<![\w.])\.")  # as 24 in 124, 2.24, 1,024, 7:24, .24
_NO_MINUS = r"(?<!\w)-"  # -2 is not 2, but 20-24 ends with 24
_WORD_ENDS = r"(?!\w)"
_DIGITS_END = r"(?!\d|[.,:]\d)"
# A unit may directly follow its number (24C, 24km/h); 24th, 24½, 4x4 and 5_a are not 24, 4 and 5.
_UNIT_MAY_FOLLOW = r"(?!(?:st|nd|rd|th)\b|[_¼½¾⅐-⅞]|[^\W\d_]+[\d_])"


class Tokens(NamedTuple):
    """A query's tokens. masked: values masked; words: nothing masked, joined by white space."""

    masked: list[str]
    words: str


class _Spelling(NamedTuple):
    """How a value is written: `pattern` finds it in folded text, and only if `part` is in it."""

    length: int
    part: str
    pattern: str


def sample_tokens(sample: Sample) -> Tokens:
    """Cut what is said in a sample, with its calls' values masked and unmasked."""
    said = sample.words
    query, rest = said[:_LONGEST], said[_LONGEST:]
    text = parted(fold(query))
    masked = _mask(text, sample.calls)
    words = _cut(text)
    tokens = words if masked is text else _cut(masked)
    if rest:  # as one token
        tail = blake2b(fold(rest).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return Tokens([*tokens, tail], " ".join([*words, tail]))
    return Tokens(tokens, " ".join(words))


def tokenize(text: str) -> list[str]:
    """Cut text, casefolded, into words and single punctuation marks, separated by white space."""
    return _cut(parted(fold(text)))


def _cut(text: str) -> list[str]:
    token = _TOKEN if text.isascii() or not _marked()[0].search(text) else _marked()[1]
    return token.findall(text)


@cache
def _marked() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns for a combining mark, and for the tokens of texts with some."""
    word = rf"[\w{marks()}]"
    return (
        re.compile(f"[{marks()}]"),
        re.compile(rf"{MASK}|{word}+(?:'{word}+)*|[^\w\s{marks()}]"),
    )


def fold(text: str) -> str:
    """Casefold, compose accents, and unify what looks or means the same: minus signs, digits."""
    if text.isascii() and text.isprintable():
        return text.lower()
    composed = unicodedata.normalize("NFC", as_seen(text)).casefold()
    plain = unicodedata.normalize("NFC", composed).translate(_SAME_MARKS)
    return _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), plain)


def _mask(text: str, calls: Iterable[ToolCall]) -> str:
    """Mask the calls' values in folded text, the longest first; `text` itself if there are none."""
    values = list(islice(_values(calls), _MOST_VALUES))
    found = {
        spelling
        for value in values
        if (spelling := _spelling(value)) is not None and spelling.part in text
    }
    if has_numerals(text):
        found |= {said for value in values if (said := _said(value)) is not None}
    if not found:
        return text
    for spelling in sorted(found, key=lambda s: (-s.length, s.pattern)):
        text = _compiled(spelling.pattern).sub(MASK, text)
    return text


_compiled = lru_cache(maxsize=1 << 12)(re.compile)


def _values(calls: Iterable[ToolCall]) -> Iterator[str | int | float]:
    """All strings and numbers among the arguments, at any depth."""
    for call in calls:
        pending: list[Any] = list(call.arguments.values())
        while pending:
            value = pending.pop()
            if isinstance(value, (list, tuple)):
                pending.extend(value)
            elif isinstance(value, dict):
                pending.extend(value.values())
            elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
                yield value


@lru_cache(maxsize=1 << 16)
def _spelling(value: str | int | float) -> _Spelling | None:
    if isinstance(value, str):
        return _string_spelling(parted(fold(value)).strip())
    # Comparing before spelling: Python refuses to write integers of thousands of digits.
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if abs(value) >= 10**_MAX_DIGITS:
        return None
    return _number_spelling(Decimal(repr(value)))


@lru_cache(maxsize=1 << 12)
def _said(value: str | int | float) -> _Spelling | None:
    """Spell a number in words of scripts that have a system for it."""
    if isinstance(value, str) or not math.isfinite(value) or abs(value) >= 10**_MAX_DIGITS:
        return None
    pattern = numeral_pattern(abs(Decimal(repr(value))))
    return _Spelling(0, "", pattern) if pattern else None


def _string_spelling(text: str) -> _Spelling | None:
    """Spell a string of at least two letters or digits; a single one would match by chance."""
    if sum(map(str.isalnum, text)) < 2:
        return None
    start = _whole(text, _edge(text[0], _NO_DIGITS, _NO_WORD, ()))
    end = _edge(text[-1], _DIGITS_END + _WORD_ENDS, _WORD_ENDS, "")
    return _Spelling(len(text), text, start + end)


def _edge(char: str, digit: T, letter: T, other: T) -> T:
    if char.isdecimal():
        return digit
    return letter if char.isalnum() or char == "_" else other


def _number_spelling(number: Decimal) -> _Spelling | None:
    """Spell a number in digits: 24 as 24, 24.0; 1500 also as 1,500; 0.5 also as .5."""
    plain = format(abs(number), "f")
    if len(plain) > _MAX_DIGITS:
        return None
    whole, _, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    end = _DIGITS_END + _UNIT_MAY_FOLLOW
    before = _NO_DIGITS if number < 0 else (*_NO_DIGITS, _NO_MINUS)
    sign = "-" if number < 0 else ""
    first, *groups = _thousands(whole)
    tail = "".join(f",?{group}" for group in groups)
    tail += rf"\.{decimals}0*" if decimals else r"(?:\.0+)?"
    pattern = _whole(sign + first, before) + tail + end
    if whole == "0" and decimals:
        pattern += f"|{_whole(f'{sign}.{decimals}', before)}0*{end}"
    part = decimals if whole == "0" and decimals else whole[-3:]
    return _Spelling(len(whole) + len(decimals), part, pattern)


def _whole(text: str, not_before: Iterable[str]) -> str:
    """The pattern of `text` where none of `not_before` precedes it.

    It begins with the text, since `re` finds a plain beginning quickly, and looks behind after.
    """
    escaped = re.escape(text)
    return escaped + "".join(f"(?<!{before}{escaped})" for before in not_before)


def _thousands(digits: str) -> list[str]:
    first = len(digits) % 3 or 3
    return [digits[:first], *(digits[i : i + 3] for i in range(first, len(digits), 3))]
