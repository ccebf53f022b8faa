"""Relative wishes: "a bit warmer" is the value known, and the policy's step from there."""

import re
from collections.abc import Iterator
from dataclasses import replace

from workbench.core.car.catalog import Area, Property
from workbench.core.car.words import brief, quoted, state_words
from workbench.core.checks.conversation.edits import read_first
from workbench.core.checks.conversation.session import (
    Change,
    Spot,
    argument_path,
    call_path,
)
from workbench.core.checks.conversation.words.turn import Turn, WordRules, found, words_about
from workbench.core.checks.grounding.relative_wishes import RelativeWish, reached, relative_wish
from workbench.core.verdicts import Edit, Finding, Fix


def check_wishes(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield changes that aren't the step from the value known that the words ask for."""
    undoes = turn.said.undoes and bool(turn.before)
    if undoes or turn.answers_question or turn.said.corrects:
        return
    changed = {one.spot[0] for one in turn.changes}
    for one in turn.changes:
        prop, area = found(words.catalog, one.spot)
        wish = _wish(turn, words, prop, area, len(changed) == 1)
        wish = wish and _onward(turn, wish, one.spot, area)
        if wish is not None and type(one.after) in (int, float):
            yield from _check_change(turn, words, one, wish)
    if not changed:
        yield from _left_undone(turn, words)


def _wish(
    turn: Turn, words: WordRules, prop: Property, area: Area, alone: bool
) -> RelativeWish | None:
    spoken = any(prop.name in m.all for m in turn.said.main.mentions)
    if not (spoken or turn.number or turn.said.says("pronoun")):
        return None
    about = words_about(prop.name, turn.said.main, alone)
    if about is None:
        return None
    return relative_wish(words.rules, words.amounts, prop, area, turn.said.main, *about)


_FEELS = re.compile(
    r" (?:too|so|still|bit|very|really) (?:hot|cold|warm|cool|chilly|nippy|freezing)(?= )(?!.*er )"
)
"""How someone feels, which the policy may have an answer for, and no wish for more or less."""


def _onward(turn: Turn, wish: RelativeWish, spot: Spot, area: Area) -> RelativeWish | None:
    """Return a wish with the direction that the last change of a place took, if it only goes on:
    "one more". Words that name the property mean more of it: "more fan".
    """
    if not wish.again:
        return wish
    earlier = turn.session.changed(0, turn.steps.start)
    last = next((one for one in reversed(earlier) if one.spot == spot), None)
    moved = last is not None and all(type(v) in (int, float) for v in (last.before, last.after))
    if last is None or not moved or last.before == last.after:
        return None if area.plus.startswith("open") or "forward" in area.plus else wish
    went_up = bool(last.after > last.before)
    if turn.names_property:
        return wish if went_up else None
    return replace(wish, up=went_up)


def _check_change(
    turn: Turn, words: WordRules, change: Change, wish: RelativeWish
) -> Iterator[Finding]:
    prop, area = found(words.catalog, change.spot)
    path = argument_path(change.step, change.call, "value")
    heard = quoted(wish.words)
    if change.known is None:
        needs = words.policy.needs
        felt = any((n.property, n.value) == (prop.name, change.after) for n in needs)
        felt &= _FEELS.search(turn.said.text.flat) is not None
        if felt or (not wish.sure and change.after == wish.amount):
            return
        said = f"{heard} goes from where {prop.name} is now, which nobody has read: read it first"
        fix = read_first(turn.session, change.step, change.spot)
        yield Finding("conversation.unseen_start", said, path, fix)
        return
    start = change.known.value
    if type(start) not in (int, float):
        return
    meant = reached(words.policy, wish, prop, area, start)
    if meant is None:
        grows = change.after > start
        if change.after != start and grows != wish.up:
            more = "more" if wish.up else "less"
            said = f"{heard} asks for {more} than {state_words(start, prop)}"
            yield Finding("conversation.relative_value", said, path)
        return
    right = {meant}
    if not wish.sure and wish.amount is not None:
        right.add(wish.amount)
    if change.after in right:
        return
    history = turn.session.history(change.spot, change.step)
    stale = {reached(words.policy, wish, prop, area, one.value) for one in history[:-1]}
    code = "conversation.stale_value" if change.after in stale else "conversation.relative_value"
    said = (
        f"from {state_words(start, prop)}, {heard} comes to {state_words(meant, prop)}, "
        f"not {state_words(change.after, prop)}"
    )
    yield Finding(code, said, path, Fix(f"value: {brief(meant)}", (Edit("replace", path, meant),)))


_ASKS = re.compile(r" (?:to|at|by|on) (?:what|which|how much|how many) ")


def _left_undone(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield a wish for more or less that is answered by a read, though there is more or less."""
    names = {one.spot[0] for one in turn.read}
    tells = turn.replies_of("tell")
    rules = words.rules
    if (
        _ASKS.search(turn.said.text.flat)
        or rules.opens_with_question(turn.said.text.flat)
        or rules.reports(turn.said.text.flat)
    ):
        return
    if len(names) != 1 or not tells or turn.said.condition or len(turn.replies) > 1:
        return
    for one in turn.read:
        prop, area = found(words.catalog, one.spot)
        wish = _wish(turn, words, prop, area, True)
        wish = wish and _onward(turn, wish, one.spot, area)
        if wish is None or not turn.names_property:
            continue
        meant = reached(words.policy, wish, prop, area, one.value)
        if meant is not None and meant != one.value and prop.writable:
            said = (
                f"{quoted(wish.words)} asks for a change from {state_words(one.value, prop)} to "
                f"{state_words(meant, prop)}, and nothing is set"
            )
            yield Finding("conversation.relative_value", said, call_path(one.step, one.call))
