"""Nearest samples, and an order that puts similar ones side by side.

Similarity is measured as for duplicates: ROUGE-L of the queries, with the calls' values masked.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Indel

from workbench.core.likeness.encoding import SampleEncoder
from workbench.core.samples import Sample

if TYPE_CHECKING:
    from workbench.core.likeness.query_groups import Groups

LEAST_SCORE = 0.6
"""Queries below this have too little in common to be similar."""
TWINS = 0.8
"""Queries from this on are nearly the same."""

_MARGIN = 1e-6  # rapidfuzz 3.14 drops scores right at the cutoff, up to about 1e-8 above it
_DIGITS = 9  # so that equal scores are equal


class SimilarQueries:
    """Queries, numbered from 0 as they are added. Memory: some 90 bytes each."""

    def __init__(self) -> None:
        self._encoder = SampleEncoder()
        self._texts: list[str | None] = []
        self._words = array("q")
        self._groups: Groups | None = None

    def add(self, sample: Sample | None) -> None:
        """Add a sample's query; to None, an item that isn't a sample, nothing is similar."""
        text, words = (None, "") if sample is None else self._encoder.encode(sample)
        self._texts.append(text)
        self._words.append(hash(words))

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def grouped(self) -> int:
        """How many queries have been grouped."""
        return len(self._groups.leaders) if self._groups else 0

    def near(self, index: int, limit: int) -> list[tuple[int, float]]:
        """Return the samples nearest to one, without itself: index and score, the nearest first.

        Those with the same words have the score 1.0, whatever is masked.
        """
        text = self._texts[index] if 0 <= index < len(self._texts) else None
        if text is None:
            return []
        # All are compared: for one query that is no slower than maintaining signatures.
        found = process.extract(
            text,
            self._texts,
            scorer=Indel.normalized_similarity,
            score_cutoff=LEAST_SCORE - _MARGIN,
            limit=limit + 1,
        )
        scores = {number: round(score, _DIGITS) for _, score, number in found}
        scores |= dict.fromkeys(self._same_words(index), 1.0)
        scores.pop(index, None)
        return _nearest(scores)[:limit]

    def among(
        self, index: int, rows: Sequence[int], limit: int, least: float
    ) -> list[tuple[int, float]]:
        """Return the nearest of some others: index and score, the nearest first.

        least: the least score that counts. What is masked makes no difference.
        """
        text = self._texts[index] if 0 <= index < len(self._texts) else None
        if text is None:
            return []
        found = process.extract(
            text,
            [self._texts[row] if row < len(self._texts) else None for row in rows],
            scorer=Indel.normalized_similarity,
            score_cutoff=max(0.0, least - _MARGIN),
            limit=limit,
        )
        return _nearest({rows[place]: round(score, _DIGITS) for _, score, place in found})

    def _same_words(self, index: int) -> list[int]:
        numbers: list[int] = []
        at, words = -1, self._words[index]
        while True:
            try:
                at = self._words.index(words, at + 1)
            except ValueError:
                return numbers
            if self._texts[at] is not None:
                numbers.append(at)

    def group_next(self) -> bool:
        """Find the group of the next query; returns False if all are grouped."""
        if self.grouped == len(self):
            return False
        if self._groups is None:
            # It needs numpy, which most uses don't: 0.1 s and 20 MB.
            from workbench.core.likeness.query_groups import Groups

            self._groups = Groups()
        self._groups.add(self._texts[self.grouped])
        return True

    def order(self) -> "array[int]":
        """Return all indices by group, once all queries are grouped.

        A query joins the group whose first one it is most similar to, if they are twins, or else
        starts a new one. Groups are in the order of their first queries, and queries within a group
        in their own order.
        """
        leaders = self._groups.leaders if self._groups else array("I")
        return array("I", sorted(range(len(leaders)), key=leaders.__getitem__))


def _nearest(scores: Mapping[int, float]) -> list[tuple[int, float]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
