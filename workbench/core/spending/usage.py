"""Tokens as a model's service counts them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_TOKENS = 10_000_000
"""The most tokens of one kind in a request; no model takes or writes that many."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a request, or of many.

    prompt: everything sent; `cached` of it was recognised by the service and is cheaper. output:
    what was written, without `thinking`, which is billed as output.
    """

    prompt: int = 0
    output: int = 0
    thinking: int = 0
    cached: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt + other.prompt,
            self.output + other.output,
            self.thinking + other.thinking,
            self.cached + other.cached,
        )

    @property
    def written(self) -> int:
        """Tokens billed as output."""
        return self.output + self.thinking

    @property
    def cached_share(self) -> float:
        """The share of sent tokens that were cached, 0 if nothing was sent."""
        return self.cached / self.prompt if self.prompt else 0.0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_dict(cls, counts: Mapping[str, int]) -> "Usage":
        """Read counts by name; those that are missing or below 0 are 0."""
        return cls(**{name: max(0, int(counts.get(name, 0))) for name in cls.__slots__})


def usage_told(counts: Mapping[str, Any]) -> Usage | None:
    """Read counts of one request as reported by a service; a missing count is 0.

    None if one of them is impossible (negative, a fraction, beyond `MOST_TOKENS`, not a number): a
    bill based on such counts would be worse than none.
    """
    read = {name: _count(counts.get(name)) for name in Usage.__slots__}
    known = {name: count for name, count in read.items() if count is not None}
    return Usage(**known) if len(known) == len(read) else None


def _count(value: Any) -> int | None:
    if value is None:
        return 0
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)  # JSON of protocol buffers writes long integers as strings
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value <= MOST_TOKENS:
        return None
    return value


def token_words(tokens: Usage) -> str:
    """Tokens by kind: `12,000 prompt (90 % cached), 2,400 output, 600 thinking`."""
    cached = f" ({tokens.cached_share:.0%} cached)".replace("%", " %") if tokens.cached else ""
    return (
        f"{tokens.prompt:,} prompt{cached}, {tokens.output:,} output, {tokens.thinking:,} thinking"
    )
