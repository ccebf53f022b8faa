"""States in replies: on, open, locked, and yes or no, clause by clause."""

import re

from workbench.core.car.words import quoted
from workbench.core.checks.conversation.session import Spot
from workbench.core.checks.conversation.words.facts import (
    clauses,
    counts_things,
    facts_of,
    named_in,
    properties_of,
    spots_of,
    spots_said,
)
from workbench.core.checks.conversation.words.states import denies_all, is_state, states_said
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.grounding.shared_rules import words_of
from workbench.core.checks.grounding.value_rules import satisfies
from workbench.core.reading.reader import QueryReading


def wrong_state(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to a state in words, such as "locked", that none of the values is."""
    flat = reading.text.flat
    whole = (reading.heard or reading.text).flat  # with what is left out: "except the left one"
    if " ? " in flat or _BUT_SOME.search(whole):
        return ""
    subject = _subject(turn)
    for begin, end in clauses(reading):
        name = named_in(turn, reading, begin, end) or subject
        subject = name or subject
        part = words_of(reading, begin, end)
        if not name or _TIMES.search(part) or _measured(reading, begin, end):
            continue
        prop = words.catalog.properties[name]
        if any(" and " in value for value in prop.value_names.values()):
            continue
        if _OTHERS.search(part):
            continue  # those that the turn leaves as they are
        spots = spots_said(turn, words, prop, reading, begin, end)
        every = _ALL.search(part) is not None or denies_all(part)
        if every and spots == spots_of(turn, name):
            spots = _all_spots(turn, name)
        values = [turn.known(spot) for spot in spots]
        if not values or None in values:
            continue
        said = [
            one
            for one in states_said(words.rules, name, reading, begin, end)
            if is_state(one.spec) and one.word.split()[-1] not in _NO_STATE
        ]
        specs = {"!=0" if one.spec in _IN_USE else one.spec for one in said}
        if len(specs) != 1:
            continue
        [spec] = specs
        areas = [prop.areas[spot[1]] for spot in spots]
        fits = [satisfies(spec, v, a) for v, a in zip(values, areas, strict=True)]
        if not any(fits) or (every and not all(fits)):
            heard = quoted(reading.text.quote(begin, end))
            return f"the reply says {heard}; {facts_of(turn, prop, spots)}"
    return _wrong_yes(turn, words, reading)


def _all_spots(turn: Turn, name: str) -> list[Spot]:
    """Return where a property has been seen, if the words are about all of it, else where the turn
    reads or sets it: "shut them all".
    """
    wanted = turn.said
    all_meant = _EVERYTHING.search(wanted.text.flat) and not any(
        not place.everything for place in wanted.reading.places
    )
    if not all_meant or wanted.condition or wanted.corrects or _BUT_SOME.search(wanted.text.flat):
        return spots_of(turn, name)
    seen = (one.spot for one in turn.session.seen if one.step < turn.steps.stop)
    return list(dict.fromkeys(spot for spot in seen if spot[0] == name))


_EVERYTHING = re.compile(r" (?:all|everything|every one) ")


def _subject(turn: Turn) -> str:
    """Return the property that a reply without a name is about: what is set, else what is read."""
    changed = {one.spot[0] for one in turn.changes}
    names = changed or {one.spot[0] for one in turn.about}
    return names.pop() if len(names) == 1 else ""


def _measured(reading: QueryReading, begin: int, end: int) -> bool:
    """Whether a clause has a number that doesn't just count things."""
    return any(
        reading.text.tokens[i].number is not None and not counts_things(reading, i)
        for i in range(begin, end)
    )


_YES = re.compile(
    r"^ (?:(?:yes|yeah|yep|yup|indeed|correct)(?= )|(?:it is|they are)(?= (?:indeed )?[.,!;] ))"
)

_NO = re.compile(r"^ (?:(?:no|nope|nah)(?= )|(?:it isnt|they arent|it is not)(?= [.,!;] ))")

_EVERY = re.compile(
    r"^ (?:yes ,? ?)?(?:(?:they )?(?:both|all)(?: of them)? are|both|all of them) [.!] "
)

_NONE_OF = re.compile(r"^ (?:no ,? ?)?(?:neither|none)(?: of (?:them|those))?(?: is| are)? [.!] ")

_UNSURE = re.compile(
    r" (?:any|anything|some|or|not|isnt|arent|did|does|do|has|have|still|enough|too|can|could"
    r"|will|would|anyone|either|all|every|everything|both|if|which|what|how|low|full) "
)


def _wrong_yes(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to a yes or no that the values contradict: "is it locked?" "Yes"."""
    flat = reading.text.flat
    yes, no = _YES.match(flat), _NO.match(flat)
    question = turn.said.text.flat
    names = properties_of(turn)
    every = _EVERY.match(flat) or _NONE_OF.match(flat)
    yes, no = yes or _EVERY.match(flat), no or _NONE_OF.match(flat)
    if bool(yes) == bool(no) or turn.changes or len(names) != 1 or turn.said.condition:
        return ""
    if not _ASKS_STATE.search(question) or _UNSURE.search(question):
        return ""
    [name] = names
    prop = words.catalog.properties[name]
    size = len(turn.said.text.tokens)
    if _measured(turn.said.reading, 0, size):
        return ""
    said = states_said(words.rules, name, turn.said.reading, 0, size)
    specs = {one.spec for one in said if is_state(one.spec)}
    specs = {"!=0" if one in _IN_USE else one for one in specs}
    if not specs and prop.type == "Boolean" and not prop.writable:
        specs = {"true"} if _SHOWN.search(question) else set()
    spots = spots_of(turn, name)
    values = [turn.known(spot) for spot in spots]
    if len(specs) != 1 or None in values:
        return ""
    [spec] = specs
    areas = [prop.areas[spot[1]] for spot in spots]
    fits = {satisfies(spec, v, a) for v, a in zip(values, areas, strict=True)}
    if fits == {bool(yes)} or (len(fits) != 1 and not every):
        return ""
    heard = quoted(every[0].strip(" .!")) if every else "yes" if yes else "no"
    return f"the reply says {heard}; {facts_of(turn, prop, spots)}"


_SHOWN = re.compile(r" (?:on|lit|showing|engaged|applied|active|glowing)(?: [a-z]+)? \? ")
"""What a light of the dashboard or a switch nobody can set is asked for."""
_ASKS_STATE = re.compile(r"^ (?:(?:so|and|hey|okay|ok|car|tell me|,|just checking) )*(?:is|are) ")

_BUT_SOME = re.compile(
    r" (?:all|every|everything|none|nothing|both) (?:[a-z]+ ){0,2}(?:but|bar) (?!i |im )"
    r"| (?:except|excepting|apart from|other than|save for) "
    r"| not (?:all|both|every|everything|one of) "
)
"""Some are so and some aren't: "all but the rear left one"."""

_OTHERS = re.compile(r" (?:others?|rest|remainder) ")

_IN_USE = frozenset([">0", "<0"])

_NO_STATE = frozenset(["run", "going", "release", "start", "stop"])

_TIMES = re.compile(
    r" (?:ill|i will|id|itd|theyd|youd|wed|happy|gladly|fine to|say|said|says|told|thought|let me"
    r"|was|wasnt|were|werent|had|hadnt|used to|before|earlier|once|if|until|cant|cannot|could"
    r"|couldnt|can|would|wouldnt|might|want|shall|should|unless|when|while|then|but|except|wanted"
    r"|asked|so|to|again|most|some|almost|nearly|a bit|part|no more of|stays?|staying|remains?"
    r"|remaining) "
)

_ALL = re.compile(r" (?:all|both|every|everything) ")
