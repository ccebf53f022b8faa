"""Mentions: the words of a text that say which property is meant."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.core.reading.lexicon import Lexicon, PropertyWords, expand
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

    @property
    def all(self) -> frozenset[str]:
        return self.names | self.shared | self.asks | self.needs


class MentionFinder:
    """Finds the words that mention properties."""

    def __init__(self, words: Mapping[str, PropertyWords], lexicon: Lexicon) -> None:
        self._index = PhraseIndex(
            (phrase, (kind, name))
            for name, own in words.items()
            for kind in ("names", "shared", "asks", "needs")
            for phrase in expand(getattr(own, kind), lexicon.classes)
        )

    def find(self, text: QueryText) -> list[PropertyMention]:
        found: dict[tuple[int, int], dict[str, set[str]]] = {}
        for start, stop, (kind, name) in self._index.find(text.flat, text.held):
            span = text.span(start, stop)
            if span[0] < span[1]:
                found.setdefault(span, {}).setdefault(kind, set()).add(name)
        return _merge(found)


def _merge(found: dict[tuple[int, int], dict[str, set[str]]]) -> list[PropertyMention]:
    """Drop matches that lie inside longer ones, and join those that overlap in one property."""
    spans = sorted(found, key=lambda span: (span[0] - span[1], span[0]))
    kept: list[tuple[int, int]] = []
    for span in spans:
        inside = [k for k in kept if k[0] <= span[0] and span[1] <= k[1] and k != span]
        # A need doesn't swallow a name inside it: "so hot, turn on the AC".
        if all("names" in found[span] and set(found[k]) == {"needs"} for k in inside):
            kept.append(span)
    mentions = []
    for span in sorted(kept):
        by_kind = {kind: frozenset(names) for kind, names in found[span].items()}
        none: frozenset[str] = frozenset()
        mentions.append(
            PropertyMention(
                *span,
                names=by_kind.get("names", none),
                shared=by_kind.get("shared", none),
                asks=by_kind.get("asks", none),
                needs=by_kind.get("needs", none),
            )
        )
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
    return replace(
        one,
        end=max(one.end, two.end),
        names=names,
        shared=one.shared | two.shared | ((one.names | two.names) - names),
        asks=one.asks | two.asks,
        needs=one.needs | two.needs,
    )
