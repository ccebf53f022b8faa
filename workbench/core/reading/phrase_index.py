"""Find many phrases in a text at once: a phrase is tried only if a word that it needs occurs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Generic, TypeVar

from workbench.core.reading.lexicon import PART, to_regex

_Payload = TypeVar("_Payload")

_NO_WORDS = frozenset({"~", "..."})
_REMEMBERED_WORDS = 20_000


@cache
def compiled(phrase: str, *, across: bool = False) -> re.Pattern[str]:
    """Compile a phrase for `QueryText.flat`, with the blank before it.

    Most of a lexicon's phrases are never tried in a run. A pattern that begins with what it looks
    for is several times as fast as one with a look-behind for the blank.
    """
    return re.compile(" " + to_regex(phrase, across=across))


class PhraseIndex(Generic[_Payload]):
    """Phrases, each with a payload, by a word that a text must contain to match."""

    def __init__(self, phrases: Iterable[tuple[str, _Payload]], *, across: bool = False) -> None:
        """across: gaps may reach across "and"; see `to_regex`."""
        self._phrases = list(phrases)
        self._across = across
        needs = [needed_words(phrase) for phrase, _ in self._phrases]
        # Of the words a phrase needs, the rarest says most: "heating" rather than "turn".
        common = Counter(word for options in needs for words in options for word in words)
        self._whole_words = [
            frozenset(
                word for words in options if len(words) == 1 for word in words if "~" not in word
            )
            for options in needs
        ]
        self._patterns: list[re.Pattern[str] | None] = [None] * len(self._phrases)
        self._always: list[int] = []
        self._by_word: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        for index, options in enumerate(needs):
            if not options:
                self._always.append(index)
                continue
            for word in min(options, key=lambda words: sum(common[word] for word in words)):
                table = self._by_stem if word.endswith("~") else self._by_word
                table.setdefault(word.removesuffix("~"), []).append(index)
        self._shortest = min(map(len, self._by_stem), default=1)
        self._stemmed: dict[str, tuple[int, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._phrases)

    def _by_stem_of(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        for length in range(self._shortest, len(word) + 1):
            found += self._by_stem.get(word[:length], ())
        if len(self._stemmed) > _REMEMBERED_WORDS:
            self._stemmed.clear()
        self._stemmed[word] = tuple(found)
        return self._stemmed[word]

    def may_be_in(self, held: frozenset[str]) -> bool:
        """Whether a text with these words can hold a phrase; quick, and mostly no."""
        return bool(self._always or self._by_stem) or not held.isdisjoint(self._by_word)

    def find(self, flat: str, words: Iterable[str]) -> Iterator[tuple[int, int, _Payload]]:
        """Yield matches as (start, stop, payload) in a text of the form ` word word word `.

        words: the text's words, at least.
        """
        held = words if isinstance(words, frozenset) else frozenset(words)
        tried = set(self._always)
        for word in self._by_word.keys() & held:
            tried.update(self._by_word[word])
        if self._by_stem:
            known = self._stemmed
            for word in held:
                stems = known.get(word)
                if stems is None:
                    stems = self._by_stem_of(word)
                if stems:
                    tried.update(stems)
        for index in sorted(tried):
            if not self._whole_words[index] <= held:
                continue
            pattern = self._patterns[index] or self._compile(index)
            match = pattern.search(flat)
            while match:
                start, stop = match.start() + 1, match.end()
                yield start, stop, self._phrases[index][1]
                match = pattern.search(flat, max(stop - 1, start))

    def _compile(self, index: int) -> re.Pattern[str]:
        pattern = compiled(self._phrases[index][0], across=self._across)
        self._patterns[index] = pattern
        return pattern


@lru_cache(_REMEMBERED_WORDS)  # the phrases of a class stand in the index of every property
def needed_words(phrase: str) -> tuple[frozenset[str], ...]:
    """Return sets of words (`~`: stems); a match contains at least one of each set."""
    parts = PART.findall(phrase)
    found, _ = _sequences(parts, 0)
    return tuple(found)


def _sequences(parts: list[str], at: int) -> tuple[list[frozenset[str]], int]:
    """Read parts up to the end of their group: what all of its alternatives need, and the end."""
    alternatives: list[list[frozenset[str]]] = [[]]
    while at < len(parts) and parts[at] not in (")", "]"):
        part = parts[at]
        at += 1
        if part == "|":
            alternatives.append([])
        elif part in ("(", "["):
            inner, at = _sequences(parts, at)
            if parts[at : at + 1] == [")"]:
                alternatives[-1] += inner
            at += 1
        elif part not in _NO_WORDS:
            alternatives[-1].append(frozenset({part}))
    if len(alternatives) == 1:
        return alternatives[0], at
    if not all(alternatives):
        return [], at
    return [frozenset().union(*(min(needs, key=len) for needs in alternatives))], at
