"""Places: what the words say, compared with the areas in the calls."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.policy import areas_without_place
from workbench.core.car.words import brief, quoted
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
    segments,
    sentence,
    whole,
    words_of,
)
from workbench.core.checks.grounding.stated_places import (
    SaidPlaces,
    Stated,
    at_the_sides,
    own_place,
    places_said,
    speaks_of_self,
    vague,
)
from workbench.core.checks.grounding.value_rules import (
    fits_words,
    is_state,
    meant_number,
    other_value,
)
from workbench.core.reading.positions import NamedPlace, select
from workbench.core.reading.query_text import SENTENCE_ENDS
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Edit, Finding, Fix

_ELLIPTIC = 5  # tokens
_SAME_BREATH = 4  # tokens between two places
_LINKS = frozenset({"and", "plus", "also", "too", "well"})
_FILLERS = frozenset(
    [
        *(",", "and", "plus", "also", "too", "well", "as", "along", "with", "both", "then", "same"),
        *("a", "the", "this", "that", "one", "seat", "seats", "side", "at", "by", "for", "from"),
        *("in", "of", "on", "to", "if", "when", "you", "can", "could", "may", "will", "would"),
        *("please", "do", "get", "like", "chance", "her", "him", "you", "hers", "his"),
    ]
)
"""Words that, beside a link, say nothing of their own between two places."""
_SAME = frozenset({"same", "likewise", "ditto", "too", "also"})
_SEVERAL = frozenset({"both", "them", "their", "theirs", "each", "they"})


def check_places(
    rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    for name in dict.fromkeys(call.prop.name for call in calls):
        mine = [call for call in calls if call.prop.name == name]
        prop = mine[0].prop
        if len(prop.areas) > 1:
            yield from _check_places_of(rules, prop, mine, calls, reading)
            yield from _check_pairs(rules, prop, mine, calls, reading)


def _check_pairs(
    rules: GroundingRules,
    prop: Property,
    calls: Sequence[CheckedCall],
    all_calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> Iterator[Finding]:
    """Compare each value with the place next to it: "22 for me and 24 for you"."""
    if len(calls) < 2 or any(c.kind != "set" for c in calls):
        return
    requests = requests_of(prop.name, reading)
    if rules.values.is_relative(reading.text, 0, len(reading.text.tokens)):
        return  # "down four degrees for both, I've got it on 26"
    alone = all(call in calls for call in all_calls)
    places = [*reading.places, *(p for r in requests if (p := own_place(rules, prop, r, reading)))]
    for begin, end in segments(reading):
        if not any(r.begin < end and begin < r.end for r in requests):
            continue
        if rules.opens_with_question(words_of(reading, begin, end)):
            continue
        named = {select(p, prop, rules.catalog) for p in places if begin <= p.begin < end}
        named.discard(frozenset())
        if len(named) != 1 or len(rules.values.numbers(reading.text, begin, end)) > 1:
            continue
        mine = [call for call in calls if call.area.id in next(iter(named))]
        others = [call for call in calls if call not in mine]
        fits = [fits_words(rules, call, begin, end, reading) for call in mine]
        elsewhere = [fits_words(rules, call, begin, end, reading) for call in others]
        counted = bool(rules.values.numbers(reading.text, begin, end))
        told = counted or (
            bool(others)
            and not any("middle" in call.area.zero for call in mine)  # "the middle seat"
            and not is_state(rules, begin, end, reading)
        )
        has_value = any(elsewhere) or (alone and told)
        if mine and has_value and None not in fits:
            for call, fitting in zip(mine, fits, strict=True):
                if fitting:
                    continue
                value = meant_number(rules, call, begin, end, reading)
                if value is None and any(elsewhere):
                    value = others[elsewhere.index(True)].value
                yield _other_value(
                    call, value, reading.text.quote(begin, end), counted or any(elsewhere)
                )


def _other_value(call: CheckedCall, value: Any, words: str, counted: bool) -> Finding:
    code = "grounding.number" if counted else "grounding.value"
    message = other_value("says", quoted(words) if value is None else value, call)
    path = (*call.path, "arguments", "value")
    if value is None:
        return Finding(code, message, path)
    fix = Fix(f"value: {brief(value)}", (Edit("replace", path, value),))
    return Finding(code, message, path, fix)


def _check_places_of(
    rules: GroundingRules,
    prop: Property,
    calls: Sequence[CheckedCall],
    all_calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> Iterator[Finding]:
    requests = requests_of(prop.name, reading) or whole(prop.name, all_calls, reading)
    if not requests:
        return
    said = places_said(rules, prop, requests, all_calls, reading)
    if said.apart:
        allowed = frozenset().union(*(areas for _, areas in said.near)) | said.default
        yield from _outside(calls, allowed, said.near, reading)
    elif said.near:
        several = any(call.prop is not prop for call in all_calls)
        yield from _hold_against(rules, prop, calls, requests, said, reading, several)
    else:
        yield from _usual_places(rules, prop, calls, requests, reading)


def _hold_against(
    rules: GroundingRules,
    prop: Property,
    calls: Sequence[CheckedCall],
    requests: Sequence[RequestSpan],
    said: SaidPlaces,
    reading: QueryReading,
    several: bool,
) -> Iterator[Finding]:
    """Compare the areas in the calls with those that the words mean.

    several: whether other properties are called too, so that this one must be named.
    """
    wanted = said.wanted
    called = frozenset(call.area.id for call in calls)
    if called == wanted or _also_right(prop, called, wanted, said, requests):
        return
    everyone = frozenset().union(*(areas for _, areas in said.everywhere)) | wanted
    if speaks_of_self(rules, reading):
        everyone |= said.default
    everyone -= said.left_out - wanted
    open_ = vague(rules, reading)
    if any(call.area.id not in everyone for call in calls):
        if not open_:
            yield from _outside(calls, everyone, said.near, reading, sorted(wanted - called))
        return
    missing = (
        (sorted(wanted - called) if _of_several(requests, said.asked, reading) else [])
        or _also_asked(rules, called, said.asked, reading)
        or _asked_apart(rules, prop, called, said.near, reading)
    )
    if missing and not open_:
        of = f"{prop.label} " if several else ""
        message = f"no {of}call for {_listed(prop, missing)}, which the request names"
        stray = [call for call in calls if call.area.id not in wanted]
        fix = None
        if len(stray) == len(missing) == 1:
            path = (*stray[0].path, "arguments", "areaId")
            fix = Fix(f"areaId: {missing[0]}", (Edit("replace", path, missing[0]),))
        elif not stray and not _several_amounts(rules, reading):
            fix = _served(calls, missing, _order_of(said.near))
        yield Finding("grounding.missing_place", message, ("answers",), fix)


def _several_amounts(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether a text holds more than one amount, so that one of them may be another place's."""
    size = len(reading.text.tokens)
    numbers = rules.values.numbers(reading.text, 0, size)
    return len(numbers) + len(rules.values.degrees_said(reading.text, 0, size)) > 1


def _is_plural(word: str) -> bool:
    """Whether a word may be of several things: "doors", not "wife's"."""
    return word.endswith("s") and not word.endswith(("'s", "’s"))


def _usual_places(
    rules: GroundingRules,
    prop: Property,
    calls: Sequence[CheckedCall],
    requests: Sequence[RequestSpan],
    reading: QueryReading,
) -> Iterator[Finding]:
    """Compare calls with the policy if no place is named: "lock the doors" means all of them."""
    if vague(rules, reading):
        return
    usual = frozenset(areas_without_place(rules.policy, rules.catalog, prop, calls[0].kind))
    called = frozenset(call.area.id for call in calls)
    words = [reading.text.quote(r.mention.begin, r.mention.end) for r in requests]
    several = len(called) > 1 or any(_is_plural(part) for w in words for part in w.split())
    if (
        called < usual
        and several
        and not any(p.selectors and select(p, prop, rules.catalog) for p in reading.places)
    ):
        missing = sorted(usual - called)
        message = f"no call for {_listed(prop, missing)}, which {quoted(words[0])} includes"
        yield Finding(
            "grounding.missing_place", message, ("answers",), _served(calls, missing, _order_of())
        )


def _of_several(
    requests: Sequence[RequestSpan],
    asked: Sequence[Stated],
    reading: QueryReading,
) -> bool:
    """Whether requests are about places named before: "… both their seats", "for each of them"."""
    if asked:
        return False
    spans = (sentence(r.mention.begin, r.mention.end, reading) for r in requests)
    return all(_SEVERAL & set(reading.text.words[begin:end]) for begin, end in spans)


def _also_asked(
    rules: GroundingRules,
    called: frozenset[int],
    stated: Sequence[Stated],
    reading: QueryReading,
) -> list[int]:
    """Return the areas that are asked for in the same breath as those called."""
    missing: set[int] = set()
    for number, (place, areas) in enumerate(stated):
        if (
            place.selectors
            and not place.own
            and all(s.column and not s.row for s in place.selectors)
        ):
            continue  # "on the right" may continue with a row named before
        beside = stated[max(0, number - 1) : number + 2]
        near = [a for p, a in beside if _joined(rules, place, p, reading)]
        if areas & called or any(a & called for a in near):
            missing |= areas - called
    return sorted(missing)


def _joined(
    rules: GroundingRules, one: NamedPlace, other: NamedPlace, reading: QueryReading
) -> bool:
    """Whether two places are in the same breath: close together, or with nothing but a link
    between them: "for her seat, and if you would also for the one behind".
    """
    first, second = sorted((one, other), key=lambda place: place.begin)
    if second.begin - first.end < _SAME_BREATH:
        return True
    between = set(reading.text.words[first.end : second.begin])
    if not _LINKS & between or between - _LINKS - _FILLERS:
        return False
    part = words_of(reading, first.end, second.begin)
    apart = ("leave", "spare", "negation", "report", "state")
    return not any(rules.classes[name].search(part) for name in apart)


def _asked_apart(
    rules: GroundingRules,
    prop: Property,
    called: frozenset[int],
    stated: Sequence[Stated],
    reading: QueryReading,
) -> list[int]:
    """Return areas with a value of their own next to them: "… and level two for her", "… high for
    the passenger", "… and the same for the seat behind".
    """
    missing: set[int] = set()
    for begin, end in segments(reading):
        here = [(p, a) for p, a in stated if begin <= p.begin < end]
        if len(here) != 1 or here[0][1] & called:
            continue
        numbers = rules.values.numbers(reading.text, begin, end)
        if (
            numbers
            or _elliptic(rules, reading, begin, end)
            or _wished_for(rules, prop, here[0][0], reading, begin, end)
        ):
            missing |= here[0][1]
    return sorted(missing)


def _wished_for(
    rules: GroundingRules,
    prop: Property,
    place: NamedPlace,
    reading: QueryReading,
    begin: int,
    end: int,
) -> bool:
    """Whether a segment wishes the same, or a value in words, for a place: "off for Jake"."""
    words = reading.text.words
    for_it = "for" in words[max(begin, place.begin - 2) : place.begin + 1]
    if not for_it or any(one.name for one in place.but):
        return False  # "the sunroof is half open, open it for the rest also"
    part = words_of(reading, begin, end)
    if any(rules.classes[name].search(part) for name in ("leave", "spare", "negation", "state")):
        return False
    return bool(_SAME & set(words[begin:end]) or rules.said(prop.name, reading, begin, end))


def _elliptic(rules: GroundingRules, reading: QueryReading, begin: int, end: int) -> bool:
    """Whether a segment says little more than a place: "…, and is the passenger's?"."""
    words = reading.text.words
    if begin == 0 or words[begin - 1] != "and" or end - begin > _ELLIPTIC:
        return False
    first = begin
    while first > 0 and words[first - 1] not in (*SENTENCE_ENDS, ",", "but"):
        first -= 1
    part = words_of(reading, first, end)
    return not rules.classes["leave"].search(part) and not rules.classes["spare"].search(part)


def _outside(
    calls: Sequence[CheckedCall],
    allowed: frozenset[int],
    stated: Sequence[Stated],
    reading: QueryReading,
    missing: Sequence[int] = (),
) -> Iterator[Finding]:
    wrong = [call for call in calls if call.area.id not in allowed]
    first = stated[0][0]
    _, stop = sentence(first.begin, first.end, reading)
    last = [place for place, _ in stated if place.end <= stop][-1:] or [first]
    said = first.words if first.told else (first.begin, last[0].end)
    words = quoted(reading.text.quote(*said))
    for call in wrong:
        message = f"the request says {words}; the call is for the {call.area.words}"
        path = (*call.path, "arguments", "areaId")
        fix = None
        if len(missing) == 1 and len(wrong) == 1:
            fix = Fix(f"areaId: {missing[0]}", (Edit("replace", path, missing[0]),))
        elif not missing and len(calls) > len(wrong):
            fix = Fix(f"remove call {call.index + 1}", (Edit("remove", call.path),))
        yield Finding("grounding.place", message, path, fix)


def _listed(prop: Property, areas: Iterable[int]) -> str:
    return " and ".join(f"the {prop.areas[area].words}" for area in areas)


_Order = Callable[[int], tuple[int, int]]
"""Gives for an area where calls for it stand among the others."""


def _order_of(said: Sequence[Stated] = ()) -> _Order:
    """Order areas as the words name them, and those named by one word as the car counts them.

    Words whose places all have words of their own don't count: "all four: the driver's, …".
    """
    order: dict[int, int] = {}
    groups = [areas for _, areas in said]
    for number, areas in enumerate(groups):
        if areas == frozenset().union(*(one for one in groups if one < areas)):
            continue
        for area in areas:
            order.setdefault(area, number)
    return lambda area: (order.get(area, len(said)), area)


def _served(calls: Sequence[CheckedCall], missing: Sequence[int], order: _Order) -> Fix | None:
    """Have places served that are missing; calls that are right stay in their order."""
    return _moved(calls, missing, order) or _added(calls, missing, order)


def _moved(calls: Sequence[CheckedCall], missing: Sequence[int], order: _Order) -> Fix | None:
    """Change the place of one of two equal calls, where one place is missing: that keeps the order
    of the calls, which taking one out and adding another might not.
    """
    twins = [
        (one, other)
        for number, one in enumerate(calls)
        for other in calls[number + 1 :]
        if one.area.id == other.area.id and one.call == other.call
    ]
    if len(missing) != 1 or len(twins) != 1:
        return None
    [area] = missing

    def disorder(changed: CheckedCall) -> int:
        places = [order(area if call is changed else call.area.id) for call in calls]
        return sum(one > other for one, other in combinations(places, 2))

    call = min(twins[0], key=disorder)
    path = (*call.path, "arguments", "areaId")
    return Fix(f"areaId: {area}", (Edit("replace", path, area),))


def _added(calls: Sequence[CheckedCall], missing: Sequence[int], order: _Order) -> Fix | None:
    """Add calls for areas: each before the first call for a place that comes after it.

    The edits are in an order in which none shifts what a later one means.
    """
    if len({repr(call.value) for call in calls}) != 1:
        return None
    last = calls[-1]
    edits: list[tuple[int, Edit]] = []
    for area in sorted(missing, key=order):
        later = (call.index for call in calls if order(area) < order(call.area.id))
        place = min(later, default=last.index + 1)
        item = {"name": last.call.name, "arguments": {**last.call.arguments, "areaId": area}}
        edits.append((place, Edit("add", ("answers", place), item)))
    edits.sort(key=lambda one: one[0])
    label = f"add {len(missing)} call{'s' if len(missing) > 1 else ''}"
    return Fix(label, tuple(edit for _, edit in reversed(edits)))


def _also_right(
    prop: Property,
    called: frozenset[int],
    wanted: frozenset[int],
    said: SaidPlaces,
    requests: Sequence[RequestSpan],
) -> bool:
    """Whether the places called are right if the words are read in another way."""
    if all(place.own for place, _ in said.near) and called < wanted:
        return True  # someone in the back, and not on which side
    if any(place.everything for place, _ in said.near) and called == at_the_sides(prop, wanted):
        return True
    # One of several requests may name a place, and another mean the usual one.
    if sum(bool(r.mention.names) for r in requests) > 1 and called >= wanted:
        return called - wanted <= said.default
    narrowest = min((areas for _, areas in said.near), key=len)
    return len(said.near) > 1 and called == narrowest and narrowest < wanted and _nested(said.near)


def _nested(stated: Sequence[Stated]) -> bool:
    ordered = sorted((areas for _, areas in stated), key=len)
    return all(a <= b for a, b in pairwise(ordered))
