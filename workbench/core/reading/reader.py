"""Read a query: which properties it mentions, and what is said around each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from workbench.core.car.catalog import Catalog
from workbench.core.reading.fallback import words_by_property
from workbench.core.reading.lexicon import Lexicon
from workbench.core.reading.mentions import MentionFinder, PropertyMention
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.positions import NamedPlace, Position
from workbench.core.reading.query_places import PlaceWords, longest_first
from workbench.core.reading.query_text import QueryText, read_text

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
class RequestSpan:
    """A stretch of the query around one mention: the tokens (from, to) about it."""

    mention: PropertyMention
    begin: int
    end: int


@dataclass(frozen=True)
class QueryReading:
    """What a query says.

    requests: in order, each with its mention; together they are the text. speaker: where the
    speaker sits, the driver's seat unless the words say otherwise.
    """

    text: QueryText
    mentions: tuple[PropertyMention, ...]
    requests: tuple[RequestSpan, ...]
    places: tuple[NamedPlace, ...]
    speaker: frozenset[Position]


_BEHIND = 6  # tokens: "on the back left, because that's where I'm"
_DRIVING = frozenset({"driving", "drives", "wheel"})
_FEELING_WORDS = 2  # between "I'm" and the place: "I'm really cold in the back"


class QueryReader:
    """Reads queries with a lexicon, for one catalogue. Make one and use it for many queries."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.words = words_by_property(catalog, lexicon)
        self._finder = MentionFinder(self.words, lexicon)
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
        self._placeless = frozenset(
            prop.name for prop in catalog.properties.values() if len(prop.areas) == 1
        )
        self._latest: tuple[str, QueryReading] | None = None

    def read(self, query: str) -> QueryReading:
        """Read a query. The latest reading is kept: several checks ask for one in turn."""
        latest = self._latest
        if latest is None or latest[0] != query:
            latest = self._latest = query, self._read(query)
        return latest[1]

    def _read(self, query: str) -> QueryReading:
        text = read_text(query)
        mentions = tuple(self._finder.find(text))
        words = text.words
        apart = frozenset(m.begin for m in mentions if m.names and m.names <= self._placeless)
        places = [_behind_driver(words, place) for place in self._places.find(text, apart)]
        speaker = frozenset({Position(1, "D")})
        for place in places:
            if place.selectors and (
                self._seats_speaker(words, place.begin)
                or words[place.end : place.end + 1] in (["here"], ["speaking"], ["talking"])
                or "thats where im" in " ".join(words[place.end : place.end + _BEHIND])
                or _introduces_speaker(words, place, mentions)
            ):
                speaker = place.selectors
                break
        covered = {i for place in places for i in range(place.begin, place.end)}
        for begin, end, _ in longest_first(self._own, text):
            if not covered & set(range(begin, end)):
                covered |= set(range(begin, end))
                places.append(NamedPlace(begin, end, speaker, own=True))
        places.sort(key=lambda place: place.begin)
        requests = tuple(_requests(text, mentions))
        return QueryReading(text, mentions, requests, tuple(places), speaker)

    def _seats_speaker(self, words: list[str], begin: int) -> bool:
        """Whether "I'm in", "I sit on", "I'm freezing in" or the like leads up to a place."""
        i = begin - 1
        while i >= 0 and words[i] in self._seated:
            if words[i] in ("im", "i", "am", "speaking", "talking", "calling"):
                return True
            i -= 1
        feeling = words[max(0, i - _FEELING_WORDS) : i + 1]
        led = {"in", "at", "on"} & {*words[i + 1 : begin], *words[begin : begin + 1]}
        return bool(led) and "im" in feeling


def _behind_driver(words: list[str], place: NamedPlace) -> NamedPlace:
    """Read "behind him" as behind the driver: "Dad's driving and I sit behind him"."""
    behind = words[place.end - 1] in ("him", "her") and place.selectors == {Position(2, "P")}
    if behind and _DRIVING & set(words[: place.begin]):
        return replace(place, selectors=frozenset({Position(2, "D")}))
    return place


def _introduces_speaker(
    words: list[str], place: NamedPlace, mentions: Iterable[PropertyMention]
) -> bool:
    """Whether a sentence only says "me" and a place: "It's me, in the back!"."""
    begin, end = place.begin, place.end
    while begin and words[begin - 1] not in _ENDS:
        begin -= 1
    while end < len(words) and words[end] not in _ENDS:
        end += 1
    asked = any(m.begin < end and begin < m.end for m in mentions)
    return not asked and bool({"im", "me"} & set(words[begin : place.begin]))


def _requests(text: QueryText, mentions: Iterable[PropertyMention]) -> Iterator[RequestSpan]:
    """Cut the text between mentions: at a sentence's end, else at the last link word."""
    mentions = list(mentions)
    words = text.words
    begin = 0
    for number, mention in enumerate(mentions):
        end = len(words)
        if number + 1 < len(mentions):
            end = _cut(words, mention.end, mentions[number + 1].begin)
        yield RequestSpan(mention, begin, end)
        begin = end


def _cut(words: list[str], start: int, stop: int) -> int:
    ends = [i for i in range(start, stop) if words[i] in _ENDS]
    if ends:
        return ends[0] + 1
    links = [i for i in range(start, stop) if words[i] in _LINKS]
    return links[-1] if links else stop
