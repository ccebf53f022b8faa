"""What is not read: words that ask for something unknown, and calls that no words were read for.

Nothing is said against these. Without such a finding, silence would look like agreement.
"""

from collections.abc import Collection, Iterator, Sequence

from workbench.core.car.words import quoted
from workbench.core.checks.grounding.felt_needs import tells_of_needs
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    whole,
    words_of,
)
from workbench.core.reading.query_text import SENTENCE_ENDS
from workbench.core.reading.reader import QueryReading
from workbench.core.verdicts import Finding

_BEHIND = 4
"""Tokens that show what an exception is about."""
_SHOWN = 28
"""Letters of words in another language that are quoted: they may be twice as wide, and unbroken."""
_LINKS = frozenset({",", "and", "then", "but"})


def check_unread(
    rules: GroundingRules,
    calls: Sequence[CheckedCall],
    reading: QueryReading,
    objected: Collection[int | None],
) -> Iterator[Finding]:
    """Yield what is not read. objected: the numbers of calls that there are findings about."""
    spoken = frozenset().union(*(mention.all for mention in reading.mentions))
    if not spoken:
        if not reads_nothing(rules, calls, reading):
            return
        message = "none of the words are read; nothing can be said about the calls"
        yield Finding("grounding.not_read", message, ("query",))
        return
    for call in calls:
        if call.prop.name in spoken or call.index in objected:
            continue
        if not (whole(call.prop.name, calls, reading) and reading.places):
            message = f"no words are read as asking for {call.prop.name} ({call.prop.label})"
            yield Finding("grounding.not_read", message, call.path)
    scope = rules.reader.scope
    for phrases in (scope.unresolved_exception, scope.unresolved_retraction):
        for begin, end in phrases.spans(reading.text)[:1]:
            said = quoted(reading.text.quote(begin, min(end + _BEHIND, len(reading.text.tokens))))
            message = f"{said} is not read: what is left out or taken back"
            yield Finding("grounding.not_read", message, ("query",))
    for begin, end in unread_clauses(rules, reading):
        message = f"{quoted(reading.text.quote(begin, end))} is not read"
        yield Finding("grounding.not_read", message, ("query",))


def reads_nothing(
    rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> bool:
    """Whether no word is read as a property's or a need's, nor a place as that of the only call."""
    if any(mention.all for mention in reading.mentions) or tells_of_needs(rules, reading):
        return False
    return not (len(calls) == 1 and whole(calls[0].prop.name, calls, reading) and reading.places)


def strange(reading: QueryReading) -> Finding:
    """Return the finding for a query that isn't read as English."""
    words = reading.strange
    shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
    said = f"{quoted(shown)} isn't read as English, so no call is checked against it"
    return Finding("grounding.not_read", said, ("query",))


def unread_clauses(rules: GroundingRules, reading: QueryReading) -> Iterator[tuple[int, int]]:
    """Yield the tokens (from, to) of clauses that ask for something, and nobody knows for what."""
    words = reading.text.words
    known = {i for m in reading.mentions for i in range(m.begin, m.end)}
    known |= {i for p in reading.places for i in range(p.begin, p.end)}
    scope = rules.reader.scope
    for begin, end in _clauses(rules, reading):
        inside = range(begin, end)
        if not known.isdisjoint(inside):
            continue
        if any(reading.text.tokens[i].number is not None for i in inside):
            continue
        part = words_of(reading, begin, end)
        if not rules.opens_with_command(part) or rules.classes["pronoun"].search(part):
            continue
        strange = [
            i
            for i in inside
            if words[i] not in scope.empty | scope.commands
            and words[i] not in scope.families
            and words[i] not in _LINKS | SENTENCE_ENDS
        ]
        if strange:
            yield begin, end


def _clauses(rules: GroundingRules, reading: QueryReading) -> Iterator[tuple[int, int]]:
    words = reading.text.words
    begin = 0
    for i, word in enumerate(words):
        if word in SENTENCE_ENDS:
            if begin < i:
                yield begin, i
            begin = i + 1
        elif word in _LINKS:
            behind = words_of(reading, i + 1, min(i + 4, len(words)))
            if rules.opens_with_command(behind + "x ") and begin < i:
                yield begin, i
                begin = i + 1
    if begin < len(words):
        yield begin, len(words)
