"""Words of degree: what "halfway" and "max" mean."""

from collections.abc import Iterator

from workbench.core.car.levels import degree_values
from workbench.core.car.policy import Degree
from workbench.core.car.words import brief, quoted, value_words
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    only_needed,
    requests_of,
    sentence,
    words_of,
)
from workbench.core.checks.grounding.value_rules import fits_number
from workbench.core.checks.policy.shared_rules import MARKS, PolicyRules, SpokenPhrase, spoken
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Edit, Finding, Fix

_BREAKS = MARKS | {"and", "but", "then", "so"}
_CLOSED = frozenset({"=0", "=min", "false"})  # "close it fully": the degree is of closing
_NO_DEGREE_AFTER = frozenset(["too", "not", "so", "very", "how", "as", "less", "more"])
_WISHED_AFTER = frozenset(["open", "please", "for", "in", "to", "on", "at", "now", "down", "the"])


def check_degree(
    policy: PolicyRules, call: CheckedCall, reading: QueryReading
) -> Iterator[Finding]:
    """Compare a value with its only word of degree, if no number is stated."""
    rules, tokens = policy.rules, reading.text.tokens
    requests = requests_of(call.prop.name, reading)
    if only_needed(call, requests) or rules.values.numbers(reading.text, 0, len(tokens)):
        return
    said = [one for r in requests for one in spoken(policy.degrees, reading, *_stretch(r, reading))]
    if len(said) != 1:
        return
    [one] = said
    part = _part(one, reading)
    if not _is_plain(rules, one, part, call, reading):
        return
    begin, end, degree = one
    fits = fits_number(rules, call, *part, reading)
    meant = degree_values(degree, call.prop, call.area)
    # A fraction is read generously ("down halfway"); a level is a single value.
    if fits is None or not meant or call.value in meant or (fits and degree.level is None):
        return
    branch = [v for v in meant if not call.value or (v > 0 < call.value) or (v < 0 > call.value)]
    branch = branch or meant
    words = quoted(reading.text.quote(begin, end))
    values = " or ".join(value_words(value, call.prop) for value in branch)
    message = f"by the policy {words} means {values}, not {brief(call.value)}"
    path = (*call.path, "arguments", "value")
    fix = None
    if len(branch) == 1:
        fix = Fix(f"value: {brief(branch[0])}", (Edit("replace", path, branch[0]),))
    yield Finding("policy.degree", message, path, fix)


def _stretch(request: RequestSpan, reading: QueryReading) -> tuple[int, int]:
    """Return the request's tokens (from, to) that are in the same sentence as its mention."""
    begin, end = sentence(request.mention.begin, request.mention.end, reading)
    return max(begin, request.begin), min(end, request.end)


def _part(said: SpokenPhrase, reading: QueryReading) -> tuple[int, int]:
    """Return the tokens (from, to) around a word of degree, up to the next punctuation mark or
    link.
    """
    tokens = reading.text.tokens
    begin, end = said.begin, said.end
    while begin and tokens[begin - 1].word not in _BREAKS:
        begin -= 1
    while end < len(tokens) and tokens[end].word not in _BREAKS:
        end += 1
    return begin, end


def _is_plain(
    rules: GroundingRules,
    said: SpokenPhrase,
    around: tuple[int, int],
    call: CheckedCall,
    reading: QueryReading,
) -> bool:
    """Whether a word of degree says how far, not how things are or by how much."""
    tokens, (begin, end) = reading.text.tokens, around
    part = words_of(reading, begin, end)
    before = tokens[said.begin - 1].word if said.begin else ""
    if before in _NO_DEGREE_AFTER or rules.classes["state"].search(part):
        return False
    degree: Degree = said.meant
    if degree.fraction is None:
        return True
    after = tokens[said.end].word if said.end < end else ""
    if degree.fraction < 0.5 and after and after not in _WISHED_AFTER:
        return False  # "a bit stuffy", "a little less"
    if degree.fraction != 0.5 and rules.classes["more"].search(part):
        return False  # "up a bit"
    whole = sentence(said.begin, said.end, reading)
    return not any(s.spec in _CLOSED for s in rules.said(call.prop.name, reading, *whole))
