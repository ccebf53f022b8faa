"""What a search is made of: words, terms, and the list of terms."""

import re
from dataclasses import dataclass
from fnmatch import translate
from typing import NamedTuple

from workbench.core.codes import CODES
from workbench.core.likeness.tokens import fold

WORD = ""
"""The key of a bare word or phrase."""


class Key(NamedTuple):
    """A kind of term. values: all possible ones, empty if any is. example: one with the key."""

    meaning: str
    example: str
    values: tuple[str, ...] = ()


KEYS: dict[str, Key] = {
    "verdict": Key("verification's verdict", "verdict:fail", ("pass", "warn", "fail")),
    "decision": Key(
        "the reviewer's decision",
        "decision:accepted",
        ("accepted", "rejected", "skipped", "edited", "stale", "none"),
    ),
    "function": Key("a function called", "function:setFloatProperty"),
    "property": Key("a property of a call", "property:HVAC_*"),
    "area": Key("the area id of a call", "area:16"),
    "calls": Key("the number of calls", "calls:2 or calls:>4"),
    "words": Key("the number of words of the query", "words:3 or words:>20"),
    "code": Key("the code of a finding", "code:execution.*", tuple(CODES)),
    "dismissed": Key("the code of a finding called wrong", "dismissed:grounding.*", tuple(CODES)),
    "judge": Key("a judge's opinion", "judge:wrong", ("ok", "wrong", "none")),
    "model": Key("an evaluated model's answer", "model:wrong", ("right", "wrong", "none")),
    "note": Key("words of the note or reason", 'note:"wrong seat"'),
    "tag": Key("a tag", "tag:seat"),
    "decided": Key("when it was decided (UTC)", "decided:2026-11-05*"),
    "seconds": Key("the seconds a decision took", "seconds:5 or seconds:>30"),
    "engine": Key("what made the sample", "engine:gemini"),
}
"""The terms by the name before the colon, in the order shown in help."""


@dataclass(frozen=True, slots=True)
class TermValue:
    """One value of a term. quoted: taken literally, including `*` and `?`."""

    text: str
    quoted: bool = False

    @property
    def glob(self) -> str:
        """The value as `fnmatch` reads it: `*` is any text, `?` one character, nothing else."""
        return re.sub(r"([*?[])" if self.quoted else r"(\[)", r"[\1]", self.text)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a word (its key is `WORD`) or a key with values, of which one must fit."""

    key: str
    values: tuple[TermValue, ...]
    negated: bool = False


def fitting(values: tuple[TermValue, ...]) -> re.Pattern[str]:
    """Compile a pattern that matches one of the values as a whole, ignoring case.

    `translate` makes sure that no value, however many stars it has, is slow to match.
    """
    return re.compile("|".join(translate(value.glob) for value in values), re.IGNORECASE)


def within(values: tuple[TermValue, ...]) -> re.Pattern[str]:
    """Compile a pattern that matches a folded text containing one of the values."""
    return re.compile("|".join(translate(f"*{fold(value.glob)}*") for value in values))
