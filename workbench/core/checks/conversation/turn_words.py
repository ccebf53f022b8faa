"""The words of turns, read once each, as the rules about conversations need them."""

from functools import lru_cache

from workbench.core.checks.conversation.session import Session
from workbench.core.checks.work_limits import LONGEST_READ
from workbench.core.reading.query_text import QueryText, read_text


@lru_cache(1 << 8)
def _text(words: str) -> QueryText:
    return read_text(words[:LONGEST_READ])


def text_of(session: Session, turn: int) -> QueryText:
    """Return what is said at the beginning of a turn."""
    return _text(session.steps[session.turns[turn].start].query or "")


def reply_text(session: Session, turn: int) -> QueryText:
    """Return what the assistant says at the end of a turn; no words if it says nothing."""
    reply = session.steps[session.turns[turn][-1]].reply
    return _text(reply.text if reply else "")


def texts_until(session: Session, step: int) -> list[QueryText]:
    """Return what is said on both sides up to a step, its own turn's words last."""
    turn = session.turn_of[step]
    told = [one.reply.text for one in session.steps[:step] if one.reply is not None]
    return [*map(_text, told), *(text_of(session, one) for one in range(turn + 1))]
