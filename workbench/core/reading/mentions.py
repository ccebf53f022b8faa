"""Mentions: the words of a text that say which property is meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workbench.core.reading.lexicon import Lexicon, PropertyWords, expand
from workbench.core.reading.phrase_book import PhraseBook
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.query_text import QueryText


@dataclass(frozen=True, slots=True)
class PropertyMention:
    """Words that mention properties: tokens (from, to).

    names: properties that they certainly mean (one, or several indistinguishable ones).
    shared, asks, needs: see `PropertyWords`.
    """

    begin: int
    end: int
    names: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    joint: frozenset[str] = frozenset()
    all: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = self.names | self.shared | self.asks | self.needs
        object.__setattr__(self, "all", found)


class _Meaning(NamedTuple):
    """The properties that a phrase means, in each of the ways."""

    names: frozenset[str]
    shared: frozenset[str]
    asks: frozenset[str]
    needs: frozenset[str]
    joint: frozenset[str]

    def with_(self, other: "_Meaning") -> "_Meaning":
        return _Meaning(
            self.names | other.names,
            self.shared | other.shared,
            self.asks | other.asks,
            self.needs | other.needs,
            self.joint | other.joint,
        )


_KINDS = _Meaning._fields
_NOTHING: frozenset[str] = frozenset()
_REMEMBERED = 5000


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


class MentionFinder:
    """Finds the words that mention properties."""

    def __init__(
        self,
        words: Mapping[str, PropertyWords],
        lexicon: Lexicon,
        book: PhraseBook | None = None,
    ) -> None:
        meant: dict[str, dict[str, set[str]]] = {}
        for name, own in words.items():
            for kind in _KINDS:
                for phrase in expand(getattr(own, kind), lexicon.classes):
                    kinds = meant.setdefault(phrase, {})
                    kinds.setdefault(kind, set()).add(name)
                    if kind == "joint":
                        kinds.setdefault("names", set()).add(name)
        meanings = [
            (phrase, _Meaning(*(frozenset(kinds.get(kind, ())) for kind in _KINDS)))
            for phrase, kinds in meant.items()
        ]
        self._index = PhraseIndex(meanings, book or PhraseBook())
        self._meanings: dict[tuple[int, ...], _Meaning] = {}
        self._latest: tuple[QueryText, list[PropertyMention]] | None = None

    def find(self, text: QueryText) -> list[PropertyMention]:
        """Return the mentions in a text, in order; what is found last is remembered."""
        latest = self._latest
        if latest is None or latest[0] is not text:
            latest = self._latest = text, self._find(text)
        return [*latest[1]]

    def _find(self, text: QueryText) -> list[PropertyMention]:
        by_span: dict[tuple[int, int], list[int]] = {}
        for number, spans in self._index.spans(text):
            for span in spans:
                if span in by_span:
                    by_span[span].append(number)
                elif span[0] < span[1]:
                    by_span[span] = [number]
        return _merge({span: self._meaning(tuple(found)) for span, found in by_span.items()})

    def _meaning(self, numbers: tuple[int, ...]) -> _Meaning:
        """Return what phrases mean together."""
        known = self._meanings.get(numbers)
        if known is None:
            known = self._index.payloads(numbers[0])[0]
            for number in numbers[1:]:
                known = known.with_(self._index.payloads(number)[0])
            if len(self._meanings) > _REMEMBERED:
                self._meanings.clear()
            self._meanings[numbers] = known
        return known

    def hinted(self, text: QueryText) -> frozenset[str]:
        """Return the properties that any words may mean, those inside longer phrases included."""
        found = (self._index.payloads(number)[0] for number, _ in self._index.spans(text))
        return frozenset().union(*(names for meaning in found for names in meaning))


def _merge(found: dict[tuple[int, int], _Meaning]) -> list[PropertyMention]:
    """Drop matches that lie inside longer ones, and join those that overlap in one property."""
    if len(found) < 2:
        return [PropertyMention(*span, *meaning) for span, meaning in found.items()]
    kept: list[tuple[int, int]] = []
    for span in sorted(found, key=_longest_first):
        for other in kept:
            # A need doesn't swallow a name inside it: "so hot, turn on the AC".
            if other[0] <= span[0] and span[1] <= other[1]:
                around = found[other]
                if found[span].names and found[span].names <= around.asks:
                    found[other] = around.with_(_Meaning(found[span].names, *[_NOTHING] * 4))
                whole = found[span].joint > around.names  # "how much of the tank in percent"
                if whole:
                    continue
                if not found[span].names or around.names or around.shared or around.asks:
                    break
        else:
            kept.append(span)
    mentions = [PropertyMention(*span, *found[span]) for span in sorted(kept)]
    joined: list[PropertyMention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        if last and mention.begin < last.end:
            joined[-1] = _overlap(last, mention)
        else:
            joined.append(mention)
    return joined


def _overlap(one: PropertyMention, two: PropertyMention) -> PropertyMention:
    """Join two overlapping mentions: what both mean, if they agree on anything, else all."""
    common = one.names & two.names
    names = common or (one.names | two.names)
    joint = one.joint or two.joint
    if (one.names | two.names) <= joint:
        names = joint
    else:
        joint = frozenset()
    return replace(
        one,
        end=max(one.end, two.end),
        names=names,
        shared=one.shared | two.shared | ((one.names | two.names) - names),
        asks=one.asks | two.asks,
        needs=one.needs | two.needs,
        joint=joint,
    )
