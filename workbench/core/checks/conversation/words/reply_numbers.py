"""Numbers in replies: each has something in the session behind it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.words import quoted
from workbench.core.checks.conversation.session import Change, Spot, call_spot, target
from workbench.core.checks.conversation.words.facts import (
    all_facts,
    clauses,
    counts_things,
    facts_of,
    properties_of,
    spots_of,
    spots_said,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.conversation.words.units import spoken_units, units_said
from workbench.core.reading.reader import QueryReading
from workbench.core.samples import Reply, ToolCall

_PAST = re.compile(
    r" (?:was|were|had|been|before|from|earlier|previously|used|until|instead|so|if|would|could|can"
    r"|shall|should|want|unless|only|up to|between|maximum|minimum|highest|lowest|most|least|limit)"
    r" "
)

_ABOUT = re.compile(
    r" (?:about|around|roughly|approximately|circa|nearly|almost|just|over|under|above|below|some"
    r"|close to|near|getting on for|more than|less than|a bit)(?: a| the)? $"
)
"""Words before a number that is rounded."""

_ABOUT_AFTER = re.compile(r" (?:[a-z]+ )?(?:or so|ish|odd|or thereabouts|and a bit|point) ")

_NEAR = 0.06
"""How far a rounded number may be off, as a share of it."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A number that something in the session is behind.

    exact: whether it is one that is set, or has no unit, such as a year: nobody rounds that
    without saying so. prop, unit: of
    which property's values, in which of its units; None for any other number.
    """

    value: float
    exact: bool = False
    prop: Property | None = None
    unit: Any = None


def wrong_number(turn: Turn, words: WordRules, reply: Reply, reading: QueryReading) -> str:
    """Object to a number that nothing in the session can be behind."""
    numbers = [(i, t.number) for i, t in enumerate(reading.text.tokens) if t.number is not None]
    if not numbers or len(numbers) > _MOST_NUMBERS:
        return ""
    names = properties_of(turn)
    known = list(_known_numbers(turn, words, reply))
    for at, number in numbers:
        if _is_told(reading, at, number, known) or _below_zero(reading, at, known):
            continue
        times = reading.text.words[at + 1 : at + 2] and reading.text.words[at + 1] in _TIME_UNITS
        if counts_things(reading, at) and not (times and _is_timed(words, names)):
            continue
        known_facts = all_facts(turn, words, names)
        if not known_facts:
            return ""
        return f"the reply says {_around(reading, at, 2)}; {known_facts}"
    if len(names) != 1 or reply.kind != "tell":
        return ""
    prop = words.catalog.properties[names[0]]
    values = [turn.known(spot) for spot in spots_of(turn, prop.name)]
    if prop.value_names or not all(type(value) in (int, float) for value in values):
        return ""
    return _wrong_end(turn, prop, reading) or _stale_number(turn, words, prop, reading)


_MOST_NUMBERS = 8


def _around(reading: QueryReading, at: int, before: int) -> str:
    """Quote a number with the words around it."""
    size = len(reading.text.tokens)
    return quoted(reading.text.quote(max(0, at - before), min(at + 2, size)))


def _is_told(reading: QueryReading, at: int, number: float, known: Iterable[_Told]) -> bool:
    """Whether one of the numbers known is what is said; of those, if a unit is said, whose unit it
    may be.
    """
    following = reading.text.part(at + 1, min(at + 5, len(reading.text.tokens)))
    about = _is_about(reading, at)
    known = list(known)
    named = {one.prop.name for one in known if one.prop and units_said(following, one.prop)}
    for one in known:
        if not _alike(number, one, about):
            continue
        if one.prop is None or one.unit is None or not named:
            return True
        if one.unit in units_said(following, one.prop):
            return True
    return False


def _is_about(reading: QueryReading, at: int) -> bool:
    """Whether a number is said to be rounded: "just over 22"."""
    text = reading.text
    after = text.part(at + 1, min(at + 5, len(text.tokens)))
    return bool(_ABOUT.search(text.part(max(0, at - 4), at)) or _ABOUT_AFTER.match(after))


def _stale_number(turn: Turn, words: WordRules, prop: Property, reading: QueryReading) -> str:
    """Object to the only number of a reply, or of a clause with a place, if it isn't the value
    that there is now.
    """
    spots = spots_of(turn, prop.name)
    if len(_all_of_category(turn, words, prop)) > len(spots):
        return ""  # a level and a capacity make a percentage
    numbers = [i for i, t in enumerate(reading.text.tokens) if t.number is not None]
    numbers = [at for at in numbers if not _is_scale(reading, at, prop)]
    for begin, end in clauses(reading):
        here = [at for at in numbers if begin <= at < end]
        placed = spots_said(turn, words, prop, reading, begin, end) not in ([], spots)
        if len(here) == 1 and (placed or len(numbers) == 1):
            found = _off(turn, words, prop, reading, here[0], (begin, end))
            if found:
                return found
    return ""


def _is_scale(reading: QueryReading, at: int, prop: Property) -> bool:
    """Whether a number is only how far it goes: "2 of 7"."""
    highest = {area.maximum for area in prop.areas.values()}
    before = reading.text.words[at - 1] if at else ""
    return before == "of" and reading.text.tokens[at].number in highest


def _off(
    turn: Turn,
    words: WordRules,
    prop: Property,
    reading: QueryReading,
    at: int,
    part: tuple[int, int],
) -> str:
    """Object to a number unless it is the value in one of the places of its tokens (from, to), or
    in all if they speak of all.
    """
    text = reading.text
    number = text.tokens[at].number or 0.0
    spots = spots_said(turn, words, prop, reading, *part) or spots_of(turn, prop.name)
    told = [list(_told(turn.known(spot), prop)) for spot in spots]
    here = text.part(*part)
    if any(one.number is not None and _PLUS.search(here) for one in text.tokens[part[0] : at]):
        return ""
    fits = [_is_told(reading, at, number, one) or _below_zero(reading, at, one) for one in told]
    if all(fits) or (any(fits) and not _ALL.search(here)):
        return ""
    differs = any(
        abs(abs(number) - abs(one.after - one.before)) < _EQUAL for one in _numeric(turn, prop)
    )
    after = text.words[part[1] : part[1] + 2]
    if after[:1] == ["?"] or "so" in after:
        return ""  # "it's on 7, so I've turned it down"
    apart = _APART.match(text.part(at, min(at + 5, len(text.tokens))))
    if differs or apart or _PAST.search(here) or counts_things(reading, at):
        return ""
    return f"the reply says {_around(reading, at, 1)}; {facts_of(turn, prop, spots)}"


_APART = re.compile(
    r" # (?:[a-z]+ )?(?:more|less|higher|lower|warmer|cooler|colder|hotter|further|above|below)"
    r"(?= )"
)
"""How far two values are apart: "the passenger's is 2 degrees more"."""
_PLUS = re.compile(r" (?:plus|minus|times|by) ")
_ALL = re.compile(r" (?:all|both|each|every|everywhere|everyone|everybody) ")
_EQUAL = 1e-9
_FROM_TO = re.compile(r" from # (?:[a-z]+ ){0,3}?to (?:[a-z]+ )?# ")


def _wrong_end(turn: Turn, prop: Property, reading: QueryReading) -> str:
    """Object to "from 3 to 1" where it went elsewhere."""
    match = _FROM_TO.search(reading.text.flat)
    changes = {(one.before, one.after) for one in _numeric(turn, prop)}
    if match is None or len(changes) != 1:
        return ""
    begin, end = reading.text.span(match.start() + 1, match.end())
    first, second = (i for i in range(begin, end) if reading.text.tokens[i].number is not None)
    if any(unit.converted for unit in spoken_units(prop)):
        return ""
    [(before, after)] = changes
    said = reading.text.tokens[first].number, reading.text.tokens[second].number
    area = next(iter(prop.areas.values()))
    if said in ((before, after), (area.minimum, area.maximum)):
        return ""
    went = facts_of(turn, prop, spots_of(turn, prop.name))
    return f"the reply says {quoted(reading.text.quote(begin, end))}; {went}"


_FROST = re.compile(r" # (?:degrees? )?(?:celsius |c )?(?:below|under|of frost)(?= )")

_FREEZING = re.compile(r" (?:below|under|above|over) # $")


def _below_zero(reading: QueryReading, at: int, known: Iterable[_Told]) -> bool:
    """Whether a number is one that was seen, said without its sign: "2 below", "5 degrees of
    frost"; or the zero of "2 below zero".
    """
    number = reading.text.tokens[at].number or 0.0
    size = len(reading.text.tokens)
    if number == 0 and _FREEZING.search(reading.text.part(0, at + 1)):
        return True
    following = reading.text.part(at, min(at + 5, size))
    below = _FROST.match(following) is not None
    return below and any(_alike(-number, one, True) for one in known)


def _numeric(turn: Turn, prop: Property) -> Iterator[Change]:
    for one in turn.changes:
        if one.spot[0] == prop.name and all(
            type(v) in (int, float) for v in (one.before, one.after)
        ):
            yield one


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


def _told(value: float, prop: Property) -> Iterator[_Told]:
    """Yield what a value may be said as: in each unit, and as a share of its range."""
    for unit in spoken_units(prop):
        exact = (prop.writable or not prop.unit) and not unit.converted
        yield _Told(unit.of(value), exact, prop, unit)
    for low, high in {(area.minimum, area.maximum) for area in prop.areas.values()}:
        if low is None or high is None or high <= low or prop.unit == "%":
            continue
        yield _Told(100 * (value - low) / (high - low))
        if low < 0 < high:
            yield _Told(100 * abs(value) / (high if value > 0 else -low))
            yield _Told(abs(value), exact=True)


def _known_numbers(turn: Turn, words: WordRules, reply: Reply) -> Iterator[_Told]:
    """Yield every number that something in the session can be behind."""
    properties = words.catalog.properties
    names = set(properties_of(turn))
    seen: dict[str, set[float]] = {}
    for one in turn.session.seen:
        if one.step < turn.steps.stop and type(one.value) in (int, float):
            prop = properties[one.spot[0]]
            yield from _told(one.value, prop)
            seen.setdefault(prop.unit, set()).add(float(one.value))
    for values in seen.values():  # percentages, differences, sums of what was seen
        for first in values:
            for second in values - {first}:
                yield _Told(abs(first - second))
                yield _Told(100 * first / second if second else 0.0)
    for change in turn.session.changes:
        numeric = {type(change.before), type(change.after)} <= {int, float}
        if change.step < turn.steps.stop and numeric:
            yield from _told(change.before, properties[change.spot[0]])
            yield _Told(abs(change.after - change.before), exact=True)
    for call in reply.wanted:
        names.add(str(call.arguments.get("propertyName")))
        if type(call.arguments.get("value")) in (int, float):
            yield _Told(float(call.arguments["value"]), exact=True)
        yield from _fixed(turn, words, call)
    for name in names:
        yield from _limits(properties.get(name))
        relative = words.policy.relative.get(name)
        if relative is not None:  # "I couldn't add the whole 20"
            amounts = (relative.little, relative.plain, relative.much)
            yield from (_Told(amount, exact=True) for amount in amounts)
    for index in range(turn.steps.stop):
        query = turn.session.steps[index].query
        if query is not None:
            text = words.rules.reader.read(query).text
            yield from (_Told(abs(t.number)) for t in text.tokens if t.number is not None)


def _fixed(turn: Turn, words: WordRules, call: ToolCall) -> Iterator[_Told]:
    """Yield the value of what never changes and is refused to be set: the year of the car."""
    spot = call_spot(call)
    found = target(spot, words.catalog) if spot else None
    if spot is None or found is None or found[0].writable or found[0].changes_itself:
        return
    value = turn.session.value(spot, turn.steps.start)
    if type(value) in (int, float):
        yield from _told(value, found[0])


def _limits(prop: Property | None) -> Iterator[_Told]:
    for area in prop.areas.values() if prop else ():
        ends: Sequence[Any] = (area.minimum, area.maximum, prop.step if prop else None)
        yield from (_Told(float(end), exact=True) for end in ends if end is not None)
        for unit in spoken_units(prop) if prop else ():
            if unit.converted:
                yield from (_Told(unit.of(end)) for end in ends[:2] if end is not None)
        yield from (_Told(float(v), exact=True) for v in area.values if type(v) in (int, float))


def _alike(number: float, told: _Told, about: bool = False) -> bool:
    """Whether a number may stand for another, rounded as people do.

    What is measured is rounded as a matter of course; what is set only where it is said.
    """
    value = told.value
    if number == value:
        return True
    if told.exact and not about:
        return abs(number - value) < _EQUAL
    if float(number).is_integer():
        near = 0.5
        if abs(value) >= _ROUNDED:
            near = max(0.5, min(_NEAR * abs(value), _roundness(number)))
    else:
        near = 0.051
    if abs(value) < _SMALL and float(value).is_integer():
        return False
    return abs(number - value) <= near + _EQUAL


def _roundness(number: float) -> float:
    """Return how far off a whole number may be, by how round it is: 1 for 212, 10 for 210."""
    whole, size = abs(int(number)), 1
    while whole and whole % 10 == 0:
        whole, size = whole // 10, size * 10
    return float(size * (5 if whole % 5 == 0 else 1))


_ROUNDED = 30
"""From here on people say "about"."""

_SMALL = 25
"""Whole numbers below this are said as they are."""

_TIME_UNITS = ("minutes", "minute", "hours", "hour", "mins")


def _is_timed(words: WordRules, names: Iterable[str]) -> bool:
    """Whether a time may be what was read."""
    return any(words.catalog.properties[name].unit == "s" for name in names)
