"""The same question asked several times: right only if it is right every time."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from workbench.core.stats.intervals import Share, wilson


@dataclass(frozen=True, slots=True)
class TriesSummary:
    """How often all tries are right. tries: of each question. all_of: of the questions, or of the
    conversations if the model drove them, those that are right in every try.
    """

    tries: int
    all_of: Share


def summarise_tries(tries: int, results: Iterable[tuple[Hashable, bool]]) -> TriesSummary | None:
    """Summarise results: what was asked, and whether it was right; None for a single try."""
    if tries < 2:
        return None
    whole: dict[Hashable, bool] = {}
    for asked, right in results:
        whole[asked] = whole.get(asked, True) and right
    return TriesSummary(tries, wilson(sum(whole.values()), len(whole)))
