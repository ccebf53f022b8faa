"""The phrases of a lexicon: each is looked for once in a text, if the words it needs occur."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from workbench.core.reading.lexicon import PART, to_regex
from workbench.core.reading.query_text import QueryText

_NO_WORDS = frozenset({"~", "..."})
_REMEMBERED_WORDS = 20_000
_LEVELS = 3
"""Needs of a phrase that are compared with a text's words before it is looked for."""

Spans = tuple[tuple[int, int], ...]
"""Tokens (from, to) of matches, in order."""


@cache
def compiled(phrase: str, *, across: bool = False) -> re.Pattern[str]:
    """Compile a phrase for `QueryText.flat`, with the blank before it.

    Most of a lexicon's phrases are never tried in a run. A pattern that begins with what it looks
    for is several times as fast as one with a look-behind for the blank.
    """
    return re.compile(" " + to_regex(phrase, across=across))


class PhraseBook:
    """All phrases that texts are searched for, numbered, those of several indexes once.

    A set of phrases is an integer with a bit for each, so that a few operations on the words of a
    text leave the phrases whose needs it meets: each has a word for the first need of a phrase, one
    for the second, and so on.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool], int] = {}
        self._phrases: list[tuple[str, bool]] = []
        self.patterns: list[re.Pattern[str] | None] = []
        self._by_word: tuple[dict[str, int], ...] | None = None
        self._by_stem: tuple[dict[str, int], ...] = ()
        self._unconditional: tuple[int, ...] = ()
        self._shortest = 1
        self._masks: dict[str, tuple[int, ...]] = {}

    def number(self, phrase: str, across: bool) -> int:
        """Return the number of a phrase, which is new if the book lacks it."""
        key = (phrase, across)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._phrases)
            self._phrases.append(key)
            self.patterns.append(None)
            self._by_word = None
        return found

    def found_in(self, text: QueryText) -> "FoundPhrases":
        """Return what is found in a text, which remembers it."""
        found: FoundPhrases | None = text.phrases
        if found is None or found.book is not self:
            found = text.phrases = FoundPhrases(self, text, self._candidates(text.held))
        return found

    def pattern(self, number: int) -> re.Pattern[str]:
        """Return a phrase's pattern over `QueryText.flat`."""
        found = self.patterns[number]
        if found is None:
            phrase, across = self._phrases[number]
            found = self.patterns[number] = compiled(phrase, across=across)
        return found

    def _candidates(self, held: frozenset[str]) -> int:
        """Return the phrases whose needs these words meet."""
        if self._by_word is None:
            self._prepare()
        one, two, three = self._unconditional
        known = self._masks
        for word in held:
            masks = known.get(word)
            if masks is None:
                masks = self._masks_of(word)
            if masks:
                one |= masks[0]
                two |= masks[1]
                three |= masks[2]
        return one & two & three

    def _prepare(self) -> None:
        by_word: tuple[dict[str, int], ...] = tuple({} for _ in range(_LEVELS))
        by_stem: tuple[dict[str, int], ...] = tuple({} for _ in range(_LEVELS))
        unconditional = [0] * _LEVELS
        # Of the words a phrase needs, the rarest says most: "heating" rather than "turn".
        common = Counter(part for phrase, _ in self._phrases for part in PART.findall(phrase))
        needs = [needed_words(phrase, common) for phrase, _ in self._phrases]
        for number, options in enumerate(needs):
            rarest = sorted(options, key=lambda words: sum(common[word] for word in words))
            for level in range(_LEVELS):
                if level >= len(rarest):
                    unconditional[level] |= 1 << number
                    continue
                for word in rarest[level]:
                    table = by_stem[level] if word.endswith("~") else by_word[level]
                    plain = word.removesuffix("~")
                    table[plain] = table.get(plain, 0) | 1 << number
        self._by_word, self._by_stem = by_word, by_stem
        self._unconditional = tuple(unconditional)
        self._shortest = min((len(stem) for stems in by_stem for stem in stems), default=1)
        self._masks.clear()

    def _masks_of(self, word: str) -> tuple[int, ...]:
        """Return the phrases of which a word meets a need, level by level; () if there are none."""
        masks = [words.get(word, 0) for words in self._by_word or ()]
        for length in range(self._shortest, len(word) + 1):
            for level, stems in enumerate(self._by_stem):
                masks[level] |= stems.get(word[:length], 0)
        if len(self._masks) > _REMEMBERED_WORDS:
            self._masks.clear()
        found = self._masks[word] = tuple(masks) if any(masks) else ()
        return found


class FoundPhrases:
    """The phrases of a book in one text. candidates: those whose needs its words meet."""

    __slots__ = ("_spans", "_text", "book", "candidates")

    def __init__(self, book: PhraseBook, text: QueryText, candidates: int) -> None:
        self.book, self._text, self.candidates = book, text, candidates
        self._spans: dict[int, Spans] = {}

    def among(self, mask: int) -> list[tuple[int, Spans]]:
        """Return the phrases of a set that are there, by number, and where they are."""
        left = self.candidates & mask
        found = []
        spans, text, patterns = self._spans, self._text, self.book.patterns
        while left:
            number = (left & -left).bit_length() - 1
            left &= left - 1
            where = spans.get(number)
            if where is None:
                pattern = patterns[number] or self.book.pattern(number)
                first = pattern.search(text.flat)
                if first is None:
                    self.candidates &= ~(1 << number)
                    continue
                start, stop = first.span()
                if pattern.search(text.flat, max(stop - 1, start + 1)) is None:
                    where = ((text.starts[start + 1], text.starts[stop]),)
                else:
                    where = _spans(pattern, first, text.flat, text.starts)
                spans[number] = where
            found.append((number, where))
        return found

    def within(self, number: int, spans: Spans, begin: int, end: int) -> Spans:
        """Return where a phrase is among tokens (from, to), as if they were all of the text."""
        inside = []
        for span in spans:
            first, last = span
            if begin <= first and last <= end:
                inside.append(span)
            elif first < end and begin < last:
                # A shorter match may be inside the one that reaches out.
                text = self._text
                part, ahead = text.part(begin, end), text.offsets[begin] - 1
                pattern = self.book.pattern(number)
                match = pattern.search(part)
                return _spans(pattern, match, part, text.starts, ahead) if match else ()
        return tuple(inside)


def _spans(
    pattern: re.Pattern[str],
    first: re.Match[str],
    flat: str,
    starts: Mapping[int, int],
    ahead: int = 0,
) -> Spans:
    """Return the matches of a pattern from the first one on; ahead: what part of the whole text is
    before this one.
    """
    match: re.Match[str] | None = first
    found = []
    while match:
        start, stop = match.span()
        found.append((starts[start + 1 + ahead], starts[stop + ahead]))
        match = pattern.search(flat, max(stop - 1, start + 1))
    return tuple(found)


def needed_words(phrase: str, common: Mapping[str, int]) -> tuple[frozenset[str], ...]:
    """Return sets of words (`~`: stems); a match contains at least one of each set.

    common: how often words are in phrases; of "the cable", the rare one is chosen.
    """
    parts = PART.findall(phrase)
    found, _ = _sequences(parts, 0, common)
    return tuple(found)


def _sequences(
    parts: list[str], at: int, common: Mapping[str, int]
) -> tuple[list[frozenset[str]], int]:
    """Read parts up to the end of their group: what all of its alternatives need, and the end."""
    alternatives: list[list[frozenset[str]]] = [[]]
    while at < len(parts) and parts[at] not in (")", "]"):
        part = parts[at]
        at += 1
        if part == "|":
            alternatives.append([])
        elif part in ("(", "["):
            inner, at = _sequences(parts, at, common)
            if parts[at : at + 1] == [")"]:
                alternatives[-1] += inner
            at += 1
        elif part not in _NO_WORDS:
            alternatives[-1].append(frozenset({part}))
    if len(alternatives) == 1:
        return alternatives[0], at
    if not all(alternatives):
        return [], at

    def share(words: frozenset[str]) -> int:
        return sum(common.get(word, 0) for word in words)

    return [frozenset().union(*(min(needs, key=share) for needs in alternatives))], at
