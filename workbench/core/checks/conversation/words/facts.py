"""What a turn has shown of the properties that it is about, and words that say so."""

import re
from collections.abc import Iterable, Iterator, Sequence

from workbench.core.car.catalog import Property
from workbench.core.car.levels import digits
from workbench.core.car.words import state_words
from workbench.core.checks.conversation.session import Spot
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.conversation.words.units import as_said
from workbench.core.reading.positions import NamedPlace, select
from workbench.core.reading.reader import QueryReading


def properties_of(turn: Turn) -> list[str]:
    """Return the properties that a turn reads or sets, or without a call goes on about."""
    return list(dict.fromkeys(one.spot[0] for one in turn.about))


def spots_of(turn: Turn, name: str) -> list[Spot]:
    """Return where a turn reads or sets a property, or goes on about it."""
    return list(dict.fromkeys(one.spot for one in turn.about if one.spot[0] == name))


def counts_things(reading: QueryReading, at: int) -> bool:
    """Whether a number only counts things: "all four doors", "both seats", "row 2"."""
    words = reading.text.words
    after = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    if after in ("of", "out") and "#" in words[at + 2 : at + 4]:
        return False  # "2 of 7"
    if before in ("all", "the", "these", "those", "other", "row", "of") and not _is_unit(after):
        return True
    plural = after.endswith("s") and not _is_unit(after)
    return plural or after in _NO_MEASURES | _COUNTED


def _is_unit(word: str) -> bool:
    return word in _UNITS


_NO_MEASURES = frozenset(["of", "more", "minutes", "seconds", "hours", "other", "front", "rear"])
_COUNTED = frozenset(["are", "arent", "were", "werent", "remain", "stay"])
"""What follows a number of things that are so: "three are, one isn't"."""
_UNITS = frozenset(
    [
        "degrees",
        "percent",
        "kilometres",
        "kilometers",
        "miles",
        "litres",
        "liters",
        "kilowatt",
        "kilopascals",
        "bars",
        "levels",
        "notches",
        "steps",
        "minutes",
        "hours",
        "seconds",
        "gallons",
        "kilometre",
        "celsius",
        "psi",
        "kwh",
        "km",
        "kmh",
        "mph",
    ]
)


def all_facts(turn: Turn, words: WordRules, names: Iterable[str]) -> str:
    """Say what is known of several properties, "" if nothing is."""
    told = []
    for name in names:
        prop = words.catalog.properties[name]
        fact = facts_of(turn, prop, spots_of(turn, name))
        if fact:
            told.append(fact)
    if not told and turn.replies_of("refuse"):
        return "it's neither a limit of what is wanted nor a value that was seen"
    return "; ".join(told[:3])


def facts_of(turn: Turn, prop: Property, spots: Sequence[Spot]) -> str:
    """Say what is known of a property now."""
    values: dict[str, list[str]] = {}
    for spot in spots:
        value = turn.known(spot)
        if value is None:
            continue
        shown = state_words(value, prop)
        if type(value) in (int, float) and as_said(value, prop) != digits(round(value, 1)):
            shown += f", or about {as_said(value, prop)} as people say it"
        values.setdefault(shown, []).append(prop.areas[spot[1]].words)
    if not values:
        return ""
    if len(values) == 1:
        return f"{prop.name} is {next(iter(values))}"
    told = [f"{value} ({', '.join(places)})" for value, places in values.items()]
    return f"{prop.name} is {' and '.join(told)}"


YOURS = re.compile(r" (?:your (?:side|seat|window|door|zone|seats|temperature)|yours|for you) ")
"""What an assistant calls the place of whoever speaks."""


def your_area(turn: Turn, words: WordRules, prop: Property) -> frozenset[int]:
    """Return the areas of whoever speaks, none if the property has none there."""
    return select(NamedPlace(0, 0, turn.said.reading.speaker), prop, words.catalog)


def spots_said(
    turn: Turn, words: WordRules, prop: Property, reading: QueryReading, begin: int, end: int
) -> list[Spot]:
    """Return where a clause says something of a property: in the places it names, else all."""
    spots = spots_of(turn, prop.name)
    places = [p for p in reading.places if begin <= p.begin < end and not p.everything]
    areas = frozenset().union(*(select(place, prop, words.catalog) for place in places))
    if YOURS.search(reading.text.part(begin, end)):
        areas |= your_area(turn, words, prop)
    within = [spot for spot in spots if spot[1] in areas]
    return within if areas else spots


def named_in(turn: Turn, reading: QueryReading, begin: int, end: int) -> str:
    """Return the property of the turn that words name, "" if they name none or another one."""
    about = set(properties_of(turn))
    mentions = [m for m in reading.mentions if begin <= m.begin and m.end <= end]
    named = set().union(*(m.names for m in mentions)) if mentions else set()
    here = named & about or set().union(*(m.all for m in mentions)) & about if mentions else set()
    return here.pop() if len(here) == 1 and (not named or named & here) else ""


def clauses(reading: QueryReading) -> Iterator[tuple[int, int]]:
    """Yield the clauses of a reply: between marks and before "so", "and", "but"."""
    begin = 0
    for at, word in enumerate(reading.text.words):
        if word in _BREAKS:
            if begin < at:
                yield begin, at
            begin = at if word in ("if", "unless", "until", "while", "when") else at + 1
    if begin < len(reading.text.words):
        yield begin, len(reading.text.words)


_BREAKS = frozenset(
    [".", ",", ";", "!", "?", "so", "and", "but", "if", "unless", "until", "while", "when"]
)
