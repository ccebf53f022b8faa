"""Which words of a query stand behind each call: those that name its property, place and value.

Only words that agree with the call are evidence for it; words that say something else are left to
the findings.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
    settle,
    usable,
    whole,
)
from workbench.core.checks.grounding.stated_places import SaidPlaces, places_said
from workbench.core.checks.grounding.value_rules import satisfies
from workbench.core.checks.work_limits import not_read
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.samples import Sample

ON_PLACES = frozenset({"grounding.place", "grounding.missing_place"})
"""Codes of the findings that hold places in the query against those in the calls."""

WordSpan = tuple[int, int]
"""Characters of the query, from and to."""

_LONGEST_VALUE = 4  # tokens: a stretch that only contains a value somewhere is no evidence

_SMALL = 3  # letters: "on", "for", "the"


@dataclass(frozen=True, slots=True)
class CallEvidence:
    """The words behind one call: those for its property, its place and its value, each in order.

    elsewhere: words for other places of its property. named: areas of its property that the query
    names, also where the call is for another one; empty if the query names no place.
    """

    names: tuple[WordSpan, ...] = ()
    places: tuple[WordSpan, ...] = ()
    values: tuple[WordSpan, ...] = ()
    elsewhere: tuple[WordSpan, ...] = ()
    named: frozenset[int] = frozenset()

    @property
    def all(self) -> tuple[WordSpan, ...]:
        """All spans in order, those that touch or overlap joined."""
        joined: list[WordSpan] = []
        for start, end in sorted((*self.names, *self.places, *self.values)):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return tuple(joined)


_NOTHING = CallEvidence()


def contradicting(found: Sequence[CallEvidence]) -> tuple[WordSpan, ...]:
    """Return words for places of a sample's calls that none of these calls is for."""
    known = {span for one in found for span in one.places}
    return tuple(sorted({span for one in found for span in one.elsewhere} - known))


def evidence(sample: Sample, rules: GroundingRules) -> tuple[CallEvidence, ...]:
    """Return the words behind each call of a sample, nothing for calls that other stages refuse.

    A query too long to be read, or one whose letters change in number when their case does, gives
    nothing.
    """
    calls = [usable(rules.catalog, i, call) for i, call in enumerate(sample.answers)]
    known = [call for call in calls if call]
    if not known or not_read("grounding", sample) or len(sample.query.lower()) != len(sample.query):
        return (_NOTHING,) * len(calls)
    rules, reading = rules.read(sample.query)
    reading = settle(reading, frozenset(call.prop.name for call in known))
    return tuple(_of(rules, call, known, reading) if call else _NOTHING for call in calls)


def _of(
    rules: GroundingRules, call: CheckedCall, calls: Sequence[CheckedCall], reading: QueryReading
) -> CallEvidence:
    named = requests_of(call.prop.name, reading)
    requests = named or whole(call.prop.name, calls, reading)
    if not requests:
        return _NOTHING
    said = places_said(rules, call.prop, requests, calls, reading)
    mine = _requests_for(rules, call, requests, said, reading)
    mentions = [part for r in mine for part in _words(r, call, reading)] if named else []
    placed = said.near if len(call.prop.areas) > 1 else ()
    places = [p.words for p, areas in placed if call.area.id in areas]
    others = [p.words for p, areas in placed if call.area.id not in areas]
    values = _values(rules, call, mine, reading) if call.kind == "set" else ()
    return CallEvidence(
        _spans(mentions, reading),
        _spans(places, reading),
        _spans(values, reading),
        _spans(others, reading),
        said.wanted if placed else frozenset(),
    )


def says_value(
    rules: GroundingRules, call: CheckedCall, calls: Sequence[CheckedCall], reading: QueryReading
) -> bool:
    """Whether words name the value that a call sets."""
    return bool(_of(rules, call, calls, reading).values)


def says_place(
    rules: GroundingRules, call: CheckedCall, calls: Sequence[CheckedCall], reading: QueryReading
) -> bool:
    """Whether words name a call's place, alone or among others."""
    return call.area.id in _of(rules, call, calls, reading).named


def _words(
    request: RequestSpan, call: CheckedCall, reading: QueryReading
) -> Iterator[tuple[int, int]]:
    """Yield the tokens (from, to) of a mention without the numbers and places among them.

    Nor does a small word next to one of those name a property: the "on" of "on 22".
    """
    begin, end = request.mention.begin, request.mention.end
    tokens = reading.text.tokens
    aside = {i for i in range(begin, end) if tokens[i].number is not None}
    if len(call.prop.areas) > 1:
        aside |= {i for place in reading.places for i in range(place.begin, place.end)}
    for order in (range(begin, end), range(end - 1, begin - 1, -1)):
        beside = False
        for at in order:
            beside = at in aside or (beside and len(tokens[at].word) <= _SMALL)
            if beside:
                aside.add(at)
    for at in range(begin, end):
        if at in aside:
            yield begin, at
            begin = at + 1
    yield begin, end


def _requests_for(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    said: SaidPlaces,
    reading: QueryReading,
) -> Sequence[RequestSpan]:
    """Of several requests for a property, return those that fit the call, all if none does."""
    if len(requests) < 2:
        return requests
    places = [p for p, areas in said.near if call.area.id in areas]
    placed = [r for r in requests if any(r.begin <= p.begin < r.end for p in places)]
    valued = [r for r in requests if any(True for _ in _values(rules, call, [r], reading))]
    both = [r for r in placed if r in valued]
    return both or placed or valued or requests


def _values(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Iterable[RequestSpan],
    reading: QueryReading,
) -> Iterator[tuple[int, int]]:
    """Yield the tokens (from, to) that name the call's value.

    What only switches something on counts if nothing says more.
    """
    exact: set[tuple[int, int]] = set()
    vague: set[tuple[int, int]] = set()
    text, value = reading.text, call.value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    counts = number and not (call.area.values and call.prop.value_names)
    for request in requests:
        if counts:
            span = (request.begin, request.end)
            found = rules.values.candidates(text, call.prop, call.area, *span, reading.mentions)
            for candidate in found:
                short = candidate.end - candidate.begin <= _LONGEST_VALUE
                if short and candidate.accepts(value):
                    exact.add((candidate.begin, candidate.end))
        if isinstance(value, list):
            continue
        part = text.part(request.begin, request.end)
        for spec, at, word in rules.said(call.prop.name, reading, request.begin, request.end):
            if satisfies(spec, value, call.area):
                begin = request.begin + len(part[:at].split())
                weak = spec == "!=0" or (counts and spec == "true")
                (vague if weak else exact).add((begin, begin + len(word.split())))
    yield from sorted(exact or vague)


def _spans(tokens: Iterable[tuple[int, int]], reading: QueryReading) -> tuple[WordSpan, ...]:
    found = reading.text.tokens
    return tuple(
        sorted(
            {
                (min(t.start for t in found[begin:end]), max(t.end for t in found[begin:end]))
                for begin, end in tokens
                if begin < end
            }
        )
    )
