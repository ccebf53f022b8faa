"""Places in replies: where something was read or set."""

import re

from workbench.core.car.catalog import Property
from workbench.core.car.words import quoted
from workbench.core.checks.conversation.words.facts import (
    YOURS,
    clauses,
    named_in,
    properties_of,
    spots_of,
    your_area,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.reading.positions import NamedPlace, Position, select
from workbench.core.reading.reader import QueryReading


def wrong_place(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to places none of which the turn has touched."""
    names = properties_of(turn)
    whole = (reading.heard or reading.text).flat  # with what is left out: "except the left one"
    if " ? " in whole or _EXCEPT.search(whole):
        return ""
    if len(names) > 1:
        return _wrong_in_clause(turn, words, reading)
    if not names:
        return ""
    prop = words.catalog.properties[names[0]]
    if len(prop.areas) < 2 or any(m.names and names[0] not in m.all for m in reading.mentions):
        return ""
    everywhere = _wrong_everywhere(turn, prop, reading)
    if everywhere:
        return everywhere
    places = [
        place
        for place in reading.places
        if not place.everything and not _is_no_place(place, prop, reading)
    ]
    areas = [select(place, prop, words.catalog) for place in places]
    touched = {spot[1] for spot in spots_of(turn, names[0])}
    if not turn.made and places:  # it says why nothing was done there
        heard = reading.text.part(places[0].begin, places[0].end)
        if heard in turn.said.text.flat:
            return ""
    if YOURS.search(reading.text.flat) and not _THEIRS.search(reading.text.flat):
        areas.append(your_area(turn, words, prop))
    others = _OTHERS.search(reading.text.flat)
    if others and not places:
        areas = [_passenger(words, prop)]
    if not areas or not all(areas) or frozenset().union(*areas) & touched:
        return ""
    place = places[0] if places else None
    heard = quoted(reading.text.quote(place.begin, place.end)) if place else '"your"'
    where = ", ".join(prop.areas[area].words for area in sorted(touched))
    return f"the reply says {heard}; {prop.name} is read or set for the {where}"


def _wrong_in_clause(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to a place of one of several things done: "the rear left seat's on high, and the
    sunroof's shut".
    """
    seen = {one.spot for one in turn.session.seen if one.step < turn.steps.stop}
    for begin, end in clauses(reading):
        name = named_in(turn, reading, begin, end)
        part = reading.text.part(begin, end)
        places = [p for p in reading.places if begin <= p.begin < end and p.end <= end]
        if not name or len(places) != 1 or places[0].everything or _NOT_NOW.search(part):
            continue
        [place] = places
        prop = words.catalog.properties[name]
        areas = select(place, prop, words.catalog)
        if not turn.changes or len(prop.areas) < 2 or _is_no_place(place, prop, reading):
            continue
        if areas and not {(name, area) for area in areas} & seen:
            touched = ", ".join(prop.areas[spot[1]].words for spot in spots_of(turn, name))
            heard = quoted(reading.text.quote(place.begin, place.end))
            return f"the reply says {heard}; {name} is read or set for the {touched}"
    return ""


_NOT_NOW = re.compile(
    r" (?:was|were|wasnt|werent|had|not|isnt|arent|cant|cannot|couldnt|could|can|ill|would|no|if)"
    r"(?= )"
)


def _is_no_place(place: NamedPlace, prop: Property, reading: QueryReading) -> bool:
    """Whether words are no place at all: "right, that's done", "in the middle of its range"."""
    words = reading.text.words
    alone = place.end - place.begin == 1
    after = words[place.end] if place.end < len(words) else "."
    before = words[place.begin - 1] if place.begin else "."
    if alone and words[place.begin] == "right":
        return before in (".", ",", "!", "?", "all", "thats", "is", "its", "quite")
    middle = place.selectors == frozenset([Position(0, "C")])
    scale = any(area.minimum is not None for area in prop.areas.values())
    return middle and scale and after not in ("seat", "one", "seats", "place", "passenger")


def _wrong_everywhere(turn: Turn, prop: Property, reading: QueryReading) -> str:
    """Object to "in the whole car" where only one of several places was touched."""
    found = _EVERYWHERE.search(reading.text.flat)
    touched = {spot[1] for spot in spots_of(turn, prop.name)}
    known = [turn.session.known((prop.name, area), turn.steps.stop) for area in prop.areas]
    if found is None or len(touched) != 1 or all(known) or not turn.changes:
        return ""
    where = prop.areas[next(iter(touched))].words
    return f"the reply says {quoted(found.group().strip())}; {prop.name} is set for the {where}"


_EVERYWHERE = re.compile(
    r" (?:everywhere|for (?:everyone|everybody)|(?:in|for|throughout|across|all over) the"
    r" (?:whole|entire) (?:car|cabin|vehicle)) "
)

_EXCEPT = re.compile(r" (?:but|except|apart|without|not|other|others|rest|stays?|still) ")

_THEIRS = re.compile(r" (?:her|hers|him|his|them|their|theirs)(?= )")
"""What is done is someone else's, and "yours" may be only compared with it."""

_OTHERS = re.compile(
    r" (?:your |the )?(?:front )?passengers (?:side|seat|window|door|zone|sides|seats|windows|doors"
    r"|temperature|fan|reading) "
)


def _passenger(words: WordRules, prop: Property) -> frozenset[int]:
    area = words.catalog.passenger_area(prop)
    return frozenset() if area is None else frozenset([area])
