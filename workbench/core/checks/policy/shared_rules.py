"""What the policy rules share: the policy's compiled wordings, and words that rule them out."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from workbench.core.car.catalog import Property
from workbench.core.car.policy import Policy
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.reading.lexicon import Lexicon
from workbench.core.reading.query_text import SENTENCE_ENDS, read_text
from workbench.core.reading.reader import QueryReading

MARKS = SENTENCE_ENDS | {","}
_OTHERS = ("others", "somewhere")  # classes of the lexicon
_SIDES = ("front", "rear", "left", "right", "centre", "driver", "passenger")

Wordings = dict[str, list[tuple[re.Pattern[str], Any]]]
"""Patterns over `QueryText.flat` and what they mean, by their first word."""


class SpokenPhrase(NamedTuple):
    """A need or a degree, and the tokens (from, to) that express it."""

    begin: int
    end: int
    meant: Any


class PolicyRules:
    """The policy compiled for one catalogue: its wordings as patterns over `QueryText.flat`.

    rules: the grounding stage's, used here to read queries.
    """

    def __init__(self, rules: GroundingRules, policy: Policy, lexicon: Lexicon) -> None:
        self.rules, self.policy, self.catalog = rules, policy, rules.catalog
        self.needs = _wordings((words, need) for need in policy.needs for words in need.words)
        self.degrees = _wordings((w, degree) for degree in policy.degrees for w in degree.words)
        self._others = [rules.classes[name] for name in _OTHERS if name in rules.classes]
        self._sides = frozenset(word for key in _SIDES for word in lexicon.places.get(key, ()))

    def may_name_a_place(self, reading: QueryReading) -> bool:
        """Whether words may mean a place that isn't recognised: "she's cold", "behind right"."""
        sides = any(token.word in self._sides for token in reading.text.tokens)
        return bool(reading.places) or sides or self.tells_of_others(reading)

    def tells_of_others(self, reading: QueryReading) -> bool:
        """Whether somebody else is mentioned, whose place may be meant."""
        return any(pattern.search(reading.text.flat) for pattern in self._others)


def _wordings(pairs: Iterable[tuple[str, Any]]) -> Wordings:
    """Compile wordings into patterns, with commas or without."""
    wordings: Wordings = {}
    for wording, meant in pairs:
        words = [token.word for token in read_text(wording).tokens if token.word not in MARKS]
        if not words:
            continue
        pattern = "(?<= )" + "(?:, )?".join(re.escape(word) + " " for word in words)
        wordings.setdefault(words[0], []).append((re.compile(pattern), meant))
    return wordings


def spoken(wordings: Wordings, reading: QueryReading, begin: int, end: int) -> list[SpokenPhrase]:
    """Return what is said among tokens (from, to), the longest if wordings overlap."""
    found = []
    for word in {token.word for token in reading.text.tokens[begin:end]} & wordings.keys():
        for pattern, meant in wordings[word]:
            for match in pattern.finditer(reading.text.flat):
                first, last = reading.text.span(*match.span())
                if begin <= first and last <= end:
                    found.append(SpokenPhrase(first, last, meant))
    kept: list[SpokenPhrase] = []
    for one in sorted(found, key=lambda one: (one.begin - one.end, one.begin)):
        if all(one.end <= k.begin or k.end <= one.begin for k in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.begin)


def places_words(prop: Property, areas: Iterable[int]) -> str:
    """Return areas in words."""
    return ", ".join(prop.areas[area].words for area in areas)


def why_words(why: str) -> str:
    """Return the policy's reason, in brackets, to follow what it says."""
    return f" ({why})" if why else ""
