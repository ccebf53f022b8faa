"""What is changed: to what it is known to be, or twice for one request."""

from collections.abc import Iterator

from workbench.core.car.vehicle import MOST_ROUNDS
from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.said import spot_words, step_words, value_of
from workbench.core.checks.conversation.session import Change, Session, Spot, call_path
from workbench.core.samples import step_path
from workbench.core.verdicts import Finding


def check_changes(session: Session) -> Iterator[Finding]:
    """Yield changes to a value that is known to be there, and places set twice in one turn."""
    for one in session.changes:
        if one.known is not None and one.known.value == one.after and not _drifts(session, one):
            what = spot_words(one.spot, session.catalog)
            value = value_of(one.known.value, one.spot, session.catalog)
            said = f"{what} is {value} already: that was seen in {step_words(one.known.step)}"
            path = call_path(one.step, one.call)
            fix = without_call(session, one.step, one.call)
            yield Finding("conversation.needless_change", said, path, fix)
    for turn in session.turns:
        yield from _check_twice(session, turn)


def _drifts(session: Session, change: Change) -> bool:
    return session.catalog.properties[change.spot[0]].changes_itself


def _check_twice(session: Session, turn: range) -> Iterator[Finding]:
    earlier: dict[Spot, Change] = {}
    for one in session.changed(turn.start, turn.stop):
        first = earlier.get(one.spot)
        earlier[one.spot] = one
        if first is None or first.step == one.step:
            continue
        what = spot_words(one.spot, session.catalog)
        values = [value_of(each.after, one.spot, session.catalog) for each in (first, one)]
        said = f"{what} is set to {values[0]}, and for the same request to {values[1]}"
        fix = without_call(session, first.step, first.call)
        yield Finding("conversation.changed_twice", said, call_path(first.step, first.call), fix)


def check_rounds(session: Session) -> Iterator[Finding]:
    """Yield turns that take more rounds than the program in the car allows."""
    for turn in session.turns:
        if len(turn) > MOST_ROUNDS:
            said = f"a request is given {MOST_ROUNDS} rounds, the reply included; this is one more"
            yield Finding("conversation.too_many_rounds", said, step_path(turn[MOST_ROUNDS]))
