"""Relative wishes: "a bit warmer", "two notches up", "take another ten off"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workbench.core.car.catalog import Area, Property
from workbench.core.car.levels import nearest_legal
from workbench.core.car.policy import Amounts, Policy
from workbench.core.car.vehicle import Vehicle
from workbench.core.car.words import quoted, state_words
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
    says,
)
from workbench.core.reading.query_text import QueryText, read_text
from workbench.core.reading.reader import QueryReading
from workbench.core.verdicts import Finding

_STEPS = r"(?:notch|notches|steps?|clicks?)"
_NUMBERED = re.compile(
    r" (?:by|another|an extra|add|less) # "
    rf"| # (?:more )?(?:{_STEPS}|points?|bars|stages|levels) "
    r"| # (?:degrees? |percent |per cent |level |celsius |c )?(?:more|less|warmer|cooler|colder"
    r"|hotter|higher|lower|up|down|further|forwards?|back|backwards?|extra|wider|stronger|weaker"
    r"|faster|slower) "
    r"| (?:up|down|warmer|cooler|colder|hotter|higher|lower|forwards?|back|further)"
    r" (?:by )?(?:a )?# "
    r"| (?:raise|increase|lower|reduce|drop|decrease|bump|nudge|knock|boost)"
    r" (?:(?!to |at |of |on )[a-z]+ ){1,5}# (?:degrees?|notch|notches|steps?|levels?) "
)
_SURE = re.compile(
    rf" (?:by|another|an extra|add|less) # | # (?:more |degrees? |percent )?(?:{_STEPS}"
    r"|more|less|warmer|cooler|colder|hotter|higher|lower|up|down|further|forwards?|back) "
    rf"|(?:up|down|warmer|cooler|forwards?|back) (?:a )?# (?:degrees?|{_STEPS}|percent) "
)
_ONE = re.compile(
    r" (?:a|another|an extra|just a) (?:single )?(?:notch|step|level|degree|click) "
    r"| (?:degree|notch|step|click) (?:warmer|cooler|colder|hotter|higher|lower|more|less|up|down) "
    r"| one (?:more|less|up|down|higher|lower|further|back|forward) | (?:up|down|another) one "
)
_HALF = re.compile(r" half a (?:degree|notch|step) | (?:a )?half (?:degree|notch) ")
_ONE_AND_A_HALF = re.compile(r" (?:a|one) (?:degree|notch|step) and a half(?= )")
_PAIR = re.compile(r" (?:a )?(?:couple|few)(?: of)? (?:degrees|notches|steps|levels|clicks) ")
_FEELING = re.compile(
    r" (?:bit|little|touch|tad|slightly) (?:too |on the )?(?:chilly|cold|hot|warm|cool|nippy|stuffy"
    r"|fresh|muggy|parky) "
)
"""It tells how someone feels, not how far to go: "a bit chilly, warmer please"."""
_TOO_FAR = re.compile(
    r" (?:bit |little |tad |touch |far |way |slightly )?(?:too|so) (?:far |much |close to )?"
    r"(?:back|backwards?|forwards?|close|near|open|wide|up|down|high|low)(?= )"
)
"""It tells how it is, not how far to go: "a little too far back"."""
_TOO_OPEN = re.compile(r" open(?:ed)? (?:a )?(?:bit |little |touch )?too (?:far|much|wide)(?= )")
_NOT_MUCH = re.compile(
    r" (?:too|so|as|how|not|very) much(?= )| (?:all the|the|by the|half) way(?= )"
)
_THAN = re.compile(r" than (?!(?:now|this|that|it|i|before) )")
"""It starts from another place: "two degrees warmer than hers"."""
_NOT_UP = re.compile(
    r"(?<!seat)(?<!wheel)(?<!seats)(?<!mirror)(?<!the)(?<!my)"
    r" (?:(?:warm|heat|cool|chill)(?:ing|s)?|light|lock|open|close|hurry|back|set|wake|pick|hold"
    r"|look|clean|whats|fold|roll|wind|slow|calm|settle|shut|sit|lie|come|went) (?:[a-z]+ )?"
    r"(?:[a-z]+ )?(?:up|down)(?= )| (?:straight|right) (?:up|down)(?= )"
    r"|(?<!the)(?<!seat) (?:warm|heat|cool) (?:the|my|our|her|his|both) (?:[a-z]+ ){1,2}"
    r"(?:up|down)(?= )"
)
_TAKES = r"(?:take|taking|knock|shave|chop|trim|lop|cut|drop|get|dock|bring|come|lose|have)"
_AT_ONCE = r"(?:take|knock|shave|chop|trim|lop|whip|dock) off"
_TAKEN_OFF = re.compile(
    rf" {_TAKES} (?:[a-z]+ ){{0,3}}?((?:another |a further |an extra )?"
    r"(?:#|a|half a|one|couple of|a couple of|a few) (?:[a-z]+ ){0,5}?)off(?= )"
    rf"| {_AT_ONCE} (?=(?:another |a further )?(?:#|a|one|half) )"
)
"""A bit less: "take another ten off", "knock a degree off", "shave off two"."""
_AGAIN = re.compile(r" (?:more|further|farther|extra|another|additional)(?= )")
"""It goes on the way it went: "one more"."""

_TURNED = {
    **dict.fromkeys(("back", "backward", "backwards"), "forward"),
    **dict.fromkeys(("forward", "forwards", "close", "near"), "back"),
    **dict.fromkeys(("open", "wide"), "narrower"),
    **{"up": "down", "down": "up", "high": "lower", "low": "higher"},
}
"""What a complaint asks for, by what there is too much of: "too far back"."""


@dataclass(frozen=True, slots=True)
class RelativeWish:
    """A wish for more or less than now.

    up: whether the value should grow. amount: how far, in the property's unit, None if the words
    give no number; then `size` says which of the policy's. sure: whether a number can only be the
    difference, not a value. again: whether the words give no direction but the one taken before:
    "one more".
    """

    up: bool
    amount: float | None
    size: str
    words: str
    sure: bool = True
    again: bool = False


def says_by_how_much(reading: QueryReading) -> bool:
    """Whether a number says by how much, not to what."""
    return _NUMBERED.search(_plainly(reading.text.flat)) is not None


def relative_wish(
    rules: GroundingRules,
    amounts: Amounts,
    prop: Property,
    area: Area,
    words: QueryReading,
    begin: int,
    end: int,
) -> RelativeWish | None:
    """Read a wish for more or less among tokens (from, to), None without a clear one.

    Words that name a value or an end of the scale aren't relative, nor is a wish that states where
    it starts from, or starts from another place.
    """
    if not _has_scale(prop, area):
        return None
    text = words.text
    if rules.values.is_relative(text, begin, end):
        return None
    numbers = [i for i in rules.values.numbers(text, begin, end) if not counts(text.words, i)]
    number: float | None = None
    if numbers:
        if len(numbers) > 1 or not _NUMBERED.search(_plainly(text.part(begin, end))):
            return None
        number = abs(text.tokens[numbers[0]].number or 0.0)
        begin, end = _clause_around(text, numbers[0], begin, end)
    part = _plainly(text.part(begin, end))
    if _THAN.search(part) or (
        number is None and says(rules, "whole", _ONE_AND_A_HALF.sub(" ", _TOO_FAR.sub(" ", part)))
    ):
        return None
    if prop.unit != "%" and " percent " in part:
        return None
    amount, known = _amount(number, part, prop)
    way = _direction(rules, amounts, prop, area, part)
    if not known or way is None:
        return None
    sure = number is None or _SURE.search(part) is not None
    heard = text.quote(begin, end)
    up, again = way
    return RelativeWish(up, amount, _size(amounts, part), heard, sure, again)


def reached(
    policy: Policy, wish: RelativeWish, prop: Property, area: Area, start: Any
) -> Any | None:
    """Return the value that a wish comes to from a start, held to the range; None if the policy
    doesn't say how far it goes.
    """
    amount = wish.amount
    if isinstance(start, bool) or not isinstance(start, (int, float)):
        return None
    if amount is None:
        relative = policy.relative.get(prop.name)
        if relative is None or wish.size == "unclear":
            return None
        amount = getattr(relative, wish.size)
    value = start + amount if wish.up else start - amount
    low, high = area.minimum, area.maximum
    if area.zero and "middle" not in area.zero and low is not None and low < 0:
        if area.plus.startswith("open"):
            if start < 0 or (start == 0 and not wish.up):
                return None  # a sunroof that is tilted
            low = 0
        elif value * start < 0:
            return None  # from heating to cooling
    value = value if low is None else max(value, low)
    return nearest_legal(value if high is None else min(value, high), prop, area)


def check_starts(
    rules: GroundingRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Yield changes that go from where the car is at first, which neither the words nor a read
    tell: "a bit warmer" set to half a degree more than that.
    """
    if _HINTS.isdisjoint(reading.text.held):
        return
    seen = {call.prop.name for call in calls if call.kind == "get"}
    alone = len({call.prop.name for call in calls}) == 1
    for call in calls:
        prop, area = call.prop, call.area
        if call.kind != "set" or prop.name in seen or prop.name not in rules.policy.relative:
            continue
        requests = requests_of(prop.name, reading)
        if len(requests) != 1:
            continue
        span = (0, len(reading.text.tokens)) if alone else (requests[0].begin, requests[0].end)
        if _SWITCHES & set(reading.text.words[slice(*span)]):
            continue  # "pop my bum warmer on"
        if any(one.level is not None for one in rules.values.degrees_said(reading.text, *span)):
            continue  # "seat warmer, low will do"
        wish = relative_wish(rules, rules.policy.amounts, prop, area, reading, *span)
        if wish is None or wish.again or not wish.sure:
            continue
        start = Vehicle(rules.catalog).read(prop, area)
        meant = reached(rules.policy, wish, prop, area, start)
        if meant is not None and meant == call.value != start:
            said = (
                f"{quoted(wish.words)} goes from where {prop.name} is now, which nobody has read: "
                f"{state_words(meant, prop)} is right only from {state_words(start, prop)}"
            )
            yield Finding("grounding.unread_start", said, (*call.path, "arguments", "value"))


_SWITCHES = frozenset(["on", "off"])
_HINTS = frozenset(
    [
        *("up", "down", "more", "less", "warmer", "hotter", "cooler", "colder", "higher", "lower"),
        *("further", "forward", "forwards", "back", "backwards", "stronger", "weaker", "faster"),
        *("slower", "gentler", "increase", "decrease", "raise", "reduce", "drop", "bump", "wider"),
    ]
)
"""Words without which no wish is read for more or less."""


def _has_scale(prop: Property, area: Area) -> bool:
    """Whether there is more and less of a property, not just a few named values."""
    if area.minimum is None or area.maximum is None or area.values:
        return False
    return prop.type in ("Integer", "Long", "Float") and area.maximum - area.minimum >= 2


def _amount(number: float | None, part: str, prop: Property) -> tuple[float | None, bool]:
    """Return how far words go, in the property's unit, None if they don't say; and whether that is
    known: "a few degrees" isn't, nor what a notch of half degrees is.
    """
    amount = number
    if amount is None and _ONE_AND_A_HALF.search(part):
        amount = 1.5
    elif amount is None and _HALF.search(part):
        amount = 0.5
    elif amount is None and _ONE.search(part):
        amount = 1.0
    elif amount is None and (pair := _PAIR.search(part)) is not None:
        if "few" in pair.group():
            return None, False
        amount = 2.0
    in_steps = re.search(rf" {_STEPS} ", part) is not None
    return amount, amount is None or not in_steps or float(prop.step or 1) >= 1


def _size(amounts: Amounts, part: str) -> str:
    """Return which of the policy's amounts words mean, "unclear" if they may mean two."""
    size = "plain"
    if one_of(amounts.little, part):
        rest = _FEELING.sub(" ", _TOO_FAR.sub(" ", part))
        told = not one_of(amounts.little, rest)
        size = "unclear" if told else "little"
    if one_of(amounts.much, _NOT_MUCH.sub(" ", part), before=_MORE):
        size = "much" if size == "plain" else "unclear"
    return size


def _plainly(part: str) -> str:
    """Leave out what is a place, the "up" of "up front", "in the back", and say "less" for what is
    to be taken off.
    """
    part = re.sub(r" (?:up|down) (?=(?:front|here|there|the front|the back|in) )", " ", part)
    part = re.sub(r" (?:in|at|on|for) the (?:(?:very|far) )?back(?= )", " ", part)
    part = _BACK_ROW.sub("", _MIDDLE_SEAT.sub("", part))
    return _TAKEN_OFF.sub(_as_less, part)


_MIDDLE_SEAT = re.compile(
    r" (?:in|into|at) the (?:middle|centre|center)(?= )"
    r"| (?:middle|centre|center)(?= (?:seat|one|window|passenger) )"
    r"|(?<= rear| back) (?:middle|centre|center)(?= )"
)
_BACK_ROW = re.compile(
    r" back(?= (?:left|right|middle|centre|seats?|row|bench|windows?|doors?|passengers?) )"
)


def _as_less(match: re.Match[str]) -> str:
    amount = (match[1] or "").strip()
    things = (word for word in amount.split() if word.endswith("s") and word not in _TAKEN)
    if any(things):
        return match.group()  # "get all three heaters off"
    return f" less {amount}" if amount else " less "


_TAKEN = frozenset(
    ["degrees", "notches", "steps", "levels", "points", "clicks", "bars", "percents", "stages"]
)


def counts(words: Sequence[str], at: int) -> bool:
    """Whether a number says how many things are meant: "the two outer seats"."""
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    of_several = ("the", "these", "those", "all", "our", "both")
    outer = ("outer", "rear", "front", "back", "side", "seats", "windows", "doors", "of")
    return after in outer or (before in of_several and after.isalpha() and after not in _MEASURES)


_MEASURES = frozenset(
    ["degrees", "degree", "percent", "notch", "notches", "step", "steps", "level", "levels", "c"]
)


def _clause_around(text: QueryText, at: int, begin: int, end: int) -> tuple[int, int]:
    """Return the tokens (from, to) around a number, between marks."""
    first, last = at, at
    while first > begin and text.words[first - 1] not in _MARKS:
        first -= 1
    while last < end and text.words[last] not in _MARKS:
        last += 1
    return first, last


_MARKS = frozenset([",", ".", ";", "!", "?", "but"])


_MORE = r"(?:[a-z]+er|more|less|too|down|up) "
"""What follows "much" or "way" where that is an amount: not in "much appreciated"."""
_SHORT = 4  # letters of "much", "way", "far"


@lru_cache(1024)
def _spoken(phrase: str) -> str:
    return " ".join(read_text(phrase).words).removeprefix("a ")


def one_of(phrases: tuple[str, ...], part: str, before: str = "") -> bool:
    """Whether words of degree are in a text, with their article or without: "bit cooler".

    before: a pattern of what must follow the shortest of them.
    """
    for phrase in phrases:
        words = _spoken(phrase)
        follows = before if len(phrase) <= _SHORT else ""
        if re.search(f" {re.escape(words)} {follows}", part):
            return True
    return False


def _direction(
    rules: GroundingRules, amounts: Amounts, prop: Property, area: Area, part: str
) -> tuple[bool, bool] | None:
    """Return whether the words want more, and whether only because they go on: "one more"; None
    if they don't say or say both.
    """
    part = re.sub(r" too much (?=(?:cold|hot|warm|cool) )", " too ", part)
    part = _TOO_OPEN.sub(" narrower", part)
    part = _TOO_FAR.sub(lambda found: f" {_TURNED[found.group().split()[-1]]}", part)
    again = _AGAIN.search(part) is not None
    if area.plus.startswith("open"):
        up = _wider(rules, amounts, part)
    elif "forward" in area.plus:
        part = _NOT_UP.sub(" ", part)
        up = _either(says(rules, "ahead", part), says(rules, "behind", part))
    else:
        if area.minus == "cools" and re.search(r" (?:cool\w*|vent\w*) ", part):
            return None
        up = _more(rules, prop, area, _AGAIN.sub(" ", _NOT_UP.sub(" ", part)))
        if up is None and _says_both(rules, area, part):
            return None
    if up is not None:
        return up, False
    return (True, True) if again and not _says_both(rules, area, part) else None


def _either(more: bool, less: bool) -> bool | None:
    return more if more != less else None


def _wider(rules: GroundingRules, amounts: Amounts, part: str) -> bool | None:
    """Return whether something that opens is to open further. "Open it a bit" says how far."""
    down = bool(re.search(r" (?:down|lower) ", part))
    wider = down or bool(re.search(r" (?:open\w*|wider|crack) ", part))
    narrower = says(rules, "narrower", part)
    if wider == narrower:
        return None
    goes_on = says(rules, "onward", part) or (narrower and one_of(amounts.little, part))
    return wider if goes_on else None


def _more(rules: GroundingRules, prop: Property, area: Area, part: str) -> bool | None:
    more, less = says(rules, "higher", part), says(rules, "lower", part)
    if prop.unit == "°C" or area.plus == "heats":
        more |= says(rules, "warmer", part)
        less |= says(rules, "cooler", part)
    elif says(rules, "warmer", part) or says(rules, "cooler", part):
        return None
    return _either(more, less)


def _says_both(rules: GroundingRules, area: Area, part: str) -> bool:
    """Whether words for a direction are there at all, so that "more" isn't all that is said."""
    rest = _AGAIN.sub(" ", _NOT_UP.sub(" ", part))
    if area.plus.startswith("open"):
        return says(rules, "wider", rest) or says(rules, "narrower", rest)
    if "forward" in area.plus:
        return says(rules, "ahead", rest) or says(rules, "behind", rest)
    names = ("higher", "lower", "warmer", "cooler")
    return any(says(rules, name, rest) for name in names)
