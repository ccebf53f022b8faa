"""Places that only what was before explains: "it", "the other one", "the right one" of the rear."""

import re
from collections.abc import Iterable, Iterator

from workbench.core.car.catalog import Area, Property
from workbench.core.car.words import brief
from workbench.core.checks.conversation.session import (
    Change,
    Spot,
    argument_path,
    call_spot,
    overlap,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules, found
from workbench.core.checks.grounding.turn_words import SWAPS
from workbench.core.checks.grounding.value_rules import satisfies
from workbench.core.reading.positions import NamedPlace, positions_of, select
from workbench.core.verdicts import Edit, Finding, Fix

_SEVERAL = frozenset(
    ["both", "all", "every", "each", "everyone", "everything", "everywhere", "others"]
)


def check_places(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield changes elsewhere than at the place that was spoken of, where the words name none, or
    only a side of it.
    """
    if not turn.number or turn.asked or not turn.changes or turn.said.condition:
        return
    name, areas = _spoken_of(turn)
    changed = {one.spot[0] for one in turn.changes}
    needed = words.catalog.dependencies.get(name)
    if needed is not None and changed == {needed.need}:
        name = needed.need  # "it's off there" "turn it on then"
        there = words.catalog.properties[name].areas
        areas = frozenset(area for area in there if any(overlap(area, one) for one in areas))
    prop = words.catalog.properties.get(name)
    if prop is None or len(prop.areas) < 2 or changed != {name}:
        return
    said = turn.said
    if SWAPS.search(said.text.flat):
        return
    if _SEVERAL & set(said.text.words) or any(m.names - {name} for m in said.reading.mentions):
        return
    before = turn.session.turns[turn.number - 1]
    only_refused = not any(one.step in before for one in turn.session.seen)
    if only_refused and turn.names_property and not said.names_other:
        return  # a request of its own
    meant = _meant(turn, words, prop, areas)
    if not meant:
        return
    wrong = [one for one in turn.changes if one.spot[1] not in meant]
    if said.corrects:
        wrong = [one for one in wrong if one.spot[1] not in areas]
    heard = brief(said.text.quote(0, len(said.text.tokens)))
    missing = [area for area in sorted(meant) if area not in {c.spot[1] for c in turn.changes}]
    for one in wrong:
        yield _elsewhere(one, prop, heard, meant, missing if len(wrong) == 1 else [])


_IT = re.compile(
    r" (?:turn|switch|put|set|open|close|shut|lock|unlock|make|raise|lower|fold|unfold|bring|take"
    r"|get|keep|start|stop|crank|bump|nudge|warm|heat|cool|wind|roll) (?:it|them|that|those|these"
    r"|that one)(?= )"
)


def check_it(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield changes of something else than what was spoken of, where "it" is all that is named."""
    said = turn.said
    yield from _check_ordinal(turn)
    before = _last_meant(turn, words)
    refers = said.undoes or said.corrects or said.repeats or said.condition or turn.asked
    if len(before) != 1 or refers or not turn.changes or not _IT.search(said.text.flat):
        return
    [name] = before
    prop = words.catalog.properties.get(name)
    size = len(said.text.tokens)
    if prop is None or not prop.writable or not words.rules.said(name, said.reading, 0, size):
        return
    mentioned = frozenset().union(*(m.names | m.asks | m.shared for m in said.reading.mentions))
    last = {spot[0] for spot in _spots_before(turn)} == before
    earlier = set() if last and not _is_so(turn, words, name) else _seen_before(turn)
    changed = {one.spot[0] for one in turn.changes}
    one = turn.changes[0]
    needed = words.catalog.dependencies.get(name)
    prepares = needed and (needed.need, needed.value) == (one.spot[0], one.after)
    if mentioned or prepares or changed & {*earlier, name}:
        return
    heard = brief(said.text.quote(0, size))
    said_so = f"{heard} goes on about {name}, not {one.spot[0]}"
    path = argument_path(one.step, one.call, "propertyName")
    yield Finding("conversation.other_thing", said_so, path)


_ORDINAL = re.compile(
    r" the (first|second|last) (?:one|thing)(?= )(?! (?:of|in|from|on the|at|to|i had|you) )"
)


def _check_ordinal(turn: Turn) -> Iterator[Finding]:
    """Yield changes of another thing than "the first one" of those read or changed just before."""
    ordinal = _ORDINAL.search(turn.said.text.flat)
    last = turn.session.turns[turn.number - 1] if turn.number else range(0)
    read = [] if turn.session.changed(last.start, last.stop) else turn.read_in(last)
    before = list(dict.fromkeys(one.spot[0] for one in read or turn.before))
    changed = {one.spot[0] for one in turn.changes}
    if ordinal is None or len(before) < 2 or len(changed) != 1 or turn.asked or turn.names_property:
        return
    at = {"first": 0, "second": 1, "last": len(before) - 1}[ordinal[1]]
    meant = before[at]
    if changed != {meant} and changed <= {*before}:
        one = turn.changes[0]
        heard = brief(ordinal.group().strip())
        said = f"{heard} of what was {'read' if read else 'changed'} before is {meant}, "
        said += f"not {one.spot[0]}"
        path = argument_path(one.step, one.call, "propertyName")
        yield Finding("conversation.other_thing", said, path)


def _last_meant(turn: Turn, words: WordRules) -> set[str]:
    """Return what "it" is: the properties of the last turn before that had any that can be set to
    what the words say.
    """
    size = len(turn.said.text.tokens)
    for number in range(turn.number - 1, -1, -1):
        names = {spot[0] for spot in _spots_of(turn, number)}
        props = [words.catalog.properties.get(name) for name in names]
        fits = [
            prop
            for prop in props
            if prop and prop.writable and words.rules.said(prop.name, turn.said.reading, 0, size)
        ]
        steps = turn.session.turns[number]
        replies = (turn.session.steps[step].reply for step in steps)
        refused = any(reply is not None and reply.wanted for reply in replies)
        only_read = not refused and not turn.session.changed(steps.start, steps.stop)
        if fits or number == 0 or not only_read:
            return names
    return set()


def _is_so(turn: Turn, words: WordRules, name: str) -> bool:
    """Whether what a turn says of a property is so already, as far as it was seen."""
    prop = words.catalog.properties[name]
    said = words.rules.said(name, turn.said.reading, 0, len(turn.said.text.tokens))
    known = [
        (turn.session.known((name, area), turn.steps.start), prop.areas[area])
        for area in prop.areas
    ]
    seen = [(one.value, area) for one, area in known if one is not None]
    return any(satisfies(one.spec, value, area) for one in said for value, area in seen)


def _seen_before(turn: Turn) -> set[str]:
    return {one.spot[0] for one in turn.session.seen if one.step < turn.steps.start}


def check_there(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield changes elsewhere than where the turn before was, where "there", "him" or "her" and
    nothing else says where.
    """
    said = turn.said
    flat = said.text.flat
    if not turn.number or turn.asked or said.undoes or said.corrects:
        return
    if {"other", "others", "opposite"} & {*said.text.words}:
        return
    if said.reading.places or not _POINTS.search(flat) or SWAPS.search(flat):
        return
    if _MORE.search(_THERE_TOO.sub(" there", flat)):
        return
    spots = list(_spots_before(turn))
    names = {spot[0] for spot in spots}
    areas = {spot[1] for spot in spots}
    if len(areas) != 1 or not names <= set(words.catalog.properties):
        return
    [there] = areas
    if not names or there in _drivers(words, names):
        return
    before = words.catalog.properties[min(names)]
    where = before.areas.get(there)
    if where is None:
        return
    for one in turn.changes:
        prop = words.catalog.properties[one.spot[0]]
        if "seat" not in (prop.area_kind, before.area_kind) or len(prop.areas) < 2:
            continue
        fits = [area.id for area in prop.areas.values() if _is_there(area, where)]
        if one.spot[1] in fits or _is_served(turn, words, where):
            continue
        if len(fits) != 1 or fits[0] in _drivers(words, [prop.name]):
            continue
        done = any(one.spot[0] == c.spot[0] and c.spot[1] == fits[0] for c in turn.changes)
        heard = brief(said.text.quote(0, len(said.text.tokens)))
        yield _elsewhere(one, prop, heard, frozenset(fits), [] if done else fits)


def _is_there(area: Area, where: Area) -> bool:
    """Whether an area is at a place of the car where another is: a seat and its window."""
    mine = {(one.row, one.column) for one in positions_of(area) if one.row and one.column}
    other = {(one.row, one.column) for one in positions_of(where) if one.row and one.column}
    return bool(mine & other)


def _is_served(turn: Turn, words: WordRules, where: Area) -> bool:
    """Whether something of a seat's is changed there, so that other places may come besides."""
    seats = (one for one in turn.changes if _is_seat(words, one))
    also = _THERE_TOO.search(turn.said.text.flat) is not None
    return also and any(_is_there(found(words.catalog, one.spot)[1], where) for one in seats)


def _is_seat(words: WordRules, change: Change) -> bool:
    return words.catalog.properties[change.spot[0]].area_kind == "seat"


_POINTS = re.compile(r" (?:there|him|her|his|hers|them|their|theirs)(?= )")

_THERE_TOO = re.compile(r" there (?:as well|too|also)(?= )")

_MORE = re.compile(
    r" (?:me|my|mine|us|our|ours|everyone|everybody|all|both|each|same|likewise|others?|as well"
    r"|(?:hi|hello|hey|so) there|theres|there (?:you|we|they|it|he|she|goes|is|are|was|were|any)"
    r"|there (?:something|a|no)|(?:in|out|over|back) there"
    r"|up there|down there|here"
    r"|and (?:him|them|hers|theirs|(?:her|his)(?= (?:[.,!?]|too|also|as) | $))"
    r"|(?:him|her|his|hers|them|theirs) (?:too|also)"
    r"|(?:his|her|their) (?:son|daughter|kid|kids|brother|sister|mum|mother|friend|wife|husband))"
    r"(?= )"
)
"""Words that may name another place as well."""


def _spots_before(turn: Turn) -> Iterator[Spot]:
    return _spots_of(turn, turn.number - 1)


def _spots_of(turn: Turn, number: int) -> Iterator[Spot]:
    for index in turn.session.turns[number]:
        step = turn.session.steps[index]
        for call in (*step.answers, *(step.reply.wanted if step.reply else ())):
            spot = call_spot(call)
            if spot:
                yield spot


def _drivers(words: WordRules, names: Iterable[str]) -> set[int | None]:
    return {words.catalog.driver_area(words.catalog.properties[name]) for name in names}


def _elsewhere(
    change: Change, prop: Property, heard: str, meant: frozenset[int], missing: list[int]
) -> Finding:
    path = argument_path(change.step, change.call, "areaId")
    where = ", ".join(prop.areas[area].words for area in sorted(meant))
    said = f"{heard} goes on about the {where}, not the {prop.areas[change.spot[1]].words}"
    fix = None
    if len(missing) == 1:
        fix = Fix(f"areaId: {missing[0]}", (Edit("replace", path, missing[0]),))
    return Finding("conversation.other_place", said, path, fix)


def _spoken_of(turn: Turn) -> tuple[str, frozenset[int]]:
    """Return the property and the areas that the turn before was about, if it is one property."""
    before = turn.session.turns[turn.number - 1]
    spots = []
    for index in before:
        step = turn.session.steps[index]
        wanted = step.reply.wanted if step.reply else ()
        spots += [call_spot(call) for call in (*step.answers, *wanted)]
    names = {spot[0] if spot else "" for spot in spots}
    if len(names) != 1 or "" in names:
        return "", frozenset()
    name = names.pop()
    prop = turn.session.catalog.properties.get(name)
    areas = frozenset(spot[1] for spot in spots if spot)
    return (name, areas) if prop and areas <= set(prop.areas) else ("", frozenset())


def _meant(turn: Turn, words: WordRules, prop: Property, areas: frozenset[int]) -> frozenset[int]:
    """Return the areas that the words go on about, empty if that isn't clear."""
    said = turn.said
    places = said.reading.places
    if said.names_other:
        if len(areas) != 1 or places:
            return frozenset()
        area = prop.areas[next(iter(areas))]
        if said.says("other_one") or _BESIDE_IT.search(said.text.flat):
            return _across(prop, area)
        return _behind(prop, area) if _BEHIND_IT.search(said.text.flat) else frozenset()
    if not places:
        others = words.policy_rules.may_name_a_place(said.reading)
        return frozenset() if others or said.repeats or said.corrects else areas
    if len(places) != 1 or places[0].everything or places[0].own:
        return frozenset()
    if not all(one.column in ("L", "R") and not one.row for one in places[0].selectors):
        return _elsewhere_than(turn, words, prop, places[0])
    if len(areas) != 1:
        return frozenset()
    if not (said.repeats or said.corrects or len(said.text.tokens) <= _FEW):
        return frozenset()
    chosen = select(places[0], prop, words.catalog)
    row = _row(prop.areas[next(iter(areas))])
    return frozenset(area for area in chosen if _row(prop.areas[area]) == row)


_FEW = 6
_BESIDE_IT = re.compile(r" (?:next to|beside|opposite) (?:it|that|that one|him|her|them)(?= )")
_BEHIND_IT = re.compile(r" behind (?:it|that|that one|this|him|her|them)(?= )")


def _elsewhere_than(
    turn: Turn, words: WordRules, prop: Property, place: NamedPlace
) -> frozenset[int]:
    """Return the areas of a place that the words name in full, if nothing is changed there."""
    reading = turn.said.reading
    before = set(reading.text.words[max(0, place.begin - 3) : place.begin])
    chosen = select(place, prop, words.catalog)
    if before & _FROM_THERE or chosen & {one.spot[1] for one in turn.changes}:
        return frozenset()
    return chosen


_FROM_THERE = frozenset(["not", "except", "than", "from", "as", "like", "unlike", "match"])
"""Words before a place that isn't where something is wished: "the same as the passenger's"."""


def _row(area: Area) -> int:
    return next((position.row for position in positions_of(area)), 0)


def _behind(prop: Property, area: Area) -> frozenset[int]:
    """Return the area behind one, on the same side."""
    own = positions_of(area)
    return frozenset(
        other.id
        for other in prop.areas.values()
        if any(
            (one.row, one.column) == (position.row + 1, position.column)
            for one in positions_of(other)
            for position in own
            if position.row and position.column
        )
    )


def _across(prop: Property, area: Area) -> frozenset[int]:
    """Return the area on the other side of the same row."""
    sides = {"L": "R", "R": "L"}
    found = {
        other.id
        for other in prop.areas.values()
        for position in positions_of(other)
        for own in positions_of(area)
        if own.row == position.row and sides.get(own.column) == position.column
    }
    return frozenset(found)
