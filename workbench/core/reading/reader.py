"""Read a query: which properties it mentions, and what is said near each of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from workbench.core.catalog import Catalog, Property
from workbench.core.reading.lexicon import Lexicon, PropertyWords, expand
from workbench.core.reading.phrases import PhraseIndex
from workbench.core.reading.places import Place, PlaceWords, Position, longest_first
from workbench.core.reading.text import Text, read_text

PLACE_WORD_LISTS = frozenset(
    [
        "front",
        "rear",
        "left",
        "right",
        "centre",
        "driver",
        "passenger",
        "join",
        "filler",
        "before_side",
        "after_side",
        "not_after_side",
        "before_back",
        "after_back",
        "own",
        "seated",
    ]
)
_LINKS = frozenset({"and", "then", "but", "also", "plus", ",", "while", "oh"})
_ENDS = frozenset({".", "?", "!", ";"})


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that mention properties: tokens (from, to).

    names: properties that they mean for certain (one, or several that cannot be told apart).
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


@dataclass(frozen=True, slots=True)
class Request:
    """A stretch of the query around one mention: tokens (from, to) that speak of it."""

    mention: Mention
    begin: int
    end: int


@dataclass(frozen=True)
class Reading:
    """What a query says.

    requests: in order, each with its mention; together they are the text. speaker: where the
    speaker sits, the driver's seat unless the words say otherwise.
    """

    text: Text
    mentions: tuple[Mention, ...]
    requests: tuple[Request, ...]
    places: tuple[Place, ...]
    speaker: frozenset[Position]


_FEELING_WORDS = 2  # between "I'm" and the place: "I'm really cold in the back"


class Reader:
    """Reads queries by a lexicon, for one catalogue. Make one and use it for many queries."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.words = {prop.name: self._words_of(prop) for prop in catalog.properties.values()}
        self._finder = _MentionFinder(self.words, lexicon)
        place_words = {k: v for k, v in lexicon.places.items() if k in PLACE_WORD_LISTS}
        phrases = [
            (phrase, key)
            for key, values in lexicon.places.items()
            if key not in PLACE_WORD_LISTS
            for phrase in values
        ]
        self._places = PlaceWords(place_words, PhraseIndex(phrases))
        self._own = PhraseIndex((p, "own") for p in lexicon.places.get("own", ()))
        self._seated = frozenset(lexicon.places.get("seated", ()))

    def _words_of(self, prop: Property) -> PropertyWords:
        known = self.lexicon.properties.get(prop.name, {}).get(prop.type)
        return known if known is not None else fallback_words(prop)

    def read(self, query: str) -> Reading:
        """Read a query."""
        text = read_text(query)
        mentions = tuple(self._finder.find(text))
        places = self._places.find(text)
        words = text.words
        speaker = frozenset({Position(1, "D")})
        for place in places:
            if place.selectors and (
                self._seats_speaker(words, place.begin)
                or words[place.end : place.end + 1] == ["here"]
                or _introduces_speaker(words, place, mentions)
            ):
                speaker = place.selectors
        covered = {i for place in places for i in range(place.begin, place.end)}
        for begin, end, _ in longest_first(self._own, text):
            if not covered & set(range(begin, end)):
                covered |= set(range(begin, end))
                places.append(Place(begin, end, speaker, own=True))
        places.sort(key=lambda place: place.begin)
        requests = tuple(_requests(text, mentions))
        return Reading(text, mentions, requests, tuple(places), speaker)

    def _seats_speaker(self, words: list[str], begin: int) -> bool:
        """Whether "I'm in", "I sit on", "I'm freezing in" or the like leads up to a place."""
        i = begin - 1
        while i >= 0 and words[i] in self._seated:
            if words[i] in ("im", "i", "am"):
                return True
            i -= 1
        feeling = words[max(0, i - _FEELING_WORDS) : i + 1]
        led = {"in", "at", "on"} & {*words[i + 1 : begin], *words[begin : begin + 1]}
        return bool(led) and "im" in feeling


def fallback_words(prop: Property) -> PropertyWords:
    """Make words for a property that the lexicon lacks, from its label, name and description."""
    label = prop.label.lower()
    parts = [w for w in re.split(r"[^a-z]+", label) if len(w) > 2]
    names = []
    if len(parts) >= 2:
        names.append(" ".join(parts))
        names.append(" [the|my|of] ".join(f"{w}~" for w in parts))
    described = re.findall(r"[a-z]+", prop.description.lower())
    shared = [w for w in dict.fromkeys([*parts, *described]) if len(w) > 3 and w not in _STOP]
    words: dict[str, tuple[str, ...]] = {}
    if prop.type == "Boolean":
        words = {"true": ("@on", "@open", "@lock"), "false": ("@off", "@close", "@unlock")}
    for value, name in prop.value_names.items():
        words[f"={value}"] = (name.lower(),)
    return PropertyWords(names=tuple(names), shared=tuple(shared), words=words)


def _introduces_speaker(words: list[str], place: Place, mentions: Iterable[Mention]) -> bool:
    """Whether a sentence asks for nothing and says "me" and a place: "It's me, in the back!"."""
    begin, end = place.begin, place.end
    while begin and words[begin - 1] not in _ENDS:
        begin -= 1
    while end < len(words) and words[end] not in _ENDS:
        end += 1
    asked = any(m.begin < end and begin < m.end for m in mentions)
    return not asked and bool({"im", "me"} & set(words[begin : place.begin]))


_STOP = frozenset(
    [
        "this",
        "that",
        "whether",
        "from",
        "with",
        "they",
        "them",
        "their",
        "have",
        "which",
        "while",
        "where",
        "when",
        "true",
        "false",
        "value",
        "values",
        "level",
        "given",
        "seat",
        "seats",
        "area",
        "whole",
        "vehicle",
        "set",
        "gets",
        "sets",
        "controls",
        "indicates",
        "reports",
        "current",
        "state",
        "status",
        "position",
        "minimum",
        "maximum",
        "represents",
        "enables",
        "disables",
        "turns",
    ]
)


class _MentionFinder:
    """Finds the words that mention properties."""

    def __init__(self, words: dict[str, PropertyWords], lexicon: Lexicon) -> None:
        self._index = PhraseIndex(
            (phrase, (kind, name))
            for name, own in words.items()
            for kind in ("names", "shared", "asks", "needs")
            for phrase in expand(getattr(own, kind), lexicon.classes)
        )

    def find(self, text: Text) -> list[Mention]:
        found: dict[tuple[int, int], dict[str, set[str]]] = {}
        for start, stop, (kind, name) in self._index.find(text.flat, text.words):
            span = text.span(start, stop)
            if span[0] < span[1]:
                found.setdefault(span, {}).setdefault(kind, set()).add(name)
        return _merge(found)


def _merge(found: dict[tuple[int, int], dict[str, set[str]]]) -> list[Mention]:
    """Drop matches that lie inside longer ones, and join those that overlap in one property."""
    spans = sorted(found, key=lambda span: (span[0] - span[1], span[0]))
    kept: list[tuple[int, int]] = []
    for span in spans:
        inside = [k for k in kept if k[0] <= span[0] and span[1] <= k[1] and k != span]
        # A need does not take away a name that lies in it: "so hot, turn on the AC".
        if all("names" in found[span] and set(found[k]) == {"needs"} for k in inside):
            kept.append(span)
    mentions = []
    for span in sorted(kept):
        by_kind = {kind: frozenset(names) for kind, names in found[span].items()}
        none: frozenset[str] = frozenset()
        mentions.append(
            Mention(
                *span,
                names=by_kind.get("names", none),
                shared=by_kind.get("shared", none),
                asks=by_kind.get("asks", none),
                needs=by_kind.get("needs", none),
            )
        )
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        if last and mention.begin < last.end:
            joined[-1] = _overlap(last, mention)
        else:
            joined.append(mention)
    return joined


def _overlap(one: Mention, two: Mention) -> Mention:
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


def _requests(text: Text, mentions: Iterable[Mention]) -> Iterator[Request]:
    """Cut the text between mentions: at a sentence's end, else at the last link word."""
    mentions = list(mentions)
    words = text.words
    begin = 0
    for number, mention in enumerate(mentions):
        end = len(words)
        if number + 1 < len(mentions):
            end = _cut(words, mention.end, mentions[number + 1].begin)
        yield Request(mention, begin, end)
        begin = end


def _cut(words: list[str], start: int, stop: int) -> int:
    ends = [i for i in range(start, stop) if words[i] in _ENDS]
    if ends:
        return ends[0] + 1
    links = [i for i in range(start, stop) if words[i] in _LINKS]
    return links[-1] if links else stop
