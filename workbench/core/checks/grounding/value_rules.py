"""Values: numbers and directions near a mention, compared with what a call sets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from workbench.core.car.catalog import Area, Property
from workbench.core.car.levels import degree_values, levels, nearest_legal
from workbench.core.car.words import brief, quoted, state_words
from workbench.core.checks.grounding.shared_rules import (
    BRANCHES,
    CheckedCall,
    GroundingRules,
    ValueWord,
    only_needed,
    sentence,
    words_of,
)
from workbench.core.reading.positions import select
from workbench.core.reading.query_text import SENTENCE_ENDS
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Edit, Finding, Fix


def check_value(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    reading: QueryReading,
    alone: bool,
) -> Iterator[Finding]:
    if isinstance(call.value, list) or call.value is None:
        return
    if isinstance(call.value, str) and not call.area.values:
        return  # free text
    if only_needed(call, requests):
        return
    found = [(r, j) for r in requests if (j := _judge(rules, call, r, reading, alone))]
    if not found or any(j.fits for _, j in found):
        return
    judged = [j for r, j in found if _is_for(rules, call, r, reading)] or [j for _, j in found]
    words, wanted = judged[0].words, judged[0].wanted
    if any(j.wanted != wanted for j in judged):
        wanted = None
    path = (*call.path, "arguments", "value")
    fix = None
    meant = stated_value(rules, call, requests, reading, alone) if wanted is None else wanted
    if meant is not None:
        fix = Fix(f"value: {brief(meant)}", (Edit("replace", path, meant),))
    verb = "says" if judged[0].code == "grounding.number" or wanted is None else "means"
    message = other_value(verb, quoted(words) if wanted is None else wanted, call)
    yield Finding(judged[0].code, message, path, fix)


def _is_for(
    rules: GroundingRules, call: CheckedCall, request: RequestSpan, reading: QueryReading
) -> bool:
    """Whether a request names the place of a call."""
    return any(
        call.area.id in select(place, call.prop, rules.catalog)
        for place in reading.places
        if request.begin <= place.begin < request.end
    )


def stated_value(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    reading: QueryReading,
    alone: bool,
) -> Any:
    """Return the only value that the words mean for a call of this property and area, else None.

    The policy says how far it goes if they give a direction only. The call's own value is ignored.
    """
    fitting = stated_values(rules, call, requests, reading, alone)
    return fitting[0] if len(fitting) == 1 else None


def stated_values(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    reading: QueryReading,
    alone: bool,
) -> list[Any]:
    """Return all values that the words may mean for a call, as in `stated_value`."""

    def fits(value: Any) -> bool:
        other = replace(call, value=value)
        judged = (_judge(rules, other, request, reading, alone) for request in requests)
        return any(one.fits for one in judged if one)

    if only_needed(call, requests):
        return []
    fitting = [value for value in _possible(rules, call, requests, reading) if fits(value)]
    if len(fitting) < 2:
        return fitting
    # "Down a bit" may be counted from either end; the policy says from which.
    said = [d for r in requests for d in rules.values.degrees_said(reading.text, r.begin, r.end)]
    meant = [value for degree in said for value in degree_values(degree, call.prop, call.area)]
    return [value for value in fitting if value in meant] or fitting


def _possible(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    reading: QueryReading,
) -> list[Any]:
    """Return the values that words may mean for a call, without any that it doesn't take."""
    prop, area = call.prop, call.area
    if prop.type == "Boolean":
        return [True, False]
    if area.values and prop.value_names:
        return list(area.values)
    if prop.type not in ("Integer", "Long", "Float"):
        return []
    spans = [(r.begin, r.end) for r in requests]
    whole = (0, len(reading.text.tokens))
    about = reading.mentions
    for places in (spans, [whole]):
        numbers = [
            c
            for span in places
            for c in rules.values.candidates(reading.text, prop, area, *span, about)
        ]
        if numbers:
            break
    found = [one.value for one in numbers if not one.vague]
    specs = {s.spec for r in requests for s in rules.said(prop.name, reading, r.begin, r.end)}
    for spec in sorted(specs):
        found += [_value_of(spec, call), *_without_degree(rules, spec, prop, area)]
    low, high = area.minimum, area.maximum
    within = [
        value
        for value in found
        if value is not None and (low is None or value >= low) and (high is None or value <= high)
    ]
    return list(dict.fromkeys(nearest_legal(value, prop, area) for value in within))


def _without_degree(rules: GroundingRules, spec: str, prop: Property, area: Area) -> list[Any]:
    """Return what the policy takes a mere direction to mean: how far "open it" goes."""
    end = rules.policy.without_degree.get(prop.name)
    if end is None or spec not in BRANCHES:
        return []
    span = levels("minus" if spec == "<0" else "plus", prop, (area.id,))
    if span is None:
        return []
    upward = span.top > span.base
    return [span.high if upward == (end == "highest") else span.low]


def other_value(verb: str, wanted: Any, call: CheckedCall) -> str:
    """Say that a call sets another value. wanted: a value, or quoted words."""
    if not isinstance(wanted, str):
        wanted = state_words(wanted, call.prop)
    return f"the request {verb} {wanted}; the call sets {state_words(call.value, call.prop)}"


_STILL = frozenset({"still", "already", "why", "who"})
_BEGINNING = 6  # tokens that show what a clause is: "the glass is clear"


@dataclass(frozen=True, slots=True)
class _Judged:
    """A value compared with one request: whether it fits the words, and the value they mean if only
    one.
    """

    fits: bool
    words: str
    wanted: Any = None
    code: str = "grounding.value"


def _judge(
    rules: GroundingRules,
    call: CheckedCall,
    request: RequestSpan,
    reading: QueryReading,
    alone: bool,
) -> _Judged | None:
    """Compare a value with one request; None if that says nothing about it."""
    found = _evidence(rules, call, request, reading, alone)
    if found is None:
        return None
    begin, end, said, fitting_number = found
    words = reading.text.quote(begin, end)
    said = _without_names(rules, said, request, reading, begin)
    spelt = bool(rules.values.numbers(reading.text, begin, end))
    signs = _signs(rules, call, said, reading, begin, end)
    if len(signs) == 1 and call.value and not satisfies(next(iter(signs)), call.value, call.area):
        return _Judged(False, words)
    ends = (call.area.minimum, call.area.maximum, 0)
    if fitting_number and not spelt and call.value in ends and _at_odds(said, call):
        fitting_number = None  # "all the way back": the far end; the words say which
    if fitting_number:
        return _Judged(True, words)
    fitting = [spec for spec, _, _ in said if satisfies(spec, call.value, call.area)]
    if fitting_number is False:
        named = any(s in ("=max", "=min") or ("=" in s and s != "!=0") for s in fitting)
        if named or fits_number(rules, call, 0, len(reading.text.tokens), reading):
            return _Judged(True, words)
        meant = meant_number(rules, call, begin, end, reading)
        return _Judged(False, words, meant, "grounding.number")
    return _judge_by_words(call, said, fitting, words)


def _signs(
    rules: GroundingRules,
    call: CheckedCall,
    said: Sequence[ValueWord],
    reading: QueryReading,
    begin: int,
    end: int,
) -> set[str]:
    """Return which branch the words mean: heating or cooling, open or tilted. Where zero is in the
    middle of one range, a number says more than a word.
    """
    numbers = rules.values.numbers(reading.text, begin, end)
    signs = {spec for spec, _, _ in said if spec in (">0", "<0")}
    if not (call.area.plus and call.area.minus and "middle" not in call.area.zero):
        return set() if numbers else signs
    signed = any((reading.text.tokens[i].number or 0) < 0 for i in numbers)
    if signs or signed:
        return signs
    return rules.signs(call.prop.name, reading, begin, end)


def _judge_by_words(
    call: CheckedCall, said: Sequence[ValueWord], fitting: Sequence[str], words: str
) -> _Judged:
    """Compare a value with words alone: if they name an end, it must be the call's."""
    exact = [spec for spec, _, _ in said if spec in ("=max", "=min")]
    if exact and not any(satisfies(spec, call.value, call.area) for spec in exact):
        only = _value_of(exact[0], call) if len(set(exact)) == 1 else None
        return _Judged(False, words, only)
    if fitting:
        return _Judged(True, words)
    specs = {spec for spec, _, _ in said}
    wanted = _value_of(next(iter(specs)), call) if len(specs) == 1 else None
    return _Judged(False, words, wanted)


def _evidence(
    rules: GroundingRules,
    call: CheckedCall,
    request: RequestSpan,
    reading: QueryReading,
    alone: bool,
) -> tuple[int, int, list[ValueWord], bool | None] | None:
    """Find the nearest stretch that gives the request's value: its words, and whether a number
    fits.
    """
    inside: tuple[int, int, list[ValueWord]] | None = None
    start: list[ValueWord] = []
    for order, (begin, end) in enumerate(_stretches(rules, request, reading, alone)):
        number = fits_number(rules, call, begin, end, reading)
        said = rules.said(call.prop.name, reading, begin, end)
        beside = rules.beside(said, request, reading, begin)
        has_value = beside or number is not None
        if not order and has_value and is_state(rules, begin, end, reading):
            start = said if _STILL & set(reading.text.words[begin:end]) else []
            continue
        if start:  # "oh, it's still on": the state again, with a word more
            said = [w for w in said if (w.spec, w.word) not in {(s.spec, s.word) for s in start}]
            has_value = number is not None or rules.beside(said, request, reading, begin)
        if has_value:
            if inside and (begin, end) != inside[:2] and _means(inside[2], call):
                return None  # "mirrors folded, charge port open": the nearer word fits
            return begin, end, said, number
        inside = inside or ((begin, end, said) if said else None)
    return None if inside is None else (*inside, None)


def fits_number(
    rules: GroundingRules, call: CheckedCall, begin: int, end: int, reading: QueryReading
) -> bool | None:
    value = call.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if call.area.values and call.prop.value_names:
        return None
    if (call.area.minimum, call.area.maximum) == (0, 1):
        return None  # open or shut: a number next to it counts something else
    found = rules.values.candidates(
        reading.text, call.prop, call.area, begin, end, reading.mentions
    )
    if not found:
        return None
    return any(candidate.accepts(value) for candidate in found)


def _means(said: Sequence[ValueWord], call: CheckedCall) -> bool:
    """Whether words that name a value name the call's."""
    return any(
        spec not in BRANCHES and satisfies(spec, call.value, call.area) for spec, _, _ in said
    )


def _at_odds(said: Sequence[ValueWord], call: CheckedCall) -> bool:
    """Whether words name an end or a direction, but not the call's."""
    return bool(said) and not any(satisfies(s.spec, call.value, call.area) for s in said)


def fits_words(
    rules: GroundingRules, call: CheckedCall, begin: int, end: int, reading: QueryReading
) -> bool | None:
    """Whether the words of a stretch can mean a call's value; None if they give no value."""
    number = fits_number(rules, call, begin, end, reading)
    if number is not None or isinstance(call.value, list):
        return number
    said = rules.said(call.prop.name, reading, begin, end)
    return any(satisfies(s.spec, call.value, call.area) for s in said) if said else None


def meant_number(
    rules: GroundingRules, call: CheckedCall, begin: int, end: int, reading: QueryReading
) -> Any:
    """Return the only legal number that a stretch can mean for a call, else None."""
    found = rules.values.candidates(
        reading.text, call.prop, call.area, begin, end, reading.mentions
    )
    if any(candidate.vague for candidate in found):
        return None
    values = {candidate.value for candidate in found}
    if call.area.minimum is not None and call.area.maximum is not None:
        values = {v for v in values if call.area.minimum <= v <= call.area.maximum}
    if len(values) != 1:
        return None
    [value] = values
    whole = call.prop.type in ("Integer", "Long")
    if whole and not call.prop.step and not float(value).is_integer():
        return None
    return nearest_legal(value, call.prop, call.area)


def is_state(rules: GroundingRules, begin: int, end: int, reading: QueryReading) -> bool:
    """Whether the words say how things are, not how they should be: "it's still open"."""
    part = words_of(reading, begin, end)
    return bool(rules.classes["state"].search(part)) and not (
        rules.opens_with_command(part)
        or rules.classes["wish"].search(part)
        or rules.classes["polite"].search(part)
    )


def _without_names(
    rules: GroundingRules,
    said: list[ValueWord],
    request: RequestSpan,
    reading: QueryReading,
    begin: int,
) -> list[ValueWord]:
    """Ignore the mention's own words if a word next to it switches off."""
    beside = [match for match in said if rules.beside([match], request, reading, begin)]
    if any(match.spec in ("true", "false") or match.spec[:1] == "=" for match in beside):
        return [
            m
            for m in said
            if m in beside
            or m.spec in ("false", "=0")
            or (m.spec[:1] == "=" and m.spec[1:].isdigit() and m.spec not in ("=1", "=0"))
        ]
    return said


def _stretches(
    rules: GroundingRules, request: RequestSpan, reading: QueryReading, alone: bool
) -> Iterator[tuple[int, int]]:
    """Return the stretches to search for a request's value, the nearest first.

    The clause with the mention; for one without a verb of its own ("A and B off") what is next to
    it in the sentence; then everything that belongs to the request.
    """
    mention = request.mention
    tokens = reading.text.tokens
    begin, end = mention.begin, mention.end
    while begin > request.begin and not _breaks(rules, reading, begin - 1):
        begin -= 1
    while end < request.end and not _breaks(rules, reading, end):
        end += 1
    yield begin, end
    first, last = sentence(mention.begin, mention.end, reading)
    own = words_of(reading, begin, mention.begin) + words_of(reading, mention.end, end)
    if not rules.classes["command"].search(own):
        joined = begin > first and tokens[begin - 1].word in ("and", ",", "or", "plus")
        joined = joined or (begin < len(tokens) and tokens[begin].word in ("and", "or", "plus"))
        if joined:
            yield max(first, _previous(request, reading)), end
        if end < last and tokens[end].word in ("and", ",", "or", "plus"):
            yield begin, min(last, _following(request, reading))
    yield request.begin, request.end
    if len(reading.requests) == 1 or alone:
        yield _cancelled_until(rules, request, reading), len(tokens)


def _cancelled_until(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> int:
    """Return the token until which all is taken back before a request: "off, no, cancel that"."""
    ends = [
        reading.text.span(*m.span())[1] for m in rules.classes["cancel"].finditer(reading.text.flat)
    ]
    return max((end for end in ends if end <= request.mention.begin), default=0)


def _breaks(rules: GroundingRules, reading: QueryReading, at: int) -> bool:
    """Whether a clause ends at a token: at a sentence's end, or a link followed by a verb."""
    tokens = reading.text.tokens
    word = tokens[at].word
    if word in SENTENCE_ENDS:
        return True
    if word not in ("and", ",", "but", "then"):
        return False
    behind = words_of(reading, at + 1, min(at + _BEGINNING, len(tokens)))
    if word == "," and rules.classes["aside"].match(behind, 1):
        return True
    return bool(rules.classes["verb"].match(behind, 1))


def _previous(request: RequestSpan, reading: QueryReading) -> int:
    before = [r for r in reading.requests if r.end <= request.begin]
    return before[-1].begin if before else request.begin


def _following(request: RequestSpan, reading: QueryReading) -> int:
    after = [r for r in reading.requests if r.begin >= request.end]
    return after[0].end if after else request.end


def satisfies(spec: str, value: Any, area: Area) -> bool:
    """Whether a value is among those that a value word means."""
    if isinstance(value, bool):
        return spec == ("true" if value else "false")
    if isinstance(value, str):
        return spec == f"={value}"
    if not isinstance(value, (int, float)):
        return True
    if spec in ("=max", "=min"):
        return value in _extremes(spec, area)
    compared = _COMPARED.fullmatch(spec)
    return compared is None or _HOLDS[compared[1]](value, float(compared[2]))


_COMPARED = re.compile(r"(>=|<=|!=|>|<|=)(-?\d+(?:\.\d+)?)")
_HOLDS = {">=": ge, "<=": le, "!=": ne, ">": gt, "<": lt, "=": eq}


def _extremes(spec: str, area: Area) -> set[Any]:
    low, high = area.minimum, area.maximum
    if low is None or high is None or low > high:
        return set()
    if not area.zero or "middle" in area.zero:
        return {high} if spec == "=max" else {low}
    branches = [(1, high)] + ([(-1, low)] if low < 0 else [])
    return {far if spec == "=max" else near for near, far in branches}


def _value_of(spec: str, call: CheckedCall) -> Any:
    """Return the value that a spec means, if it is a single one."""
    if spec in ("true", "false"):
        return spec == "true"
    if spec in ("=max", "=min"):
        values = _extremes(spec, call.area)
        return nearest_legal(next(iter(values)), call.prop, call.area) if len(values) == 1 else None
    if spec.startswith("=") and spec[1:].lstrip("-").isdigit():
        return int(spec[1:])
    if spec.startswith("=") and spec[1:] in call.area.values:
        return spec[1:]
    return None
