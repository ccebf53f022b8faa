"""Which property: words that name one but calls of another, too many or too few."""

from collections.abc import Iterable, Iterator, Sequence

from workbench.core.car.catalog import Property
from workbench.core.car.words import quoted
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    clause,
    sentence,
    words_of,
)
from workbench.core.checks.grounding.stated_calls import added_fix, stated_call
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Edit, Finding, Fix

_KINDS = ("names", "shared", "asks", "needs")


def check_properties(
    rules: GroundingRules,
    calls: Sequence[CheckedCall],
    reading: QueryReading,
    *,
    elliptic: bool = False,
) -> Iterator[Finding]:
    """Compare the properties that the words name with those called.

    elliptic: whether words may leave out what they are about, since it was said before.
    """
    called = {call.prop.name for call in calls}
    unserved = [
        request
        for request in reading.requests
        if request.mention.names
        and not request.mention.names & called
        and not _left_alone(rules, request, reading)
    ]
    spoken_of = [*unserved, *_denied(rules, reading, called)]
    spoken: dict[str, set[str]] = {}
    for mention in reading.mentions:
        kinds = (mention.names, mention.shared, mention.asks, mention.needs)
        for kind, names in zip(_KINDS, kinds, strict=True):
            for name in names:
                spoken.setdefault(name, set()).add(kind)
    strangers = [
        call
        for call in calls
        if call.prop.name not in spoken and not _goes_with(call, calls, spoken)
    ]
    weak = [
        call for call in calls if spoken.get(call.prop.name) == {"shared"} and call not in strangers
    ]
    accused = list(strangers)
    if spoken_of and not accused:
        accused = [c for c in weak if _could_be(rules, c, _rivals(c, spoken_of, reading))]
    for call in accused:
        rivals = spoken_of if call in strangers else _rivals(call, spoken_of, reading)
        request = next((r for r in rivals if _could_be(rules, call, [r])), None)
        request = request or next(iter(unserved), None)
        if request is not None:
            if len({c.prop.name for c in calls if c.prop.name == call.prop.name}) == 1:
                yield _wrong_property(rules, call, request, reading)
            later = [c for c in accused if c.prop.name == call.prop.name and c is not call]
            if not later or call is [c for c in accused if c.prop.name == call.prop.name][-1]:
                spoken_of.remove(request)
                unserved = [r for r in unserved if r is not request]
        elif call in strangers and len(strangers) == len(calls):
            if elliptic:
                continue
            yield from _meant_otherwise(rules, call, reading)
        elif call in strangers and _explained(rules, calls, strangers, reading):
            message = f"nothing in the request asks for {call.prop.name} ({call.prop.label})"
            fix = _in_place_of(rules, call, calls, reading)
            fix = fix or Fix(f"remove call {call.index + 1}", (Edit("remove", call.path),))
            yield Finding("grounding.extra_call", message, call.path, fix)
    if not accused:
        yield from _said_of_another(weak, calls, reading)
        yield from _said_like_another(rules, weak, calls, reading)
    for request in reading.requests:
        yield from _check_joint(rules, request, calls, reading)
    if not strangers:
        for request in unserved:
            if _is_request(rules, request, reading):
                yield _missing(rules, request, sorted(request.mention.names), calls, reading)


def _meant_otherwise(
    rules: GroundingRules, call: CheckedCall, reading: QueryReading
) -> Iterator[Finding]:
    """Find a call that no words are for, where others ask for something that may be several things,
    but not that: "is the lamp on?" and the glove box.
    """
    heard = reading.heard or reading.text
    if rules.sparse or call.prop.name in rules.reader.hinted(reading):
        return
    if not rules.reader.scope.corrects.isdisjoint(heard.held):
        return  # what is taken back isn't always known
    for request in reading.requests:
        mention = request.mention
        said = reading.text.words[mention.begin : mention.end]
        if rules.reader.scope.empty.issuperset(said):
            continue
        if (mention.shared or mention.asks) and _is_request(rules, request, reading):
            words = quoted(reading.text.quote(mention.begin, mention.end))
            message = f"{words} doesn't mean {call.prop.name} ({call.prop.label})"
            path = (*call.path, "arguments", "propertyName")
            yield Finding("grounding.property", message, path)
            return


def _rivals(
    call: CheckedCall, requests: Sequence[RequestSpan], reading: QueryReading
) -> list[RequestSpan]:
    """Return requests for something else that have all the words which may mean a call."""
    own = [m for m in reading.mentions if call.prop.name in m.shared]
    found = []
    for request in requests:
        begin, end = _clause_of(request, reading)
        if all(begin <= m.begin < end for m in own):
            found.append(request)
    return found


def _in_place_of(
    rules: GroundingRules,
    call: CheckedCall,
    calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> Fix | None:
    """Return the fix for a call that stands where another property's call is missing, if any."""
    for name in dict.fromkeys(c.prop.name for c in calls if c.prop is not call.prop):
        prop = rules.catalog.properties[name]
        served = {c.area.id for c in calls if c.prop is prop}
        stated = stated_call(rules, prop, [c for c in calls if c is not call], reading)
        if len(prop.areas) > 1 and call.area.id in stated.values.keys() - served:
            return _other_property(rules, call, prop)
    return None


def _missing(
    rules: GroundingRules,
    request: RequestSpan,
    names: Sequence[str],
    calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> Finding:
    """Say that calls are missing; the fix adds them if all about them is known."""
    words = quoted(reading.text.quote(request.mention.begin, request.mention.end))
    message = f"no call for {', '.join(names)}, which the request asks for: {words}"
    fix = None
    if len(names) == 1:
        stated = stated_call(rules, rules.catalog.properties[names[0]], calls, reading)
        fix = added_fix(stated, calls, rules.catalog, reading)
    return Finding("grounding.missing_call", message, ("answers",), fix)


def _said_of_another(
    weak: Sequence[CheckedCall], calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Find calls of a property whose words all name another one that is called: one wish, two
    properties, such as the air conditioning and the whole climate system for "AC on".
    """
    for call in weak:
        name = call.prop.name
        called = {c.prop.name for c in calls if c.kind == "set" and c.value == call.value}
        if call.kind != "set":
            continue
        named = [m.names & called for m in reading.mentions if name in m.shared]
        if named and all(named):
            others = ", ".join(sorted(frozenset().union(*named)))
            message = f"the request asks for {others} only; nothing in it asks for {name}"
            fix = Fix(f"remove call {call.index + 1}", (Edit("remove", call.path),))
            yield Finding("grounding.extra_call", message, call.path, fix)


def _said_like_another(
    rules: GroundingRules,
    weak: Sequence[CheckedCall],
    calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> Iterator[Finding]:
    """Find a change of what nothing said can be done to, where its words may mean another property
    that it can: "that door, unlock it" doesn't open it.
    """
    called = {call.prop.name for call in calls}
    end = len(reading.text.tokens)
    if len(called) != 1 or rules.values.numbers(reading.text, 0, end):
        return
    for call in weak:
        name = call.prop.name
        own = [m for m in reading.mentions if name in m.shared]
        degrees = rules.values.degrees(reading.text, 0, end)
        if call.kind == "set" and not degrees and not rules.said(name, reading, 0, end):
            others = frozenset.intersection(*(m.shared for m in own)) - called
            meant = [one for one in sorted(others) if rules.said(one, reading, 0, end)]
            properties = rules.catalog.properties
            scaled = [one for one in others if properties[one].type == "Float"]
            if meant and set(scaled) <= set(meant):  # "cool" needs no more words for a temperature
                words = quoted(reading.text.quote(own[0].begin, own[0].end))
                said = quoted(rules.said(meant[0], reading, 0, end)[0].word)
                message = f"{words} with {said} means {' or '.join(meant)}, not {name}"
                path = (*call.path, "arguments", "propertyName")
                yield Finding("grounding.property", message, path)


def _check_joint(
    rules: GroundingRules,
    request: RequestSpan,
    calls: Sequence[CheckedCall],
    reading: QueryReading,
) -> Iterator[Finding]:
    """Find what is left out of a mention of two: "front and rear fog lights", "what percentage of
    the tank".
    """
    mention = request.mention
    if len(mention.names) < 2:
        return
    called = {call.prop.name for call in calls}
    tokens = reading.text.tokens[mention.begin : mention.end]
    missing = mention.names - called
    joint = mention.joint == mention.names or "and" in {token.word for token in tokens}
    if joint and missing and missing != mention.names:
        yield _missing(rules, request, sorted(missing), calls, reading)


def _goes_with(
    call: CheckedCall, calls: Sequence[CheckedCall], spoken: dict[str, set[str]]
) -> bool:
    """Whether a read goes with another: a percentage needs the level and the capacity."""
    return call.kind == "get" and any(
        other.kind == "get"
        and other is not call
        and other.prop.unit == call.prop.unit != ""
        and other.prop.category == call.prop.category
        and other.prop.name in spoken
        for other in calls
    )


def _could_be(rules: GroundingRules, call: CheckedCall, requests: Iterable[RequestSpan]) -> bool:
    """Whether one of the requests names a single property that the call could be for."""
    for request in requests:
        if len(request.mention.names) == 1:
            [name] = request.mention.names
            prop = rules.catalog.properties[name]
            if prop.readable if call.kind == "get" else prop.writable:
                return True
    return False


def _wrong_property(
    rules: GroundingRules, call: CheckedCall, request: RequestSpan, reading: QueryReading
) -> Finding:
    words = reading.text.quote(request.mention.begin, request.mention.end)
    names = sorted(request.mention.names)
    message = f"{quoted(words)} means {' or '.join(names)}, not {call.prop.name}"
    path = (*call.path, "arguments", "propertyName")
    fix = None
    if len(names) == 1:
        fix = _other_property(rules, call, rules.catalog.properties[names[0]])
    return Finding("grounding.property", message, path, fix)


def _other_property(rules: GroundingRules, call: CheckedCall, prop: Property) -> Fix | None:
    edits = [Edit("replace", (*call.path, "arguments", "propertyName"), prop.name)]
    if prop.type != call.prop.type:
        function = rules.catalog.function_for.get((call.kind, prop.type))
        if function is None or call.kind == "set":
            return None
        edits.append(Edit("replace", (*call.path, "name"), function.name))
    if call.area.id not in prop.areas:
        if len(prop.areas) != 1:
            return None
        area = next(iter(prop.areas))
        edits.append(Edit("replace", (*call.path, "arguments", "areaId"), area))
    return Fix(f"propertyName: {prop.name}", tuple(edits))


def _explained(
    rules: GroundingRules,
    calls: Sequence[CheckedCall],
    strangers: Sequence[CheckedCall],
    reading: QueryReading,
) -> bool:
    """Whether the words are understood well enough to call a call superfluous."""
    others = [c for c in calls if c not in strangers]
    called = {c.prop.name for c in others}
    if any(m.needs and not m.all & called for m in reading.mentions):
        return False
    if rules.classes["pronoun"].search(reading.text.flat) and any(
        set(strangers[0].prop.label.split()) & set(c.prop.label.split()) for c in others
    ):
        return False
    spoken = {name for mention in reading.mentions for name in mention.all}
    return len(strangers) == 1 and bool(others) and called <= spoken


def _denied(rules: GroundingRules, reading: QueryReading, called: set[str]) -> list[RequestSpan]:
    """Return requests not to do something: "no need for the hazards any more"."""
    found = []
    for request in reading.requests:
        names = request.mention.names
        if not names or names & called:
            continue
        begin, end = _clause_of(request, reading)
        part = words_of(reading, begin, end)
        if (
            not rules.classes["leave"].search(part)
            and rules.negated(part, len(words_of(reading, begin, request.mention.begin)))
            and not _cancelled(rules, request, reading)
        ):
            found.append(request)
    return found


def _clause_of(request: RequestSpan, reading: QueryReading) -> tuple[int, int]:
    return clause(request.mention.begin, request.mention.end, reading)


def _cancelled(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> bool:
    """Whether a request is taken back: "…, no wait, I mean the rear ones"."""
    _, end = _clause_of(request, reading)
    _, last = sentence(request.mention.begin, request.mention.end, reading)
    behind = words_of(reading, end, min(last + 6, len(reading.text.tokens)))
    return bool(rules.classes["cancel"].search(behind))


def _left_alone(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> bool:
    """Whether the words say to leave this alone, or only mention it in passing."""
    begin, end = _clause_of(request, reading)
    part = words_of(reading, begin, end)
    if rules.classes["leave"].search(part):
        return True
    if rules.negated(part, len(words_of(reading, begin, request.mention.begin))):
        return True  # "no need to lock the doors"
    return _cancelled(rules, request, reading)


def _is_request(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> bool:
    """Whether the words around a mention ask for something."""
    begin, end = clause(request.mention.begin, request.mention.end, reading)
    part = words_of(reading, begin, end)
    if rules.opens_with_command(part) or rules.opens_with_question(part):
        return True
    if rules.classes["polite"].search(part) or rules.classes["report"].search(part):
        return True
    short = end - begin <= 8 and not (
        rules.classes["state"].search(part) and not rules.classes["wish"].search(part)
    )
    said = any(rules.said(name, reading, begin, end) for name in request.mention.all)
    return short and (said or bool(rules.values.numbers(reading.text, begin, end)))
