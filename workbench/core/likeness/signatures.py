"""Signatures of token sequences, and the scan for sequences that can be similar.

A sequence is a set of (token, occurrence) pairs, hashed to the bits of a signature. A bit of x's
that y's lacks means at least one pair of x that y lacks, so of m tokens of x they share at
most m - (bits of x that y lacks); with "slack", m less the number of x's bits, that is the number
of common bits plus the slack of x. The same holds for y; the smaller counts.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_BITS = 256
_FOLDED_BITS = 64
_SLACK_CAP = 255 - _FOLDED_BITS
_MIN_TAIL = 512


class Signature(NamedTuple):
    """The 256 bits of a sequence as four words, and the same laid over one another to 64 bits."""

    length: int
    words: npt.NDArray[np.uint64]
    slack: int
    folded: np.uint64
    folded_slack: int


class _Masks(dict[str, int]):
    """The bit of a character's first occurrence."""

    def __missing__(self, char: str) -> int:
        mask = self[char] = _bit(char, 0)
        return mask


def _bit(char: str, occurrence: int) -> int:
    return 1 << ((ord(char) + 101 * occurrence) % _BITS)


_masks = _Masks()


@lru_cache(maxsize=256)
def sign(text: str) -> Signature:
    """Hash an encoded sequence to its signature."""
    bits = 0
    chars = set(text)
    for char in chars:
        bits |= _masks[char]
    if len(chars) < len(text):
        for char in chars:
            for occurrence in range(1, text.count(char)):
                bits |= _bit(char, occurrence)
    half = bits | bits >> _BITS // 2
    folded = (half | half >> _FOLDED_BITS) & (1 << _FOLDED_BITS) - 1
    return Signature(
        len(text),
        np.frombuffer(bits.to_bytes(_BITS // 8, "little"), np.uint64),
        len(text) - bits.bit_count(),
        np.uint64(folded),
        len(text) - folded.bit_count(),
    )


class SignatureTable:
    """Signatures, numbered from 0, in columns: those sorted by length, then a tail of new ones.

    The tail is sorted in when it is full: searching a short one is cheap, sorting is rare. The
    first scan compares the folded words, a byte a row; slacks and needs beyond a byte are capped,
    which only lets extra rows through to the second scan.
    """

    def __init__(self) -> None:
        self._count = 0
        self._sorted = 0
        self._numbers = np.zeros(_MIN_TAIL, np.int64)
        self._lengths = np.zeros(_MIN_TAIL, np.int64)
        self._words = np.zeros((_MIN_TAIL, _BITS // 64), np.uint64)
        self._slack = np.zeros(_MIN_TAIL, np.int64)
        self._folded = np.zeros(_MIN_TAIL, np.uint64)
        self._folded_slack = np.zeros(_MIN_TAIL, np.uint8)

    def append(self, signature: Signature) -> None:
        """Add a signature under the next number."""
        at = self._count
        if at == len(self._numbers):
            self._sort()
        self._numbers[at] = at
        self._lengths[at] = signature.length
        self._words[at] = signature.words
        self._slack[at] = signature.slack
        self._folded[at] = signature.folded
        self._folded_slack[at] = min(signature.folded_slack, _SLACK_CAP)
        self._count += 1

    def _sort(self) -> None:
        """Sort all rows by length and make room for a new tail."""
        order = np.argsort(self._lengths, kind="stable")
        self._sorted = len(order)
        room = max(_MIN_TAIL, self._sorted // 64)
        for name in ("_numbers", "_lengths", "_words", "_slack", "_folded", "_folded_slack"):
            column = getattr(self, name)
            grown = np.zeros((self._sorted + room, *column.shape[1:]), column.dtype)
            np.take(column, order, axis=0, out=grown[: self._sorted])
            setattr(self, name, grown)

    def search(self, signature: Signature, shortest: int, needs: Ints) -> list[int]:
        """Numbers of the sequences that may share `needs[length - shortest]` tokens or more.

        Lengths not covered by `needs` are left out. Unordered.
        """
        rows = np.concatenate(
            (self._scan_sorted(signature, shortest, needs), self._scan_tail(signature, needs))
        )
        above = self._lengths[rows] - shortest
        if self._count > self._sorted:
            fitting = (above >= 0) & (above < len(needs))
            rows, above = rows[fitting], above[fitting]
        common = np.bitwise_count(self._words[rows] & signature.words).sum(axis=1, dtype=np.int64)
        common += np.minimum(self._slack[rows], signature.slack)
        numbers: list[int] = self._numbers[rows[common >= needs[above]]].tolist()
        return numbers

    def _scan_sorted(self, signature: Signature, shortest: int, needs: Ints) -> Ints:
        """Rows of the sorted part, of which only those between two bounds are examined."""
        lengths = self._lengths[: self._sorted]
        bounds = lengths.searchsorted(np.arange(shortest, shortest + len(needs) + 1))
        counts = bounds[1:] - bounds[:-1]
        first, last = int(bounds[0]), int(bounds[-1])
        common = np.bitwise_count(self._folded[first:last] & signature.folded)
        own = np.minimum(np.maximum(needs - signature.folded_slack, 0), 255).astype(np.uint8)
        passed = common >= own.repeat(counts)
        common += self._folded_slack[first:last]
        passed &= common >= np.minimum(needs, _SLACK_CAP).astype(np.uint8).repeat(counts)
        rows: Ints = passed.nonzero()[0] + first
        return rows

    def _scan_tail(self, signature: Signature, needs: Ints) -> Ints:
        """Rows of the tail that have the least of all needs."""
        start, stop = self._sorted, self._count
        common = np.bitwise_count(self._folded[start:stop] & signature.folded)
        common += self._folded_slack[start:stop]
        rows: Ints = (common >= min(int(needs[0]), _SLACK_CAP)).nonzero()[0] + start
        return rows
