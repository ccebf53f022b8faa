"""The needs that a query tells of, by the lexicon's words for them."""

from dataclasses import dataclass

from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.reading.reader import QueryReading


@dataclass(frozen=True, slots=True)
class FeltNeed:
    """A need that tokens (from, to) tell of, and the values that serve it, as lexicons write
    them.
    """

    begin: int
    end: int
    served: str


def felt_needs(rules: GroundingRules, name: str, reading: QueryReading) -> list[FeltNeed]:
    """Return the needs that a property serves, without those that are denied."""
    index, text = rules.relief.get(name), reading.text
    if index is None:
        return []
    found = sorted(index.find(text), key=lambda one: (one[0] - one[1], one[0]))
    kept: list[FeltNeed] = []
    for begin, end, served in found:
        if any(k.begin <= begin and end <= k.end and k.served != served for k in kept):
            continue
        if not any(not k.served and k.begin < end and begin < k.end for k in kept):
            kept.append(FeltNeed(begin, end, served))
    return [f for f in kept if f.served and not _denied(rules, f.begin, reading)]


def tells_of_needs(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether a query tells of any need."""
    return any(felt_needs(rules, name, reading) for name in rules.relief)


def _denied(rules: GroundingRules, at: int, reading: QueryReading) -> bool:
    """Whether a need is denied: "it isn't cold", "no wind in my face"."""
    text = reading.text
    if at and text.words[at - 1] == "no":
        return True
    return rules.negated(text.flat, text.offsets[at])
