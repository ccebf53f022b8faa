"""Token sequences as strings, one character per token."""

from collections import Counter
from collections.abc import Iterable, Sequence

from workbench.core.likeness.tokens import sample_tokens
from workbench.core.samples import Sample

_SURROGATES = range(0xD800, 0xE000)
_MAX_CODES = 0x110000 - len(_SURROGATES)
_LEARNED = 4096


class Alphabet:
    """Tokens as characters, so that a sequence is a str, the form rapidfuzz aligns fastest.

    Code points below 256 are the fast case and have their own signature bits: teach it a corpus
    with `learn`, and the most frequent tokens get them. Others are added when first seen.
    """

    def __init__(self) -> None:
        self._chars: dict[str, str] = {}

    def learn(self, sequences: Iterable[Sequence[str]]) -> None:
        """Assign characters to unknown tokens, the most frequent first."""
        counts = Counter(token for tokens in sequences for token in tokens)
        for token, _ in counts.most_common():
            if token not in self._chars:
                self._assign(token)

    def encode(self, tokens: Sequence[str]) -> str:
        """Write tokens as one character each.

        Raises `OverflowError` at the 1 112 065th distinct token: there are no more characters.
        """
        chars = self._chars
        try:
            return "".join([chars[token] for token in tokens])
        except KeyError:
            return "".join([chars.get(token) or self._assign(token) for token in tokens])

    def _assign(self, token: str) -> str:
        code = len(self._chars)
        if code >= _MAX_CODES:
            raise OverflowError(f"more than {_MAX_CODES} distinct words")
        char = chr(code if code < _SURROGATES.start else code + len(_SURROGATES))
        self._chars[token] = char
        return char


class SampleEncoder:
    """Turns samples into comparable strings, over one alphabet."""

    def __init__(self) -> None:
        self._alphabet = Alphabet()

    def learn(self, samples: Sequence[Sample]) -> None:
        """Learn the frequent words from a few thousand samples, evenly drawn; a hint for speed."""
        if len(samples) >= _LEARNED:
            drawn = samples[:: len(samples) // _LEARNED]
            self._alphabet.learn(sample_tokens(sample).masked for sample in drawn)

    def encode(self, sample: Sample) -> tuple[str, str]:
        """Return the masked query, one character per token, and the words with nothing masked."""
        tokens = sample_tokens(sample)
        return self._alphabet.encode(tokens.masked), tokens.words
