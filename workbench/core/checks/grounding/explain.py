"""How a query was read, for anyone wondering why there is a finding or none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from workbench.core.car.levels import digits
from workbench.core.checks.grounding.access_rules import mood
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.checks.grounding.unread import unread_clauses
from workbench.core.reading.positions import NamedPlace, Position
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.reading.scope.words import MARKS

WishKind = Literal["read", "change"]

_ROWS = {1: "front", 2: "rear", 3: "third row"}
_COLUMNS = {
    "L": "left",
    "C": "middle",
    "R": "right",
    "D": "driver's side",
    "P": "passenger's side",
}
_NAMES = {"screen1": "windscreen", "screen2": "rear window"}
_WISHES: dict[str, WishKind] = {"get": "read", "set": "change"}
_MEANINGS = {"true": "on, open or locked", "false": "off, shut or unlocked", "=0": "0"}


@dataclass(frozen=True, slots=True)
class HeardRequest:
    """One request. mention: the words that name the property.

    means, may_mean, need_of: properties that the words name, may mean, or give a reason for. wish:
    whether it reads or changes, None if the words leave that open. values: words and the value they
    mean.
    """

    words: str
    mention: str
    means: tuple[str, ...]
    may_mean: tuple[str, ...]
    need_of: tuple[str, ...]
    wish: WishKind | None
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A query as read: requests, places and numbers in the query's own words, with their meanings.

    no_values: numbers that aren't values (times, ages, distances). aside: words that don't count:
    taken back, left out, or only told. unread: parts that ask for something unknown.
    """

    speaker: str
    requests: tuple[HeardRequest, ...]
    places: tuple[tuple[str, str], ...]
    no_values: tuple[str, ...]
    aside: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def explain(query: str, rules: GroundingRules) -> Explanation:
    """Return how a query is read."""
    rules, reading = rules.read(query)
    text = reading.text
    counted = set(rules.values.numbers(text, 0, len(text.tokens)))
    return Explanation(
        _where(reading.speaker),
        tuple(_heard(rules, request, reading) for request in reading.requests),
        tuple((text.quote(*p.words), _place(p)) for p in reading.places),
        tuple(
            text.quote(i, i + 1)
            for i, token in enumerate(text.tokens)
            if i not in counted and (token.number is not None or token.word == "clock")
        ),
        tuple(_aside(reading)),
        (reading.strange,)
        if reading.strange
        else tuple(text.quote(begin, end) for begin, end in unread_clauses(rules, reading)),
    )


def _aside(reading: QueryReading) -> Iterator[str]:
    """Yield the words that are heard and don't count, stretch by stretch."""
    heard = reading.heard or reading.text
    counted = {token.start for token in reading.text.tokens}
    begin = 0
    for i in range(len(heard.tokens) + 1):
        if i < len(heard.tokens) and heard.tokens[i].start not in counted:
            continue
        end = i
        while begin < end and heard.words[begin] in MARKS:
            begin += 1
        while begin < end and heard.words[end - 1] in MARKS:
            end -= 1
        if begin < end:
            yield heard.quote(begin, end)
        begin = i + 1


def _heard(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> HeardRequest:
    mention, text = request.mention, reading.text
    numbers = [
        (text.quote(i, i + 1), digits(text.tokens[i].number or 0.0))
        for i in rules.values.numbers(text, request.begin, request.end)
    ]
    words = [
        (said.word, _MEANINGS.get(said.spec, said.spec.removeprefix("=")))
        for name in sorted(mention.names or mention.all)
        for said in rules.said(name, reading, request.begin, request.end)
    ]
    wished = mood(rules, request, reading)
    return HeardRequest(
        text.quote(request.begin, request.end),
        text.quote(mention.begin, mention.end),
        tuple(sorted(mention.names | mention.asks)),
        tuple(sorted(mention.shared - mention.names)),
        tuple(sorted(mention.needs)),
        None if wished is None else _WISHES[wished],
        tuple(dict.fromkeys(numbers + words)),
    )


def _place(place: NamedPlace) -> str:
    if place.everything:
        return "everywhere"
    where = _where(place.selectors)
    return f"{where} (the speaker's)" if place.own else where


def _where(selectors: Iterable[Position]) -> str:
    return " and ".join(sorted(map(_position, selectors))) or "the speaker's"


def _position(position: Position) -> str:
    if position.name:
        return _NAMES.get(position.name, position.name)
    parts = [_ROWS.get(position.row, ""), _COLUMNS.get(position.column, "")]
    return " ".join(part for part in parts if part) or "anywhere"
