"""Places: where the words say, against the areas that are called."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from workbench.core.catalog import Property
from workbench.core.checks.grounding.common import (
    SENTENCE_ENDS,
    Call,
    Rules,
    clause,
    overlaps,
    requests_of,
    segments,
    sentence,
    whole,
    words_of,
)
from workbench.core.checks.grounding.values import fits_words, meant_number
from workbench.core.policy import areas_without_place
from workbench.core.reading.places import Place, positions_of, select
from workbench.core.reading.reader import Reading, Request
from workbench.core.reading.text import CORRECTIONS
from workbench.core.verdicts import Edit, Finding, Fix
from workbench.core.words import brief

_ELLIPTIC = 5  # tokens
_OF_SIDES = frozenset({"window", "windows", "door", "doors"})
_OWNING = frozenset({"my", "mine", "own"})
_ASIDES = frozenset({"mean", "think", "guess", "said", "reckon", "suppose"})
_SEVERAL = frozenset({"both", "them", "their", "theirs", "each", "they"})
_TAKEN_BACK_WITHIN = 12  # tokens: "… for her on level 2, or rather for whoever sits behind"


def check_places(rules: Rules, calls: Sequence[Call], reading: Reading) -> Iterator[Finding]:
    for name in dict.fromkeys(call.prop.name for call in calls):
        mine = [call for call in calls if call.prop.name == name]
        prop = mine[0].prop
        if len(prop.areas) > 1:
            yield from _check_places_of(rules, prop, mine, calls, reading)
            yield from _check_pairs(rules, prop, mine, calls, reading)


def _check_pairs(
    rules: Rules,
    prop: Property,
    calls: Sequence[Call],
    all_calls: Sequence[Call],
    reading: Reading,
) -> Iterator[Finding]:
    """Hold each value against the place beside it: "22 for me and 24 for you"."""
    if len(calls) < 2 or any(c.kind != "set" for c in calls):
        return
    requests = requests_of(prop.name, reading)
    alone = all(call in calls for call in all_calls)
    places = [*reading.places, *(p for r in requests if (p := _own(rules, r, reading)))]
    for begin, end in segments(reading):
        if not any(r.begin < end and begin < r.end for r in requests):
            continue
        named = {select(p, prop, rules.catalog) for p in places if begin <= p.begin < end}
        named.discard(frozenset())
        if len(named) != 1 or len(rules.values.numbers(reading.text, begin, end)) > 1:
            continue
        mine = [call for call in calls if call.area.id in next(iter(named))]
        others = [call for call in calls if call not in mine]
        fits = [fits_words(rules, call, begin, end, reading) for call in mine]
        elsewhere = [fits_words(rules, call, begin, end, reading) for call in others]
        told = any(elsewhere) or (alone and rules.values.numbers(reading.text, begin, end))
        if mine and told and not any(fits) and None not in fits:
            value = meant_number(rules, mine[0], begin, end, reading)
            if value is None and any(elsewhere):
                value = others[elsewhere.index(True)].value
            yield _other_value(mine[0], value, reading.text.quote(begin, end))


def _other_value(call: Call, value: Any, words: str) -> Finding:
    message = f"the words {brief(words)} give another value than {brief(call.value)}"
    path = (*call.path, "arguments", "value")
    if value is None:
        return Finding("grounding.number", message, path)
    fix = Fix(f"value: {brief(value)}", (Edit("replace", path, value),))
    return Finding("grounding.number", message, path, fix)


def _check_places_of(
    rules: Rules,
    prop: Property,
    calls: Sequence[Call],
    all_calls: Sequence[Call],
    reading: Reading,
) -> Iterator[Finding]:
    requests = requests_of(prop.name, reading) or whole(prop.name, all_calls, reading)
    if not requests:
        return
    owned = [_own(rules, request, reading) for request in requests]
    places = [*reading.places, *(place for place in owned if place)]
    everywhere = [
        (p, areas)
        for p in sorted(places, key=lambda place: place.begin)
        if not _denied(rules, p, reading)
        and not _names_another(p, prop, reading)
        and not (p.own and prop.area_kind != "seat" and not _owning(p, reading))
        and (areas := _areas_of(p, prop, rules, reading))
    ]
    stated = [
        (p, areas)
        for p, areas in everywhere
        if any(r.begin <= p.begin < r.end or overlaps(p, r) for r in requests)
    ]
    default = select(Place(0, 0, reading.speaker), prop, rules.catalog)
    if not stated:
        stated = everywhere
        others = {c.prop.name for c in all_calls if c.prop is not prop and len(c.prop.areas) > 1}
        if any(_belongs(p, others, reading) for p, _ in stated):
            allowed = frozenset().union(*(a for _, a in stated)) | default
            yield from _outside(calls, allowed, stated, reading)
            return
    if not stated:
        yield from _usual_places(rules, prop, calls, requests, reading)
        return
    wanted = frozenset().union(*(areas for _, areas in stated))
    called = frozenset(call.area.id for call in calls)
    wide = [(p, a) for p, a in stated if p.everything]
    if wide:
        narrowing = [a for p, a in stated if not p.everything]
        wanted = frozenset().union(*narrowing) if narrowing else wanted
    if called == wanted or _also_right(prop, called, wanted, stated, requests, default):
        return
    everyone = frozenset().union(*(a for _, a in everywhere)) | wanted
    if _speaks_of_self(rules, reading):
        everyone |= default
    outside = [call for call in calls if call.area.id not in everyone]
    if outside and rules.classes["somewhere"].search(reading.text.flat):
        return
    asked = [
        (p, a)
        for p, a in stated
        if any(sentence(p.begin, p.end, reading)[0] <= r.mention.begin for r in requests)
        and any(r.mention.begin < sentence(p.begin, p.end, reading)[1] for r in requests)
    ]
    missing = (
        (sorted(wanted - called) if _of_several(requests, asked, reading) else [])
        or _also_asked(called, asked)
        or _asked_apart(rules, called, stated, reading)
    )
    if outside:
        yield from _outside(calls, everyone, stated, reading, sorted(wanted - called))
    elif missing and not rules.classes["somewhere"].search(reading.text.flat):
        where = ", ".join(prop.areas[a].words for a in missing)
        words = brief(reading.text.quote(stated[0][0].begin, stated[-1][0].end))
        message = f"the words {words} ask for {prop.name} at {where} too, and no call does it"
        fix = _add(calls, missing)
        yield Finding("grounding.missing_place", message, ("answers",), fix)


def _owning(place: Place, reading: Reading) -> bool:
    """Whether a place is the speaker's own thing, "mine", and not just the speaker's, "for me"."""
    return bool(_OWNING & set(reading.text.words[place.begin : place.end]))


def _usual_places(
    rules: Rules,
    prop: Property,
    calls: Sequence[Call],
    requests: Sequence[Request],
    reading: Reading,
) -> Iterator[Finding]:
    """Hold calls against the policy where no place is said: "lock the doors" means all of them."""
    policy = rules.catalog.policy
    if policy is None or rules.classes["somewhere"].search(reading.text.flat):
        return
    usual = frozenset(areas_without_place(policy, rules.catalog, prop, calls[0].kind))
    called = frozenset(call.area.id for call in calls)
    words = [reading.text.quote(r.mention.begin, r.mention.end) for r in requests]
    several = len(called) > 1 or any(part.endswith("s") for w in words for part in w.split())
    if called < usual and several and not any(p.selectors for p in reading.places):
        missing = sorted(usual - called)
        where = ", ".join(prop.areas[a].words for a in missing)
        message = f"the words {brief(words[0])} mean {where} too, and no call does it"
        yield Finding("grounding.missing_place", message, ("answers",), _add(calls, missing))


def _of_several(
    requests: Sequence[Request],
    asked: Sequence[tuple[Place, frozenset[int]]],
    reading: Reading,
) -> bool:
    """Whether requests are about places named before: "… both their seats", "for each of them"."""
    if asked:
        return False
    spans = (sentence(r.mention.begin, r.mention.end, reading) for r in requests)
    return all(_SEVERAL & set(reading.text.words[begin:end]) for begin, end in spans)


def _areas_of(place: Place, prop: Property, rules: Rules, reading: Reading) -> frozenset[int]:
    """Give the areas of a place. "All the windows" are those at the sides, without the roof's."""
    areas = select(place, prop, rules.catalog)
    if place.everything and _OF_SIDES & set(reading.text.words[place.begin : place.end]):
        sides = {a for a in areas if not any(p.name for p in positions_of(prop.areas[a]))}
        return frozenset(sides) or areas
    return areas


def _also_asked(
    called: frozenset[int], stated: Sequence[tuple[Place, frozenset[int]]]
) -> list[int]:
    """Give the areas that are asked for in one breath with ones that are called."""
    missing: set[int] = set()
    for number, (place, areas) in enumerate(stated):
        if (
            place.selectors
            and not place.own
            and all(s.column and not s.row for s in place.selectors)
        ):
            continue  # "on the right" may go on with a row named before
        beside = stated[max(0, number - 1) : number + 2]
        near = [
            a for p, a in beside if abs(p.begin - place.end) < 4 or abs(place.begin - p.end) < 4
        ]
        if areas & called or any(a & called for a in near):
            missing |= areas - called
    return sorted(missing)


def _asked_apart(
    rules: Rules,
    called: frozenset[int],
    stated: Sequence[tuple[Place, frozenset[int]]],
    reading: Reading,
) -> list[int]:
    """Give areas that have a value of their own beside them: "… and level two for her"."""
    missing: set[int] = set()
    for begin, end in segments(reading):
        here = [(p, a) for p, a in stated if begin <= p.begin < end]
        if len(here) != 1 or here[0][1] & called:
            continue
        numbers = rules.values.numbers(reading.text, begin, end)
        if numbers or _elliptic(rules, reading, begin, end):
            missing |= here[0][1]
    return sorted(missing)


def _elliptic(rules: Rules, reading: Reading, begin: int, end: int) -> bool:
    """Whether a segment says little but a place: "…, and is the passenger's?"."""
    words = reading.text.words
    if begin == 0 or words[begin - 1] != "and" or end - begin > _ELLIPTIC:
        return False
    first = begin
    while first > 0 and words[first - 1] not in (*SENTENCE_ENDS, ",", "but"):
        first -= 1
    part = words_of(reading, first, end)
    return not rules.classes["leave"].search(part) and not rules.classes["spare"].search(part)


def _speaks_of_self(rules: Rules, reading: Reading) -> bool:
    """Whether the speaker is named, other than in a place: "behind me" is another's."""
    within = [p for p in reading.places if not p.own]
    for match in rules.classes["self"].finditer(reading.text.flat):
        at, after = reading.text.span(*match.span())
        if set(reading.text.words[after : after + 1]) & _ASIDES:
            continue  # "I mean", "I think"
        if not any(p.begin <= at < p.end for p in within):
            return True
    return False


def _outside(
    calls: Sequence[Call],
    allowed: frozenset[int],
    stated: Sequence[tuple[Place, frozenset[int]]],
    reading: Reading,
    missing: Sequence[int] = (),
) -> Iterator[Finding]:
    wrong = [call for call in calls if call.area.id not in allowed]
    for call in wrong:
        words = brief(reading.text.quote(stated[0][0].begin, stated[-1][0].end))
        message = f"the words {words} do not mean {call.area.words}"
        path = (*call.path, "arguments", "areaId")
        fix = None
        if len(missing) == 1 and len(wrong) == 1:
            fix = Fix(f"areaId: {missing[0]}", (Edit("replace", path, missing[0]),))
        elif not missing and len(calls) > len(wrong):
            fix = Fix(f"remove call {call.index + 1}", (Edit("remove", call.path),))
        yield Finding("grounding.place", message, path, fix)


def _add(calls: Sequence[Call], missing: Sequence[int]) -> Fix | None:
    if len({repr(call.value) for call in calls}) != 1:
        return None
    last = calls[-1]
    edits = []
    for number, area in enumerate(missing):
        arguments = {**last.call.arguments, "areaId": area}
        item = {"name": last.call.name, "arguments": arguments}
        edits.append(Edit("add", ("answers", last.index + 1 + number), item))
    return Fix(f"add {len(missing)} call{'s' if len(missing) > 1 else ''}", tuple(edits))


def _also_right(
    prop: Property,
    called: frozenset[int],
    wanted: frozenset[int],
    stated: Sequence[tuple[Place, frozenset[int]]],
    requests: Sequence[Request],
    default: frozenset[int],
) -> bool:
    """Whether the places called serve the words read in another way."""
    if any(place.everything for place, _ in stated):
        sides = {a for a in wanted if prop.areas[a].words not in ("sunroof", "trunk lid")}
        if called == frozenset(sides):
            return True
    # One of several requests may say a place and another mean the usual one.
    if sum(bool(r.mention.names) for r in requests) > 1 and called >= wanted:
        return called - wanted <= default
    narrowest = min((areas for _, areas in stated), key=len)
    return len(stated) > 1 and called == narrowest and narrowest < wanted and _nested(stated)


def _nested(stated: Sequence[tuple[Place, frozenset[int]]]) -> bool:
    ordered = sorted((areas for _, areas in stated), key=len)
    return all(a <= b for a, b in pairwise(ordered))


def _own(rules: Rules, request: Request, reading: Reading) -> Place | None:
    """Give the speaker's place where the mention is theirs: "my window"."""
    begin, end = request.mention.begin, request.mention.end
    tokens = reading.text.tokens
    for i in range(max(request.begin, begin - 2), end):
        if tokens[i].word in ("my", "mine") and not rules.classes["kin"].match(
            words_of(reading, i + 1, min(i + 3, len(tokens))), 1
        ):
            return Place(i, i + 1, reading.speaker, own=True)
    return None


def _belongs(place: Place, others: set[str], reading: Reading) -> bool:
    """Whether a place is said of one of the other properties that are called."""
    return any(r.begin <= place.begin < r.end and r.mention.all & others for r in reading.requests)


def _denied(rules: Rules, place: Place, reading: Reading) -> bool:
    """Whether a place is left out or taken back: "not for me", "the left, no, the right"."""
    tokens = reading.text.tokens
    before = {token.word for token in tokens[max(0, place.begin - 3) : place.begin]}
    if before & {"not", "except", "excluding"}:
        return True
    begin, end = clause(place.begin, place.end, reading)
    if rules.classes["spare"].search(words_of(reading, begin, end)):
        return True
    later = [p for p in reading.places if p.begin >= place.end]
    if not later or later[0].begin - place.end > _TAKEN_BACK_WITHIN:
        return False
    between = [token.word for token in tokens[place.end : later[0].begin]]
    return bool(CORRECTIONS & set(between)) and not {".", "!"} & set(between)


def _names_another(place: Place, prop: Property, reading: Reading) -> bool:
    """Whether a place is part of another property's name: the front fog lights."""
    return any(
        m.begin <= place.begin and place.end <= m.end and m.names and prop.name not in m.all
        for m in reading.mentions
    )
