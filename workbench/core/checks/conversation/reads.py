"""What is read: needlessly, for nothing, or without a word about it afterwards."""

from collections.abc import Iterator

from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.said import spot_words, step_words, value_of
from workbench.core.checks.conversation.session import Seen, Session, call_path
from workbench.core.samples import step_path
from workbench.core.verdicts import Finding


def check_reads(session: Session) -> Iterator[Finding]:
    """Yield reads of what is known, reads that nothing can use, and questions without an answer."""
    for one in session.seen:
        if not one.changed:
            known = session.known(one.spot, one.step)
            if known is not None and _is_needless(session, one, known):
                yield _needless(session, one, known)
    for turn in session.turns:
        yield from _check_end(session, turn)


def _is_needless(session: Session, read: Seen, known: Seen) -> bool:
    """Whether the assistant need not look again.

    After a change it may, in a later turn, to answer "did you do it?".
    """
    if session.catalog.properties[read.spot[0]].changes_itself:
        return False
    turn = session.turns[session.turn_of[read.step]]
    if not known.changed or known.step in turn:
        return True
    return any(one.spot == read.spot for one in session.changed(read.step, turn.stop))


def _needless(session: Session, read: Seen, known: Seen) -> Finding:
    what = spot_words(read.spot, session.catalog)
    how = "set" if known.changed else "read"
    value = value_of(known.value, read.spot, session.catalog)
    said = f"{what} is known: it was {how} in {step_words(known.step)}, {value}"
    path = call_path(read.step, read.call)
    return Finding(
        "conversation.needless_read", said, path, without_call(session, read.step, read.call)
    )


def _check_end(session: Session, turn: range) -> Iterator[Finding]:
    """Look at how a turn ends, where it ends with calls."""
    last = turn[-1]
    if not session.steps[last].answers:
        return
    reads = [one for one in session.seen if one.step in turn and not one.changed]
    changed = session.changed(turn.start, turn.stop)
    refused = any(one.step in turn for one in session.refused)
    if reads and not changed and not refused:
        said = "this is read, and then nothing is said: say what was found"
        yield Finding("conversation.unanswered", said, (*step_path(last), "answers"))
    elif changed:
        for one in (one for one in reads if one.step == last):
            said = f"nothing is done with {spot_words(one.spot, session.catalog)}, nor is it told"
            fix = without_call(session, one.step, one.call)
            yield Finding("conversation.unused_read", said, call_path(one.step, one.call), fix)
