"""States in words: "locked", "isn't on", "half open"."""

import re

from workbench.core.checks.grounding.shared_rules import (
    FLIPPED,
    GroundingRules,
    ValueWord,
    inside,
    words_of,
)
from workbench.core.reading.reader import QueryReading

_STATE = re.compile(r"true|false|!=0|[<>]0|=\d+")


def is_state(spec: str) -> bool:
    """Whether a value word says what something is, not which end of a scale it is at."""
    return _STATE.fullmatch(spec) is not None


_DENIED = re.compile(
    r" (?:isnt|arent|aint|not|wasnt|werent|never|neither|dont|doesnt|no longer|hasnt|havent)"
    r" (?:[a-z]+ ){0,2}$"
)

_DEGREE = re.compile(
    r" (?:quite|fully|completely|entirely|totally|properly|wholly|all the way|all that|very|that"
    r"|wide|just|only|half|exactly|yet|even|necessarily) (?:[a-z]+ )?$"
)
"""What isn't quite so may still be so, or not: "it's not quite half open"."""

_NONE = re.compile(r" (?:none|neither|nobody|nothing|not one|not a single)(?= )")
"""What denies all that is said after it: "none of the four is locked"."""

_SWITCH = re.compile(
    r" (?:is|are|[a-z]+s|theyre|isnt|arent|not|still|already) (?:still |not |already |now )*"
    r"(?:(on|lit|engaged|active|applied)|(off|unlit|released|disengaged|inactive))(?= )"
)
"""States of a switch that has no words of its own, since nobody can set it."""


def denies_all(part: str) -> bool:
    """Whether words speak of none of several: "neither is locked"."""
    return _NONE.search(part) is not None


def states_said(
    rules: GroundingRules, name: str, reading: QueryReading, begin: int, end: int
) -> list[ValueWord]:
    """Return what tokens (from, to) say a property is. Words that are denied mean the opposite,
    and are left out where there is no opposite.
    """
    part = words_of(reading, begin, end)
    found = rules.value_words(name, reading.text, begin, end)
    kept: list[tuple[int, int, str]] = []
    for match in found:
        if not any(one[:2] != match[:2] and inside(match, one) for one in kept):
            kept.append(match)
    prop = rules.catalog.properties[name]
    if prop.type == "Boolean" and not prop.writable and not any(spec for *_, spec in kept):
        switched = ((*one.span(one.lastindex or 0), one) for one in _SWITCH.finditer(part))
        kept = [(start, stop, "true" if one[1] else "false") for start, stop, one in switched]
    said = []
    for start, stop, spec in sorted(kept):
        before = " " + part[:start].lstrip()
        denial = _DENIED.search(before)
        denied = denial is not None or denies_all(before)
        meant = FLIPPED.get(spec, "") if denied else spec
        if denial is not None and _DEGREE.search(f" {part[:stop].lstrip()}"[denial.start() :]):
            continue
        if meant:
            said.append(ValueWord(meant, start, part[start:stop].strip()))
    return said
