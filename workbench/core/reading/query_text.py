"""Normalise a query: words as they sound, numbers as one token each, with their positions."""

import re
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, NamedTuple

_TOKEN = re.compile(
    r"(?P<word>[^\W\d_][^\W_]*(?:['’][^\W_]+)*)"
    r"|(?P<time>\d{1,2}[:.]\d{2}(?=\s*(?:am|pm|a\.m|p\.m|o'?clock|h\b)|(?<=:\d\d)))"
    r"|(?P<number>(?<![\w.])[-−+]?\d+(?:[.,]\d+)?(?![\w])|(?<![\w.])[-−+]?\d+(?:[.,]\d+)?(?=°|%|[cf]\b|k[wmph]))"
    r"|(?P<mixed>[^\W_]+(?:['’][^\W_]+)*)"
    r"|(?P<sign>[%°])"
    r"|(?P<pause>\.{2,}|…)"
    r"|(?P<mark>[.,;:?!—–]|(?<=\s)[-+](?=\s))"
)
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z\d])|(?<=\d)-(?=[a-z])")
_MARKS = {"+": ",", ":": ",", "—": ",", "–": ",", "-": ","}
# Words with which a speaker takes back what was just said: "22, no, 23".
CORRECTIONS = frozenset(
    [
        "no",
        "nah",
        "sorry",
        "wait",
        "actually",
        "rather",
        "mean",
        "scratch",
        "oops",
        "correction",
        "hang",
        "thought",
        "thoughts",
    ]
)
_UNITS = {
    "zero": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_SIGNS = {"minus": -1, "negative": -1, "plus": 1}
_NEAR = 4
_BEGIN_NUMBERS = frozenset([*_UNITS, *_TENS, *_SIGNS, "hundred", "couple", "#"])
# Every word that can be part of a number.
NUMBER_WORDS = frozenset(
    [*_UNITS, *_TENS, *_SIGNS, "hundred", "couple", "of", "point", "and", "a", "half"]
)
_ONE_BEFORE = {
    "from",
    "level",
    "to",
    "at",
    "on",
    "stage",
    "setting",
    "position",
    "speed",
    "by",
    "number",
    "notch",
    "minus",
    "plus",
    "back",
    "down",
    "up",
}
_ONE_BEFORE_PLACE = {"at", "level", "stage", "setting", "speed", "position"}
_BEFORE_BACK = {"left", "right", "middle", "centre", "center", "the"}
_ONE_AFTER = {
    "notch",
    "notches",
    "step",
    "degree",
    "percent",
    "level",
    "bar",
    "click",
    "stage",
    "please",
}


_TYPED = {"u": "you", "ur": "your", "pls": "please", "plz": "please", "em": "them"}
"""Words as some people type them."""


class Token(NamedTuple):
    """A word, mark or number. number: its value, None for others. start, end: in the query."""

    word: str
    start: int
    end: int
    number: float | None = None


class QueryText:
    """A query as tokens, and as one string ` word word word ` for phrases to be found in.

    words: those of the tokens. held: each word once. flat: the string. offsets: where in it each
    token starts, and where one after the last would. starts: the token that starts at a place in
    it. phrases: what a phrase book found here.
    """

    __slots__ = ("flat", "held", "offsets", "phrases", "query", "starts", "tokens", "words")

    def __init__(self, query: str, tokens: tuple[Token, ...]) -> None:
        self.query, self.tokens = query, tokens
        self.words = words = [token[0] for token in tokens]
        self.held = frozenset(words)
        self.flat = f" {' '.join(words)} " if words else " "
        self.offsets = list(accumulate([len(word) + 1 for word in words], initial=1))
        self.starts = dict(zip(self.offsets, range(len(words) + 1), strict=True))
        self.phrases: Any = None

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Return the tokens (from, to) of a match in `flat`."""
        return self.starts[begin], self.starts[end]

    def part(self, begin: int, end: int) -> str:
        """Return tokens (from, to) in the form of `flat`."""
        if begin >= end:
            return " "
        offsets = self.offsets
        return self.flat[offsets[begin] - 1 : offsets[end]]

    def quote(self, begin: int, end: int) -> str:
        """Return the query's own words for tokens (from, to), the last one whole: "71°F"."""
        if begin >= end:
            return ""
        start = min(token.start for token in self.tokens[begin:end])
        stop = max(token.end for token in self.tokens[begin:end])
        while stop < len(self.query) and self.query[stop].isalnum():
            stop += 1
        return self.query[start:stop]


def read_text(query: str, number_words: Mapping[str, float] | None = None) -> QueryText:
    """Normalise a query: case folded, apostrophes gone, hyphens blanks, numbers `#`.

    number_words: the words for numbers of a language other than English.
    """
    spoken = query.casefold().replace("a/c", "ac ").replace("a.c.", "ac  ")
    if "-" in spoken:
        spoken = _HYPHEN.sub(" ", spoken)
    raw: list[Token] = []
    new = tuple.__new__  # a third of the time of a named tuple's own
    for match in _TOKEN.finditer(spoken if len(spoken) == len(query) else query.lower()):
        kind, text = match.lastgroup, match[0]
        start, end = match.span()
        if kind in ("word", "mixed"):
            if text == "ac" and query[end - 1] in "/.":
                end += 1 if query[end - 1] == "/" else 2  # "A/C", "a.c."
            plain = text
            if not text.isalnum():
                plain = text.replace("'", "").replace("’", "")
                if plain[:-1] in _BEGIN_NUMBERS and plain[-1] == "s":
                    plain = plain[:-1]  # "eighty's enough"
            raw.append(new(Token, (_TYPED.get(plain, plain), start, end, None)))
        elif kind == "number":
            value = float(text.replace("−", "-").replace(",", "."))
            raw.append(Token("#", start, end, value))
        elif kind == "time":
            raw.append(Token("clock", start, end))
        elif kind == "sign":
            raw.append(Token("percent" if text == "%" else "degrees", start, end))
        elif kind == "pause":
            raw.append(Token(",", start, end))  # "a bit ... say two"
        else:
            raw.append(Token(_MARKS.get(text, text), start, end))
    if number_words is not None:
        return QueryText(query, tuple(_numbered(token, number_words) for token in raw))
    return QueryText(query, tuple(_with_numbers(raw)))


def _numbered(token: Token, number_words: Mapping[str, float]) -> Token:
    value = number_words.get(token.word)
    return token if value is None else Token("#", token.start, token.end, value)


def _with_numbers(raw: list[Token]) -> list[Token]:
    """Join number words ("twenty", "two", "and a half") and signs into one number token each."""
    if _BEGIN_NUMBERS.isdisjoint([token[0] for token in raw]):
        return raw
    out: list[Token] = []
    i = 0
    while i < len(raw):
        begins = raw[i].number is not None or raw[i].word in _BEGIN_NUMBERS
        taken = _number_at(raw, i, out) if begins else None
        if taken is None:
            out.append(raw[i])
            i += 1
        else:
            value, i_next = taken
            out.append(Token("#", raw[i].start, raw[i_next - 1].end, value))
            i = i_next
    return out


def _number_at(raw: list[Token], i: int, before: list[Token]) -> tuple[float, int] | None:
    word = raw[i].word
    behind = before[-1].word if before else ""
    if word == "plus" and behind in ("#", ",") and any(t.number for t in before[-_NEAR:]):
        return None  # "it's 70, plus 15"
    if word in _SIGNS and i + 1 < len(raw):
        rest = _number_at(raw, i + 1, [*before, raw[i]])
        return None if rest is None else (_SIGNS[word] * abs(rest[0]), rest[1])
    if raw[i].number is not None:
        return _with_half(raw, i + 1, raw[i].number or 0.0)
    value: float | None = None
    j = i
    if word in _TENS:
        value, j = _TENS[word], i + 1
        if j < len(raw) and 0 < _UNITS.get(raw[j].word, 0) < 10:
            value, j = value + _UNITS[raw[j].word], j + 1
    elif word in _UNITS and (word != "one" or _one_counts(raw, i, before)):
        value, j = _UNITS[word], i + 1
    elif word == "hundred":
        value, j = 100.0, i + 1
    elif word == "couple" and i + 1 < len(raw) and raw[i + 1].word in ("of", "notches", "steps"):
        value, j = 2, i + (2 if raw[i + 1].word == "of" else 1)
    if value is None:
        return None
    if j < len(raw) and raw[j].word == "hundred":
        value, j = value * 100, j + 1
    if j + 1 < len(raw) and raw[j].word == "point" and raw[j + 1].word in _UNITS:
        return value + _UNITS[raw[j + 1].word] / 10, j + 2
    return _with_half(raw, j, value)


def _with_half(raw: list[Token], j: int, value: float) -> tuple[float, int]:
    if [t.word for t in raw[j : j + 3]] == ["and", "a", "half"]:
        return value + 0.5, j + 3
    return value, j


def _one_counts(raw: list[Token], i: int, before: list[Token]) -> bool:
    """Tell "level one" from "the one behind me"."""
    if i + 1 < len(raw) and raw[i + 1].word in _ONE_AFTER:
        return True
    if [token.word for token in raw[i + 1 : i + 4]] == ["and", "a", "half"]:
        return True
    previous = before[-1].word if before else ""
    following = raw[i + 1].word if i + 1 < len(raw) else "."
    if previous in (",", ".", "no", "actually") and following in (
        "is",
        "will",
        "please",
        "would",
        "instead",
    ):
        return True
    if previous in _ONE_BEFORE_PLACE and following in ("in", "on"):
        return True
    if previous in ("and", ",") and following == "for" and any(t.number for t in before):
        return True
    if previous in ("up", "down", "by") and following in ("on", "in", "at"):
        return any(t.number is not None for t in before)
    sided = previous == "back" and len(before) > 1 and before[-2].word in _BEFORE_BACK
    return (
        not sided
        and previous in _ONE_BEFORE
        and following
        not in (
            "in",
            "of",
            "behind",
            "on",
            "at",
            "next",
            "who",
            "thats",
            "beside",
            "side",
        )
    )
