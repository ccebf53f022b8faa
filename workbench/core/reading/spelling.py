"""Words as they are misspelt or misheard: "hazzards", "the write rear window", "turn of the AC".

A word that nobody knows is taken for the one that is closest to it among those that say something
about the car; a word that sounds like another, for that where its neighbours ask for it. Both are
guesses: what rests on them alone is not offered as a fix.
"""

from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import OSA

from workbench.core.reading.lexicon import PART, Lexicon, SoundsLike, expand
from workbench.core.reading.query_text import NUMBER_WORDS, QueryText, Token

_SHORTEST = 4
"""Letters of a word that is corrected at all; of these, only letters may be swapped."""
_ONE_EDIT = 5
_TWO_EDITS = 8
"""Letters from which one edit, and two, are a misspelling."""
_REMEMBERED = 20_000
_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly", "y", "r", "n")


class Spelling:
    """Corrects the words of texts. Make one for a lexicon and use it for many texts.

    known: the words that the lexicon has.
    """

    def __init__(self, lexicon: Lexicon, more: Iterable[str] = ()) -> None:
        """more: other words that are known, such as those for degrees."""
        own = set(_words_of_properties(lexicon))
        self.known = frozenset(own | set(more) | NUMBER_WORDS | _all_words(lexicon))
        self._stems = tuple(sorted(_stems(lexicon)))
        self._by_first: dict[tuple[str, int], list[str]] = {}
        for word in sorted(set(lexicon.scope.get("misspelt", ()))):
            self._by_first.setdefault((word[0], len(word)), []).append(word)
        self._sounds: dict[str, list[SoundsLike]] = {}
        for one in lexicon.sounds:
            self._sounds.setdefault(one.said, []).append(one)
        self._plain = frozenset(self.known - self._sounds.keys())
        self._guesses: dict[str, str | None] = {}

    def corrected(self, text: QueryText) -> tuple[QueryText, bool]:
        """Return the text with its words corrected, and whether any of that is a guess."""
        odd = text.held - self._plain
        if not odd:
            return text, False
        words = text.words
        strange = [i for i, word in enumerate(words) if word in odd]
        tokens: list[Token] = list(text.tokens)
        gone: set[int] = set()
        guessed = False
        for i in strange:
            if i in gone:
                continue
            meant = self._by_sound(words, i)
            joined = None if meant else self._joined(words, i)
            if joined is not None:
                word, other = joined
                first, last = min(i, other), max(i, other)
                tokens[first] = Token(word, tokens[first].start, tokens[last].end)
                gone.add(last)
                guessed = True
                continue
            meant = meant or (words[i] not in self.known and self._guess(words[i])) or None
            if meant:
                tokens[i] = _token(meant, tokens[i])
                if meant.isdigit() and i and words[i - 1] in ("minus", "negative"):
                    tokens[i] = Token("#", tokens[i - 1].start, tokens[i].end, -float(meant))
                    gone.add(i - 1)
                guessed = guessed or not any(one.sure for one in self._sounds.get(words[i], ()))
        left = tuple(token for i, token in enumerate(tokens) if i not in gone)
        if left == text.tokens:
            return text, False
        return QueryText(text.query, left), guessed

    def knows(self, word: str) -> bool:
        """Whether a word is one that the lexicon has, with whatever ending."""
        if word in self.known or word.startswith(self._stems):
            return True
        return any(
            word.endswith(ending) and word[: -len(ending)] in self.known for ending in _ENDINGS
        )

    def _by_sound(self, words: Sequence[str], i: int) -> str | None:
        before = words[i - 1] if i else "."
        after = words[i + 1] if i + 1 < len(words) else "."
        for one in self._sounds.get(words[i], ()):
            if (not one.after or before in one.after) and (not one.before or after in one.before):
                return one.meant
        return None

    def _joined(self, words: Sequence[str], i: int) -> tuple[str, int] | None:
        """Return a word that was cut in two: "auto matic"."""
        if not words[i].isalpha():
            return None
        for other in (i - 1, i + 1):
            if 0 <= other < len(words) and words[other].isalpha():
                whole = "".join(words[min(i, other) : max(i, other) + 1])
                if len(whole) > _ONE_EDIT and whole in self.known:
                    return whole, other
        return None

    def _guess(self, word: str) -> str | None:
        if word not in self._guesses:
            if len(self._guesses) > _REMEMBERED:
                self._guesses.clear()
            self._guesses[word] = self._closest(word)
        return self._guesses[word]

    def _closest(self, word: str) -> str | None:
        """Return the one telling word that a strange one is a misspelling of, None if unsure."""
        if len(word) < _SHORTEST or not word.isalpha() or not word.isascii() or self.knows(word):
            return None
        most = 0 if len(word) < _ONE_EDIT else 1 if len(word) < _TWO_EDITS else 2
        firsts = {word[0], word[1]}
        found: dict[int, list[str]] = {}
        for first in firsts:
            for other in self._alike(first, len(word), most):
                if most == 0:
                    if sorted(other) == sorted(word) and OSA.distance(word, other) == 1:
                        found.setdefault(1, []).append(other)
                    continue
                if first != word[0] and sorted(other) != sorted(word):
                    continue
                distance = OSA.distance(word, other, score_cutoff=most)
                if distance <= most:
                    found.setdefault(distance, []).append(other)
        if not found:
            return None
        nearest = found[min(found)]
        if len(nearest) > 1:
            same = {_singular(other) for other in nearest}
            if len(same) > 1:
                return None
            ending = [o for o in nearest if o.endswith("s") == word.endswith("s")]
            nearest = ending or nearest
        return nearest[0]

    def _alike(self, first: str, length: int, most: int) -> Iterator[str]:
        """Yield the words with a first letter that are within this many letters of a length."""
        for other in range(length - most, length + most + 1):
            yield from self._by_first.get((first, other), ())


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _token(meant: str, said: Token) -> Token:
    if meant.isdigit():
        return Token("#", said.start, said.end, float(meant))
    return Token(meant, said.start, said.end)


def _words_of_properties(lexicon: Lexicon) -> Iterable[str]:
    for types in lexicon.properties.values():
        for own in types.values():
            said = [
                *own.names,
                *own.shared,
                *own.asks,
                *(w for ws in own.words.values() for w in ws),
            ]
            yield from _plain(expand(said, lexicon.classes))
    for name in ("front", "rear", "left", "right", "centre", "driver", "passenger"):
        yield from lexicon.places.get(name, ())
    yield from _plain(lexicon.classes.get("command", ()))


def _all_words(lexicon: Lexicon) -> set[str]:
    lists = [
        *lexicon.classes.values(),
        *lexicon.numbers.values(),
        *lexicon.places.values(),
        *lexicon.scope.values(),
        [*lexicon.fractions],
        *(own.needs for types in lexicon.properties.values() for own in types.values()),
    ]
    return {word for phrases in lists for word in _plain(phrases)}


def _plain(phrases: Iterable[str]) -> Iterable[str]:
    for phrase in phrases:
        for part in PART.findall(phrase):
            if part.isalpha():
                yield part


def _stems(lexicon: Lexicon) -> set[str]:
    lists = [
        *lexicon.classes.values(),
        *lexicon.places.values(),
        *lexicon.scope.values(),
        *(
            words
            for types in lexicon.properties.values()
            for own in types.values()
            for words in (own.names, own.shared, own.asks, own.needs, *own.words.values())
        ),
    ]
    return {
        part[:-1]
        for phrases in lists
        for phrase in phrases
        for part in PART.findall(phrase)
        if part.endswith("~") and len(part) > _SHORTEST
    }
