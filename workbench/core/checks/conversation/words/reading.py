"""Reads that the words make needless, and reads that they call for again."""

import re
from collections.abc import Iterator

from workbench.core.car.words import quoted
from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.said import spot_words, step_words
from workbench.core.checks.conversation.session import Change, Seen, call_path
from workbench.core.checks.conversation.words.turn import Turn, WordRules, found
from workbench.core.checks.conversation.words.units import spoken_values
from workbench.core.checks.grounding.relative_wishes import says_by_how_much
from workbench.core.checks.grounding.shared_rules import clause, says
from workbench.core.checks.grounding.value_rules import satisfies
from workbench.core.verdicts import Finding

_LOOKS = re.compile(
    r" (?:check|see|tell|look|whether|already|yet|still|unless|sure|ensure|needed|necessary|needs"
    r"|currently|same|change|changed|was|instead|(?:what|whats|how|hows|which|is|are|were) (?:it"
    r"|its|that|they|the|my|his|her|mine)|as (?:it|they) (?:is|are))(?= )"
)
"""Words that may want to know how it is, too."""
_SOFTLY = re.compile(
    r" (?:what|whats|how|hows|is|are|were|which|read|least|most|only|should|than|from|between"
    r"|until|when|so)(?= )"
)
"""Words that may do so in the clause that says what is to be set."""
_SHARE = re.compile(
    r" (?:percent|percentage|per cent|half|third|quarter|full|empty|compared|difference|than|of"
    r"|most|charged|left|remaining) "
)
"""Words about a part of something, for which two things are read."""


def check_needed(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield reads before a change to a value that the words say, "set it to 21", and reads of what
    nobody asks for.
    """
    said = turn.said
    if said.condition or said.undoes or said.corrects or said.repeats:
        return
    if turn.changes:
        yield from _before_stated(turn, words)
    else:
        yield from _besides(turn, words)


def _before_stated(turn: Turn, words: WordRules) -> Iterator[Finding]:
    said = turn.said
    if " ? " in said.text.flat or _LOOKS.search(said.text.flat) or says_by_how_much(said.main):
        return
    stated = [one for one in turn.changes if _is_said(turn, words, one)]
    for one in turn.read:
        if _is_used(turn, one):
            continue
        change = next((c for c in turn.changes if c.spot == one.spot and c.step > one.step), None)
        what = spot_words(one.spot, words.catalog)
        if change in stated:
            said_so = f"the words say what {what} is to be, so it need not be read first"
        elif change is None and len(stated) == len(turn.changes) and _is_unasked(turn, words, one):
            said_so = f"nothing asks for {what}, and nothing is done with it"
        else:
            continue
        fix = without_call(turn.session, one.step, one.call)
        path = call_path(one.step, one.call)
        yield Finding("conversation.needless_read", said_so, path, fix)


def _is_unasked(turn: Turn, words: WordRules, read: Seen) -> bool:
    """Whether no word may mean what was read, and no change needs it."""
    name = read.spot[0]
    spoken = {name for m in turn.said.reading.mentions for name in (*m.all, *m.needs)}
    needed = {
        words.catalog.dependencies[one.spot[0]].need
        for one in turn.changes
        if one.spot[0] in words.catalog.dependencies
    }
    return name not in spoken | needed and not any(one.spot[0] == name for one in turn.changes)


def _besides(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield what is read besides what is asked for, and isn't told."""
    tells = turn.replies_of("tell")
    flat = turn.said.text.flat
    if len(tells) != 1 or len(turn.replies) != 1 or turn.refused or _SHARE.search(flat):
        return
    told = words.rules.reader.read(tells[0][1].text)
    named = {name for m in turn.said.reading.mentions for name in m.names | m.asks}
    read = {one.spot[0] for one in turn.read}
    if not named & read or _SHARE.search(told.text.flat) or _OFFERS.search(told.text.flat):
        return
    if any(not (m.names or m.asks) and not m.all & named for m in turn.said.reading.mentions):
        return
    spoken = {
        name
        for m in told.mentions
        if not _AMOUNT.issuperset(told.text.words[m.begin : m.end])
        for name in m.names
    }
    for one in turn.read:
        if one.spot[0] in named | spoken or _is_used(turn, one) or _is_told(turn, words, one):
            continue
        said = f"nothing asks for {spot_words(one.spot, words.catalog)}, nor is it told"
        fix = without_call(turn.session, one.step, one.call)
        path = call_path(one.step, one.call)
        yield Finding("conversation.needless_read", said, path, fix)


_AMOUNT = frozenset({"#", "degree", "degrees", "percent"})
"""Words of a mere amount, which name nothing."""
_OFFERS = re.compile(r" (?:so|enough|should|would|need|warmer|colder|cooler|hotter|same) ")


def _is_told(turn: Turn, words: WordRules, read: Seen) -> bool:
    """Whether a reply has a number that may be what was read, in any unit."""
    if isinstance(read.value, bool) or not isinstance(read.value, (int, float)):
        return False
    values = spoken_values(read.value, words.catalog.properties[read.spot[0]])
    numbers = [
        token.number
        for _, reply in turn.replies
        for token in words.rules.reader.read_reply(reply.text).text.tokens
        if token.number is not None
    ]
    return any(abs(number - value) <= 1 for number in numbers for value in values)


_RELATIVE = ("higher", "lower", "warmer", "cooler", "onward")


def _is_said(turn: Turn, words: WordRules, change: Change) -> bool:
    """Whether a number in the words is what is set, or the words say on, off, open or shut."""
    text = turn.said.text
    prop, area = found(words.catalog, change.spot)
    size = len(text.tokens)
    mention = next((m for m in turn.said.reading.mentions if prop.name in m.all), None)
    begin, end = (0, size)
    if mention is not None:
        begin, end = clause(mention.begin, mention.end, turn.said.reading)
    part = text.part(begin, end)
    if _SOFTLY.search(part) or any(says(words.rules, name, part) for name in _RELATIVE):
        return False
    numbers = words.rules.values.numbers(text, 0, size)
    if numbers:
        if len(numbers) != 1 or type(change.after) not in (int, float):
            return False
        candidates = words.rules.values.candidates(text, prop, area, 0, size)
        return any(one.accepts(change.after) for one in candidates)
    if mention is None or words.rules.values.degrees(text):
        return False
    specs = {one.spec for one in words.rules.said(prop.name, turn.said.reading, begin, end)}
    return len(specs) == 1 and satisfies(specs.pop(), change.after, area)


def _is_used(turn: Turn, read: Seen) -> bool:
    """Whether a reply says a value that was read, or a later call sets it again."""
    later = (one for one in turn.session.changes if one.step > read.step)
    if any(one.spot[0] == read.spot[0] and one.after == read.value for one in later):
        return True
    shown = f"{read.value:g}" if isinstance(read.value, (int, float)) else str(read.value)
    if any(one.after == read.value and not isinstance(read.value, bool) for one in turn.changes):
        return False  # the number in the reply may be what was set
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
