"""Read or change: a question against a get, a command against a set."""

from collections.abc import Iterator, Sequence

from workbench.core.car.words import brief
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    only_needed,
    sentence,
    words_of,
)
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Edit, Finding, Fix

_ECHO_TOKENS = 4
_SHORT_QUESTION = 9  # tokens: "glove box locked?"


def check_access(
    rules: GroundingRules, call: CheckedCall, requests: Sequence[RequestSpan], reading: QueryReading
) -> Iterator[Finding]:
    if only_needed(call, requests) or not (call.prop.readable and call.prop.writable):
        return
    if call.kind == "set" and _commands_elsewhere(rules, reading):
        return
    moods = {mood(rules, request, reading) for request in requests} - {None}
    if len(moods) != 1 or call.kind in moods:
        return
    request = requests[0]
    words = brief(
        reading.text.quote(*sentence(request.mention.begin, request.mention.end, reading))
    )
    wanted = "a question" if "get" in moods else "a command"
    does = "changes" if call.kind == "set" else "only reads"
    message = f"{words} is {wanted}; the call {does} {call.prop.name}"
    yield Finding("grounding.access", message, (*call.path, "name"), _other_access(rules, call))


def _commands_elsewhere(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether a sentence that names nothing is a command: "What's hers at? Put mine on two."."""
    begin, size = 0, len(reading.text.tokens)
    while begin < size:
        end = sentence(begin, begin + 1, reading)[1]
        named = any(begin <= m.begin < end for m in reading.mentions if m.names or m.asks)
        if not named and rules.opens_with_command(words_of(reading, begin, end)):
            return True
        begin = end
    return False


def _other_access(rules: GroundingRules, call: CheckedCall) -> Fix | None:
    if call.kind != "set":
        return None
    function = rules.catalog.function_for.get(("get", call.prop.type))
    if function is None:
        return None
    edits = (
        Edit("replace", (*call.path, "name"), function.name),
        Edit("remove", (*call.path, "arguments", "value")),
    )
    return Fix(f"call {function.name}", edits)


def _echoed(rules: GroundingRules, begin: int, reading: QueryReading) -> bool:
    """Whether a short question follows: "I can't remember locking it. Did I?"."""
    if begin >= len(reading.text.tokens):
        return False
    end = sentence(begin, begin + 1, reading)[1]
    return (
        end - begin <= _ECHO_TOKENS
        and reading.text.tokens[end - 1].word == "?"
        and rules.opens_with_question(words_of(reading, begin, end))
    )


def mood(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> str | None:
    """Return whether the words around a mention read (get) or change (set), None if unclear."""
    first, last = sentence(request.mention.begin, request.mention.end, reading)
    begin, end = max(first, request.begin), min(last, request.end)
    part = words_of(reading, begin, end)
    asks = bool(request.mention.asks)
    polite = bool(rules.classes["polite"].search(part))
    report = bool(rules.classes["report"].search(part))
    opening = rules.opens_with_question(part)
    command = bool(rules.classes["command"].search(part))
    said = {name: rules.said(name, reading, begin, end) for name in request.mention.all}
    specs = any(rules.beside(found, request, reading, begin) for found in said.values())
    numbers = bool(rules.values.numbers(reading.text, begin, end))
    commanded = rules.opens_with_command(part)
    if report or asks:
        return "get" if not numbers and not (command and specs and not opening) else None
    if opening:
        return "get" if not numbers else None
    if polite:
        return "set" if specs or numbers or rules.changes(part) else None
    if _is_question(rules, request, last, reading):
        short = last - first <= _SHORT_QUESTION
        stated = any(said.values())
        return "get" if short and stated and not numbers and not command else None
    whole = words_of(reading, first, last)
    if not commanded and (
        rules.opens_with_question(whole) or rules.classes["report"].search(whole)
    ):
        return None  # "tell me if the lights and the flap are on and open"
    stated = numbers or specs or rules.values.degrees(part)
    return "set" if commanded or stated else None


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
