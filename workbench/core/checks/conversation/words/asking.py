"""Questions: needless where words or policy decide, missing where the policy asks back."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.policy import Unclear, areas_without_place
from workbench.core.car.words import quoted
from workbench.core.checks.conversation.session import call_path, call_spot
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.grounding.relative_wishes import relative_wish
from workbench.core.checks.policy.needs import needs_said
from workbench.core.reading.positions import select
from workbench.core.reading.query_text import read_text
from workbench.core.samples import Reply, ToolCall
from workbench.core.verdicts import Finding

_OPEN = re.compile(
    r" (?:one of|either|any of|whichever|someone|somebody|kid|kids|child|childs|baby|babys|son|sons"
    r"|daughter|daughters|dog|dogs|boy|girl|little one|him|her|them|his|hers|their|friend|friends"
    r"|mum|mums|mom|dad|guest|guests|he|she|they|there|toddler|grandma|wife|husband|passengers"
    r"|people|everyone|anyone|lady|gentleman|nan|gran) "
    r"| (?:a|an|another|some|that|this|other|any|which|the other) (?:[a-z]+ )?(?:windows?|doors?"
    r"|seats?|lights?|lamps?|mirrors?|tyres?|tires?|sides?|ones?) "
)
"""Words for someone or for one of several, which leave open where."""


def check_questions(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield questions that the words or the policy decide, and acts where the policy asks back."""
    for step, reply in turn.replies_of("ask"):
        why = _decided(turn, words, reply)
        if why:
            path = turn.place(step, "reply")
            yield Finding("conversation.needless_question", why, path)
    yield from _check_unasked(turn, words)


def _unclear(turn: Turn, words: WordRules) -> tuple[Unclear, str] | None:
    """Return what the policy calls unclear in the words, and the words."""
    for unclear in words.policy.unclear:
        for phrase in unclear.words:
            if f" {' '.join(read_text(phrase).words)} " in turn.said.text.flat:
                return unclear, phrase
    return None


def _decided(turn: Turn, words: WordRules, reply: Reply) -> str:
    """Return why a question needn't be asked, "" if it may."""
    if _unclear(turn, words) is not None or turn.said.says("somewhere"):
        return ""
    options = [option for option in reply.options if option]
    if len(options) < 2:
        return ""
    names = [{call.arguments.get("propertyName") for call in option} for option in options]
    if len(set().union(*names)) == 1:
        prop = words.catalog.properties.get(str(next(iter(names[0]))))
        if prop is None:
            return ""
        return (
            _by_place(turn, words, prop, options)
            or _by_value(turn, words, prop, options)
            or _by_level(turn, words, prop, options)
        )
    return (
        _by_property(turn, names) or _by_usual(turn, words, names) or _by_need(turn, words, options)
    )


def _by_property(turn: Turn, names: Sequence[set[Any]]) -> str:
    named = [m for m in turn.said.reading.mentions if len(m.names) == 1]
    if len(named) != 1 or any(m.shared and not m.names for m in turn.said.reading.mentions):
        return ""
    [name] = named[0].names
    if [name in one for one in names].count(True) != 1:
        return ""
    heard = quoted(turn.said.text.quote(named[0].begin, named[0].end))
    return f"the words say which: {heard} is {name}"


def _by_usual(turn: Turn, words: WordRules, names: Sequence[set[Any]]) -> str:
    """Return why words that fit several properties are no question: the policy says which."""
    flat = turn.said.text.flat
    for usual in words.policy.usual:
        if [usual.property in one for one in names].count(True) != 1:
            continue
        for phrase in sorted(usual.words, key=len, reverse=True):
            if f" {' '.join(read_text(phrase).words)} " in flat:
                why = f" ({usual.why})" if usual.why else ""
                return f"by the policy, {quoted(phrase)} means {usual.property}{why}"
    return ""


def _by_need(turn: Turn, words: WordRules, options: Sequence[Sequence[ToolCall]]) -> str:
    """Return why what someone feels is no question: the policy has an answer that is offered."""
    offered = [
        (c.arguments.get("propertyName"), c.arguments.get("value")) for o in options for c in o
    ]
    for one in needs_said(words.policy_rules, turn.said.reading):
        if offered.count((one.meant.property, one.meant.value)) == 1:
            heard = quoted(turn.said.text.quote(one.begin, one.end))
            return f"the policy answers {heard} with {one.meant.property}"
    return ""


def _by_place(
    turn: Turn, words: WordRules, prop: Property, options: Sequence[Sequence[ToolCall]]
) -> str:
    areas = [frozenset(call.arguments.get("areaId") for call in option) for option in options]
    acts = {(call.name, repr(call.arguments.get("value"))) for o in options for call in o}
    if len(set(areas)) != len(areas) or len(acts) != 1:
        return ""
    reading = turn.said.reading
    if not any(prop.name in m.all for m in reading.mentions):
        return ""
    places = [place for place in reading.places if not place.own]
    if places:
        meant = [select(place, prop, words.catalog) for place in places]
        if len(meant) == 1 and meant[0] in areas and not _OPEN.search(reading.text.flat):
            heard = quoted(reading.text.quote(places[0].begin, places[0].end))
            return f"the words say where: {heard}"
        return ""
    if _OPEN.search(reading.text.flat) or words.policy_rules.may_name_a_place(reading):
        own = [p for p in reading.places if p.own]
        return (
            f"the words say where: {quoted(reading.text.quote(own[0].begin, own[0].end))}"
            if (own and not _OPEN.search(reading.text.flat))
            else ""
        )
    access = "get" if words.catalog.functions[options[0][0].name].kind == "get" else "set"
    usual = areas_without_place(words.policy, words.catalog, prop, access)  # type: ignore[arg-type]
    if not usual:
        return ""
    rule = words.policy.places.get(prop.name, words.policy.default_place)
    where = ", ".join(prop.areas[area].words for area in usual)
    where = "every place" if set(usual) == set(prop.areas) else f"the {where}"
    why = f" ({rule.why})" if rule.why else ""
    return f"no place is named, and the policy has one for that: {where}{why}"


def _by_value(
    turn: Turn, words: WordRules, prop: Property, options: Sequence[Sequence[ToolCall]]
) -> str:
    """Return why the value is no question: a number, a word for a level, or a need that is one of
    the options.
    """
    spots = {
        (c.arguments.get("propertyName"), c.arguments.get("areaId")) for o in options for c in o
    }
    if len(spots) != 1 or any(len(option) != 1 for option in options):
        return ""
    values = [option[0].arguments.get("value") for option in options]
    text = turn.said.text
    numbers = words.rules.values.numbers(text, 0, len(text.tokens))
    if len(numbers) == 1 and not turn.said.condition:
        number = text.tokens[numbers[0]].number
        if [type(v) in (int, float) and v == number for v in values].count(True) == 1:
            return f"the words say the value: {quoted(text.quote(numbers[0], numbers[0] + 1))}"
    for one in needs_said(words.policy_rules, turn.said.reading):
        if one.meant.value in values:
            return f"the policy answers {quoted(text.quote(one.begin, one.end))}"
    return _by_degree(turn, words, prop, values)


def _by_degree(turn: Turn, words: WordRules, prop: Property, values: Sequence[Any]) -> str:
    """Return why a level is no question that a word for it says: "on the low setting"."""
    said = turn.said
    size = len(said.text.tokens)
    named = [m for m in said.reading.mentions if prop.name in m.names]
    if said.condition or len(named) != 1 or not words.rules.values.degrees(said.text):
        return ""
    if said.says("higher") or said.says("lower") or said.says("more") or " or " in said.text.flat:
        return ""
    area = next(iter(prop.areas.values()))
    found = words.rules.values.candidates(said.text, prop, area, 0, size)
    fits = [v for v in values if any(one.accepts(v) for one in found)]
    if len(fits) != 1:
        return ""
    return f"the words say which level: {quoted(said.text.quote(0, size))}"


def _by_level(
    turn: Turn, words: WordRules, prop: Property, options: Sequence[Sequence[ToolCall]]
) -> str:
    """Return why a level is no question: words such as "on" say which way, and the policy how far.

    Also a relative wish is decided: the policy says how far it goes.
    """
    end = words.policy.without_degree.get(prop.name)
    spots = {call_spot(call) for option in options for call in option}
    if len(spots) != 1 or any(len(option) != 1 for option in options):
        return ""
    values = [option[0].arguments.get("value") for option in options]
    numbers = [float(v) for v in values if type(v) is int or isinstance(v, float)]
    if len(numbers) < len(values):
        return ""
    said = turn.said
    size = len(said.text.tokens)
    if said.condition or not any(prop.name in m.all for m in said.reading.mentions):
        return ""
    area = next(iter(prop.areas.values()))
    wish = relative_wish(words.rules, words.amounts, prop, area, said.main, 0, size)
    if wish is not None and wish.sure and prop.name in words.policy.relative:
        return f"{quoted(wish.words)} is no question: the policy says how far that goes"
    if end is not None and (min(numbers) > 0 or max(numbers) < 0):
        specs = {one.spec for one in words.rules.said(prop.name, said.reading, 0, size)}
        if specs and specs <= _DIRECTIONS:
            return f"no level is named, and the policy has one for that: the {end}"
    return ""


_DIRECTIONS = frozenset(["true", "!=0", ">0", "<0"])
"""What "on", "open", "heat" and "cool" say of a property: which way, not how far."""


def _check_unasked(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield what is done though the policy asks back, and nothing has said which is meant."""
    found = _unclear(turn, words)
    if found is None or not turn.changes or turn.number or turn.replies_of("ask"):
        return
    unclear, phrase = found
    if turn.said.condition or turn.said.undoes or not _alone(turn, phrase):
        return
    spots = {one.spot for one in turn.changes}
    names = {spot[0] for spot in spots}
    if unclear.properties:
        called = names & set(unclear.properties)
        if len(called) != 1 or len(called) != len(names):
            return
        if any(m.names for m in turn.said.reading.mentions):
            return
    if unclear.place:
        [name] = names if len(names) == 1 else [""]
        prop = words.catalog.properties.get(name)
        if prop is None or len(spots) != 1 or len(prop.areas) < 2:
            return
    first = turn.changes[0]
    why = f" ({unclear.why})" if unclear.why else ""
    said = f"{quoted(phrase)} leaves open what is meant; the policy asks back{why}"
    yield Finding("conversation.unasked", said, call_path(first.step, first.call))


def _alone(turn: Turn, phrase: str) -> bool:
    """Whether no place is said but in the words that are unclear."""
    reading = turn.said.reading
    at = turn.said.text.flat.find(f" {' '.join(read_text(phrase).words)} ")
    ahead = turn.said.text.flat[:at].split()
    begin, end = len(ahead), len(ahead) + len(read_text(phrase).words)
    return all(begin <= place.begin and place.end <= end for place in reading.places)
