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
    found = sorted(index.find(text.flat, text.held), key=lambda one: (one[0] - one[1], one[0]))
    kept: list[tuple[int, int, str]] = []
    for start, stop, served in found:
        if any(k[0] <= start and stop <= k[1] and k[2] != served for k in kept):
            continue
        if any(not k[2] and k[0] < stop and start < k[1] for k in kept):
            continue
        kept.append((start, stop, served))
    felt = [
        FeltNeed(*text.span(start, stop), served)
        for start, stop, served in kept
        if served and not _denied(rules, text.flat, start)
    ]
    names = [m for m in reading.mentions if m.names]
    return [f for f in felt if not any(m.begin < f.end and f.begin < m.end for m in names)]


def _denied(rules: GroundingRules, flat: str, start: int) -> bool:
    return flat.endswith(" no ", 0, start) or rules.negated(flat, start)


def tells_of_needs(rules: GroundingRules, reading: QueryReading) -> bool:
    """Whether a query tells of any need."""
    return any(felt_needs(rules, name, reading) for name in rules.relief)
