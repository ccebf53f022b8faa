"""Replies held against what the session has shown: numbers, states, places, done or not."""

import re
from collections.abc import Iterator

from workbench.core.car.words import quoted
from workbench.core.checks.conversation.words.facts import (
    clauses,
    facts_of,
    properties_of,
    spots_of,
)
from workbench.core.checks.conversation.words.reply_numbers import wrong_number
from workbench.core.checks.conversation.words.reply_places import wrong_place
from workbench.core.checks.conversation.words.reply_states import wrong_state
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.grounding.shared_rules import sentence
from workbench.core.checks.work_limits import MAX_QUERY
from workbench.core.reading.reader import QueryReading
from workbench.core.samples import Reply
from workbench.core.verdicts import Finding

_UNTRUE = "conversation.untrue_reply"

_DONE = re.compile(
    r"^ (?:(?:ok|okay|sure|right|alright|yes|yep) [,.!]? ?)*(?:done|all done|all set|(?:ive|i have)"
    r" (?:just |now )?(?:turned|set|switched|opened|closed|locked|unlocked|put|made|shut|changed"
    r"|raised|lowered|increased|reduced|started|stopped|folded|unfolded|activated|deactivated)) "
)

_NOT_DONE = re.compile(
    r"^ (?:(?:im |i am )?(?:afraid|sorry)[ ,.]*)?(?:but )?(?:i (?:cant|cannot|couldnt|could not"
    r"|am unable|wasnt able|didnt|wont)|im (?:unable|not able)|unable to|that (?:isnt|is not)"
    r" possible) "
)

_REFERS = re.compile(r" (?:already|was|been|so|before|earlier) ")

_VAGUE = re.compile(
    r" (?:full|empty|none|zero|half|quarter|third|low|high|warm|cold|hot|freezing|cool|mild"
    r"|standing|stopped|stationary|parked|moving|fine|normal|okay|off|on|nothing|plenty|almost|nearly|lots"
    r"|not|dont|cant|no|yes|same|charged|max|maximum|lowest|highest|middle|neutral|dozen|hundred"
    r"|little|enough) "
)


def check_replies(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield replies that contradict what the session has shown, or leave out what was asked."""
    for step, reply in turn.replies:
        if reply.kind not in ("tell", "refuse") or not 0 < len(reply.text) <= MAX_QUERY:
            continue
        objection = _objection(turn, words, reply)
        if objection:
            yield Finding(_UNTRUE, objection, turn.place(step, "reply", "text"))
        elif reply.kind == "tell":
            missing = _left_out(turn, words, reply) or _untold(turn, words, reply)
            if missing:
                path = turn.place(step, "reply", "text")
                yield Finding("conversation.silent_reply", missing, path)


def _objection(turn: Turn, words: WordRules, reply: Reply) -> str:
    reading = words.rules.reader.read_reply(reply.text)
    if reply.kind == "refuse":
        return wrong_number(turn, words, reply, reading)
    return (
        _wrongly_done(turn, reading)
        or wrong_number(turn, words, reply, reading)
        or wrong_state(turn, words, reading)
        or wrong_place(turn, words, reading)
    )


def _wrongly_done(turn: Turn, reading: QueryReading) -> str:
    """Object to "done" where nothing was, and to "I can't" where all was."""
    flat = reading.text.flat
    done = _DONE.match(flat)
    if done and not turn.changes and not _REFERS.search(flat) and turn.made:
        return f"the reply says {quoted(flat[: done.end()].strip())}, but nothing was changed"
    undone = _NOT_DONE.match(flat)
    if undone and turn.changes and not turn.refused and len(turn.changes) == turn.made:
        return f"the reply says {quoted(flat[: undone.end()].strip())}, but all was done"
    return ""


def _left_out(turn: Turn, words: WordRules, reply: Reply) -> str:
    """Object to a reply without the number that was asked for."""
    names = properties_of(turn)
    if len(names) != 1 or turn.changes or turn.said.condition:
        return ""
    prop = words.catalog.properties[names[0]]
    if prop.unit in ("", "level") or prop.type not in ("Float", "Integer", "Long"):
        return ""
    asks = any(m.asks or m.names for m in turn.said.reading.mentions)
    text = words.rules.reader.read_reply(reply.text).text
    numbers = any(token.number is not None for token in text.tokens)
    values = [turn.known(spot) for spot in spots_of(turn, prop.name)]
    if numbers or not asks or 0 in values or _VAGUE.search(text.flat):
        return ""
    if (
        not words.rules.opens_with_question(turn.said.text.flat)
        and " ? " not in turn.said.text.flat
    ):
        return ""
    return (
        f"the reply doesn't say what was asked: {facts_of(turn, prop, spots_of(turn, prop.name))}"
    )


def _untold(turn: Turn, words: WordRules, reply: Reply) -> str:
    """Object to a reply all of which is about something else than what was asked besides."""
    read = {one.spot[0] for one in turn.read} - {one.spot[0] for one in turn.changes}
    about = set(properties_of(turn))
    if not read or len(about) < 2 or turn.said.condition:
        return ""
    told = words.rules.reader.read_reply(reply.text)
    spoken = {name for m in told.mentions for name in m.all}
    numbers = [token.number for token in told.text.tokens if token.number is not None]
    answered = _ANSWERS.match(told.text.flat) is not None
    for name in _asked(turn, words):
        if name not in read or name in spoken:
            continue
        if answered:  # a yes or no, before all else, is to what was asked first
            answered = False
            continue
        values = [turn.known(spot) for spot in spots_of(turn, name)]
        measured = [value for value in values if type(value) in (int, float)]
        if any(abs(number - value) <= _ROUNDED for number in numbers for value in measured):
            continue
        others = about - {name}
        if any(
            end - begin > _FILLER
            and not any(m.all & others for m in told.mentions if begin <= m.begin < end)
            for begin, end in clauses(told)
        ):
            continue
        fact = facts_of(turn, words.catalog.properties[name], spots_of(turn, name))
        return f"the reply doesn't say what was asked: {fact}"
    return ""


_ANSWERS = re.compile(
    r"^ (?:yes|yeah|yep|yup|no|nope|nah|not|indeed|correct|(?:it|they|that) (?:is|are|isnt|arent)"
    r"|its not|theyre not|(?:you|we|i) (?:do|dont|did|didnt|have|havent)|afraid (?:so|not)) "
)

_ROUNDED = 0.5
"""How far off a whole number is that stands for a measured one."""
_FILLER = 2
"""Tokens of a clause that says nothing: "all done"."""


def _asked(turn: Turn, words: WordRules) -> Iterator[str]:
    """Yield the properties that a question of the turn names, each alone."""
    reading, rules = turn.said.reading, words.rules
    for mention in reading.mentions:
        names = mention.names | mention.asks
        if len(names) != 1:
            continue
        begin, end = sentence(mention.begin, mention.end, reading)
        part = reading.text.part(begin, end)
        if part.endswith(" ? ") or rules.opens_with_question(part) or rules.reports(part):
            yield from names
