"""Tokens as a model's service counts them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a request, or of many.

    prompt: all that was sent, `cached` of it recognised by the service and cheaper. output: what
    was written, without `thinking`, which is billed as output.
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
        """Tokens that are billed as output."""
        return self.output + self.thinking

    @property
    def cached_share(self) -> float:
        """The share of what was sent that the service recognised, 0 where nothing was sent."""
        return self.cached / self.prompt if self.prompt else 0.0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_dict(cls, counts: Mapping[str, int]) -> "Usage":
        """Read counts by name; those that are missing or below 0 are 0."""
        return cls(**{name: max(0, int(counts.get(name, 0))) for name in cls.__slots__})


def token_words(tokens: Usage) -> str:
    """Tell tokens by kind: `12,000 prompt (90 % cached), 2,400 output, 600 thinking`."""
    cached = f" ({tokens.cached_share:.0%} cached)".replace("%", " %") if tokens.cached else ""
    return (
        f"{tokens.prompt:,} prompt{cached}, {tokens.output:,} output, {tokens.thinking:,} thinking"
    )
