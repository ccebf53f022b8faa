"""Figures of a set of queries and samples, for summaries and benchmarks."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from workbench.core.samples import Sample

_WORD = re.compile(r"[\w'’°]+")


def words(query: str) -> list[str]:
    """Give the words of a query, case folded, without punctuation."""
    return _WORD.findall(query.casefold())


def common_openings(
    queries: Iterable[str], length: int = 3, limit: int = 10
) -> list[tuple[str, float]]:
    """Give the commonest openings of so many words and their share of all queries.

    A query with fewer words opens with all that it has.
    """
    openings = Counter(" ".join(words(query)[:length]) for query in queries)
    total = openings.total()
    return [(opening, count / total) for opening, count in openings.most_common(limit)]


def distinct_ngrams(queries: Iterable[str], size: int = 4) -> float:
    """Give the share of different n-grams among all within queries: 1.0 where none recurs.

    Without any n-gram the share is 0.0.
    """
    grams = Counter(
        chain.from_iterable(
            zip(*(tokens[start:] for start in range(size)), strict=False)
            for tokens in map(words, queries)
        )
    )
    return len(grams) / grams.total() if grams else 0.0


def calls_histogram(samples: Iterable[Sample]) -> dict[int, int]:
    """Count samples by their number of calls, fewest calls first."""
    return dict(sorted(Counter(len(sample.answers) for sample in samples).items()))
