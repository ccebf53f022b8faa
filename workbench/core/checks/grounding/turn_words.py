"""What is said in the middle of a conversation: conditions, and words about what was before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from workbench.core.checks.grounding.shared_rules import GroundingRules, says
from workbench.core.reading.positions import Position
from workbench.core.reading.query_text import QueryText
from workbench.core.reading.reader import DRIVER, QueryReading

_SHORTEST_CONDITION = 2  # tokens after "if"
_GOES_TO = re.compile(
    r" (?:again )?(?:up|down|on|off|in|out|open|closed|shut|some|further|farther|round|around|more"
    r"|slightly|by|from|towards?|into|one|another|#|just a|a good"
    r"|a (?:bit|little|touch|notch|tad|smidge|fraction|couple|few|step|click|degree)"
    r"|to (?!(?:how|what|where|the|normal|before|its|that|my|his|her|our|their) ))"
)
"""After "back": words that say where to, so that nothing has to be remembered."""
_TOO = re.compile(r" (?:too|as well|also)(?: please| then)? (?:[.,!?] |$)")


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
        names = ("undo", "back")
        back = any(True for name in names for _ in takes_back(self.rules, name, self.text.flat))
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


def takes_back(rules: GroundingRules, name: str, flat: str) -> Iterator[re.Match[str]]:
    """Yield words of a class that ask for what was before. "Back a bit" says how far to go, and
    "slide my seat back" which way.
    """
    pattern = rules.classes.get(name)
    for found in pattern.finditer(flat) if pattern is not None else ():
        goes = found.group().endswith("back ") and (
            _GOES_TO.match(flat, found.end() - 1) or _SEAT.search(found.group())
        )
        if not goes and not _TELLS.search(flat[: found.start()]):
            yield found


_TELLS = re.compile(r" (?:(?:tell|show) (?:me|us)|know|say|see|wonder|wondering|ask|remember) $")
"""What it was is only to be told."""


_SEAT = re.compile(r"(?:^| )(?:seats?|chair) ")


SWAPS = re.compile(
    r" (?:swap|swapped|exchange|trade|vice versa|other way (?:a)?round"
    r"|(?:switch|change) (?:them|us|places)(?: (?:over|round|around))?)(?= )"
)
"""Words for two places that should have each other's values."""


_AT_THE_WHEEL = re.compile(
    r" (?:im|i am|its|this is|its me|as|says) (?:the |your )?(?:driver|driving)(?= )"
    r"| driver (?:here|speaking|talking|again)(?= )| (?:the one|one whos|whos) driving(?= )"
    r"| at the wheel | (?:^|[.,!?] )driver(?= [,:;])"
)
"""Words by which the driver speaks: not "the driver's temperature", which anyone may ask for."""


def read_turn(
    rules: GroundingRules, words: str, speaker: frozenset[Position] = DRIVER
) -> TurnWords:
    """Read what is said in one turn. speaker: where whoever spoke before sits, who goes on
    speaking unless the words say otherwise.
    """
    reading = _spoken_by(rules.reader.read(words), speaker)
    condition = _condition(rules, reading.text)
    main = reading
    if condition is not None:
        tokens = reading.text.tokens
        start, stop = tokens[condition[0]].start, tokens[condition[1] - 1].end
        rest = words[:start] + " " + words[stop:].lstrip(" ,")
        main = _spoken_by(rules.reader.read(rest), speaker)
    return TurnWords(rules, reading, condition, main)


def _spoken_by(reading: QueryReading, speaker: frozenset[Position]) -> QueryReading:
    """Return a reading with the speaker's own places where whoever spoke before sits, unless the
    words seat the speaker.
    """
    if speaker == DRIVER or reading.speaker != DRIVER or _AT_THE_WHEEL.search(reading.text.flat):
        return reading
    places = tuple(
        replace(place, selectors=speaker) if place.own else place for place in reading.places
    )
    return replace(reading, places=places, speaker=speaker)


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
    inverted = rules.classes.get("inverted")
    for match in inverted.finditer(text.flat) if inverted is not None else ():
        begin, first = text.span(*match.span())
        end = _condition_end(rules, text, first)
        asked = text.words[end : end + 1] == ["?"]
        if not asked and (begin == 0 or text.words[begin - 1] in _BEFORE_INVERTED):
            return begin, end
    return None


_BEFORE_INVERTED = frozenset([",", ".", "!", ";", "and", "but", "please", "ok", "okay"])


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
