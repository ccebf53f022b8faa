"""Numbers in replies: each has something in the session behind it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.words import quoted
from workbench.core.checks.conversation.session import Spot
from workbench.core.checks.conversation.words.facts import (
    all_facts,
    counts_things,
    facts_of,
    properties_of,
    spots_of,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.conversation.words.units import spoken_values
from workbench.core.reading.reader import QueryReading
from workbench.core.samples import Reply

_PAST = re.compile(
    r" (?:was|were|had|been|before|from|earlier|previously|used|until|instead|so|if|would|could|can"
    r"|shall|should|want|unless|only|up to|between|maximum|minimum|highest|lowest|most|least|limit)"
    r" "
)

_NEAR = 0.06
"""How far a rounded number may be off, as a share of it."""


def wrong_number(turn: Turn, words: WordRules, reply: Reply, reading: QueryReading) -> str:
    """Object to a number that nothing in the session can be behind."""
    numbers = [(i, t.number) for i, t in enumerate(reading.text.tokens) if t.number is not None]
    if not numbers or len(numbers) > _MOST_NUMBERS:
        return ""
    names = properties_of(turn)
    known = _known_numbers(turn, words, reply)
    for at, number in numbers:
        if any(_alike(number, one) for one in known):
            continue
        times = reading.text.words[at + 1 : at + 2] and reading.text.words[at + 1] in _TIME_UNITS
        if counts_things(reading, at) and not (times and _is_timed(words, names)):
            continue
        known_facts = all_facts(turn, words, names)
        if not known_facts:
            return ""
        heard = quoted(reading.text.quote(max(0, at - 2), min(at + 2, len(reading.text.tokens))))
        return f"the reply says {heard}; {known_facts}"
    if len(names) != 1 or len(numbers) != 1 or reply.kind != "tell":
        return ""
    return _stale_number(turn, words, names[0], numbers[0][1], reading)


_MOST_NUMBERS = 6


def _stale_number(
    turn: Turn, words: WordRules, name: str, number: float, reading: QueryReading
) -> str:
    """Object to the only number of a reply if it isn't the value that there is now."""
    prop = words.catalog.properties[name]
    spots = spots_of(turn, name)
    values = [v for spot in spots if isinstance(v := turn.known(spot), (int, float))]
    if not values or any(isinstance(v, bool) for v in values) or prop.value_names:
        return ""
    told = {one for value in values for one in _told(value, prop)}
    if any(_alike(number, one) for one in told):
        return ""
    if len(_all_of_category(turn, words, prop)) > len(spots):
        return ""  # a level and a capacity make a percentage
    other = _PAST.search(reading.text.flat) or counts_things(reading, _at(reading))
    said = any(_alike(abs(number), abs(one.after - one.before)) for one in _numeric(turn))
    if other or said:
        return ""
    at = _at(reading)
    heard = quoted(reading.text.quote(max(0, at - 1), min(at + 2, len(reading.text.tokens))))
    return f"the reply says {heard}; {facts_of(turn, prop, spots)}"


def _numeric(turn: Turn) -> Iterator[Any]:
    for one in turn.changes:
        if all(type(v) in (int, float) for v in (one.before, one.after)):
            yield one


def _at(reading: QueryReading) -> int:
    return next(i for i, t in enumerate(reading.text.tokens) if t.number is not None)


def _all_of_category(turn: Turn, words: WordRules, prop: Property) -> list[Spot]:
    properties = words.catalog.properties
    return list(
        dict.fromkeys(
            one.spot
            for one in turn.session.seen
            if (other := properties[one.spot[0]]).unit == prop.unit != ""
            and other.category == prop.category
            and one.step < turn.steps.stop
        )
    )


def _told(value: float, prop: Property) -> set[float]:
    told = set(spoken_values(value, prop))
    area = next(iter(prop.areas.values()))
    low, high = area.minimum, area.maximum
    if low is not None and high is not None and high > low:
        told.add(100 * (value - low) / (high - low))
        if low < 0 < high:
            told.add(100 * abs(value) / (high if value > 0 else -low))
            told.add(abs(value))
    return told


def _known_numbers(turn: Turn, words: WordRules, reply: Reply) -> set[float]:
    """Return every number that something in the session can be behind."""
    numbers: set[float] = set()
    seen: dict[str, set[float]] = {}
    names = set(properties_of(turn))
    for one in turn.session.seen:
        if one.step >= turn.steps.stop or isinstance(one.value, bool):
            continue
        if isinstance(one.value, (int, float)):
            prop = words.catalog.properties[one.spot[0]]
            numbers |= _told(one.value, prop)
            seen.setdefault(prop.unit, set()).add(float(one.value))
    for values in seen.values():  # percentages, differences, sums of what was seen
        for first in values:
            for second in values - {first}:
                numbers |= {abs(first - second), 100 * first / second if second else 0.0}
    for change in turn.session.changes:
        numeric = {type(change.before), type(change.after)} <= {int, float}
        if change.step < turn.steps.stop and numeric:
            prop = words.catalog.properties[change.spot[0]]
            numbers |= _told(change.before, prop)
            numbers.add(abs(change.after - change.before))
    for call in reply.wanted:
        names.add(str(call.arguments.get("propertyName")))
        if type(call.arguments.get("value")) in (int, float):
            numbers.add(float(call.arguments["value"]))
    for name in names:
        known = words.catalog.properties.get(name)
        for area in known.areas.values() if known else ():
            ends = (area.minimum, area.maximum, known.step if known else None)
            numbers |= {float(end) for end in ends if end is not None}
            numbers |= {float(v) for v in area.values if type(v) in (int, float)}
    for index in range(turn.steps.stop):
        query = turn.session.steps[index].query
        if query is not None:
            text = words.rules.reader.read(query).text
            numbers |= {abs(t.number) for t in text.tokens if t.number is not None}
    return numbers


def _alike(number: float, value: float) -> bool:
    """Whether a number may stand for a value, rounded as people do."""
    if number == value:
        return True
    if float(number).is_integer():
        near = max(0.5, _NEAR * abs(value)) if abs(value) >= _ROUNDED else 0.5
    else:
        near = 0.051
    if abs(value) < _SMALL and float(value).is_integer():
        return False
    return abs(number - value) <= near + 1e-9


_ROUNDED = 30
"""From here on people say "about"."""

_SMALL = 25
"""Whole numbers below this are said as they are."""

_TIME_UNITS = ("minutes", "minute", "hours", "hour", "mins")


def _is_timed(words: WordRules, names: Iterable[str]) -> bool:
    """Whether a time may be what was read."""
    return any(words.catalog.properties[name].unit == "s" for name in names)
