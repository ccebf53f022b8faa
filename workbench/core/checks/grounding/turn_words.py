"""What is said in the middle of a conversation: conditions, and words about what was before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.core.car.catalog import Area, Property
from workbench.core.car.policy import Amounts
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.reading.positions import Position
from workbench.core.reading.query_text import QueryText, read_text
from workbench.core.reading.reader import QueryReading

_CONDITION_ENDS = re.compile(
    r" (?:,|\.|;|!|\?|then|please|just)(?= )|(?<= )(?:and|so|but) (?=(?:if|then) )"
)
_SHORTEST_CONDITION = 2  # tokens after "if"
_NUMBERED = re.compile(
    r" (?:by|another|an extra|add) # "
    r"| # (?:more )?(?:notch|notches|steps?|points?|clicks?|bars|stages|levels) "
    r"| # (?:degrees? |percent |per cent |level |celsius |c )?(?:more|less|warmer|cooler|colder"
    r"|hotter|higher|lower|up|down|further|forwards?|back|backwards?|extra|wider|stronger|weaker"
    r"|faster|slower) "
    r"| (?:up|down|warmer|cooler|colder|hotter|higher|lower|forwards?|back|further)"
    r" (?:by )?(?:a )?# "
    r"| (?:raise|increase|lower|reduce|drop|decrease|bump|nudge|knock|boost)"
    r" (?:(?!to |at |of |on )[a-z]+ ){1,5}# (?:degrees?|notch|notches|steps?|levels?) "
)
_SURE = re.compile(
    r" (?:by|another|an extra|add) # | # (?:more |degrees? |percent )?(?:notch|notches|steps?"
    r"|clicks?|more|less|warmer|cooler|colder|hotter|higher|lower|up|down|further|forwards?|back) "
    r"|(?:up|down|warmer|cooler|forwards?|back) (?:a )?# (?:degrees?|notch|notches|steps?|clicks?"
    r"|percent) "
)

_ONE = re.compile(
    r" (?:a|another|an extra|just a) (?:single )?(?:notch|step|level|degree|click) "
    r"| (?:degree|notch|step|click) (?:warmer|cooler|colder|hotter|higher|lower|more|less|up|down) "
    r"| one (?:more|less|up|down|higher|lower|further|back|forward) | (?:up|down|another) one "
)
_FEELING = re.compile(
    r" (?:bit|little|touch|tad|slightly) (?:too |on the )?(?:chilly|cold|hot|warm|cool|nippy|stuffy"
    r"|fresh|muggy|parky) "
)
"""It tells how someone feels, not how far to go: "a bit chilly, warmer please"."""
_NOT_MUCH = re.compile(
    r" (?:too|so|as|how|not|very) much(?= )| (?:all the|the|by the|half) way(?= )"
)
_HALF = re.compile(r" half a (?:degree|notch|step) | (?:a )?half (?:degree|notch) ")
_THAN = re.compile(r" than (?!(?:now|this|that|it|i|before) )")
"""It starts from another place: "two degrees warmer than hers"."""
_PAIR = re.compile(r" (?:a )?(?:couple|few)(?: of)? (?:degrees|notches|steps|levels|clicks) ")
_NOT_UP = re.compile(
    r"(?<!seat)(?<!wheel)(?<!seats)(?<!mirror)(?<!the)(?<!my)"
    r" (?:(?:warm|heat|cool|chill)(?:ing|ed|s)?|light|lock|open|close|hurry|back|set|wake|pick|hold"
    r"|speed|look|clean|whats|fold|roll|wind|slow|calm|settle|straight|right|shut|sit|lie|come|went"
    r"|go) (?:[a-z]+ )?"
    r"(?:[a-z]+ )?(?:up|down)(?= )"
)
_TOO = re.compile(r" (?:too|as well|also)(?: please| then)? (?:[.,!?] |$)")


@dataclass(frozen=True, slots=True)
class RelativeWish:
    """A wish for more or less than now. up: whether the value should grow. amount: how far, in the
    property's unit, None if the words give no number; then `size` says which of the policy's.
    """

    up: bool
    amount: float | None
    size: str
    words: str
    sure: bool = True


@dataclass(frozen=True)
class TurnWords:
    """What is said in a turn.

    reading: of all of it. condition: the tokens (from, to) of a condition. main: the reading
    without it.
    """

    rules: GroundingRules
    reading: QueryReading
    condition: tuple[int, int] | None
    main: QueryReading

    @property
    def text(self) -> QueryText:
        return self.reading.text

    @cached_property
    def undoes(self) -> bool:
        """Whether something should be as it was before."""
        back = says(self.rules, "undo", self.text.flat) or says(self.rules, "back", self.text.flat)
        return back and not self._states_value

    @cached_property
    def _states_value(self) -> bool:
        return bool(self.rules.values.numbers(self.text, 0, len(self.text.tokens)))

    @cached_property
    def repeats(self) -> bool:
        """Whether the same is wished somewhere else: "same for her", "him as well"."""
        return says(self.rules, "same", self.text.flat) or bool(_TOO.search(self.text.flat))

    @cached_property
    def corrects(self) -> bool:
        """Whether something else was meant: "no, the left one"."""
        return says(self.rules, "corrects", self.text.flat)

    @property
    def names_other(self) -> bool:
        """Whether a place is meant that only another one explains: "the other side"."""
        return self.says("somewhere") or bool({"other", "others", "opposite"} & {*self.text.words})

    def says(self, name: str) -> bool:
        """Whether a class of the lexicon has words in the turn."""
        return says(self.rules, name, self.text.flat)


def sits_elsewhere(said: TurnWords) -> bool:
    """Whether words seat the speaker elsewhere than at the wheel."""
    return _DRIVER not in said.reading.speaker


_DRIVER = Position(1, "D")


def says_by_how_much(reading: QueryReading) -> bool:
    """Whether a number says by how much, not to what."""
    return _NUMBERED.search(reading.text.flat) is not None


def says(rules: GroundingRules, name: str, flat: str) -> bool:
    """Whether words of a class are in a text; a lexicon without the class says nothing."""
    pattern = rules.classes.get(name)
    return pattern is not None and pattern.search(flat) is not None


def read_turn(rules: GroundingRules, words: str) -> TurnWords:
    """Read what is said in one turn."""
    reading = rules.reader.read(words)
    condition = _condition(rules, reading.text)
    main = reading
    if condition is not None:
        tokens = reading.text.tokens
        start, stop = tokens[condition[0]].start, tokens[condition[1] - 1].end
        main = rules.reader.read(words[:start] + " " + words[stop:].lstrip(" ,"))
    return TurnWords(rules, reading, condition, main)


def _condition(rules: GroundingRules, text: QueryText) -> tuple[int, int] | None:
    """Return the tokens (from, to) of the first condition."""
    pattern = rules.classes.get("condition")
    if pattern is None:
        return None
    courtesy = rules.classes.get("courtesy")
    polite = [m.span() for m in courtesy.finditer(text.flat)] if courtesy else []
    for match in pattern.finditer(text.flat):
        if any(start < match.end() and match.start() < stop for start, stop in polite):
            continue
        begin, first = text.span(*match.span())
        return begin, _condition_end(rules, text, first)
    return None


def _condition_end(rules: GroundingRules, text: QueryText, first: int) -> int:
    """Return where a condition ends: at a mark, or before a verb that orders something."""
    command, words = rules.classes["command"], text.words
    for at in range(first + _SHORTEST_CONDITION, len(words)):
        if words[at] in (",", ".", ";", "!", "?", "then", "please"):
            return at
        order = command.match(text.part(at, len(words)), 1)
        if order and words[at] not in _IN_CONDITIONS and words[at - 1] not in _NO_ORDER_AFTER:
            return at
    return len(words)


_IN_CONDITIONS = frozenset(
    ["open", "heat", "charge", "light", "lock", "fold", "vent", "clear", "cool", "warm", "limit"]
)
"""Verbs that describe as well: "if it's open"."""
_NO_ORDER_AFTER = frozenset(["to", "not", "the", "a", "seat", "i", "you", "we", "is", "its", "was"])


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
    if area.minimum is None or area.maximum is None or area.values:
        return None
    if prop.type not in ("Integer", "Long", "Float") or area.maximum - area.minimum < 2:
        return None
    text = words.text
    numbers = [i for i in rules.values.numbers(text, begin, end) if not counts(text.words, i)]
    numbered = _NUMBERED.search(_without_places(text.part(begin, end)))
    amount: float | None = None
    if numbers:
        if len(numbers) > 1 or numbered is None:
            return None
        amount = abs(text.tokens[numbers[0]].number or 0.0)
        begin, end = _clause_around(text, numbers[0], begin, end)
    part = _without_places(text.part(begin, end))
    if _THAN.search(part):
        return None
    if not numbers and says(rules, "whole", part):
        return None
    if amount is not None:
        pass
    elif _HALF.search(part):
        amount = 0.5
    elif _ONE.search(part):
        amount = 1.0
    elif (pair := _PAIR.search(part)) is not None:
        if "few" in pair.group():
            return None
        amount = 2.0
    up = _direction(rules, prop, area, part)
    if up is None:
        return None
    if prop.unit != "%" and " percent " in part:
        return None
    step = float(prop.step or 1)
    if amount is not None and re.search(r" (?:notch|notches|steps?|clicks?) ", part):
        amount *= step if step < 1 else 1.0
        amount = amount if step >= 1 else None  # half a degree a notch, or a whole one
        if amount is None:
            return None
    size = "plain"
    if _one_of(amounts.little, part):
        size = "unclear" if _FEELING.search(part) else "little"
    if _one_of(amounts.much, _NOT_MUCH.sub(" ", part), before=_MORE):
        size = "much" if size == "plain" else "unclear"
    sure = not numbers or _SURE.search(part) is not None
    return RelativeWish(up, amount, size, text.quote(begin, end), sure)


def _without_places(part: str) -> str:
    """Leave out what is a place: the "up" of "up front", "in the back"."""
    part = re.sub(r" (?:up|down) (?=(?:front|here|there|the front|the back|in) )", " ", part)
    part = re.sub(r" (?:in|at|on|for) the (?:(?:very|far) )?back(?= )", " ", part)
    return re.sub(r" the back (?=(?:left|right|middle|centre|seats?|row|bench) )", " the ", part)


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


_MORE = r"(?:[a-z]+er|more|less|too) "
"""What follows "much" or "way" where that is an amount: not in "much appreciated"."""
_SHORT = 4  # letters of "much", "way", "far"


def _one_of(phrases: tuple[str, ...], part: str, before: str = "") -> bool:
    """Whether words of degree are in a text, with their article or without: "bit cooler".

    before: a pattern of what must follow the shortest of them.
    """
    for phrase in phrases:
        words = " ".join(read_text(phrase).words).removeprefix("a ")
        follows = before if len(phrase) <= _SHORT else ""
        if re.search(f" {re.escape(words)} {follows}", part):
            return True
    return False


def _direction(rules: GroundingRules, prop: Property, area: Area, part: str) -> bool | None:
    """Return whether the words want more, None if they don't say or say both."""
    part = re.sub(r" too much (?=(?:cold|hot|warm|cool) )", " too ", part)
    if area.plus.startswith("open"):
        if not says(rules, "onward", part):
            return None
        down = bool(re.search(r" (?:down|lower) ", part))
        wider = down or bool(re.search(r" (?:open\w*|wider|crack) ", part))
        narrower = says(rules, "narrower", part)
        if wider != narrower:
            return wider
        return None
    part = _NOT_UP.sub(" ", part)
    if "forward" in area.plus:
        ahead, behind = says(rules, "ahead", part), says(rules, "behind", part)
        return ahead if ahead != behind else None
    if area.minus == "cools" and re.search(r" (?:cool\w*|vent\w*) ", part):
        return None
    warms = prop.unit == "°C" or area.plus == "heats"
    more, less = says(rules, "higher", part), says(rules, "lower", part)
    if warms:
        more |= says(rules, "warmer", part)
        less |= says(rules, "cooler", part)
    elif says(rules, "warmer", part) or says(rules, "cooler", part):
        return None
    return more if more != less else None
