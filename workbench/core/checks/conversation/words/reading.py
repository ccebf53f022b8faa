"""Reads that the words make needless, and reads that they call for again."""

import re
from collections.abc import Iterator

from workbench.core.car.words import quoted
from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.said import spot_words, step_words
from workbench.core.checks.conversation.session import Change, Seen, call_path
from workbench.core.checks.conversation.words.turn import Turn, WordRules, found
from workbench.core.checks.grounding.relative_wishes import says_by_how_much
from workbench.core.verdicts import Finding

_LOOKS = re.compile(
    r" (?:what|whats|how|hows|is|are|was|were|which|check|see|tell|look|read|already|yet|still"
    r"|unless|least|most|only|sure|ensure|needed|necessary|needs|should|than|from|between|until"
    r"|currently|same|change|changed|was|if|whether|when|so|instead)(?= )"
)
"""Words that may want to know how it is, too."""


def check_needed(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield reads before a change to a value that the words say: "set it to 21"."""
    said = turn.said
    if said.condition or said.undoes or said.corrects or said.repeats or " ? " in said.text.flat:
        return
    if _LOOKS.search(said.text.flat) or says_by_how_much(said.main):
        return
    if any(said.says(name) for name in ("higher", "lower", "warmer", "cooler", "onward")):
        return
    for one in turn.read:
        change = next((c for c in turn.changes if c.spot == one.spot and c.step > one.step), None)
        if change is None or not _is_said(turn, words, change) or _is_used(turn, one):
            continue
        what = spot_words(one.spot, words.catalog)
        said_so = f"the words say what {what} is to be, so it need not be read first"
        fix = without_call(turn.session, one.step, one.call)
        path = call_path(one.step, one.call)
        yield Finding("conversation.needless_read", said_so, path, fix)


def _is_said(turn: Turn, words: WordRules, change: Change) -> bool:
    """Whether a number in the words is what is set."""
    if type(change.after) not in (int, float):
        return False
    text = turn.said.text
    prop, area = found(words.catalog, change.spot)
    if len(words.rules.values.numbers(text, 0, len(text.tokens))) != 1:
        return False
    candidates = words.rules.values.candidates(text, prop, area, 0, len(text.tokens))
    return any(one.accepts(change.after) for one in candidates)


def _is_used(turn: Turn, read: Seen) -> bool:
    """Whether a reply says a value that was read, or a later call sets it again."""
    later = (one for one in turn.session.changes if one.step > read.step)
    if any(one.spot[0] == read.spot[0] and one.after == read.value for one in later):
        return True
    shown = f"{read.value:g}" if isinstance(read.value, (int, float)) else str(read.value)
    return any(shown in reply.text for _, reply in turn.replies)


_NOW = re.compile(r" (?:now|still|currently|at the moment|at present|by now)(?= )")

_PAST = re.compile(r" (?:was|were|did|said|say|told|again|set|sets|setting)(?= )")


def check_current(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield what a reply says of a measured value as it is now that was read in an earlier turn:
    "and now?".
    """
    flat = turn.said.text.flat
    if not turn.number or turn.made or turn.asked or " ? " not in flat:
        return
    tells = turn.replies_of("tell")
    if len(tells) != 1 or not _NOW.search(flat) or _PAST.search(flat) or turn.said.condition:
        return
    start = turn.steps.start
    before = turn.session.turns[turn.number - 1]
    read = {one.spot for one in turn.session.seen if one.step in before and not one.changed}
    named = {name for m in turn.said.reading.mentions for name in m.names | m.asks}
    if len(read) != 1 or turn.session.changed(before.start, before.stop):
        return
    [spot] = read
    prop = words.catalog.properties[spot[0]]
    known = turn.session.known(spot, start)
    if (
        not prop.changes_itself
        or prop.type == "Boolean"
        or known is None
        or (named and prop.name not in named)
    ):
        return
    heard = quoted(turn.said.text.quote(0, len(turn.said.text.tokens)))
    said = f"{heard}: {prop.name} changes by itself, and was read in {step_words(known.step)}"
    yield Finding(
        "conversation.stale_reply", f"{said}; read it again", turn.place(tells[0][0], "reply")
    )
