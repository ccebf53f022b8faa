"""Normalise a query: words as they sound, numbers as one token each, with their positions."""

import re
from collections.abc import Iterator, Mapping
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
SENTENCE_ENDS = frozenset({".", "?", "!", ";"})
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
_SOUNDS_AFTER_TENS = {"won": 1, "tree": 3, "fore": 4, "sex": 6, "ate": 8}
"""Digits as a recogniser may write them: "twenty won"."""
_PARTS = {
    "thirds": 3, "quarters": 4, "fourths": 4, "fifths": 5, "sixths": 6, "sevenths": 7,
    "eighths": 8, "ninths": 9, "tenths": 10,
}  # fmt: skip
_TENS_DIGITS = _UNITS | _SOUNDS_AFTER_TENS
_AMOUNTS = frozenset(
    ["low", "high", "medium", "half", "halfway", "max", "maximum", "minimum", "full", "lowest"]
)
_COUPLE_OF = ("of", "notches", "steps", "degrees", "levels", "clicks", "more")
_POINTS = ("point", "comma")
_HALF_OF = frozenset(
    ["the", "a", "an", "of", "open", "way", "power", "speed", "that", "my", "full"]
)
"""After "and half", these say what is halved: "shut his and half open mine"."""
_NEAR = 4
_NEAR_ONE = 8
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
    "height",
    "by",
    "number",
    "notch",
    "minus",
    "plus",
    "back",
    "down",
    "up",
}
_ONE_MORE = frozenset(
    ["more", "less", "higher", "lower", "up", "down", "further", "forward", "forwards", "stronger"]
)
_ONE_OF_SEVERAL = frozenset(
    [
        *("the", "this", "that", "which", "left", "right", "middle", "other", "rear", "front"),
        *("back", "passenger", "no", "any", "every", "each", "lower", "upper", "her", "his", "my"),
    ]
)
"""Before "one", these make it a thing: "the one further back"."""
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
    it. phrases: what a phrase book found here. ends: the tokens that end sentences.
    """

    __slots__ = ("ends", "flat", "held", "offsets", "phrases", "query", "starts", "tokens", "words")

    def __init__(self, query: str, tokens: tuple[Token, ...]) -> None:
        self.query, self.tokens = query, tokens
        self.words = words = [token[0] for token in tokens]
        self.held = frozenset(words)
        self.flat = f" {' '.join(words)} " if words else " "
        self.offsets = list(accumulate([len(word) + 1 for word in words], initial=1))
        self.starts = dict(zip(self.offsets, range(len(words) + 1), strict=True))
        self.phrases: Any = None
        ended = not SENTENCE_ENDS.isdisjoint(self.held)
        self.ends = [i for i, word in enumerate(words) if word in SENTENCE_ENDS] if ended else []

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
            if text.isalpha():
                raw.append(new(Token, (_TYPED.get(text, text), start, end, None)))
            else:
                plain = text.replace("'", "").replace("’", "")
                raw += _word(text, plain, start, end)
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


def with_parts(text: QueryText) -> QueryText:
    """Return the text with parts of the whole as percentages: "two fifths", "7 out of 10"."""
    if not text.held & {*_PARTS, "of"}:
        return text
    tokens = list(text.tokens)
    for i in range(len(tokens) - 1, -1, -1):
        part = _part_at(tokens, i)
        if part is not None:
            share, end = part
            number = tokens[i]._replace(number=share)
            of = Token("percent", tokens[i + 1].start, tokens[end - 1].end)
            tokens[i:end] = [number, of]
    return (
        text
        if len(tokens) == len(text.tokens) and tokens == list(text.tokens)
        else QueryText(text.query, tuple(tokens))
    )


def _part_at(tokens: list[Token], i: int) -> tuple[float, int] | None:
    """Return the percentage that a part of the whole is, and where it ends."""
    value = tokens[i].number
    words = [token.word for token in tokens[i + 1 : i + 5]]
    if value is None or value < 0 or not words:
        return None
    if words[0] in _PARTS:
        return (
            None if words[1:4] == ["of", "an", "hour"] else (100 * value / _PARTS[words[0]], i + 2)
        )
    out = words[:2] == ["out", "of"]
    led = i > 0 and tokens[i - 1].word in ("to", "at", "on")
    at = i + 3 if out else i + 2 if led and words[0] == "of" else len(tokens)
    whole = tokens[at].number if at < len(tokens) else None
    if whole is None or whole <= 1 or value > whole:
        return None
    return 100 * value / whole, at + 1


def _word(text: str, plain: str, start: int, end: int) -> Iterator[Token]:
    """Yield the tokens of a word: "eighty's" is a number, "five'll" one and a verb."""
    short = len(plain) < len(text)
    if short and plain[:-1] in _BEGIN_NUMBERS and plain[-1] == "s":
        yield Token(plain[:-1], start, end)
    elif short and plain[-2:] == "ll" and plain[:-2] in _BEGIN_NUMBERS | _AMOUNTS:
        yield Token(plain[:-2], start, end)
        yield Token("will", end, end)
    elif plain[-1] == "½" and plain[:-1].isdecimal():
        yield Token("#", start, end, int(plain[:-1]) + 0.5)
    else:
        yield Token(_TYPED.get(plain, plain), start, end)


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
        digit = _TENS_DIGITS.get(raw[j].word, 0) if j < len(raw) else 0
        if 0 < digit < 10:
            value, j = value + digit, j + 1
    elif word in _UNITS and (word != "one" or _one_counts(raw, i, before)):
        value, j = _UNITS[word], i + 1
    elif word == "hundred":
        value, j = 100.0, i + 1
    elif word == "couple" and i + 1 < len(raw) and raw[i + 1].word in _COUPLE_OF:
        value, j = 2, i + (2 if raw[i + 1].word == "of" else 1)
    if value is None:
        return None
    if j < len(raw) and raw[j].word == "hundred":
        value, j = value * 100, j + 1
    return _with_half(raw, j, value)


def _with_half(raw: list[Token], j: int, value: float) -> tuple[float, int]:
    words = [t.word for t in raw[j : j + 3]]
    if words == ["and", "a", "half"]:
        return value + 0.5, j + 3
    if words[:2] == ["and", "half"] and words[2:] and words[2] in _HALF_OF:
        return value, j
    if words[:2] == ["and", "half"]:
        return value + 0.5, j + 2
    if words[:1] and words[0] in _POINTS and len(words) > 1:
        digit = raw[j + 1].number or _UNITS.get(words[1])
        if digit is not None and 0 <= digit < 10:
            return value + digit / 10, j + 2
    return value, j


def _one_counts(raw: list[Token], i: int, before: list[Token]) -> bool:
    """Tell "level one" from "the one behind me"."""
    if i + 1 < len(raw) and raw[i + 1].word in _ONE_AFTER:
        return True
    following = [token.word for token in raw[i + 1 : i + 4]]
    if following == ["and", "a", "half"] or following[:2] == ["and", "half"]:
        return True
    previous = before[-1].word if before else ""
    after = following[0] if following else "."
    if after in _ONE_MORE and previous not in _ONE_OF_SEVERAL:
        return not following[1:] or following[1] not in ("front", "there", "here", "window")
    if previous == "it" and len(before) > 1 and before[-2].word in ("make", "makes", "put"):
        return after not in ("of", "who", "that", "with", "where")
    if previous in (",", ".", "no", "actually") and after in (
        "is",
        "will",
        "please",
        "would",
        "instead",
        "enough",
        "plenty",
        "fine",
    ):
        return True
    if previous in _ONE_BEFORE_PLACE and after in ("in", "on"):
        return True
    if (previous == "," or previous in CORRECTIONS) and after in (".", "!", ",", "please"):
        return any(token.number is not None for token in before[-_NEAR_ONE:])
    if previous in ("and", ",") and after == "for" and any(t.number for t in before):
        return True
    if previous in ("up", "down", "by") and after in ("on", "in", "at"):
        return any(t.number is not None for t in before)
    sided = previous == "back" and len(before) > 1 and before[-2].word in _BEFORE_BACK
    return (
        not sided
        and previous in _ONE_BEFORE
        and after
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
