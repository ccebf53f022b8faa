"""Tokens as a model's service counts them."""

from dataclasses import dataclass


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
