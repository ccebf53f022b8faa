"""Needs: what people feel, see or smell, and whether a call serves it: "I'm melting here".

Words that name a property, or a value that fits, say more than a need: other rules read them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from workbench.core.car.words import brief, quoted, state_words
from workbench.core.checks.grounding.access_rules import asks_anything
from workbench.core.checks.grounding.felt_needs import FeltNeed, felt_needs
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    ValueWord,
    segments,
    words_of,
)
from workbench.core.checks.grounding.unread import unread_clauses
from workbench.core.checks.grounding.value_rules import fits_number, satisfies
from workbench.core.reading.positions import NamedPlace, select
from workbench.core.reading.reader import QueryReading
from workbench.core.verdicts import Edit, Finding, Fix

_SPEAKER = frozenset({"i", "im", "my", "me", "ive", "id", "myself"})


def check_needs(
    rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Find changes that don't serve the need which the words tell of."""
    if not rules.relief:
        return
    named = frozenset().union(*(m.names | m.asks for m in reading.mentions))
    size = len(reading.text.tokens)
    for call in calls:
        if call.kind == "get":
            yield from _check_read(rules, call, reading)
            continue
        if call.value is None or isinstance(call.value, list):
            continue
        if call.prop.name in named and _says_how(rules, call, reading, size):
            continue
        felt = felt_needs(rules, call.prop.name, reading)
        if felt:
            yield from _check_direction(rules, call, felt, reading)
        elif not named:
            yield from _check_property(rules, call, reading)


def _check_read(
    rules: GroundingRules, call: CheckedCall, reading: QueryReading
) -> Iterator[Finding]:
    """Find a reading where a need is all that is said, in words that name no property."""
    prop = call.prop
    if not (prop.readable and prop.writable) or any(m.names or m.needs for m in reading.mentions):
        return
    felt = felt_needs(rules, prop.name, reading)
    if felt and not asks_anything(rules, reading):
        words = quoted(reading.text.quote(felt[0].begin, felt[0].end))
        message = f"{words} asks for a change; the call only reads {prop.name}"
        yield Finding("grounding.access", message, (*call.path, "name"))


def _says_how(rules: GroundingRules, call: CheckedCall, reading: QueryReading, size: int) -> bool:
    """Whether words other than needs say what is to be done with a property."""
    return bool(
        rules.said(call.prop.name, reading, 0, size)
        or rules.values.numbers(reading.text, 0, size)
        or rules.values.degrees(reading.text)
        or rules.changes(reading.text.flat)
    )


def _check_direction(
    rules: GroundingRules, call: CheckedCall, felt: Sequence[FeltNeed], reading: QueryReading
) -> Iterator[Finding]:
    size = len(reading.text.tokens)
    if all(_serves(one.served, call) for one in felt):
        return
    if any(_serves(one.served, call) for one in felt):
        theirs = [one for one in felt if call.area.id in _owner(rules, call, one, reading)]
        if not theirs or any(_serves(one.served, call) for one in theirs):
            return
        felt = theirs
    if fits_number(rules, call, 0, size, reading):
        return
    if any(_fits(word, call) for word in _said_apart(rules, call, felt, reading)):
        return
    one = felt[0]
    words = quoted(reading.text.quote(one.begin, one.end))
    message = f"{words} asks for something else; the call sets {state_words(call.value, call.prop)}"
    path = (*call.path, "arguments", "value")
    value = _answer(rules, call, one)
    fix = None
    if value is not None:
        fix = Fix(f"value: {brief(value)}", (Edit("replace", path, value),))
    yield Finding("grounding.need", message, path, fix)


def _check_property(
    rules: GroundingRules, call: CheckedCall, reading: QueryReading
) -> Iterator[Finding]:
    """Find a call of a property that no word speaks of, and that serves no need."""
    name = call.prop.name
    by_need = rules.relief.get(name) is None
    for mention in reading.mentions:
        if name in mention.shared or (by_need and name in mention.needs):
            return
    others = (other for other in rules.relief if other != name)
    found = [f for other in others for f in felt_needs(rules, other, reading)]
    if not found or reading.guessed or _said_apart(rules, call, found, reading):
        return
    felt = found[0]
    if any(True for _ in unread_clauses(rules, reading)):
        return
    words = quoted(reading.text.quote(felt.begin, felt.end))
    message = f"{words} asks for something else; the call sets {name} ({call.prop.label})"
    yield Finding("grounding.need", message, (*call.path, "arguments", "propertyName"))


def _said_apart(
    rules: GroundingRules, call: CheckedCall, felt: Sequence[FeltNeed], reading: QueryReading
) -> list[ValueWord]:
    """Return the value words of a property that aren't part of what is felt."""
    covered = {i for one in felt for i in range(one.begin, one.end)}
    said = rules.said(call.prop.name, reading, 0, len(reading.text.tokens))
    return [w for w in said if len(reading.text.flat[: w.at].split()) not in covered]


def _fits(word: ValueWord, call: CheckedCall) -> bool:
    """Whether a value word means a call's value; "on" doesn't say whether to heat or to cool."""
    signed = word.spec != "!=0" or not (call.area.plus and call.area.minus)
    return signed and satisfies(word.spec, call.value, call.area)


def _serves(served: str, call: CheckedCall) -> bool:
    return any(satisfies(spec, call.value, call.area) for spec in served.split())


def _owner(
    rules: GroundingRules, call: CheckedCall, felt: FeltNeed, reading: QueryReading
) -> frozenset[int]:
    """Return the areas of whoever has a need, none if that isn't said."""
    for begin, end in segments(reading):
        if begin <= felt.begin < end:
            here = [p for p in reading.places if begin <= p.begin < end]
            if not here and _SPEAKER & set(words_of(reading, begin, end).split()):
                here = [NamedPlace(begin, begin, reading.speaker)]
            return frozenset().union(*(select(p, call.prop, rules.catalog) for p in here))
    return frozenset()


def _answer(rules: GroundingRules, call: CheckedCall, felt: FeltNeed) -> Any:
    """Return the policy's only value that serves a need, None without one."""
    values = {
        need.value
        for need in rules.policy.needs
        if need.property == call.prop.name
        and need.type == call.prop.type
        and any(satisfies(spec, need.value, call.area) for spec in felt.served.split())
    }
    return values.pop() if len(values) == 1 else None
