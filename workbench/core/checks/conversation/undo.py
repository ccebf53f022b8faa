"""Undoing: what is put back goes to what was seen before the change, and nothing else moves."""

import re
from collections.abc import Iterator

from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.said import spot_words, step_words, value_of
from workbench.core.checks.conversation.session import (
    Change,
    Seen,
    Session,
    argument_path,
    call_path,
)
from workbench.core.checks.conversation.turn_words import text_of
from workbench.core.checks.grounding.shared_rules import GroundingRules, says
from workbench.core.checks.grounding.turn_words import SWAPS, takes_back
from workbench.core.reading.query_text import QueryText
from workbench.core.samples import step_path
from workbench.core.verdicts import Edit, Finding, Fix


def check_undo(session: Session, rules: GroundingRules) -> Iterator[Finding]:
    """Yield what undoing leaves, restores wrongly, guesses, or touches besides."""
    for turn, steps in enumerate(session.turns):
        if turn:
            text = text_of(session, turn)
            if wants_undo(rules, text):
                yield from _check_turn(session, rules, steps, text)
            elif not SWAPS.search(text.flat):
                yield from _check_correction(session, steps, text)


def wants_undo(rules: GroundingRules, text: QueryText) -> bool:
    """Whether words ask to put something back, and leave it to memory what that was."""
    found = takes_back(rules, "undo", text.flat)
    return any(not rules.negated(text.flat, one.start()) for one in found)


def _check_turn(
    session: Session, rules: GroundingRules, steps: range, text: QueryText
) -> Iterator[Finding]:
    stated = {token.number for token in text.tokens if token.number is not None}
    original = rules.classes.get("original")
    to_first = original is not None and original.search(text.flat) is not None
    earlier = [one for one in session.changes if one.step < steps.start]
    made = session.changed(steps.start, steps.stop)
    asked = _asked_besides(rules, text)
    for one in made:
        if one.spot[0] in asked:
            continue
        last = [other for other in earlier if other.spot == one.spot]
        if last:
            if one.after not in stated or isinstance(one.after, bool):
                known = last[0].known if to_first else _before_turn(session, last[-1])
                yield from _check_value(session, one, known)
        elif earlier and not asked and not says(rules, "corrects", text.flat):
            said = f"{spot_words(one.spot, session.catalog)} wasn't changed, so it isn't put back"
            fix = without_call(session, one.step, one.call)
            yield Finding("conversation.touched", said, call_path(one.step, one.call), fix)
    if made and earlier:
        yield from _check_last(session, rules, steps, text)
    if not made and earlier:
        yield from _check_left(session, steps, earlier[-1])


def _check_last(
    session: Session, rules: GroundingRules, steps: range, text: QueryText
) -> Iterator[Finding]:
    """Look at what is put back for "undo that": what was changed last."""
    reading = rules.reader.read(text.query)
    named = any(one.names or one.asks or one.shared for one in reading.mentions)
    if named or reading.places or _SEVERAL.search(text.flat):
        return
    made = session.changed(steps.start, steps.stop)
    earlier = session.changed(0, steps.start)
    turn = session.turns[session.turn_of[earlier[-1].step]]
    last = session.changed(turn.start, turn.stop)
    names = {one.spot[0] for one in last}
    known = {one.spot for one in earlier}
    if names & {one.spot[0] for one in made} or not {one.spot for one in made} <= known:
        return
    what = " and ".join(sorted(names))
    said = f"{what} was changed last, in {step_words(last[-1].step)}: that is what is put back"
    yield Finding("conversation.undo_value", said, call_path(made[0].step, made[0].call))


_SEVERAL = re.compile(
    r" (?:everything|all|both|them|those|these|lot|first|original|originally|earlier|other) "
)


def _before_turn(session: Session, change: Change) -> Seen | None:
    """Return what was seen of a place before the turn that changed it first changed it."""
    turn = session.turns[session.turn_of[change.step]]
    made = session.changed(turn.start, turn.stop)
    return next(one.known for one in made if one.spot == change.spot)


def _check_value(session: Session, change: Change, known: Seen | None) -> Iterator[Finding]:
    what = spot_words(change.spot, session.catalog)
    if known is None:
        said = f"nobody has seen what {what} was before, so it can't be put back: say so"
        fix = without_call(session, change.step, change.call)
        path = call_path(change.step, change.call)
        yield Finding("conversation.undo_unseen", said, path, fix)
    elif known.value != change.after:
        value = value_of(known.value, change.spot, session.catalog)
        said = f"{what} was {value} before, as seen in {step_words(known.step)}"
        path = argument_path(change.step, change.call, "value")
        fix = Fix(f"value: {known.value}", (Edit("replace", path, known.value),))
        yield Finding("conversation.undo_value", said, path, fix)


def _check_left(session: Session, steps: range, last: Change) -> Iterator[Finding]:
    """Look at a turn that should put something back, and changes nothing."""
    known = _before_turn(session, last)
    reply = session.steps[steps[-1]].reply
    if known is None or reply is None or reply.kind not in ("tell", "refuse"):
        return
    now = session.known(last.spot, steps.start)
    if now is None or now.value == known.value:
        return
    value = value_of(known.value, last.spot, session.catalog)
    what = spot_words(last.spot, session.catalog)
    said = f"{what} was {value} before, as seen in {step_words(known.step)}: put it back"
    yield Finding("conversation.undo_value", said, (*step_path(steps[-1]), "reply"))


def _asked_besides(rules: GroundingRules, text: QueryText) -> set[str]:
    """Return the properties for which the words give a value of their own: "and the AC off"."""
    reading = rules.reader.read(text.query)
    asked = set()
    for one in reading.requests:
        for name in one.mention.all:
            if name in rules.specs and rules.said(name, reading, one.begin, one.end):
                asked.add(name)
    return asked


def _check_correction(session: Session, steps: range, text: QueryText) -> Iterator[Finding]:
    """Look at a turn that gives a place's new value to another place, and moves the first on: that
    takes it back.
    """
    stated = {token.number for token in text.tokens if token.number is not None}
    before = session.turns[session.turn_of[steps.start] - 1]
    made = session.changed(steps.start, steps.stop)
    for wrong in session.changed(before.start, before.stop):
        back = next((one for one in made if one.spot == wrong.spot), None)
        elsewhere = any(
            one.spot[0] == wrong.spot[0] and one.spot != wrong.spot and one.after == wrong.after
            for one in made
        )
        if back is None or not elsewhere or back.after == wrong.after:
            continue
        if back.after not in stated or isinstance(back.after, bool):
            yield from _check_value(session, back, _before_turn(session, wrong))
