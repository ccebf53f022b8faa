"""Words about what was before: the same elsewhere, a correction, the answer to a question."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.core.car.levels import EXACT
from workbench.core.car.words import brief, quoted, state_words
from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.session import (
    Change,
    argument_path,
    call_path,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules, found
from workbench.core.reading.mentions import PropertyMention
from workbench.core.reading.positions import NamedPlace, Position, select
from workbench.core.samples import ToolCall
from workbench.core.verdicts import Edit, Finding, Fix

_ALL = frozenset(["both", "all", "each"])


def check_same(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield what isn't the same as before, where the same is wished elsewhere."""
    if not turn.said.repeats or turn.said.undoes or turn.said.corrects or turn.asked:
        return
    last = _like_someone(turn, words, turn.before)
    if not last or not turn.changes or turn.said.condition or turn.read:
        return
    names, values = {one.spot[0] for one in last}, {repr(one.after) for one in last}
    if len(names) != 1 or len(values) != 1 or _says_value(turn, words, last[0].spot[0]):
        return
    [name] = names
    between = turn.session.turns[turn.number - 1]
    if any(one.spot[0] != name for one in turn.read_in(between)):
        return  # something else was spoken of since
    heard = quoted(turn.said.text.quote(0, len(turn.said.text.tokens)))
    prop, _ = found(words.catalog, last[0].spot)
    named = {n for m in turn.said.reading.mentions for n in m.names}
    if named and name not in named:
        return
    if not named and any(
        m.shared and name not in m.all and not _is_place(turn, m)
        for m in turn.said.reading.mentions
    ):
        return
    meant = last[0].after
    placed = any(select(place, prop, words.catalog) for place in turn.said.reading.places)
    for one in turn.changes:
        if one.spot[0] != name:
            if not named and placed:
                path = argument_path(one.step, one.call, "propertyName")
                said = f"{heard} means {name} again, not {one.spot[0]}"
                yield Finding("conversation.same_value", said, path)
        elif one.after != meant:
            path = argument_path(one.step, one.call, "value")
            said = f"{heard} means {state_words(meant, prop)} again, the value reached before, "
            said += f"not {state_words(one.after, prop)}"
            fix = Fix(f"value: {brief(meant)}", (Edit("replace", path, meant),))
            yield Finding("conversation.same_value", said, path, fix)


_LIKE_HER = re.compile(
    r" same (?:setting |thing |level )?(?:as|like) (?:her|him|hers|his|them)(?= )"
)
_LIKE_ME = re.compile(
    r" same (?:setting |thing |level )?(?:as|like) (?:me|mine|my seat|i have)(?= )"
)


def _like_someone(turn: Turn, words: WordRules, last: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return those of the last changes that were for someone, where the same as theirs is wished:
    "the same as her".
    """
    flat = turn.said.text.flat
    mine, hers = _LIKE_ME.search(flat), _LIKE_HER.search(flat)
    if bool(mine) == bool(hers):
        return last
    own = {
        one
        for one in last
        if one.spot[1] == words.catalog.driver_area(found(words.catalog, one.spot)[0])
    }
    return tuple(one for one in last if (one in own) == bool(mine))


def _is_place(turn: Turn, mention: PropertyMention) -> bool:
    """Whether a mention is only the end of a place: "the passenger seat"."""
    places = turn.said.reading.places
    ends = any(place.end in (mention.begin, mention.begin + 1) for place in places)
    return ends or any(p.begin <= mention.begin and mention.end <= p.end for p in places)


def _says_value(turn: Turn, words: WordRules, name: str) -> bool:
    """Whether the words give a value of their own."""
    reading = turn.said.reading
    size = len(reading.text.tokens)
    if words.rules.values.numbers(reading.text, 0, size):
        return True
    if words.rules.values.degrees(reading.text):
        return True
    if any(turn.said.says(name) for name in ("higher", "lower", "warmer", "cooler", "off")):
        return True
    specs = {one.spec for one in words.rules.said(name, reading, 0, size)}
    return bool(specs - {"true", "!=0", ">0"})


def check_correction(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield what a correction of a place leaves wrong: another value, or the first change."""
    if not turn.said.corrects or turn.said.undoes or turn.asked or turn.said.condition:
        return
    last = turn.before
    if not last or not turn.number or last[0].step not in turn.session.turns[turn.number - 1]:
        return
    names, values = {one.spot[0] for one in last}, {repr(one.after) for one in last}
    changed = {one.spot[0] for one in turn.changes}
    if len(names) != 1 or len(values) != 1 or changed != names:
        return
    [name] = names
    prop = words.catalog.properties[name]
    wrong = {one.spot[1] for one in last}
    places = [select(place, prop, words.catalog) for place in turn.said.reading.places]
    meant = frozenset().union(*places) - wrong
    new = [one for one in turn.changes if one.spot[1] not in wrong]
    if not new or not meant or _says_value(turn, words, name):
        return
    heard = quoted(turn.said.text.quote(0, len(turn.said.text.tokens)))
    for one in new:
        if one.after != last[0].after and not _moves_alike(one, last[0]):
            path = argument_path(one.step, one.call, "value")
            value = last[0].after
            said = f"{heard} corrects the place only, so it's {state_words(value, prop)} there"
            fix = Fix(f"value: {brief(value)}", (Edit("replace", path, value),))
            yield Finding("conversation.correction", said, path, fix)
    yield from _taken_back(turn, last, new, words)


def _moves_alike(change: Change, first: Change) -> bool:
    """Whether a value goes on from its own start as the one corrected did: "raise hers a bit".
    "No, mine".
    """
    if change.known is None or first.known is None:
        return False
    values = (change.after, change.known.value, first.after, first.known.value)
    if not all(type(value) in (int, float) for value in values):
        return False
    ours, theirs = values[0] - values[1], values[2] - values[3]
    return bool(abs(ours - theirs) < _EQUAL)


_EQUAL = 1e-9


def _taken_back(
    turn: Turn, last: Sequence[Change], new: Sequence[Change], words: WordRules
) -> Iterator[Finding]:
    """Yield changes that were wrong and stay, though what was there before is known."""
    again = {one.spot: one for one in turn.changes}
    for one in last:
        prop, area = found(words.catalog, one.spot)
        if one.known is None or one.known.value == one.after:
            continue
        back = again.get(one.spot)
        if back is not None and back.after == one.known.value:
            continue
        value = state_words(one.known.value, prop)
        said = f"{prop.name} was {value} for the {area.words}; a correction puts that back"
        if back is None:
            yield Finding("conversation.correction", said, call_path(new[0].step, new[0].call))
            continue
        path = argument_path(back.step, back.call, "value")
        edit = Edit("replace", path, one.known.value)
        fix = Fix(f"value: {brief(one.known.value)}", (edit,))
        yield Finding("conversation.correction", said, path, fix)


def check_answer(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield an answer that picks one option, where another one is done."""
    asked = turn.asked
    if asked is None or not turn.made:
        return
    options = [[_content(call) for call in option] for option in asked.options]
    if _NEVER_MIND.search(turn.said.text.flat) and not turn.said.reading.places:
        yield from _check_dropped(turn, words)
        return
    done = [_content(call) for index in turn.steps for call in turn.session.steps[index].answers]
    picked = _picked(turn, words, asked.options)
    if not picked or turn.said.corrects:
        return
    meant = [call for number in picked for call in options[number]]
    others = [
        call
        for number, option in enumerate(options)
        if number not in picked
        for call in option
        if call not in meant
    ]
    wrong = [call for call in done if call in others]
    missing = [call for call in meant if call not in done]
    heard = quoted(turn.said.text.quote(0, len(turn.said.text.tokens)))
    step = next(i for i in turn.steps if turn.session.steps[i].answers)
    if wrong and missing:
        at = next(
            (i, n)
            for i in turn.steps
            for n, call in enumerate(turn.session.steps[i].answers)
            if _content(call) in wrong
        )
        number = picked[0] + 1
        said = f"{heard} picks option {number} of the question, and another one is done"
        fix = None
        if len(wrong) == len(missing) == len(done) == 1:
            [call] = [c for c in asked.options[picked[0]] if _content(c) == missing[0]]
            item = {"name": call.name, "arguments": dict(call.arguments)}
            fix = Fix(f"do option {number}", (Edit("replace", call_path(*at), item),))
        yield Finding("conversation.wrong_answer", said, call_path(*at), fix)
    elif wrong and len(picked) == 1 and len(turn.said.text.tokens) <= _SHORT:
        at = next(
            (i, n)
            for i in turn.steps
            for n, call in enumerate(turn.session.steps[i].answers)
            if _content(call) in wrong
        )
        said = f"{heard} picks option {picked[0] + 1} of the question, and another one is done too"
        fix = without_call(turn.session, *at)
        yield Finding("conversation.wrong_answer", said, call_path(*at), fix)
    elif missing and len(picked) > 1 and len(missing) < len(meant):
        said = f"{heard} picks {len(picked)} options of the question, and not all are done"
        yield Finding("conversation.wrong_answer", said, turn.place(step, "answers"))


_NEVER_MIND = re.compile(
    r"^ (?:(?:nah|no|nope|oh|ah|hmm|hm|actually|sorry|well|ok|okay|you know what|thanks|right"
    r"|on second thoughts?|[,.!]) )*(?:forget (?:it|that|about (?:it|that))|never ?mind|leave it"
    r"|leave (?:them|that)|dont (?:bother|worry)|skip (?:it|that)|cancel (?:it|that)|scratch that"
    r"|no need|drop it|neither|not now|none of them)(?= )"
)


def _check_dropped(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield what is done of a question's options although the answer is "forget it"."""
    reading = turn.said.reading
    if any(m.names or m.asks for m in reading.mentions) or turn.said.condition:
        return
    if any(token.number is not None for token in reading.text.tokens) or _bare_sides(turn, words):
        return
    assert turn.asked is not None
    offered = {_content(call) for option in turn.asked.options for call in option}
    for index in turn.steps:
        for number, call in enumerate(turn.session.steps[index].answers):
            if _content(call) in offered:
                heard = quoted(reading.text.quote(0, len(reading.text.tokens)))
                said = f"{heard} picks no option of the question, and one is done"
                yield Finding("conversation.wrong_answer", said, call_path(index, number))
                return


_SHORT = 8
"""Tokens of words that only answer."""


def _content(call: ToolCall) -> tuple[str, str]:
    arguments = {
        k: float(v) if type(v) is int and abs(v) < EXACT else v for k, v in call.arguments.items()
    }
    return call.name, repr(sorted(arguments.items()))


def _picked(turn: Turn, words: WordRules, options: Sequence[Sequence[ToolCall]]) -> list[int]:
    """Return the options that the words pick, empty if that isn't clear."""
    reading = turn.said.reading
    said = set(reading.text.words)
    if _ALL & said:
        return list(range(len(options))) if len(options) == 2 else []
    ahead = _BECAUSE.split(reading.text.flat, maxsplit=1)[0] + " "
    denied = words.rules.classes["negation"].search(ahead)
    if denied or {"not", "neither", "other", "none"} & {*ahead.split()}:
        return []
    by_place = _by_place(turn, words, options)
    if by_place is not None:
        return by_place or _by_order(turn, options)
    names = [{call.arguments.get("propertyName") for call in option} for option in options]
    if len({frozenset(map(str, one)) for one in names}) == len(options):
        spoken = {n for m in reading.mentions for n in m.names} or {
            n for m in reading.mentions for n in m.shared
        }
        fitting = [i for i, one in enumerate(names) if one & spoken]
        if len(fitting) == 1:
            return fitting
        return (
            _by_owner(turn, words, options)
            or _by_label(turn, words, options)
            or _by_order(turn, options)
        )
    return _by_order(turn, options)


_BECAUSE = re.compile(r" (?:so|because|since|cause|cos)(?= )")
"""What follows says why: "only mine, so it doesn't disturb anyone"."""
_FIRST = re.compile(r" (?:the )?(?:first|former)(?: one| option| of (?:them|those|the #))? [.,!] $")
_SECOND = re.compile(r" (?:the )?(?:second|latter)(?: one| option)? [.,!] $")
_LAST = re.compile(r" (?:the )?last(?: one| option)? [.,!] $")


def _by_order(turn: Turn, options: Sequence[Sequence[ToolCall]]) -> list[int]:
    """Return the option that an answer picks by its place in the question: "the first one"."""
    flat = re.sub(
        r" (?:please|thanks|then|i think|, please|, thanks)(?= )", "", turn.said.text.flat
    )
    flat = flat.rstrip(" .,!") + " . "
    if len(flat.split()) > _SHORT:
        return []
    if _FIRST.search(flat):
        return [0]
    if _LAST.search(flat):
        return [len(options) - 1]
    return [1] if _SECOND.search(flat) and len(options) > 1 else []


_SHORTEST_NAME = 4  # letters


def _by_label(turn: Turn, words: WordRules, options: Sequence[Sequence[ToolCall]]) -> list[int]:
    """Return the options whose property's name has a word of the answer that no other has: "the
    cabin, please" of the cabin lights and the reading light.
    """
    labels: list[set[str]] = []
    for option in options:
        names = {str(call.arguments.get("propertyName")) for call in option}
        props = [words.catalog.properties.get(name) for name in names]
        labels.append({w.rstrip("s") for prop in props if prop for w in prop.label.split()})
    said = tuple(w.rstrip("s") for w in turn.said.text.words if len(w) >= _SHORTEST_NAME)
    fitting = []
    for number, label in enumerate(labels):
        others = set().union(*(one for i, one in enumerate(labels) if i != number))
        if any(word.startswith(said) for word in label - others):
            fitting.append(number)
    return fitting if len(fitting) == 1 else []


def _by_owner(turn: Turn, words: WordRules, options: Sequence[Sequence[ToolCall]]) -> list[int]:
    """Return the options for the speaker's own place, where "mine" is said, and those for the whole
    car, where everywhere is: "just mine" of the cabin's light and the reading light.
    """
    places = turn.said.reading.places
    own = any(place.own for place in places)
    if own == any(place.everything for place in places):
        return []
    fitting = []
    for number, option in enumerate(options):
        props = [words.catalog.properties.get(str(c.arguments.get("propertyName"))) for c in option]
        single = all(prop is not None and len(prop.areas) == 1 for prop in props)
        if own != single:
            fitting.append(number)
    return fitting if len(fitting) == 1 else []


def _by_place(
    turn: Turn, words: WordRules, options: Sequence[Sequence[ToolCall]]
) -> list[int] | None:
    """Return the options in the places named; None if the options aren't told by place."""
    spots: list[set[Any]] = []
    names: set[str] = set()
    for option in options:
        spots.append({call.arguments.get("areaId") for call in option})
        names |= {str(call.arguments.get("propertyName")) for call in option}
    if len(names) != 1 or len({frozenset(one) for one in spots}) != len(options):
        return None
    prop = words.catalog.properties.get(next(iter(names)))
    if prop is None:
        return None
    places = [p for p in turn.said.reading.places if not p.everything]
    if not places:
        places = [NamedPlace(0, 0, frozenset([one])) for one in _bare_sides(turn, words)]
    areas = [select(place, prop, words.catalog) for place in places]
    if not areas or not all(areas):
        return []
    offered: set[Any] = set().union(*spots)
    near = [area for area in areas if area & offered] or areas
    meant = frozenset.intersection(*near) & offered
    fitting = [i for i, one in enumerate(spots) if one <= meant and one]
    return fitting if len(fitting) == 1 else []


_SIDES = {"left": "L", "right": "R", "centre": "C", "driver": "D", "passenger": "P"}


def _bare_sides(turn: Turn, words: WordRules) -> list[Position]:
    """Return the sides that an answer names without a word that shows it is a place: "left"."""
    known = words.rules.reader.lexicon.places
    said = set(turn.said.text.words)
    found = [column for name, column in _SIDES.items() if said & set(known.get(name, ()))]
    return [Position(1 if column in "DP" else 0, column) for column in found]
