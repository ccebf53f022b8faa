"""Needs: what should be called if the words name no setting ("I'm freezing")."""

from collections.abc import Iterator, Sequence

from workbench.core.car.catalog import Property
from workbench.core.car.levels import legal
from workbench.core.car.policy import Need, areas_without_place
from workbench.core.car.words import brief, quoted, value_words
from workbench.core.checks.grounding.shared_rules import CheckedCall
from workbench.core.checks.policy.shared_rules import (
    MARKS,
    PolicyRules,
    SpokenPhrase,
    places_words,
    spoken,
    why_words,
)
from workbench.core.reading.positions import NamedPlace, select
from workbench.core.reading.reader import QueryReading
from workbench.core.verdicts import Edit, Finding, Fix

# fmt: off
_BEFORE = MARKS | {
    "because", "cos", "since", "as", "and", "but", "so", "god", "honestly", "look", "hey", "oh",
    "man", "gosh", "brr", "help", "sorry", "well", "car", "mate",
}
_AFTER = (MARKS - {"?"}) | {
    "and", "but", "so", "now", "again", "here", "today", "already", "please", "right", "over",
    "back", "up", "in", "mate", "can", "could", "would", "do",
}
# fmt: on


def check_needs(
    policy: PolicyRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Look for the call that serves each need in the query."""
    for one in needs_said(policy, reading):
        prop = policy.catalog.properties[one.meant.property]
        areas = _areas(policy, one.meant, prop, reading)
        if not any(legal(one.meant.value, prop, area) for area in areas):
            continue
        if not any(_answers(call, one.meant) and call.area.id in areas for call in calls):
            yield _unanswered(policy, one, prop, areas, calls, reading)


def needs_said(policy: PolicyRules, reading: QueryReading) -> Iterator[SpokenPhrase]:
    """Yield the needs that are all that is said, and that the vehicle has a property for."""
    said = spoken(policy.needs, reading, 0, len(reading.text.tokens))
    if not said or _wishes_more(policy, said, reading):
        return
    for one in said:
        prop = policy.catalog.properties.get(one.meant.property)
        if prop is not None and prop.type == one.meant.type and _stands_alone(one, reading):
            yield one


def _wishes_more(policy: PolicyRules, said: Sequence[SpokenPhrase], reading: QueryReading) -> bool:
    """Whether more than needs is said: a property by name, a number, a word of degree."""
    end = len(reading.text.tokens)

    def outside(begin: int, stop: int) -> bool:
        return not any(one.begin <= begin and stop <= one.end for one in said)

    named = [m for m in reading.mentions if m.names or m.asks]
    return (
        any(outside(m.begin, m.end) for m in named)
        or any(outside(i, i + 1) for i in policy.rules.values.numbers(reading.text, 0, end))
        or any(outside(d.begin, d.end) for d in spoken(policy.degrees, reading, 0, end))
    )


def _stands_alone(one: SpokenPhrase, reading: QueryReading) -> bool:
    """Whether the words are a clause: not "tell me when I'm cold", nor "I'm melting butter"."""
    words = [token.word for token in reading.text.tokens]
    before = words[one.begin - 1] if one.begin else ","
    after = words[one.end] if one.end < len(words) else "."
    return before in _BEFORE and after in _AFTER


def _areas(
    policy: PolicyRules, need: Need, prop: Property, reading: QueryReading
) -> frozenset[int]:
    """Return the areas any of which serves the need; all if places are named as well."""
    if need.area is not None and need.area in prop.areas:
        return frozenset({need.area})
    if len(prop.areas) == 1:
        return frozenset(prop.areas)
    speaker = select(NamedPlace(0, 0, reading.speaker), prop, policy.catalog)
    others = [p for p in reading.places if not p.own and p.selectors != reading.speaker]
    if others or policy.tells_of_others(reading):
        return frozenset(prop.areas)
    if need.personal and speaker:
        return speaker
    return frozenset(areas_without_place(policy.policy, policy.catalog, prop, "set"))


def _answers(call: CheckedCall, need: Need) -> bool:
    return call.kind == "set" and call.prop.name == need.property and call.value == need.value


def _unanswered(
    policy: PolicyRules,
    one: SpokenPhrase,
    prop: Property,
    areas: frozenset[int],
    calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> Finding:
    need: Need = one.meant
    words = quoted(reading.text.quote(one.begin, one.end))
    where = places_words(prop, sorted(areas)) if len(areas) == 1 < len(prop.areas) else ""
    wanted = f"{prop.name} {value_words(need.value, prop)}" + (f" at {where}" if where else "")
    why = why_words(need.why)
    message = f"the policy answers {words} with {wanted}{why}, but no call sets it"
    sets = [call for call in calls if call.kind == "set" and call.prop is prop]
    if len(sets) != 1:
        fix = _instead(policy, need, prop, areas, calls)
        return Finding("policy.need", message, ("answers",), fix)
    [call] = sets
    wrong = {} if call.value == need.value else {"value": need.value}
    if call.area.id not in areas:
        if len(areas) > 1:
            return Finding("policy.need", message, call.path)
        wrong = {"areaId": min(areas)} | wrong
    edits = tuple(Edit("replace", (*call.path, "arguments", k), v) for k, v in wrong.items())
    fix = Fix(", ".join(f"{k}: {brief(v)}" for k, v in wrong.items()), edits)
    return Finding("policy.need", message, edits[0].path, fix)


def _instead(
    policy: PolicyRules,
    need: Need,
    prop: Property,
    areas: frozenset[int],
    calls: Sequence[CheckedCall],
) -> Fix | None:
    """Return the fix that replaces the only call with the policy's."""
    function = policy.catalog.function_for.get(("set", prop.type))
    if len(calls) != 1 or len(areas) != 1 or function is None:
        return None
    arguments = {"propertyName": prop.name, "areaId": min(areas), "value": need.value}
    item = {"name": function.name, "arguments": arguments}
    return Fix(f"call {function.name}", (Edit("replace", calls[0].path, item),))
