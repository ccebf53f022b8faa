"""Read or change: a question against a get, a command against a set."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from workbench.core.car.overlay import Access
from workbench.core.car.words import brief, quoted
from workbench.core.checks.grounding.shared_rules import (
    RESULTS,
    CheckedCall,
    GroundingRules,
    ValueWord,
    only_needed,
    sentence,
    words_of,
)
from workbench.core.checks.grounding.value_rules import stated_value
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Edit, Finding, Fix

_EITHER = re.compile(
    r" (?:on|open|opened|up|in|locked|folded|running) or (?:not|off|closed|shut|down|out|unlocked"
    r"|unfolded) | (?:off|closed|shut|unlocked|unfolded) or (?:not|on|open|locked|folded) "
)
"""A choice that only a question gives: "boot, open or shut?"."""
_IF_YOU_COULD = re.compile(r" (?:if|whether|think) (?:you|we) (?:can|could|would|might|may) ")
"""What makes a request of "I was wondering"."""
_ALSO_NAMES = frozenset({"charge", "fold", "heat", "light", "lock", "please", "let", "vent"})
_DESCRIBES = re.compile(r" (?:is|are|was|were|its|theyre|thats|been|still|already) ")
_MEASURES = re.compile(
    r" (?:setting|level|speed|position|height|direction|mode|range|status|state|reading|pressure"
    r"|temperature) "
)
_ASKS_BACK = re.compile(
    r" (?:what|which|how) (?:(?:level|setting|speed|stage|high|low|far|warm) )?"
    r"(?:is|are) (?:it|they|that) "
)
"""A question about what the sentence before names: "It feels weak. What level is it on?"."""
_MAY_I_HAVE = re.compile(r" (?:can|could|may|might) (?:i|we) ")
"""What asks for something to be done, though it begins like a question about how it is."""
_OKAY = re.compile(r" (?:okay|ok) \? $")
_ECHO_TOKENS = 4
_Span = tuple[int, int]
_SHORT_QUESTION = 9  # tokens: "glove box locked?"


def check_access(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    reading: QueryReading,
    alone: bool,
) -> Iterator[Finding]:
    """Find a change that answers a question, and a reading that answers a command."""
    if not (call.prop.readable and call.prop.writable):
        return
    if only_needed(call, requests):
        if call.kind == "get" and not asks_anything(rules, reading):
            mention = next(r.mention for r in requests if call.prop.name in r.mention.needs)
            words = quoted(reading.text.quote(mention.begin, mention.end))
            message = f"{words} asks for a change; the call only reads {call.prop.name}"
            yield Finding("grounding.access", message, (*call.path, "name"))
        return
    if call.kind == "set" and _commands_elsewhere(rules, reading):
        return
    moods = {mood(rules, request, reading) for request in requests} - {None}
    if len(moods) != 1 or call.kind in moods:
        return
    request = requests[0]
    words = quoted(
        reading.text.quote(*sentence(request.mention.begin, request.mention.end, reading))
    )
    wanted = "a question" if "get" in moods else "a command"
    does = "changes" if call.kind == "set" else "only reads"
    message = f"{words} is {wanted}; the call {does} {call.prop.name}"
    fix = _other_access(rules, call, requests, reading, alone)
    yield Finding("grounding.access", message, (*call.path, "name"), fix)


def asks_anything(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether a question is anywhere in the query, other than a plea: "can you do something?"."""
    begin, tokens = 0, reading.text.tokens
    while begin < len(tokens):
        end = sentence(begin, begin + 1, reading)[1]
        part = words_of(reading, begin, end)
        polite = rules.classes["polite"].search(part)
        marked = tokens[end - 1].word == "?" and not polite
        if marked or rules.opens_with_question(part) or rules.reports(part):
            return True
        begin = end
    return False


def _commands_elsewhere(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether a sentence that names nothing is a command: "What's hers at? Put mine on two."."""
    begin, size = 0, len(reading.text.tokens)
    while begin < size:
        end = sentence(begin, begin + 1, reading)[1]
        named = any(begin <= m.begin < end for m in reading.mentions if m.names or m.asks)
        part = words_of(reading, begin, end)
        if not named and rules.opens_with_command(part) and not _EITHER.search(part):
            return True
        begin = end
    return False


def _other_access(
    rules: GroundingRules,
    call: CheckedCall,
    requests: Sequence[RequestSpan],
    reading: QueryReading,
    alone: bool,
) -> Fix | None:
    kind: Access = "get" if call.kind == "set" else "set"
    function = rules.catalog.function_for.get((kind, call.prop.type))
    if function is None:
        return None
    value = (*call.path, "arguments", "value")
    if kind == "get":
        given, label = Edit("remove", value), f"call {function.name}"
    else:
        setting = replace(call, kind="set", value=None)
        meant = stated_value(rules, setting, requests, reading, alone)
        if meant is None:
            return None
        given, label = Edit("add", value, meant), f"call {function.name} with {brief(meant)}"
    return Fix(label, (Edit("replace", (*call.path, "name"), function.name), given))


def _echoed(rules: GroundingRules, begin: int, reading: QueryReading) -> bool:
    """Whether a short question follows: "I can't remember locking it. Did I?"."""
    if begin >= len(reading.text.tokens):
        return False
    end = sentence(begin, begin + 1, reading)[1]
    part = words_of(reading, begin, end)
    if reading.text.tokens[end - 1].word != "?":
        return False
    short = end - begin <= _ECHO_TOKENS and rules.opens_with_question(part)
    return short or bool(_ASKS_BACK.match(part))


class _Clause:
    """The words about one mention, within its sentence, and what they hold, found when asked for.

    ahead: the sentence's words before them.
    """

    def __init__(
        self, rules: GroundingRules, request: RequestSpan, reading: QueryReading, span: _Span
    ) -> None:
        self._rules, self._request, self._reading, self._span = rules, request, reading, span
        self._begin, self._end = span
        self.part = words_of(reading, *span)

    @property
    def ahead(self) -> str:
        mention = self._request.mention
        first, _ = sentence(mention.begin, mention.end, self._reading)
        return words_of(self._reading, first, self._begin)

    @property
    def numbers(self) -> bool:
        return bool(self._rules.values.numbers(self._reading.text, *self._span))

    def _said(self) -> Iterator[list[ValueWord]]:
        for name in self._request.mention.all:
            yield self._rules.said(name, self._reading, *self._span)

    @property
    def stated(self) -> bool:
        """Whether there is any value word."""
        return any(self._said())

    @property
    def specs(self) -> bool:
        """Whether there is a value word that isn't part of the name."""
        beside = self._rules.beside
        return any(beside(s, self._request, self._reading, self._begin) for s in self._said())

    @property
    def results(self) -> bool:
        """Whether there is a word for what something should come to."""
        return any(one.word.split()[-1] in RESULTS for found in self._said() for one in found)

    @property
    def commanded(self) -> bool:
        return self._rules.opens_with_command(self.part)

    @property
    def orders(self) -> bool:
        """Whether it begins as a command does."""
        return self.commanded or (self._rules.opens_with_arranging(self.part) and self.results)


def mood(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> Access | None:
    """Return whether the words around a mention read (get) or change (set), None if unclear."""
    first, last = sentence(request.mention.begin, request.mention.end, reading)
    begin, end = max(first, request.begin), min(last, request.end)
    words = _Clause(rules, request, reading, (begin, end))
    part = words.part
    opening = rules.opens_with_question(part)
    if _EITHER.search(part):
        return "get" if not words.numbers else None
    if (request.mention.asks or rules.reports(part)) and not _asked_for(rules, part):
        polite = _MAY_I_HAVE.search(part)  # "could I have the heating on max?"
        stated = words.specs if words.commanded and not opening else polite and words.stated
        unclear = words.numbers or bool(stated)
        return None if unclear else "get"
    if opening:
        told = reading.text.words[last - 1] != "?"
        return (
            "get" if not (words.numbers or (told and words.orders)) else None
        )  # "are still on, get them off"

    def valued() -> bool:
        degrees = rules.values.degrees
        return words.numbers or words.specs or degrees(reading.text, begin, end)

    if rules.classes["polite"].search(part):
        return "set" if rules.changes(part) or valued() or words.results else None
    if _is_question(rules, request, last, reading):
        short = last - first <= _SHORT_QUESTION
        return _mood_of_question(rules, words, short, _echoed(rules, last, reading))
    asked = rules.opens_with_question(words_of(reading, first, end))
    if (asked or rules.reports(words_of(reading, first, last))) and not words.orders:
        return None  # "tell me if the lights and the flap are on and open"
    if words.orders or valued():
        return "set"
    wished = words.stated and rules.classes["wish"].search(part) and not _MEASURES.search(part)
    shown = (words.results or wished) and not _DESCRIBES.search(part)
    return "set" if shown else None  # "glove box locked, cheers"


def _mood_of_question(
    rules: GroundingRules, words: _Clause, short: bool, echoed: bool
) -> Access | None:
    """Return what a clause with a question mark asks for, though it doesn't begin as a question."""
    polite = rules.classes["polite"].search(words.ahead)
    if words.part.startswith(" why "):
        return None  # "why is it still burning?" asks for no reading
    if words.orders and (polite or _OKAY.search(words.part)):
        return "set"  # "would you tell me the range, then switch on the lights?"
    if words.numbers or words.orders or _names_change(rules, words.part):
        return None
    if polite and not rules.reports(words.ahead):
        return None  # "might the middle seat have its heating on?"
    measured = not words.results and _MEASURES.search(words.part)
    if " please " in words.part and not measured:
        return None  # "fog lights, please?"
    return "get" if measured or echoed or (short and words.stated) else None


def _asked_for(rules: GroundingRules, part: str) -> bool:
    """Whether it only wonders out of politeness: "I was wondering if you could open it"."""
    found = _IF_YOU_COULD.search(part)
    return found is not None and not rules.reports(part[found.end() - 1 :])


def _names_change(rules: GroundingRules, part: str) -> bool:
    """Whether a verb changes something, other than as a state or a name: "boot shut, door lock"."""
    found = {m.group().strip() for m in rules.classes["command"].finditer(part)}
    return bool(found - RESULTS - _ALSO_NAMES)


def _is_question(
    rules: GroundingRules, request: RequestSpan, last: int, reading: QueryReading
) -> bool:
    """Whether a question mark belongs to this: not in "AC off, and what's the time?"."""
    if _echoed(rules, last, reading):
        return True
    if reading.text.tokens[last - 1].word != "?":
        return False
    behind = words_of(reading, request.end, last)
    return not (request.end < last and rules.opens_with_question(behind))
