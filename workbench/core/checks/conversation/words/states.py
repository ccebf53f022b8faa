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


def states_said(
    rules: GroundingRules, name: str, reading: QueryReading, begin: int, end: int
) -> list[ValueWord]:
    """Return what tokens (from, to) say a property is. Words that are denied mean the opposite,
    and are left out where there is none.
    """
    part = words_of(reading, begin, end)
    found = sorted(rules.specs[name].find(part, part.split()), key=lambda m: (m[0] - m[1], m[0]))
    kept: list[tuple[int, int, str]] = []
    for match in found:
        if not any(one[:2] != match[:2] and inside(match, one) for one in kept):
            kept.append(match)
    said = []
    for start, stop, spec in sorted(kept):
        denied = _DENIED.search(" " + part[:start].lstrip()) is not None
        meant = FLIPPED.get(spec, "") if denied else spec
        if meant:
            said.append(ValueWord(meant, start, part[start:stop].strip()))
    return said
