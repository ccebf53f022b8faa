"""What a search is made of: words, terms, and the list of terms."""

import re
from dataclasses import dataclass, replace
from fnmatch import translate
from typing import NamedTuple

from workbench.core.codes import CODES
from workbench.core.kinds import KINDS
from workbench.core.likeness.tokens import fold
from workbench.core.request_styles import STYLES

WORD = ""
"""The key of a bare word or phrase."""
NUMBER = "#"
"""The key of a sample's number, as in `#12` and `#10..20`."""


class Key(NamedTuple):
    """A kind of term. values: all possible ones, empty if any is. example: some with the key.

    part: whether a bare value may be a part of what it names.
    """

    meaning: str
    example: str
    values: tuple[str, ...] = ()
    part: bool = False


KEYS: dict[str, Key] = {
    "verdict": Key("verification's verdict", "verdict:fail", ("pass", "warn", "fail")),
    "decision": Key(
        "the reviewer's decision",
        "decision:accepted",
        ("accepted", "rejected", "skipped", "edited", "stale", "none"),
    ),
    "query": Key("words that are said to the assistant, only", 'query:"rear seat"'),
    "property": Key("a property of a call: its name, or part of it", "property:hvac", part=True),
    "function": Key("a function called: its name, or part of it", "function:float", part=True),
    "access": Key("whether a call reads or changes", "access:get", ("get", "set")),
    "area": Key("the place of a call: words or its id", 'area:"rear left" or area:16'),
    "value": Key("a value that a call sets", "value:on or value:>20 or value:23..25"),
    "kind": Key("the kind of sample", "kind:ask", KINDS),
    "style": Key("how the request is put", "style:voice", STYLES),
    "reply": Key("words of a reply, or its kind", "reply:refuse"),
    "calls": Key("the number of calls", "calls:2 or calls:>=3"),
    "words": Key("the number of words of the query", "words:3 or words:10..20"),
    "finding": Key("part of a finding's code", "finding:place", part=True),
    "code": Key("the code of a finding, or its stage", "code:execution", tuple(CODES)),
    "dismissed": Key("a finding marked wrong: its code", "dismissed:grounding", tuple(CODES)),
    "judge": Key("a judge's opinion", "judge:wrong", ("ok", "wrong", "none")),
    "model": Key("an evaluated model's answer", "model:wrong", ("right", "wrong", "none")),
    "reviewer": Key("who decided", "reviewer:ann", part=True),
    "decided": Key("when it was decided (UTC)", "decided:today or decided:<7d"),
    "seconds": Key("the seconds a decision took", "seconds:5 or seconds:>30"),
    "comment": Key("words of the comment", 'comment:"ask ann"'),
    "reason": Key("words of the reason for a rejection", 'reason:"wrong seat"'),
    "note": Key("words of the comment or the reason", "note:seat"),
    "tag": Key("a tag", "tag:seat"),
    "engine": Key("what made the sample", "engine:gemini"),
}
"""The terms by the name before the colon, in the order shown in help."""


@dataclass(frozen=True, slots=True)
class TermValue:
    """One value of a term. quoted: taken literally, including `*` and `?`. part: of a name."""

    text: str
    quoted: bool = False
    part: bool = False

    @property
    def has_joker(self) -> bool:
        """Whether `*` or `?` in it stand for other characters."""
        return not self.quoted and any(joker in self.text for joker in "*?")

    @property
    def glob(self) -> str:
        """The value as `fnmatch` reads it: `*` is any text, `?` one character, nothing else."""
        found = re.sub(r"([*?[])" if self.quoted else r"(\[)", r"[\1]", self.text)
        return f"*{found}*" if self.part else found


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a word (its key is `WORD`), or a key with values, of which one must fit."""

    key: str
    values: tuple[TermValue, ...]
    negated: bool = False


Clause = tuple[Term, ...]
"""Terms of which one must fit: those with OR between them, or just one."""


def fitting(values: tuple[TermValue, ...]) -> re.Pattern[str]:
    """Compile a pattern that matches one of the values as a whole, ignoring case.

    `translate` makes sure that no value, however many stars it has, is slow to match.
    """
    return re.compile("|".join(translate(value.glob) for value in values), re.IGNORECASE)


def within(values: tuple[TermValue, ...]) -> re.Pattern[str]:
    """Compile a pattern that matches a folded text containing one of the values."""
    parts = (replace(value, text=fold(value.text), part=True) for value in values)
    return re.compile("|".join(translate(value.glob) for value in parts))
