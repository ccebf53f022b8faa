"""Replies held against what the session has shown: numbers, states, places, done or not."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.levels import digits
from workbench.core.car.words import quoted, state_words
from workbench.core.checks.conversation.session import Spot
from workbench.core.checks.conversation.words.states import states_said
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.conversation.words.units import as_said, spoken_values
from workbench.core.checks.grounding.shared_rules import words_of
from workbench.core.checks.grounding.value_rules import satisfies
from workbench.core.checks.work_limits import MAX_QUERY
from workbench.core.reading.positions import select
from workbench.core.reading.reader import QueryReading
from workbench.core.samples import Reply
from workbench.core.verdicts import Finding

_UNTRUE = "conversation.untrue_reply"
_PAST = re.compile(
    r" (?:was|were|had|been|before|from|earlier|previously|used|until|instead|so|if|would|could|can"
    r"|shall|should|want|unless|only|up to|between|maximum|minimum|highest|lowest|most|least|limit)"
    r" "
)
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
_NEAR = 0.06
"""How far a rounded number may be off, as a share of it."""


def check_replies(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield replies that contradict what the session has shown, or leave out what was asked."""
    for step, reply in turn.replies:
        if reply.kind not in ("tell", "refuse") or not 0 < len(reply.text) <= MAX_QUERY:
            continue
        objection = _objection(turn, words, reply)
        if objection:
            yield Finding(_UNTRUE, objection, turn.place(step, "reply", "text"))
        elif reply.kind == "tell":
            missing = _left_out(turn, words, reply)
            if missing:
                path = turn.place(step, "reply", "text")
                yield Finding("conversation.silent_reply", missing, path)


def _objection(turn: Turn, words: WordRules, reply: Reply) -> str:
    reading = words.rules.reader.read(reply.text)
    if reply.kind == "refuse":
        return _wrong_number(turn, words, reply, reading)
    return (
        _wrongly_done(turn, reading)
        or _wrong_number(turn, words, reply, reading)
        or _wrong_state(turn, words, reading)
        or _wrong_place(turn, words, reading)
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


def _about(turn: Turn) -> list[str]:
    """Return the properties that the turn reads or sets."""
    return list(dict.fromkeys(one.spot[0] for one in turn.seen))


def _spots(turn: Turn, name: str) -> list[Spot]:
    return list(dict.fromkeys(one.spot for one in turn.seen if one.spot[0] == name))


def _wrong_number(turn: Turn, words: WordRules, reply: Reply, reading: QueryReading) -> str:
    """Object to a number that nothing in the session can be behind."""
    numbers = [(i, t.number) for i, t in enumerate(reading.text.tokens) if t.number is not None]
    if not numbers or len(numbers) > _MOST_NUMBERS:
        return ""
    names = _about(turn)
    known = _known_numbers(turn, words, reply)
    for at, number in numbers:
        if any(_alike(number, one) for one in known):
            continue
        times = reading.text.words[at + 1 : at + 2] and reading.text.words[at + 1] in _TIME_UNITS
        if _counts(reading, at) and not (times and _is_timed(words, names)):
            continue
        facts = _facts(turn, words, names)
        if not facts:
            return ""
        heard = quoted(reading.text.quote(max(0, at - 2), min(at + 2, len(reading.text.tokens))))
        return f"the reply says {heard}; {facts}"
    if len(names) != 1 or len(numbers) != 1 or reply.kind != "tell":
        return ""
    return _stale_number(turn, words, names[0], numbers[0][1], reading)


_MOST_NUMBERS = 6


def _stale_number(
    turn: Turn, words: WordRules, name: str, number: float, reading: QueryReading
) -> str:
    """Object to the only number of a reply if it isn't the value that there is now."""
    prop = words.catalog.properties[name]
    spots = _spots(turn, name)
    values = [v for spot in spots if isinstance(v := turn.known(spot), (int, float))]
    if not values or any(isinstance(v, bool) for v in values) or prop.value_names:
        return ""
    told = {one for value in values for one in _told(value, prop)}
    if any(_alike(number, one) for one in told):
        return ""
    if len(_all_of_category(turn, words, prop)) > len(spots):
        return ""  # a level and a capacity make a percentage
    other = _PAST.search(reading.text.flat) or _counts(reading, _at(reading))
    said = any(_alike(abs(number), abs(one.after - one.before)) for one in _numeric(turn))
    if other or said:
        return ""
    at = _at(reading)
    heard = quoted(reading.text.quote(max(0, at - 1), min(at + 2, len(reading.text.tokens))))
    return f"the reply says {heard}; {_facts_of(turn, prop, spots)}"


def _numeric(turn: Turn) -> Iterator[Any]:
    for one in turn.changes:
        if all(type(v) in (int, float) for v in (one.before, one.after)):
            yield one


def _at(reading: QueryReading) -> int:
    return next(i for i, t in enumerate(reading.text.tokens) if t.number is not None)


def _all_of_category(turn: Turn, words: WordRules, prop: Property) -> list[Spot]:
    properties = words.catalog.properties
    return list(
        dict.fromkeys(
            one.spot
            for one in turn.session.seen
            if (other := properties[one.spot[0]]).unit == prop.unit != ""
            and other.category == prop.category
            and one.step < turn.steps.stop
        )
    )


def _told(value: float, prop: Property) -> set[float]:
    told = set(spoken_values(value, prop))
    area = next(iter(prop.areas.values()))
    low, high = area.minimum, area.maximum
    if low is not None and high is not None and high > low:
        told.add(100 * (value - low) / (high - low))
        if low < 0 < high:
            told.add(100 * abs(value) / (high if value > 0 else -low))
            told.add(abs(value))
    return told


def _known_numbers(turn: Turn, words: WordRules, reply: Reply) -> set[float]:
    """Return every number that something in the session can be behind."""
    numbers: set[float] = set()
    seen: dict[str, set[float]] = {}
    names = set(_about(turn))
    for one in turn.session.seen:
        if one.step >= turn.steps.stop or isinstance(one.value, bool):
            continue
        if isinstance(one.value, (int, float)):
            prop = words.catalog.properties[one.spot[0]]
            numbers |= _told(one.value, prop)
            seen.setdefault(prop.unit, set()).add(float(one.value))
    for values in seen.values():  # percentages, differences, sums of what was seen
        for first in values:
            for second in values - {first}:
                numbers |= {abs(first - second), 100 * first / second if second else 0.0}
    for change in turn.session.changes:
        numeric = {type(change.before), type(change.after)} <= {int, float}
        if change.step < turn.steps.stop and numeric:
            prop = words.catalog.properties[change.spot[0]]
            numbers |= _told(change.before, prop)
            numbers.add(abs(change.after - change.before))
    for call in reply.wanted:
        names.add(str(call.arguments.get("propertyName")))
        if type(call.arguments.get("value")) in (int, float):
            numbers.add(float(call.arguments["value"]))
    for name in names:
        known = words.catalog.properties.get(name)
        for area in known.areas.values() if known else ():
            ends = (area.minimum, area.maximum, known.step if known else None)
            numbers |= {float(end) for end in ends if end is not None}
            numbers |= {float(v) for v in area.values if type(v) in (int, float)}
    for index in range(turn.steps.stop):
        query = turn.session.steps[index].query
        if query is not None:
            text = words.rules.reader.read(query).text
            numbers |= {abs(t.number) for t in text.tokens if t.number is not None}
    return numbers


def _alike(number: float, value: float) -> bool:
    """Whether a number may stand for a value, rounded as people do."""
    if number == value:
        return True
    if float(number).is_integer():
        near = max(0.5, _NEAR * abs(value)) if abs(value) >= _ROUNDED else 0.5
    else:
        near = 0.051
    if abs(value) < _SMALL and float(value).is_integer():
        return False
    return abs(number - value) <= near + 1e-9


_ROUNDED = 30
"""From here on people say "about"."""
_SMALL = 25
"""Whole numbers below this are said as they are."""


_TIME_UNITS = ("minutes", "minute", "hours", "hour", "mins")


def _is_timed(words: WordRules, names: Iterable[str]) -> bool:
    """Whether a time may be what was read."""
    return any(words.catalog.properties[name].unit == "s" for name in names)


def _counts(reading: QueryReading, at: int) -> bool:
    """Whether a number only counts things: "all four doors", "both seats", "row 2"."""
    words = reading.text.words
    after = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    if before in ("all", "the", "these", "those", "other", "row", "of") and not _is_unit(after):
        return True
    plural = after.endswith("s") and not _is_unit(after)
    return plural or after in (
        "of",
        "more",
        "minutes",
        "seconds",
        "hours",
        "other",
        "front",
        "rear",
    )


def _is_unit(word: str) -> bool:
    return word in (
        *(
            "degrees",
            "percent",
            "kilometres",
            "kilometers",
            "miles",
            "litres",
            "liters",
            "kilowatt",
        ),
        *("kilopascals", "bars", "levels", "notches", "steps", "minutes", "hours", "seconds"),
        *("gallons", "kilometre", "celsius", "psi", "kwh", "km", "kmh", "mph", "km/h"),
    )


def _facts(turn: Turn, words: WordRules, names: Iterable[str]) -> str:
    told = []
    for name in names:
        prop = words.catalog.properties[name]
        fact = _facts_of(turn, prop, _spots(turn, name))
        if fact:
            told.append(fact)
    if not told and turn.replies_of("refuse"):
        return "it's neither a limit of what is wanted nor a value that was seen"
    return "; ".join(told[:3])


def _facts_of(turn: Turn, prop: Property, spots: Sequence[Spot]) -> str:
    """Say what is known of a property now."""
    values: dict[str, list[str]] = {}
    for spot in spots:
        value = turn.known(spot)
        if value is None:
            continue
        shown = state_words(value, prop)
        if type(value) in (int, float) and as_said(value, prop) != digits(round(value, 1)):
            shown += f", or about {as_said(value, prop)} as people say it"
        values.setdefault(shown, []).append(prop.areas[spot[1]].words)
    if not values:
        return ""
    if len(values) == 1:
        return f"{prop.name} is {next(iter(values))}"
    told = [f"{value} ({', '.join(places)})" for value, places in values.items()]
    return f"{prop.name} is {' and '.join(told)}"


def _wrong_state(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to a state in words, such as "locked", that none of the values is."""
    flat = reading.text.flat
    if " ? " in flat:
        return ""
    subject = _subject(turn)
    for begin, end in _clauses(reading):
        name = _named(turn, reading, begin, end) or subject
        subject = name or subject
        part = words_of(reading, begin, end)
        if not name or _TIMES.search(part) or _measured(reading, begin, end):
            continue
        prop = words.catalog.properties[name]
        if any(" and " in value for value in prop.value_names.values()):
            continue
        spots = _placed(turn, words, prop, reading, begin, end)
        values = [turn.known(spot) for spot in spots]
        if not values or None in values:
            continue
        said = [
            one
            for one in states_said(words.rules, name, reading, begin, end)
            if one.spec in _STATES and one.word.split()[-1] not in _NO_STATE
        ]
        specs = {"!=0" if one.spec in _IN_USE else one.spec for one in said}
        if len(specs) != 1:
            continue
        [spec] = specs
        areas = [prop.areas[spot[1]] for spot in spots]
        fits = [satisfies(spec, v, a) for v, a in zip(values, areas, strict=True)]
        if not any(fits) or (not all(fits) and _ALL.search(part)):
            heard = quoted(reading.text.quote(begin, end))
            return f"the reply says {heard}; {_facts_of(turn, prop, spots)}"
    return _wrong_yes(turn, words, reading)


def _subject(turn: Turn) -> str:
    """Return the property that a reply without a name is about: what is set, else what is read."""
    changed = {one.spot[0] for one in turn.changes}
    names = changed or {one.spot[0] for one in turn.read}
    return names.pop() if len(names) == 1 else ""


def _named(turn: Turn, reading: QueryReading, begin: int, end: int) -> str:
    """Return the property of the turn that words name, "-" if they name another one."""
    about = set(_about(turn))
    mentions = [m for m in reading.mentions if begin <= m.begin and m.end <= end]
    named = set().union(*(m.names for m in mentions)) if mentions else set()
    here = named & about or set().union(*(m.all for m in mentions)) & about if mentions else set()
    return here.pop() if len(here) == 1 and (not named or named & here) else ""


def _placed(
    turn: Turn, words: WordRules, prop: Property, reading: QueryReading, begin: int, end: int
) -> list[Spot]:
    """Return where a clause says something of a property: in the places it names, else all."""
    spots = _spots(turn, prop.name)
    places = [p for p in reading.places if begin <= p.begin < end and not p.everything]
    areas = frozenset().union(*(select(place, prop, words.catalog) for place in places))
    if _YOUR.search(words_of(reading, begin, end)):
        areas |= _driver(words, prop)
    within = [spot for spot in spots if spot[1] in areas]
    return within if areas else spots


def _measured(reading: QueryReading, begin: int, end: int) -> bool:
    """Whether a clause has a number that doesn't just count things."""
    return any(
        reading.text.tokens[i].number is not None and not _counts(reading, i)
        for i in range(begin, end)
    )


def _clauses(reading: QueryReading) -> Iterator[tuple[int, int]]:
    """Yield the clauses of a reply: between marks and before "so", "and", "but"."""
    begin = 0
    for at, word in enumerate(reading.text.words):
        if word in _BREAKS:
            if begin < at:
                yield begin, at
            begin = at if word in ("if", "unless", "until", "while", "when") else at + 1
    if begin < len(reading.text.words):
        yield begin, len(reading.text.words)


_BREAKS = frozenset(
    [".", ",", ";", "!", "?", "so", "and", "but", "if", "unless", "until", "while", "when"]
)
_YES = re.compile(r"^ (?:yes|yeah|yep|yup|it is|they are|indeed|correct)(?= )")
_NO = re.compile(r"^ (?:no|nope|nah|it isnt|they arent|it is not)(?= )")
_UNSURE = re.compile(
    r" (?:any|anything|some|or|not|isnt|arent|did|does|do|has|have|still|enough|too|can|could"
    r"|will|would|anyone|either|all|every|everything|both|if|which|what|how|low|full) "
)


def _wrong_yes(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to a yes or no that the values contradict: "is it locked?" "Yes"."""
    yes, no = _YES.match(reading.text.flat), _NO.match(reading.text.flat)
    question = turn.said.text.flat
    names = _about(turn)
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
    specs = {one.spec for one in said if one.spec in _STATES}
    specs = {"!=0" if one in _IN_USE else one for one in specs}
    spots = _spots(turn, name)
    values = [turn.known(spot) for spot in spots]
    if len(specs) != 1 or None in values:
        return ""
    [spec] = specs
    areas = [prop.areas[spot[1]] for spot in spots]
    fits = {satisfies(spec, v, a) for v, a in zip(values, areas, strict=True)}
    if fits == {bool(yes)} or len(fits) != 1:
        return ""
    return f"the reply says {'yes' if yes else 'no'}; {_facts_of(turn, prop, spots)}"


_ASKS_STATE = re.compile(r"^ (?:(?:so|and|hey|okay|ok|car|tell me|,|just checking) )*(?:is|are) ")
_STATES = frozenset(["true", "false", "=0", "!=0", ">0", "<0", "=1", "=2", "=256"])
_IN_USE = frozenset([">0", "<0"])
_NO_STATE = frozenset(["run", "going", "release", "start", "stop"])
_TIMES = re.compile(
    r" (?:was|were|had|before|if|until|cant|cannot|could|can|would|want|shall|should|unless|when"
    r"|while|then|but|except|wanted|asked|so|to|again|still|most|some|almost|nearly|a bit|part) "
)
_ALL = re.compile(r" (?:all|both|every|everything) ")


def _wrong_place(turn: Turn, words: WordRules, reading: QueryReading) -> str:
    """Object to places none of which the turn has touched."""
    names = _about(turn)
    if len(names) != 1 or " ? " in reading.text.flat or _EXCEPT.search(reading.text.flat):
        return ""
    prop = words.catalog.properties[names[0]]
    if len(prop.areas) < 2 or any(m.names and names[0] not in m.all for m in reading.mentions):
        return ""
    places = [place for place in reading.places if not place.everything]
    areas = [select(place, prop, words.catalog) for place in places]
    touched = {spot[1] for spot in _spots(turn, names[0])}
    if _YOUR.search(reading.text.flat):
        areas.append(_driver(words, prop))
    others = _OTHERS.search(reading.text.flat)
    if others and not places:
        areas = [_passenger(words, prop)]
    if not areas or not all(areas) or frozenset().union(*areas) & touched:
        return ""
    place = places[0] if places else None
    heard = quoted(reading.text.quote(place.begin, place.end)) if place else '"your"'
    where = ", ".join(prop.areas[area].words for area in sorted(touched))
    return f"the reply says {heard}; {prop.name} is read or set for the {where}"


_EXCEPT = re.compile(r" (?:but|except|apart|without|not|other|others|rest|stays?|still) ")
_YOUR = re.compile(r" (?:your (?:side|seat|window|door|zone|seats|temperature)|yours|for you) ")


def _driver(words: WordRules, prop: Property) -> frozenset[int]:
    area = words.catalog.driver_area(prop)
    return frozenset() if area is None else frozenset([area])


_OTHERS = re.compile(
    r" (?:your |the )?(?:front )?passengers (?:side|seat|window|door|zone|sides|seats|windows|doors"
    r"|temperature|fan|reading) "
)


def _passenger(words: WordRules, prop: Property) -> frozenset[int]:
    area = words.catalog.passenger_area(prop)
    return frozenset() if area is None else frozenset([area])


def _left_out(turn: Turn, words: WordRules, reply: Reply) -> str:
    """Object to a reply without the number that was asked for."""
    names = _about(turn)
    if len(names) != 1 or turn.changes or turn.said.condition:
        return ""
    prop = words.catalog.properties[names[0]]
    if prop.unit in ("", "level") or prop.type not in ("Float", "Integer", "Long"):
        return ""
    asks = any(m.asks or m.names for m in turn.said.reading.mentions)
    text = words.rules.reader.read(reply.text).text
    numbers = any(token.number is not None for token in text.tokens)
    if numbers or not asks or _VAGUE.search(text.flat):
        return ""
    if (
        not words.rules.opens_with_question(turn.said.text.flat)
        and " ? " not in turn.said.text.flat
    ):
        return ""
    return f"the reply doesn't say what was asked: {_facts_of(turn, prop, _spots(turn, prop.name))}"
