"""Places that only what was before explains: "it", "the other one", "the right one" of the rear."""

from collections.abc import Iterator

from workbench.core.car.catalog import Area, Property
from workbench.core.car.words import brief
from workbench.core.checks.conversation.session import (
    Change,
    argument_path,
    call_spot,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.reading.positions import positions_of, select
from workbench.core.verdicts import Edit, Finding, Fix

_SEVERAL = frozenset(
    ["both", "all", "every", "each", "everyone", "everything", "everywhere", "others", "same"]
)


def check_places(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield changes elsewhere than at the place that was spoken of, where the words name none, or
    only a side of it.
    """
    if not turn.number or turn.asked or not turn.changes or turn.said.condition:
        return
    name, areas = _spoken_of(turn)
    prop = words.catalog.properties.get(name)
    if prop is None or len(prop.areas) < 2 or {one.spot[0] for one in turn.changes} != {name}:
        return
    said = turn.said
    if _SEVERAL & set(said.text.words) or any(m.names - {name} for m in said.reading.mentions):
        return
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
        if len(areas) != 1 or places or not said.says("other_one"):
            return frozenset()
        return _across(prop, prop.areas[next(iter(areas))])
    if not places:
        others = words.policy_rules.may_name_a_place(said.reading)
        return frozenset() if others or said.repeats or said.corrects else areas
    if len(places) != 1 or len(areas) != 1 or places[0].everything or places[0].own:
        return frozenset()
    if not all(one.column in ("L", "R") and not one.row for one in places[0].selectors):
        return frozenset()
    if not (said.repeats or said.corrects or len(said.text.tokens) <= _FEW):
        return frozenset()
    chosen = select(places[0], prop, words.catalog)
    row = _row(prop.areas[next(iter(areas))])
    return frozenset(area for area in chosen if _row(prop.areas[area]) == row)


_FEW = 6


def _row(area: Area) -> int:
    return next((position.row for position in positions_of(area)), 0)


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
