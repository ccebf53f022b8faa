"""Connected groups of near-duplicates, which a split must not tear apart."""

from collections.abc import Sequence

from workbench.core.likeness.encoding import SampleEncoder
from workbench.core.likeness.rouge import DEFAULT_THRESHOLD, RougeIndex, Rule, Threshold
from workbench.core.progress import Progress, counted
from workbench.core.samples import Sample


def twin_components(
    samples: Sequence[Sample],
    threshold: Threshold = DEFAULT_THRESHOLD,
    on_progress: Progress | None = None,
) -> list[list[int]]:
    """Group samples so that no two groups share a pair of twins, contrast pairs included.

    These are the connected components of the graph of all twins: ascending lists of indices, in the
    order of their first one; a sample without twins is on its own. Raises `ValueError` for a
    threshold that isn't a number from 0 to 1.
    """
    rule = Rule.of(threshold)
    encoder = SampleEncoder()
    encoder.learn(samples)
    index = RougeIndex(rule)
    joined = _Union(len(samples))
    owners: list[int] = []
    first_of_text: dict[str, int] = {}
    first_of_words: dict[str, int] = {}
    for at, sample in enumerate(counted(samples, on_progress)):
        text, words = encoder.encode(sample)
        if rule.threshold < 1:
            joined.join(at, first_of_words.setdefault(words, at))
            joined.join(at, first_of_text.setdefault(text, at))
        if first_of_text.get(text, at) != at:
            continue  # its twins have been searched for
        for number, _ in index.search(text):
            joined.join(at, owners[number])
        index.add(text)
        owners.append(at)
    return joined.groups()


class _Union:
    """Disjoint sets of the numbers below `size`; the least number in a set represents it."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def join(self, first: int, second: int) -> None:
        a, b = self._root(first), self._root(second)
        self._parent[max(a, b)] = min(a, b)

    def groups(self) -> list[list[int]]:
        members: dict[int, list[int]] = {}
        for number in range(len(self._parent)):
            members.setdefault(self._root(number), []).append(number)
        return list(members.values())

    def _root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number
