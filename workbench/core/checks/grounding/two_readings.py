"""Words that can be read in two ways: calls that fit one of them aren't objected to.

"All windows, only mine stays as it is", "Fan six, or nah, five": where the scope pass leaves a word
that may take back or leave out something, each way to read it is tried. An objection stands if no
way fits the calls.
"""

from collections.abc import Sequence

from workbench.core.checks.grounding.evidence import ON_PLACES, says_place, says_value
from workbench.core.checks.grounding.shared_rules import CheckedCall, GroundingRules, settle
from workbench.core.checks.grounding.together import check_calls
from workbench.core.reading.reader import QueryReading
from workbench.core.verdicts import Finding

_STANDING = frozenset({"grounding.access", "grounding.extra_call"})
"""Codes of objections that leaving words out would always answer: without them, less is asked."""
_OF_DIRECTION = frozenset({"grounding.value", "grounding.need"})
"""Codes of objections to which a denial is an answer: it says what not to do."""
_OF_SETTING = frozenset({"grounding.value", "grounding.number"})


def check_otherwise(
    rules: GroundingRules,
    calls: Sequence[CheckedCall],
    reading: QueryReading,
    objections: Sequence[Finding],
) -> Finding | None:
    """Return that the words can be read in two ways, if one of them fits the calls."""
    if not objections or any(one.code in _STANDING for one in objections):
        return None
    if not rules.reader.is_open(reading):
        return None
    valued = {one.call for one in objections if one.code in _OF_SETTING}
    placed = any(one.code in ON_PLACES for one in objections)
    denials = not {one.code for one in objections} <= _OF_DIRECTION
    others = rules.reader.read_otherwise(reading, denials=denials)
    if not any(_fits(rules, calls, other, valued, placed) for other in others):
        return None
    message = "what is taken back or left out can be read in two ways; the calls fit one of them"
    return Finding("grounding.not_read", message, ("query",))


def all_agree(rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading) -> bool:
    """Whether no way to read the words that asks for all of the calls objects to one."""
    return not any(
        _asks_for(calls, other) and next(check_calls(rules, calls, other), None)
        for other in rules.reader.read_otherwise(reading, denials=True)
    )


def _asks_for(calls: Sequence[CheckedCall], reading: QueryReading) -> bool:
    spoken = frozenset().union(*(mention.all for mention in reading.mentions))
    return all(call.prop.name in spoken for call in calls)


def _fits(
    rules: GroundingRules,
    calls: Sequence[CheckedCall],
    reading: QueryReading,
    valued: set[int | None],
    placed: bool,
) -> bool:
    """Whether a reading asks for all of the calls, and objects to nothing.

    valued: the numbers of calls whose value must be said, since another reading objects to it.
    placed: whether the places must be said, for the same reason.
    """
    if not _asks_for(calls, reading):
        return False
    if next(check_calls(rules, calls, reading), None):
        return False
    settled = settle(reading, frozenset(call.prop.name for call in calls))
    if not all(says_value(rules, call, calls, settled) for call in calls if call.index in valued):
        return False
    return not placed or all(says_place(rules, call, calls, settled) for call in calls)
