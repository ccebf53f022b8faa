"""Places in replies: where something was read or set."""

import re

from workbench.core.car.catalog import Property
from workbench.core.car.words import quoted
from workbench.core.checks.conversation.words.facts import (
    YOURS,
    driver_area,
    properties_of,
    spots_of,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.reading.positions import select
from workbench.core.reading.reader import QueryReading


def wrong_place(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to places none of which the turn has touched."""
    names = properties_of(turn)
    if len(names) != 1 or " ? " in reading.text.flat or _EXCEPT.search(reading.text.flat):
        return ""
    prop = words.catalog.properties[names[0]]
    if len(prop.areas) < 2 or any(m.names and names[0] not in m.all for m in reading.mentions):
        return ""
    places = [place for place in reading.places if not place.everything]
    areas = [select(place, prop, words.catalog) for place in places]
    touched = {spot[1] for spot in spots_of(turn, names[0])}
    if YOURS.search(reading.text.flat):
        areas.append(driver_area(words, prop))
    others = _OTHERS.search(reading.text.flat)
    if others and not places:
        areas = [_passenger(words, prop)]
    if not areas or not all(areas) or frozenset().union(*areas) & touched:
        return ""
    place = places[0] if places else None
    heard = quoted(reading.text.quote(place.begin, place.end)) if place else '"your"'
    where = ", ".join(prop.areas[area].words for area in sorted(touched))
    return f"the reply says {heard}; {prop.name} is read or set for the {where}"


_EXCEPT = re.compile(r" (?:but|except|apart|without|not|other|others|rest|stays?|still) ")

_OTHERS = re.compile(
    r" (?:your |the )?(?:front )?passengers (?:side|seat|window|door|zone|sides|seats|windows|doors"
    r"|temperature|fan|reading) "
)


def _passenger(words: WordRules, prop: Property) -> frozenset[int]:
    area = words.catalog.passenger_area(prop)
    return frozenset() if area is None else frozenset([area])
