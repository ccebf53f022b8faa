"""Conditions: "if it's below 20, …" is looked at first, and decides whether anything is done."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.words import quoted, state_words
from workbench.core.checks.conversation.session import Spot, argument_path, call_path
from workbench.core.checks.conversation.words.states import is_state, states_said
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.conversation.words.units import (
    UnitSaid,
    spoken_units,
    units_said,
)
from workbench.core.checks.grounding.shared_rules import ValueWord, sentence
from workbench.core.checks.grounding.value_rules import satisfies
from workbench.core.verdicts import Finding

_BELOW = re.compile(
    r" (?:below|under|less|lower|colder|cooler|slower|fewer|beneath|short)(?: than)? (?:[a-z]+ )?# "
)
_ABOVE = re.compile(
    r" (?:above|over|more|higher|warmer|hotter|faster|greater|past|exceeds?)(?: than)?"
    r" (?:[a-z]+ )?# "
)
_AT_LEAST = re.compile(r" at least # ")
_OR = re.compile(r" (?:or|and) ")
_NOT = re.compile(r" (?:not|isnt|arent|wasnt|dont|doesnt|hasnt|never|no) ")


@dataclass(frozen=True, slots=True)
class _Condition:
    """What a condition says: of which property, and what its value must be.

    below, above: a number that it must be under or over, in one of `units`. states: the value
    words, one of which must be true of it. turned: whether it must not hold ("unless").
    """

    prop: Property
    below: float | None = None
    above: float | None = None
    units: tuple[UnitSaid, ...] = ()
    states: tuple[ValueWord, ...] = ()
    turned: bool = False


def check_conditions(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield what is done without looking at its condition, or against it."""
    span, turned = turn.said.condition, False
    if span is not None and _ELSE.search(turn.said.text.flat):
        return  # one thing or another
    if span is None:
        span, turned = _asked(turn)
    if span is None or turn.said.undoes:
        return
    condition = _read(turn, words, span, turned)
    heard = quoted(turn.said.text.quote(*span))
    if condition is None:
        yield from _check_unread(turn, words, span, heard)
        return
    name = condition.prop.name
    looked = [one for one in turn.session.seen if one.spot[0] == name]
    here = [one.step for one in turn.read if one.spot[0] == name]
    after = min(here, default=-1)  # what is done before or beside the read doesn't depend on it
    first = next((one for one in turn.changes if one.step > after), None)
    if first is None and turn.changes:
        return
    read_before = any(first is not None and one.step < first.step for one in turn.read)
    looked_before = any(first is not None and one.step < first.step for one in looked)
    if first is not None and not looked_before and read_before:
        return
    if first is not None and not looked_before:
        said = f"{heard} depends on {name}, which nobody has read: read it first"
        yield Finding("conversation.unseen_condition", said, call_path(first.step, first.call))
        return
    if first is not None and first.spot[0] == name and turn.read:
        mine = [one for one in turn.changes if one.spot[0] == name and one.step > after]
        unseen = [one for one in mine if turn.session.known(one.spot, one.step) is None]
        if unseen and not turn.said.reading.places and not turn.said.says("others"):
            one = unseen[0]
            prop = condition.prop
            said = f"{heard}: {name} wasn't read for the {prop.areas[one.spot[1]].words}"
            path = argument_path(one.step, one.call, "areaId")
            yield Finding("conversation.unseen_condition", said, path)
            return
    if first is not None:
        spots = {one.spot for one in turn.changes if one.spot[0] == name}
        holds = _holds(condition, _values(turn, name, first.step, spots))
        if holds is False:
            told = _told(turn, condition.prop, first.step, spots)
            said = f"{heard} doesn't hold, since {told}; so nothing is to be set"
            yield Finding("conversation.condition", said, call_path(first.step, first.call))
    elif turn.replies and all(reply.kind == "tell" for _, reply in turn.replies) and turn.read:
        flat = turn.said.main.text.flat
        rules = turn.said.rules
        if not (rules.opens_with_command(flat) or rules.classes["polite"].search(flat)):
            return
        holds = _holds(condition, _values(turn, name, turn.steps.stop, set()))
        if holds:
            told = _told(turn, condition.prop, turn.steps.stop, set())
            said = f"{heard} holds, since {told}, and yet nothing is set"
            yield Finding("conversation.condition", said, turn.place(turn.replies[-1][0], "reply"))


def _check_unread(
    turn: Turn, words: WordRules, span: tuple[int, int], heard: str
) -> Iterator[Finding]:
    """Yield a change that depends on what is measured, where nothing has been read at all."""
    measured = words.rules.classes.get("measured")
    part = turn.said.text.part(*span)
    if measured is None or not measured.search(part) or not turn.changes:
        return
    first = turn.changes[0]
    if not any(one.step < first.step for one in turn.session.seen) and not turn.session.refused:
        said = f"{heard} depends on what nobody has read: read it first"
        yield Finding("conversation.unseen_condition", said, call_path(first.step, first.call))


_IF_SO = re.compile(r" if (?:so|yes|yeah|it is|they are|thats the case|that is so)(?= )")
_IF_NOT = re.compile(r" (?:if (?:not|no|it isnt|they arent|its not|theyre not)|otherwise)(?= )")


_ELSE = re.compile(r" (?:otherwise|else|if not)(?= )")


def _asked(turn: Turn) -> tuple[tuple[int, int] | None, bool]:
    """Return a question that something depends on, and whether on its being denied: "is it open?
    If so, close it".
    """
    flat = turn.said.text.flat
    so, otherwise = _IF_SO.search(flat), _IF_NOT.search(flat)
    match = so or otherwise
    if match is None or (so and otherwise):
        return None, False
    at = len(flat[: match.start()].split())
    if at == 0:
        return None, False
    begin, end = sentence(at - 1, at, turn.said.reading)
    end = min(end, at)
    question = turn.said.text.part(begin, end)
    rules = turn.said.rules
    if not (rules.opens_with_question(question) or rules.reports(question)):
        return None, False
    return (begin, end), otherwise is not None


def _values(turn: Turn, name: str, step: int, spots: set[Spot]) -> list[Any]:
    """Return what is known of a property before a step: in the places named, else all seen in
    the turn, else all.
    """
    every = list(dict.fromkeys(one.spot for one in turn.session.seen if one.spot[0] == name))
    here = list(dict.fromkeys(one.spot for one in turn.read if one.spot[0] == name))
    chosen = [spot for spot in every if spot in spots] or here or every
    known = [turn.session.known(spot, step) for spot in chosen]
    return [one.value for one in known if one]


def _told(turn: Turn, prop: Property, step: int, spots: set[Spot]) -> str:
    values = dict.fromkeys(state_words(v, prop) for v in _values(turn, prop.name, step, spots))
    return f"{prop.name} is {' and '.join(values)}"


def _holds(condition: _Condition, values: Sequence[Any]) -> bool | None:
    """Whether the condition holds for all values or for none; None where it is open."""
    held = {_holds_for(condition, value) for value in values}
    if len(held) != 1:
        return None
    [holds] = held
    return holds if holds is None or not condition.turned else not holds


def _holds_for(condition: _Condition, value: Any) -> bool | None:
    if condition.below is not None or condition.above is not None:
        limit = condition.below if condition.below is not None else condition.above
        if isinstance(value, bool) or not isinstance(value, (int, float)) or limit is None:
            return None
        told = [unit.of(value) for unit in condition.units]
        if any(abs(one - limit) < _EQUAL for one in told):
            return None
        held = {one < limit if condition.below is not None else one > limit for one in told}
        return held.pop() if len(held) == 1 else None
    area = next(iter(condition.prop.areas.values()))
    return any(satisfies(one.spec, value, area) for one in condition.states)


def _read(turn: Turn, words: WordRules, span: tuple[int, int], turned: bool) -> _Condition | None:
    """Read a condition; None if it isn't about one property, or not clear."""
    text, rules = turn.said.text, words.rules
    part = text.part(*span)
    if _OR.search(part):
        return None
    turned = turned or text.words[span[0]] == "unless"
    prop = _property(turn, words, span)
    if prop is None:
        return None
    numbers = [i for i in range(*span) if text.tokens[i].number is not None]
    if len(numbers) == 1:
        number = text.tokens[numbers[0]].number
        units = _units(prop, text.part(numbers[0] + 1, min(numbers[0] + 5, len(text.tokens))))
        if not units or _NOT.search(part):
            return None
        below, above = _BELOW.search(part), _ABOVE.search(part)
        if bool(below) == bool(above) or _AT_LEAST.search(part):
            return None
        if below:
            return _Condition(prop, below=number, units=units, turned=turned)
        return _Condition(prop, above=number, units=units, turned=turned)
    if numbers:
        return None
    states = tuple(
        one for one in states_said(rules, prop.name, turn.said.reading, *span) if is_state(one.spec)
    )
    if not states or len({one.spec for one in states}) != 1:
        return None
    return _Condition(prop, states=states, turned=turned)


_UNITS = {
    "°C": {"degrees", "degree", "celsius", "c"},
    "%": {"percent", "per"},
}


_OTHER_UNITS = frozenset(
    [
        "miles",
        "mile",
        "mph",
        "fahrenheit",
        "f",
        "gallons",
        "psi",
        "hours",
        "hour",
        "metres",
        "seconds",
    ]
)
"""Units that aren't the first that people use."""


def _units(prop: Property, following: str) -> tuple[UnitSaid, ...]:
    """Return the units that a number may be in, by the words after it; none if these speak of
    something that the property isn't measured in.
    """
    named = units_said(following, prop)
    after = following.split()[:2]
    if named:
        return named
    if _OTHER_UNITS & set(after):
        return ()
    said = {word for words in _UNITS.values() for word in words} & set(after[:1])
    if said and not said & _UNITS.get(prop.unit, set()):
        return ()
    return spoken_units(prop)[:1]


_EQUAL = 1e-9


def _property(turn: Turn, words: WordRules, span: tuple[int, int]) -> Property | None:
    """Return the property that a condition is about: the one that is read for it, if its words
    may mean it or mean nothing of their own; else the one that is set.
    """
    begin, end = span
    mentions = [m for m in turn.said.reading.mentions if begin <= m.begin and m.end <= end]
    named = {name for m in mentions for name in m.names | m.asks}
    spoken = {name for m in mentions for name in m.all}
    meant = named or spoken
    properties = words.catalog.properties
    read = {one.spot[0] for one in turn.read}
    changed = {one.spot[0] for one in turn.changes}
    counted = {
        name
        for m in mentions
        for name in m.all
        if any(turn.said.text.tokens[i].number is not None for i in range(m.begin, m.end))
    }
    alike = {
        name
        for name in read
        if not named and any(properties[name].unit == properties[m].unit != "" for m in spoken)
    }  # "hotter than 26 in here" is what was measured, if that was read
    for candidates in (meant & read, spoken & read, alike, named, counted, meant & changed):
        if len(candidates) == 1:
            return properties[next(iter(candidates))]
    if meant:
        return None
    if len(read) == 1:
        return properties[next(iter(read))]  # it was read for that
    pronoun = re.search(r" (?:it|its|they|theyre|that|thats|them) ", turn.said.text.part(*span))
    if pronoun and len(changed) == 1:
        return properties[next(iter(changed))]
    return None
