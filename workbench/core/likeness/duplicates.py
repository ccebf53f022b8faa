"""Near-duplicates: samples that repeat what is already kept.

Two samples are twins if the ROUGE-L of their masked queries (see `tokens` and `rouge`) is above
the threshold, or if their queries have the same words, whatever is masked. Twins are:

- duplicates, if their calls differ only in numbers, or if their queries have the same words (then
  other calls don't contrast, they contradict);
- a contrast pair otherwise: nearly the same words, but other calls ("turn on the left light").
  Small models learn most from these.

Of a conversation all that is said to the assistant counts, and how it goes counts like its calls:
the same words that are served in one state of the car and refused in another are a contrast pair.

A sample is kept if it has no twin among those kept, or only contrast pairs, no more than `contrast`
for itself and for each of its twins. So `contrast=0` drops every twin. Decisions depend only on the
order of the samples.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.core.car.catalog import Catalog
from workbench.core.likeness.contrast import calls_shape, course_of, enumerated_properties
from workbench.core.likeness.encoding import SampleEncoder
from workbench.core.likeness.rouge import DEFAULT_THRESHOLD, RougeIndex, Rule, Threshold
from workbench.core.likeness.twin_components import twin_components
from workbench.core.progress import Progress, counted
from workbench.core.samples import Sample

__all__ = ["DEFAULT_CONTRAST", "DEFAULT_THRESHOLD", "DuplicateFilter", "Twin", "twin_components"]

DEFAULT_CONTRAST = 2


@dataclass(frozen=True, slots=True)
class Twin:
    """A kept sample that another is a twin of.

    index: its place among the kept, from 0, including those loaded. score: ROUGE-L of the masked
    queries, 1.0 for the same words. same_calls: the calls differ only in numbers, or not at all.
    """

    index: int
    id: str
    query: str
    score: float
    same_calls: bool


class _Entry(NamedTuple):
    text: str
    words: str
    shape: Hashable


class _Match(NamedTuple):
    """Sorts by what to report first: same calls, then the score, then the earlier one."""

    same_calls: bool
    score: float
    before: int  # minus the index


class DuplicateFilter:
    """The kept samples, and the decision whether another may join them. Exact at any threshold.

    threshold: a number from 0 to 1, read by its decimal text; ROUGE-L above it makes twins.
    contrast: contrast pairs allowed for each kept sample. Raises `ValueError` for either if wrong.
    """

    def __init__(
        self,
        catalog: Catalog,
        threshold: Threshold = DEFAULT_THRESHOLD,
        contrast: int = DEFAULT_CONTRAST,
    ) -> None:
        if contrast < 0:
            raise ValueError(f"contrast pairs are counted from 0, not {contrast}")
        self.rule = Rule.of(threshold)
        self.contrast = contrast
        self._enumerated = enumerated_properties(catalog)
        self._encoder = SampleEncoder()
        self._index = RougeIndex(self.rule)
        self._entries: list[_Entry] = []
        self._identity: list[tuple[str, str]] = []
        self._same_text = _Groups()
        self._same_words = _Groups()
        self._shapes: dict[Hashable, Hashable] = {}
        self._partners: dict[int, int] = {}

    def __len__(self) -> int:
        """How many samples are kept."""
        return len(self._entries)

    def add(self, sample: Sample) -> Twin | None:
        """Keep a sample and return None, or return the twin for which it is dropped."""
        entry = self._entry(sample)
        matches = self._decisive(entry)
        partners = [-match.before for match in matches]
        if matches and not self._may_contrast(entry, matches, partners):
            return self._twin(max(matches))
        index = self._keep(entry, sample)
        for partner in partners:
            self._partners[partner] += 1
        self._partners[index] = len(partners)
        return None

    def extend(
        self, samples: Sequence[Sample], on_progress: Progress | None = None
    ) -> list[Twin | None]:
        """Decide on many samples as `add` would one by one, but faster."""
        self._encoder.learn(samples)
        return [self.add(sample) for sample in counted(samples, on_progress)]

    def load(self, samples: Sequence[Sample], on_progress: Progress | None = None) -> None:
        """Add samples without deciding on them, even if they are twins."""
        self.learn(samples)
        self._partners.clear()
        for sample in counted(samples, on_progress):
            self.take_in(sample)

    def learn(self, samples: Sequence[Sample]) -> None:
        """Look at samples to be added later; a hint for speed."""
        self._encoder.learn(samples)

    def take_in(self, sample: Sample) -> None:
        """Add one sample without deciding on it."""
        self._keep(self._entry(sample), sample)

    def twins_of(self, sample: Sample) -> list[Twin]:
        """All kept twins of a sample, the highest score first, then the earliest.

        A kept sample is among its own twins; tell it by its index.
        """
        matches = self._matches(self._entry(sample))
        return [self._twin(m) for m in sorted(matches, key=lambda m: (-m.score, -m.before))]

    def _entry(self, sample: Sample) -> _Entry:
        text, words = self._encoder.encode(sample)
        shape = calls_shape(sample.calls, self._enumerated)
        if sample.is_conversation:
            course = course_of(sample)
            words, shape = f"{words}\n{course}", (shape, course)
        return _Entry(text, words, self._shapes.setdefault(shape, shape))

    def _keep(self, entry: _Entry, sample: Sample) -> int:
        index = self._index.add(entry.text)
        self._entries.append(entry)
        self._identity.append((sample.id, sample.query))
        self._same_text.add(entry.text, index)
        self._same_words.add(entry.words, index)
        return index

    def _decisive(self, entry: _Entry) -> list[_Match]:
        """Return all twins, or only one that already settles it, as for most drops."""
        if self.rule.threshold < 1:
            equal = {*self._same_text.get(entry.text), *self._same_words.get(entry.words)}
            same = [index for index in equal if self._entries[index].shape == entry.shape]
            if same:
                return [_Match(True, 1.0, -min(same))]
        return self._matches(entry)

    def _matches(self, entry: _Entry) -> list[_Match]:
        scores = dict(self._index.search(entry.text))
        if self.rule.threshold < 1:
            scores |= dict.fromkeys(self._same_words.get(entry.words), 1.0)
        return [
            _Match(self._entries[index].shape == entry.shape, score, -index)
            for index, score in scores.items()
        ]

    def _may_contrast(self, entry: _Entry, matches: list[_Match], partners: list[int]) -> bool:
        if len(matches) > self.contrast or any(match.same_calls for match in matches):
            return False
        if any(self._entries[partner].words == entry.words for partner in partners):
            return False
        return all(self._partners_of(partner) < self.contrast for partner in partners)

    def _partners_of(self, index: int) -> int:
        """Count the contrast pairs of a kept sample; for a loaded one only when needed."""
        count = self._partners.get(index)
        if count is None:
            entry = self._entries[index]
            count = sum(
                not match.same_calls and self._entries[-match.before].words != entry.words
                for match in self._matches(entry)
            )
            self._partners[index] = count
        return count

    def _twin(self, match: _Match) -> Twin:
        identity, query = self._identity[-match.before]
        return Twin(-match.before, identity, query, match.score, match.same_calls)


class _Groups:
    """Indices by key; nearly all keys have only one, which is stored bare."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}

    def add(self, key: str, index: int) -> None:
        if self._first.setdefault(key, index) != index:
            self._more.setdefault(key, []).append(index)

    def get(self, key: str) -> list[int]:
        first = self._first.get(key)
        return [] if first is None else [first, *self._more.get(key, ())]
