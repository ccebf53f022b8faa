"""Read a query: which properties it mentions, and what is said around each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from workbench.core.car.catalog import Catalog
from workbench.core.reading.fallback import words_by_property
from workbench.core.reading.languages import Languages
from workbench.core.reading.lexicon import Lexicon
from workbench.core.reading.mentions import MentionFinder, PropertyMention
from workbench.core.reading.number_words import NumberWords
from workbench.core.reading.phrase_book import PhraseBook
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.positions import NamedPlace, Position, overlap
from workbench.core.reading.query_places import PlaceWords, longest_first
from workbench.core.reading.query_text import QueryText, read_text, with_parts
from workbench.core.reading.scope.corrections import corrected_texts, correcting
from workbench.core.reading.scope.exclusion import Exclusion
from workbench.core.reading.scope.introductions import introduces
from workbench.core.reading.scope.otherwise import open_words, other_scopes, without_denials
from workbench.core.reading.scope.parts import PartFinder
from workbench.core.reading.scope.people import left_out_people, with_people
from workbench.core.reading.scope.reading import Scope, read_scope
from workbench.core.reading.scope.relations import with_middles
from workbench.core.reading.scope.words import scope_words
from workbench.core.reading.spelling import Spelling

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
        "behind",
        "those",
    ]
)
DRIVER = frozenset({Position(1, "D")})
"""Where the speaker sits who has said nothing about it."""
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

    text: the words that count: without what is taken back or left out, which `heard` has. requests:
    in order, each with its mention; together they are the text. speaker: where the speaker sits,
    the driver's seat unless the words say otherwise. seating: places that only say where somebody
    sits. guessed: whether words were taken for others that they look or sound like. strange: words
    by which the query isn't English, or mostly unknown: then nothing of it is read, and the text is
    empty. excluded: what is left out. kept: the positions of that, where nothing should change.
    """

    text: QueryText
    mentions: tuple[PropertyMention, ...]
    requests: tuple[RequestSpan, ...]
    places: tuple[NamedPlace, ...]
    speaker: frozenset[Position]
    heard: QueryText | None = None
    seating: tuple[NamedPlace, ...] = ()
    guessed: bool = False
    strange: str = ""
    excluded: tuple[Exclusion, ...] = ()
    kept: frozenset[Position] = frozenset()


_FRONT = frozenset({Position(1, "")})
_SELF = frozenset({"me", "myself", "own", "ours", "us"})
_PHRASE_ENDS = _ENDS | {",", "and", "but", "so", "then", "because"}
_BEHIND = 6  # tokens: "on the back left, because that's where I'm"
_SPEAKING_AS = frozenset({"as", "speaking"})
_BETWEEN_AS = frozenset(
    [
        "a",
        "the",
        "your",
        "passenger",
        "person",
        "one",
        "someone",
        "in",
        "at",
        "on",
        "from",
        "sitting",
    ]
)
_DRIVING = frozenset({"driving", "drives", "wheel"})
_BETWEEN_WORDS = 5  # before "in the back": "I'm squashed between these two"
_KEPT_READINGS = 64
_MOST_OTHERWISE = 1000
"""Tokens of all the other ways to read a text. What people say has half of that at most; a text
made of corrections would have thousands of ways.
"""
_FEELING_WORDS = 2  # between "I'm" and the place: "I'm really cold in the back"


class QueryReader:
    """Reads queries with a lexicon, for one catalogue. Make one and use it for many queries."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.words = words_by_property(catalog, lexicon)
        self._number_words = lexicon.number_words or None
        self.book = PhraseBook()
        self._finder = MentionFinder(self.words, lexicon, self.book)
        self.scope = scope_words(lexicon, self.book)
        place_words = {name: lexicon.places.get(name, ()) for name in PLACE_WORD_LISTS}
        place_words["people"] = tuple(self.scope.people)
        phrases = [
            (phrase, key)
            for key, values in lexicon.places.items()
            if key not in PLACE_WORD_LISTS
            for phrase in values
        ]
        self._places = PlaceWords(place_words, PhraseIndex(phrases, self.book))
        self._own = PhraseIndex(((p, "own") for p in lexicon.places.get("own", ())), self.book)
        self._seated = frozenset(lexicon.places.get("seated", ()))
        self._placeless = frozenset(
            prop.name for prop in catalog.properties.values() if len(prop.areas) == 1
        )
        self._numbers = NumberWords(lexicon)
        self._spelling = Spelling(lexicon)
        self._languages = Languages(lexicon.languages, self._spelling.known, self._spelling.knows)
        self._place_words = self.scope.people.keys() | self.scope.pronouns.keys() | {"mine"}
        for name in ("front", "rear", "left", "right", "driver", "passenger"):
            self._place_words |= set(lexicon.places.get(name, ()))
        self._plain = [(name, own.plain) for name, own in self.words.items() if own.plain]
        self._slots = PartFinder(self.scope, self._finder, self._places, self._own, self._numbers)
        self._readings: dict[str, QueryReading] = {}

    def read(self, query: str) -> QueryReading:
        """Read a query. The latest readings are kept: several checks ask for one in turn, and a
        conversation's for those of its turns.
        """
        found = self._readings.get(query)
        if found is None:
            if len(self._readings) >= _KEPT_READINGS:
                self._readings = {}
            found = self._readings[query] = self._read(query)
        return found

    def strange_words(self, query: str) -> str:
        """Return the words by which a query isn't read at all, "" if it is."""
        return self._languages.strange_words(read_text(query, self._number_words))

    def language_of(self, query: str) -> str:
        """Return the language whose word lists read a query, "" for the reader's own."""
        packs = self.lexicon.packs
        heard = read_text(query) if packs else QueryText(query, ())
        if not packs or not self._languages.strange_words(heard):
            return ""
        return self._languages.language_of(heard, packs)

    def hinted(self, reading: QueryReading) -> frozenset[str]:
        """Return the properties that any words heard may mean, however faintly."""
        heard = reading.heard or reading.text
        return self._finder.hinted(reading.text) | self._finder.hinted(heard)

    def read_as_spelt(self, query: str) -> QueryReading:
        """Read a query without correcting its words."""
        return self._read(query, correct=False)

    def read_reply(self, reply: str) -> QueryReading:
        """Read what an assistant says: all of its words count, "it's 14 outside" too."""
        return self._read(reply, scoped=False)

    def is_open(self, reading: QueryReading) -> bool:
        """Whether words of a query may take back, leave out or deny something, in several ways."""
        heard = reading.heard or reading.text
        return bool(correcting(heard, self.scope) or open_words(reading.text, self.scope))

    def read_otherwise(self, reading: QueryReading, *, denials: bool) -> Iterator[QueryReading]:
        """Read a query in the other ways that its words allow; see `scope.otherwise` and
        `scope.corrections`. denials: also without what is only denied: "I don't want it on".

        A text that has too many ways is read in the first of them.
        """
        tokens = 0
        heard = reading.heard or reading.text
        spelt, _ = self._spelling.corrected(heard)
        for text in corrected_texts(spelt, self._slots):
            tokens += len(text.tokens)
            if tokens > _MOST_OTHERWISE:
                return
            yield self._scoped_reading(read_scope(text, self._slots), heard, reading.guessed)
        found = open_words(reading.text, self.scope)
        if not denials:
            found = without_denials(reading.text, found, self.scope)
        for scope in other_scopes(reading.text, found):
            tokens += len(scope.text.tokens)
            if tokens > _MOST_OTHERWISE:
                return
            whole = replace(scope, excluded=(*reading.excluded, *scope.excluded))
            yield self._scoped_reading(whole, heard, reading.guessed)

    def _read(self, query: str, *, correct: bool = True, scoped: bool = True) -> QueryReading:
        heard = read_text(query, self._number_words)
        if scoped and self._number_words is None:
            heard = with_parts(heard)
        strange = self._languages.strange_words(heard)
        if strange:
            nothing = QueryText(query, ())
            return QueryReading(nothing, (), (), (), DRIVER, strange=strange)
        spelt, guessed = self._spelling.corrected(heard) if correct else (heard, False)
        scope = read_scope(spelt, self._slots) if scoped else Scope(spelt)
        return self._scoped_reading(scope, heard, guessed)

    def _scoped_reading(self, scope: Scope, heard: QueryText, guessed: bool) -> QueryReading:
        text = scope.text
        words = text.words
        mentions = tuple(self._with_plain_numbers(text, self._finder.find(text)))
        apart = frozenset(m.begin for m in mentions if m.names and m.names <= self._placeless)
        places = [_behind_driver(words, place) for place in self._places.find(text, apart)]
        places = with_middles(text, places, self.scope)
        speaker = DRIVER
        sits: NamedPlace | None = None
        for place in places:
            if place.selectors and (
                self._seats_speaker(words, place.begin)
                or _is_announced(words, place)
                or ("thats" in text.held and _told_after(words, place.end))
                or _speaks_from(words, place.begin)
                or _introduces_speaker(words, place, places, mentions)
                or introduces(words, place, self.scope)
            ):
                speaker = place.selectors
                sits = place
                break
        own = longest_first(self._own, text)
        if own:
            covered = {i for place in places for i in range(place.begin, place.end)}
            for begin, end, _ in own:
                if covered.isdisjoint(range(begin, end)):
                    covered |= set(range(begin, end))
                    places.append(NamedPlace(begin, end, speaker, own=True))
            places.sort(key=lambda place: place.begin)
        named = places
        left_out = [
            left_out_people(text, one.at, one.said.words, self.scope) for one in scope.excluded
        ]
        absent = [who for people in left_out for who in people]
        found = with_people(text, named, speaker, absent, self.scope, self._spelling.knows)
        # "at my" is nobody's own place where "daughter's seat" follows.
        starts = {place.begin for place in found.places}
        places = [
            place
            for place in found.places
            if not (place.own and words[place.end - 1] == "my" and place.end in starts)
        ]
        for place in places:
            if place.selectors and not place.own and self._seats_speaker(words, place.begin):
                speaker = place.selectors
                sits = place
                places = [replace(p, selectors=speaker) if p.own else p for p in places]
                break
        if sits is not None and any(p.own or p.told for p in places):
            where = sits.begin, sits.end
            places = [
                replace(p, told=where) if p.own and not p.told else p
                for p in places
                if p.begin != sits.begin
            ]
        seating = tuple(place for place in named if place not in places) if named else ()
        if sits is not None and sits not in places and sits not in seating:
            seating = (*seating, sits)
        kept: frozenset[Position] = frozenset()
        for excluded, people in zip(scope.excluded, left_out, strict=True):
            seats = [found.seats[who] for who in people if who in found.seats]
            positions = self._left_out(excluded, speaker).union(*seats)
            places = _without(places, excluded, positions, mentions)
            kept |= positions
        places = self._with_rest(text, places, kept)
        requests = tuple(_requests(text, mentions))
        return QueryReading(
            text,
            mentions,
            requests,
            tuple(places),
            speaker,
            heard,
            seating,
            guessed,
            excluded=scope.excluded,
            kept=kept,
        )

    def _with_plain_numbers(
        self, text: QueryText, mentions: list[PropertyMention]
    ) -> list[PropertyMention]:
        """Add numbers that no word is about, where a property is meant by such: "22 for me"."""
        if not self._plain or "#" not in text.held:
            return mentions
        words = text.words
        found = list(mentions)
        for i, token in enumerate(text.tokens):
            if token.number is None or self._numbers.no_value(words, i):
                continue
            if self._numbers.is_step(words, i):
                continue
            names = {n for n, (low, high) in self._plain if low <= token.number <= high}
            begin, end = _phrase(words, i)
            about = [m for m in mentions if m.begin < end and begin < m.end]
            asked = (self.scope.setting | self._place_words) & set(words[begin:end])
            if names and not about and asked and not _has_unit(words, i):
                found.append(PropertyMention(i, i + 1, names=frozenset(names)))
        return sorted(found, key=lambda mention: mention.begin)

    def _left_out(self, excluded: Exclusion, speaker: frozenset[Position]) -> frozenset[Position]:
        """Return the positions that an exclusion names."""
        places = self._places.find(excluded.said)
        taken = {i for place in places for i in range(place.begin, place.end)}
        own = any(
            not taken & set(range(begin, end))
            for begin, end, _ in longest_first(self._own, excluded.said)
        )
        named = frozenset().union(*(place.selectors for place in places))
        people = self.scope.people.keys() & set(excluded.said.words)
        if named == _FRONT and people and speaker == DRIVER:
            named = frozenset({Position(1, "P")})  # "Grandma at the front"
        own = own or any(
            word in _SELF and i not in taken for i, word in enumerate(excluded.said.words)
        )
        own = own or excluded.content
        return named | speaker if own else named

    def _with_rest(
        self, text: QueryText, places: list[NamedPlace], kept: frozenset[Position]
    ) -> list[NamedPlace]:
        """Add "the other three", "the rest": all places but those named, and those kept."""
        for begin, end in self.scope.rest.spans(text):
            others = [p for p in places if p.end <= begin or p.begin >= end]
            if any(p.begin == end for p in others):
                continue  # "one twin's rear left, the other's rear right"
            named = frozenset().union(*(p.selectors | p.but for p in others)) | kept
            if named:
                rest = NamedPlace(begin, end, everything=True, but=named)
                places = sorted([*others, rest], key=lambda place: place.begin)
        return places

    def _seats_speaker(self, words: list[str], begin: int) -> bool:
        """Whether "I'm in", "I sit on", "I'm freezing in" or the like leads up to a place."""
        i = begin - 1
        while i >= 0 and words[i] in self._seated:
            if words[i] in ("im", "i", "am", "speaking", "talking", "calling"):
                return True
            i -= 1
        ahead = words[max(0, i - _BETWEEN_WORDS) : begin]
        if self.scope.between & set(ahead) and {"im", "am"} & set(ahead):
            return True  # "I'm squashed between these two in the back"
        feeling = words[max(0, i - _FEELING_WORDS) : i + 1]
        led = {"in", "at", "on"} & {*words[i + 1 : begin], *words[begin : begin + 1]}
        return bool(led) and "im" in feeling


def _phrase(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return the tokens (from, to) around one, up to marks and links."""
    begin, end = at, at + 1
    while begin and words[begin - 1] not in _PHRASE_ENDS:
        begin -= 1
    while end < len(words) and words[end] not in _PHRASE_ENDS:
        end += 1
    return begin, end


def _has_unit(words: Sequence[str], at: int) -> bool:
    return bool({"percent", "per", "notch", "notches", "level"} & {*words[at + 1 : at + 2]})


def _without(
    places: list[NamedPlace],
    excluded: Exclusion,
    positions: frozenset[Position],
    mentions: Sequence[PropertyMention],
) -> list[NamedPlace]:
    """Take positions from the nearest place that includes them, the one before if there is one.

    If no place is named, all places are meant: "lock the doors except mine".
    """

    def includes(place: NamedPlace) -> bool:
        if place.everything:
            return True
        wide = any(not s.row or not s.column for s in place.selectors)
        several = wide or len(place.selectors) > 1
        return several and any(overlap(s, p) for s in place.selectors for p in positions)

    if not positions:
        return places
    before = [p for p in places if p.begin < excluded.at and includes(p)]
    after = [p for p in places if p.begin >= excluded.at and includes(p)]
    nearest = before[-1:] or after[:1]
    if nearest:
        chosen = nearest[0]
        taken = replace(chosen, but=chosen.but | positions)
        return [taken if place is chosen else place for place in places]
    if any(place.selectors for place in places) or not mentions or excluded.content:
        return places
    ahead = [m for m in mentions if m.begin < excluded.at]
    about = ahead[-1] if ahead else mentions[0]
    if about.needs == about.all:
        return places  # "I'm freezing, but the kids in the back are fine"
    everywhere = NamedPlace(about.begin, about.end, everything=True, but=positions)
    return sorted([*places, everywhere], key=lambda place: place.begin)


def _told_after(words: Sequence[str], end: int) -> bool:
    """Whether "that's where I'm" follows a place."""
    return "thats where im" in " ".join(words[end : end + _BEHIND])


def _speaks_from(words: Sequence[str], begin: int) -> bool:
    """Whether "as the", "as a passenger in the" or the like leads up to a place."""
    while begin and words[begin - 1] in _BETWEEN_AS:
        begin -= 1
    if words[max(0, begin - 2) : begin] == ["same", "as"]:
        return False
    return begin > 0 and words[begin - 1] in _SPEAKING_AS


def _is_announced(words: list[str], place: NamedPlace) -> bool:
    """Whether "here" or the like follows a place that isn't told by the speaker's own: "passenger
    side here", not "beside me here".
    """
    at = place.end
    if {"me", "my", "mine"} & set(words[place.begin : place.end]):
        return False
    if words[at : at + 2] in (["side", "here"], ["seat", "here"]) and place.begin == 0:
        return True
    return words[at : at + 1] in (["here"], ["speaking"], ["talking"])


def _behind_driver(words: list[str], place: NamedPlace) -> NamedPlace:
    """Read "behind him" as behind the driver: "Dad's driving and I sit behind him"."""
    if words[place.begin] != "behind":
        return place
    behind = place.selectors == {Position(2, "P")}
    him = words[place.end - 1] in ("him", "her") and _DRIVING & set(words[: place.begin])
    driving = "driving" in words[place.end : place.end + 4]
    if behind and (him or driving):
        return replace(place, selectors=frozenset({Position(2, "D")}))
    return place


def _introduces_speaker(
    words: list[str],
    place: NamedPlace,
    places: Iterable[NamedPlace],
    mentions: Iterable[PropertyMention],
) -> bool:
    """Whether a sentence only says "me" and a place: "It's me, in the back!"."""
    begin, end = place.begin, place.end
    while begin and words[begin - 1] not in _ENDS:
        begin -= 1
    while end < len(words) and words[end] not in _ENDS:
        end += 1
    asked = any(m.begin < end and begin < m.end for m in mentions)
    said = range(begin, place.begin)
    within = {i for p in places for i in range(p.begin, p.end)}
    return not asked and any(words[i] in ("im", "me") and i not in within for i in said)


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
