"""Who sits where: "My sister's behind the driver. 22 for her."

Words that seat somebody name no place that is asked for, if that somebody is spoken of elsewhere;
the words for the person do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.core.reading.positions import NamedPlace, Position
from workbench.core.reading.query_text import QueryText
from workbench.core.reading.scope.relations import (
    DRIVER,
    RELATIONS,
    Seated,
    from_speaker,
    last_named,
    only_side,
    related_places,
    stem,
)
from workbench.core.reading.scope.words import MARKS, ScopeWords

_MOST_BETWEEN = 5
"""Tokens between someone and the place."""
_SHORTEST_NAME = 3
_MOST_OF_THEM = 5
"""Tokens between "all" and what it sums up."""
_LISTS = frozenset({",", "and"})
_SHE_IS = frozenset({"shes", "hes", "he", "she"})
_DETERMINERS = frozenset({"my", "the", "her", "his", "our", "their", "a", "little", "old"})
_POSSESSIVES = frozenset({"my", "our"})


@dataclass(frozen=True, slots=True)
class PeoplesPlaces:
    """The places of a text, those of people among them. seats: where people sit, by what they're
    called.
    """

    places: list[NamedPlace]
    seats: Mapping[str, frozenset[Position]]


def with_people(
    text: QueryText,
    places: Sequence[NamedPlace],
    speaker: frozenset[Position],
    absent: Sequence[str],
    words: ScopeWords,
    knows: Callable[[str], bool],
) -> PeoplesPlaces:
    """Return the places, those of people where the words seat somebody and speak of them.

    absent: words for people who are left out. knows: whether a word is one of the language's, and
    so no name.
    """
    if not places and not words.driving & set(text.words):
        return PeoplesPlaces([], {})
    places = _narrowed(text, from_speaker(text, places, speaker), speaker, words)
    seated = list(_seated(text, places, absent, words, knows))
    if speaker == {DRIVER}:
        places, seated = _beside_driver(text, places, seated)
    related = related_places(text, places, seated, speaker, words)
    if related != places:
        places = related
        seated = list(_seated(text, places, absent, words, knows))
        if speaker == {DRIVER}:
            places, seated = _beside_driver(text, places, seated)
    if seated:
        places = _referred(text, places, seated, absent, words)
    places = _with_speaker(text, places, speaker, words)
    return PeoplesPlaces(list(places), {s.word: s.selectors for s in seated})


def _beside_driver(
    text: QueryText, places: list[NamedPlace], seated: list[Seated]
) -> tuple[list[NamedPlace], list[Seated]]:
    """Read "in the front" as the passenger's seat, of one who isn't the driver."""
    front = frozenset({Position(1, "")})
    beside = frozenset({Position(1, "P")})
    moved = {
        s.place.begin
        for s in seated
        if s.place and s.selectors == front and "are" not in text.words[s.at : s.place.begin]
    }
    if not moved:
        return places, seated
    places = [replace(p, selectors=beside) if p.begin in moved else p for p in places]
    now = {place.begin: place for place in places}
    return places, [
        replace(s, selectors=beside, place=now[s.place.begin])
        if s.place and s.place.begin in moved
        else s
        for s in seated
    ]


def left_out_people(text: QueryText, at: int, said: Iterable[str], words: ScopeWords) -> list[str]:
    """Return what people are called who are named by words left out at a token. For "but hers",
    that is who was named before; else only whether it's she, he or they.
    """
    found = []
    for word in said:
        if word in words.people:
            found.append(stem(word))
        elif word in words.pronouns:
            pronoun = words.pronouns[word]
            named = reversed(text.words[:at])
            fitting = (stem(w) for w in named if words.people.get(w) in (pronoun, "they"))
            found.append(next(fitting, pronoun))
    return found


def _with_speaker(
    text: QueryText, places: Sequence[NamedPlace], speaker: frozenset[Position], words: ScopeWords
) -> list[NamedPlace]:
    """Add the speaker's place where a number is wished beside those of others: "he wants 20, I'd
    like 22".
    """
    out = list(places)
    if not any(p.selectors and not p.own for p in places):
        return out
    if "#" not in text.held or words.speaking.isdisjoint(text.held):
        return sorted(out, key=lambda place: place.begin)
    for begin, end in _phrases_of(text):
        here = any(begin <= p.begin < end for p in places)
        said = [i for i in range(begin, end) if _wishes(text, i, words)]
        numbered = any(text.tokens[i].number is not None for i in range(begin, end))
        steps = words.stepping & set(text.words[begin:end])
        if said and numbered and not here and not steps:
            out.append(NamedPlace(said[0], said[0] + 1, speaker, own=True))
    return sorted(out, key=lambda place: place.begin)


def _wishes(text: QueryText, i: int, words: ScopeWords) -> bool:
    """Whether "I'd", "I want" or the like stands at a token."""
    if text.words[i] not in words.speaking:
        return False
    return text.words[i].endswith("d") or bool(words.wanting & {*text.words[i + 1 : i + 2]})


def _phrases_of(text: QueryText) -> Iterator[tuple[int, int]]:
    begin = 0
    for i, word in enumerate(text.words):
        if word in MARKS or word in ("and", "but"):
            yield begin, i
            begin = i + 1
    yield begin, len(text.words)


def _narrowed(
    text: QueryText, places: Sequence[NamedPlace], speaker: frozenset[Position], words: ScopeWords
) -> list[NamedPlace]:
    """Join places of which one says more exactly where: "up front beside me", "in the front with
    me".
    """
    out: list[NamedPlace] = []
    sided = 0
    for place in places:
        last = out[-1] if out else None
        if last and last.selectors and place.selectors and not (last.own or place.own):
            between = text.words[last.end : place.begin]
            near = len(between) <= 2 and not {"and", "or", ",", "but"} & set(between)
            if near and not MARKS & set(between):
                wider, narrower = (last, place) if _wide(last) else (place, last)
                if _wide(wider) and not _wide(narrower) and _same_row(wider, narrower):
                    out[-1] = replace(narrower, begin=last.begin, end=place.end)
                    continue
            if _wide(last) and not {"and", "or", "but"} & set(between) and only_side(place):
                row = next(iter(last.selectors)).row
                if len(between) <= _MOST_BETWEEN and not (MARKS - {","}) & set(between):
                    sides = frozenset(replace(s, row=row) for s in place.selectors)
                    out[-1] = replace(place, begin=last.begin, selectors=sides)
                    sided = row
                    continue
            if sided and only_side(place) and set(between) <= {",", "and"}:
                sides = frozenset(replace(s, row=sided) for s in place.selectors)
                out[-1] = replace(last, end=place.end, selectors=last.selectors | sides)
                continue
        sided = 0
        out.append(place)
    out = [p for p in out if not _all_of_them(text, p, out)]
    out = [
        replace(p, selectors=speaker, own=True) if _is_here(text, p, speaker) else p for p in out
    ]
    if speaker != {DRIVER}:
        return out
    beside = dict(words.relations["with_me"].spans(text))
    front = frozenset({Position(1, "")})
    return [
        replace(place, end=beside[place.end], selectors=frozenset({Position(1, "P")}))
        if place.selectors == front and place.end in beside
        else place
        for place in out
    ]


def _is_here(text: QueryText, place: NamedPlace, speaker: frozenset[Position]) -> bool:
    """Whether a row is where the speaker sits: "back here", from someone behind the driver."""
    if "here" not in text.held:
        return False
    here = "here" in text.words[place.begin : place.end + 1]
    rows = {s.row for s in speaker if s.column}
    return here and _wide(place) and {s.row for s in place.selectors} == rows


def _all_of_them(text: QueryText, place: NamedPlace, places: Sequence[NamedPlace]) -> bool:
    """Whether "all" only sums up a place named beside it: "everyone in the back", "all three of
    them".
    """
    if not place.everything or place.but:
        return False
    counted = {"#", "them"} & {*text.words[place.begin : place.end]}
    for other in places:
        if other.everything or other.own or not any(s.row for s in other.selectors):
            continue
        first, last = min(place.end, other.end), max(place.begin, other.begin)
        if last - first > _MOST_OF_THEM and not counted:
            continue
        between = text.words[first:last]
        if MARKS - {","} & set(between) or "and" in between:
            continue
        if len(between) <= _MOST_OF_THEM and other.begin >= place.end:
            return True
        if counted and other.end <= place.begin:
            return True
    return False


def _wide(place: NamedPlace) -> bool:
    return len(place.selectors) == 1 and all(not s.column and not s.name for s in place.selectors)


def _same_row(one: NamedPlace, other: NamedPlace) -> bool:
    rows = {s.row for s in one.selectors} | {s.row for s in other.selectors}
    return len(rows - {0}) == 1


def _seated(
    text: QueryText,
    places: Sequence[NamedPlace],
    absent: Sequence[str],
    words: ScopeWords,
    knows: Callable[[str], bool],
) -> Iterator[Seated]:
    """Yield people with the places that the words seat them in."""
    at = {place.begin: place for place in places if place.selectors and not place.own}
    inside = {i for place in places for i in range(place.begin, place.end)}
    for i, word in enumerate(text.words):
        if i in inside:
            continue
        if word in _SHE_IS:
            named = _antecedent(text, i, absent, words)
            place = _place_after(text, i, at, words, strict=False)
            if place is not None:
                said_of = words.pronouns.get(word, "they")
                who = named or said_of
                yield Seated(who, said_of, i, place.selectors, place, declared=True)
            continue
        pronoun = words.people.get(word)
        name = pronoun is None and _may_be_name(text, i, words) and not knows(stem(word))
        if name and i:
            pronoun = words.people.get(text.words[i - 1])  # "Aunty Bev's sat behind me"
        if pronoun is None and not name:
            continue
        if set(text.words[i + 1 : i + 3]) & words.driving:
            yield Seated(stem(word), pronoun or "they", i, frozenset({DRIVER}))
            continue
        place = _place_after(text, i, at, words, strict=name)
        if place is None and not name:
            place = _place_before(text, i, places, words)
        if place is not None:
            between = {word[-1:], *text.words[i + 1 : max(i, place.begin)]}
            said = bool(between & {"s", "is", "sits", "sat", "sitting", "are"})
            yield Seated(stem(word), pronoun or "they", i, place.selectors, place, said)


def _antecedent(text: QueryText, i: int, absent: Sequence[str], words: ScopeWords) -> str | None:
    """Return who "she" is: the person named last before, or the one who is left out."""
    pronoun = words.pronouns.get(text.words[i], "they")
    for word in reversed(text.words[:i]):
        if words.people.get(word) in (pronoun, "they"):
            return stem(word)
    return next((p for p in absent if words.people.get(p, p) in (pronoun, "they")), None)


def _may_be_name(text: QueryText, i: int, words: ScopeWords) -> bool:
    """Whether a word may be a name: it has a capital, or nothing has one; or "my …" is said of it,
    and it is somebody with a word that the lexicon doesn't know.
    """
    token = text.tokens[i]
    word = token.word
    if word in words.empty or word in words.to_place or word in words.commands:
        return False
    if token.number is not None or len(word) < _SHORTEST_NAME or not word.isalpha():
        return False
    if word in words.pronouns or word in words.families:
        return False
    ahead = text.words[i - 1] if i else ""
    if text.query[token.start].isupper() or ahead in _POSSESSIVES:
        return True
    return text.query.islower() and ahead not in _DETERMINERS and ahead not in words.to_place


def _place_after(
    text: QueryText, i: int, at: dict[int, NamedPlace], words: ScopeWords, *, strict: bool
) -> NamedPlace | None:
    """Return the place that someone sits in, by the words after; strict: for names, which must
    be said to be there.
    """
    verb = not strict or text.words[i].endswith("s") or (i > 0 and text.words[i - 1] in _LISTS)
    for j in range(i + 1, min(i + 2 + _MOST_BETWEEN, len(text.words))):
        if j in at:
            return at[j] if verb else None
        word = text.words[j]
        if word not in words.to_place:
            return None
        verb = verb or word in ("is", "sits", "sat", "sitting", "on", "in", "at")
    return None


def _place_before(
    text: QueryText, i: int, places: Sequence[NamedPlace], words: ScopeWords
) -> NamedPlace | None:
    """Return the place that someone is said to be in: "behind me is my daughter"."""
    j = i
    while j and text.words[j - 1] in words.from_place and i - j < _MOST_BETWEEN:
        j -= 1
    linked = {"is", "sits", "sat", "theres", "weve", "ive", "thats"} & set(text.words[j:i])
    if not linked:
        return None
    return next((p for p in places if p.end == j and p.selectors and not p.own), None)


def _referred(
    text: QueryText,
    places: Sequence[NamedPlace],
    seated: Sequence[Seated],
    absent: Sequence[str],
    words: ScopeWords,
) -> list[NamedPlace]:
    """Put places where seated people are spoken of, and drop those that only seat them."""
    inside = {i for place in places for i in range(place.begin, place.end)}
    declared = {s.at for s in seated}
    out = list(places)
    told = {s.place for s in seated if s.place and s.word in absent}
    related = {
        i for r in RELATIONS for b, e in words.relations[r].spans(text) for i in range(b, e + 1)
    }
    for i, word in enumerate(text.words):
        if i in inside or i in declared or i in related:
            continue
        if word in _SHE_IS and not words.wanting & set(text.words[i + 1 : i + 3]):
            continue
        together = [s for s in seated if s.at < i and s.place is not None]
        if word == "them" and text.words[i - 1] == "of" and len(together) == 1:
            continue  # "the pair of them", of whom one isn't known
        if words.pronouns.get(word) == "they" and len(together) > 1:
            everyone = frozenset().union(*(s.selectors for s in together))
            out.append(NamedPlace(i, i + 1, everyone))
            told |= {s.place for s in together if s.place}
            continue
        if word in words.pronouns:
            known = last_named(seated, words.pronouns[word], i)
        else:
            name = stem(word)
            known = next((s for s in reversed(seated) if s.word == name), None)
        if known is None or (words.pronouns.get(word) == "they" and _of_all(places, known.at, i)):
            continue
        if known.place is not None and known.at <= i < known.place.end:
            continue
        where = (known.place.begin, known.place.end) if known.place else None
        out.append(NamedPlace(i, i + 1, known.selectors, told=where))
        if known.place is not None:
            told.add(known.place)
    if told:
        told |= {s.place for s in seated if s.place and s.declared}
    kept = [place for place in out if place not in told]
    return sorted(kept, key=lambda place: place.begin)


def _of_all(places: Sequence[NamedPlace], begin: int, end: int) -> bool:
    """Whether "their" is everyone's: "everyone but him wants their seat heated"."""
    return any(place.everything and begin < place.begin < end for place in places)
