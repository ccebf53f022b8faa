"""The places that a query names for a property, out of all the places in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.car.catalog import Property
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    clause,
    overlaps,
    segments,
    sentence,
    words_of,
)
from workbench.core.reading.positions import NamedPlace, Position, positions_of, select
from workbench.core.reading.query_text import CORRECTIONS
from workbench.core.reading.reader import QueryReading, RequestSpan

_OF_SIDES = frozenset({"window", "windows", "door", "doors"})
_OWNING = frozenset({"my", "mine", "own"})
_MINE = frozenset({"my", "mine"})
_ASIDES = frozenset({"mean", "think", "guess", "said", "reckon", "suppose"})
_SUBJECTS = frozenset({"i", "id", "ill", "im", "ive"})
_TOLD = frozenset({"let", "tell", "remind"})
_TAKEN_BACK_WITHIN = 12  # tokens: "… for her on level 2, or rather for whoever sits behind"

_AFRESH = frozenset(["correction", "no", "nope", "scratch", "thought", "thoughts", "oops", "wait"])
"""Words near the beginning of a sentence that takes back the one before."""

Stated = tuple[NamedPlace, frozenset[int]]
"""A place, and the property's areas that it means."""


@dataclass(frozen=True, slots=True)
class SaidPlaces:
    """The places that a query names for a property.

    near: those inside the requests for it, all if there are none. everywhere: all that could be
    meant. asked: of the near ones, those in a sentence that asks. default: the areas of the
    speaker. left_out: areas that are left out of places that are named. apart: whether all belong
    to other properties that are called.
    """

    near: tuple[Stated, ...]
    everywhere: tuple[Stated, ...]
    asked: tuple[Stated, ...]
    default: frozenset[int]
    left_out: frozenset[int] = frozenset()
    apart: bool = False

    @property
    def wanted(self) -> frozenset[int]:
        """The areas that the near places ask for; "all" only if nothing narrows it."""
        narrowing = [areas for place, areas in self.near if not place.everything or place.but]
        return frozenset().union(*(narrowing or (areas for _, areas in self.near)))


def places_said(
    rules: GroundingRules,
    prop: Property,
    requests: Sequence[RequestSpan],
    all_calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> SaidPlaces:
    """Find the places that a query names for a property."""
    area = next(iter(prop.areas.values()))
    owned = [own_place(rules, prop, request, reading) for request in requests]
    places = [*reading.places, *(place for place in owned if place)]
    everywhere = tuple(
        (p, areas)
        for p in sorted(places, key=lambda place: place.begin)
        if not _denied(rules, p, reading)
        and not _names_another(p, prop, reading)
        and not ("forward" in area.plus and _is_direction(p, reading))
        and not ("middle" in area.zero and _is_middle(p, reading))
        and not (p.own and prop.area_kind != "seat" and not _owning(p, reading))
        and not _is_of_scale(p, prop, reading)
        and (areas := _areas_of(p, prop, rules, reading))
    )
    inside = tuple(
        (p, areas)
        for p, areas in everywhere
        if any(r.begin <= p.begin < r.end or overlaps(p, r) for r in requests)
    )
    near = inside or everywhere
    others = {c.prop.name for c in all_calls if c.prop is not prop and len(c.prop.areas) > 1}
    return SaidPlaces(
        near,
        everywhere,
        tuple((p, a) for p, a in near if _in_asking_sentence(p, requests, reading)),
        select(NamedPlace(0, 0, reading.speaker), prop, rules.catalog),
        frozenset().union(
            select(NamedPlace(0, 0, reading.kept), prop, rules.catalog),
            *(select(NamedPlace(0, 0, p.but), prop, rules.catalog) for p, _ in near if p.but),
        ),
        apart=not inside and any(_belongs(p, others, reading) for p, _ in near),
    )


def _in_asking_sentence(
    place: NamedPlace, requests: Sequence[RequestSpan], reading: QueryReading
) -> bool:
    begin, end = sentence(place.begin, place.end, reading)
    return any(begin <= r.mention.begin for r in requests) and any(
        r.mention.begin < end for r in requests
    )


def vague(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether a place is named that only an earlier conversation explains: "the other side"."""
    spans = [(p.begin, p.end) for p in (*reading.places, *reading.seating)]
    spans += [p.told for p in reading.places if p.told]
    known = {i for begin, end in spans for i in range(begin, end)}
    for match in rules.classes["somewhere"].finditer(reading.text.flat):
        begin, end = reading.text.span(*match.span())
        if not known & set(range(begin, end)):
            return True
    return False


def speaks_of_self(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether the speaker is named, other than in a place: "behind me" is someone else's."""
    within = [(p.begin, p.end) for p in (*reading.places, *reading.seating) if not p.own]
    within += [p.told for p in reading.places if p.told]
    people = rules.reader.scope.people
    spared = _content(rules, reading)
    for match in rules.classes["self"].finditer(reading.text.flat):
        at, after = reading.text.span(*match.span())
        if any(begin <= at < end for begin, end in spared):
            continue  # "I'm fine"
        if set(reading.text.words[after : after + 1]) & _ASIDES:
            continue  # "I mean", "I think"
        others = rules.classes.get("others")
        if match.group() == "my " and others is not None:
            far = 4 if reading.text.words[after : after + 1] == ["#"] else 2
            following = words_of(reading, after, min(after + far, len(reading.text.tokens)))
            if others.match(following, 1) or not people.keys().isdisjoint(following.split()):
                continue  # "my lad in the passenger seat"
        if reading.text.words[max(0, at - 1)] in _TOLD and match.group().strip() == "me":
            continue  # "tell me", "let me know"
        if any(begin <= at < end for begin, end in within):
            continue
        if match.group().strip() in _SUBJECTS and _placed_beside(at, reading):
            continue  # "I want the back window open"
        return True
    return False


def _content(rules: GroundingRules, reading: QueryReading) -> list[tuple[int, int]]:
    """Return the tokens (from, to) by which somebody wants nothing: "I'm fine", "mine's okay"."""
    said = rules.classes.get("content")
    if said is None:
        return []
    return [reading.text.span(*match.span()) for match in said.finditer(reading.text.flat)]


def _placed_beside(at: int, reading: QueryReading) -> bool:
    """Whether the words around a token name a place other than the speaker's."""
    for begin, end in segments(reading):
        if begin <= at < end:
            return any(begin <= p.begin < end and not p.own for p in reading.places)
    return False


def _owning(place: NamedPlace, reading: QueryReading) -> bool:
    """Whether a place is the speaker's own thing ("mine"), not just for the speaker ("for me")."""
    return bool(_OWNING & set(reading.text.words[place.begin : place.end]))


def _is_of_scale(place: NamedPlace, prop: Property, reading: QueryReading) -> bool:
    """Whether "the middle" may be of a scale of the property: "put the seat in the middle"."""
    scale = any("middle" in area.zero for area in prop.areas.values())
    to_end = reading.text.words[max(0, place.begin - 2) : place.begin] == ["to", "the"]
    return scale and (place.selectors == _MIDDLE or (to_end and place.selectors in _ROWS))


_MIDDLE = frozenset([Position(0, "C")])
_ROWS = (frozenset([Position(1, "")]), frozenset([Position(2, "")]))


def _areas_of(
    place: NamedPlace, prop: Property, rules: GroundingRules, reading: QueryReading
) -> frozenset[int]:
    """Return the areas of a place. "All the windows" means those at the sides, not the roof."""
    areas = select(place, prop, rules.catalog)
    said = set(reading.text.words[place.begin : place.end])
    if place.but:
        said |= {w for m in reading.mentions for w in reading.text.words[m.begin : m.end]}
    if place.everything and _OF_SIDES & said:
        return at_the_sides(prop, areas) or areas
    return areas


def at_the_sides(prop: Property, areas: frozenset[int]) -> frozenset[int]:
    """Leave out the areas with names of their own, such as the roof or the trunk."""
    return frozenset(a for a in areas if not any(p.name for p in positions_of(prop.areas[a])))


def own_place(
    rules: GroundingRules, prop: Property, request: RequestSpan, reading: QueryReading
) -> NamedPlace | None:
    """Return the speaker's place if the mention is theirs: "my window". "My tyres" are the car's,
    all of them.
    """
    if _MINE.isdisjoint(reading.text.held):
        return None
    begin, end = request.mention.begin, request.mention.end
    tokens = reading.text.tokens
    usual = rules.policy.places.get(prop.name)
    if usual is not None and usual.get == "all" and tokens[end - 1].word.endswith("s"):
        return None
    others = [p for p in reading.places if not p.own]
    for i in range(max(request.begin, begin - 2), end):
        if any(p.begin <= i < p.end for p in others):
            continue  # "behind my seat"
        if tokens[i].word not in _MINE:
            continue
        following = words_of(reading, i + 1, min(i + 3, len(tokens)))
        people = rules.reader.scope.people.keys()
        if not rules.classes["kin"].match(following, 1) and people.isdisjoint(following.split()):
            return NamedPlace(i, i + 1, reading.speaker, own=True)
    return None


def _belongs(place: NamedPlace, others: set[str], reading: QueryReading) -> bool:
    """Whether a place belongs to one of the other properties that are called."""
    return any(r.begin <= place.begin < r.end and r.mention.all & others for r in reading.requests)


def _is_direction(place: NamedPlace, reading: QueryReading) -> bool:
    """Whether words that could name a row say which way: "two more to the back"."""
    words = reading.text.words
    if words[place.end : place.end + 2] == ["to", "back"]:
        return True
    ahead = set(words[max(0, place.begin - 2) : place.begin])
    return "to" in ahead or bool({"more", "further"} & ahead)


def _is_middle(place: NamedPlace, reading: QueryReading) -> bool:
    """Whether "in the middle" is a position of what has one: "put the seat in the middle"."""
    before = reading.text.words[max(0, place.begin - 2) : place.begin]
    return before == ["in", "the"] and place.selectors == {Position(0, "C")}


def _denied(rules: GroundingRules, place: NamedPlace, reading: QueryReading) -> bool:
    """Whether a place is left out or taken back: "not for me", "the left, no, the right"."""
    tokens = reading.text.tokens
    before = {token.word for token in tokens[max(0, place.begin - 3) : place.begin]}
    if before & {"not", "except", "excluding"}:
        return True
    if place.own and any(b <= place.begin < e for b, e in _content(rules, reading)):
        return True
    begin, end = clause(place.begin, place.end, reading)
    part = words_of(reading, begin, end)
    spared = rules.classes["spare"].search(part) is not None
    if spared and not (rules.opens_with_question(part) or rules.reports(part)):
        return True  # "the left one is fine"; "check whether it is" asks
    later = [p for p in reading.places if p.begin >= place.end]
    if not later or later[0].begin - place.end > _TAKEN_BACK_WITHIN:
        return False
    between = [token.word for token in tokens[place.end : later[0].begin]]
    marks = [at for at, word in enumerate(between) if word in (".", "!")]
    if marks:  # "… behind the driver. Correction: the right front one."
        return len(marks) == 1 and bool(_AFRESH & set(between[marks[0] + 1 : marks[0] + 4]))
    return bool(CORRECTIONS & set(between))


def _names_another(place: NamedPlace, prop: Property, reading: QueryReading) -> bool:
    """Whether a place is part of another property's name: the front fog lights."""
    return any(
        m.begin <= place.begin and place.end <= m.end and m.names and prop.name not in m.all
        for m in reading.mentions
    )
