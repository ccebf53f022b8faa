"""ROUGE-L between token sequences, and the exact search for all above a threshold.

ROUGE-L (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries") of sequences of m and
n tokens is F1 = 2 L / (m + n), where L is the length of their longest common subsequence.

A search over k kept sequences would be k alignments. Nearly all are avoided by two upper bounds of
L that cost nanoseconds each, the lengths (L <= min(m, n)) and the tokens in common by signature
(see `signatures`); the rest are aligned.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Indel

from workbench.core.likeness.signatures import Ints, SignatureTable, sign

Threshold = str | float | Fraction
DEFAULT_THRESHOLD = "0.8"

_MARGIN = 1e-9  # rapidfuzz cuts off by floats; the integers decide


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule "2 L / (m + n) > threshold" in integers, so that ties fall exactly.

    For 0.8 it is 10 L > 4 (m + n). Two empty sequences have the score 1; nothing exceeds 1.
    """

    threshold: Fraction

    @classmethod
    def of(cls, threshold: Threshold) -> "Rule":
        """Read a threshold by its decimal text: 0.8 means 4/5, not the binary float nearest it.

        Raises `ValueError` unless it is a number from 0 to 1.
        """
        try:
            exact = Fraction(str(threshold))
        except (ValueError, ZeroDivisionError):
            exact = Fraction(-1)
        if not 0 <= exact <= 1:
            raise ValueError(f"a threshold is a number from 0 to 1, not {threshold}")
        return cls(exact)

    def needed(self, m: int, n: int) -> int:
        """The smallest L with which sequences of m and n tokens are twins (it may exceed both)."""
        p, q = self.threshold.as_integer_ratio()
        return p * (m + n) // (2 * q) + 1

    def lengths(self, m: int, longest: int) -> tuple[int, int]:
        """The shortest and the longest length of twins of m tokens, at most `longest`."""
        p, q = self.threshold.as_integer_ratio()
        low = p * m // (2 * q - p) + 1
        high = longest if p == 0 else -(-m * (2 * q - p) // p) - 1
        return low, min(high, longest)

    def holds(self, common: int, m: int, n: int) -> bool:
        """Whether sequences of m and n tokens with L = `common` are twins."""
        if m + n == 0:
            return self.threshold < 1
        return common >= self.needed(m, n)


class RougeIndex:
    """Encoded sequences, numbered from 0 as they are added, and the search for twins among them.

    Memory: about 70 bytes per sequence besides the text itself.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._texts: list[str] = []
        self._longest = 0
        self._table = SignatureTable()
        self._needs: dict[int, Ints] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str) -> int:
        """Add a sequence and return its number."""
        self._texts.append(text)
        if len(text) > self._longest:
            self._longest = len(text)
            self._needs.clear()
        self._table.append(sign(text))
        return len(self._texts) - 1

    def search(self, text: str) -> list[tuple[int, float]]:
        """All sequences whose ROUGE-L with `text` is above the threshold: number and score.

        Exact, and in ascending order.
        """
        if not text:
            return self._empty()
        numbers = self._candidates(text)
        if not numbers:
            return []
        texts = [self._texts[number] for number in numbers]
        cutoff = max(0.0, float(self.rule.threshold) - _MARGIN)
        scores: npt.NDArray[np.float64] = process.cdist(
            [text], texts, scorer=Indel.normalized_similarity, score_cutoff=cutoff, dtype=np.float64
        )[0]
        m = len(text)
        found = []
        for at in scores.nonzero()[0].tolist():
            n = len(texts[at])
            common = round(float(scores[at]) * (m + n) / 2)
            if self.rule.holds(common, m, n):
                found.append((numbers[at], 2 * common / (m + n)))
        return sorted(found)

    def _empty(self) -> list[tuple[int, float]]:
        if not self.rule.holds(0, 0, 0):
            return []
        return [(number, 1.0) for number, text in enumerate(self._texts) if not text]

    def _candidates(self, text: str) -> list[int]:
        """Numbers of the sequences that pass the bounds, unordered."""
        low, high = self.rule.lengths(len(text), self._longest)
        if low > high:
            return []
        return self._table.search(sign(text), low, self._needs_for(len(text), low, high))

    def _needs_for(self, m: int, low: int, high: int) -> Ints:
        """The least L required for each length from `low` to `high`."""
        needs = self._needs.get(m)
        if needs is None:
            needs = np.array([self.rule.needed(m, n) for n in range(low, high + 1)], np.int64)
            self._needs[m] = needs
        return needs
