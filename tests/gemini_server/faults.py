"""Faults of the field, drawn by a seed or scripted one by one."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .answers import Answer
from .asked import Asked

if TYPE_CHECKING:
    from .server import GeminiServer

Good = Callable[[], Answer]
"""Gives the answer that the request would get without the fault."""
Fault = Callable[["GeminiServer", Asked, Good], Answer]


def _refused(server: "GeminiServer", asked: Asked, finish: str | None) -> Answer:
    usage = server.meter.usage(asked, "", 0)
    return server.text(None, finish, usageMetadata=usage, modelVersion=asked.model)


def _cut(server: "GeminiServer", asked: Asked, good: Good) -> Answer:
    """End the text in its middle, as where the output allowance is spent."""
    answer = good()
    try:
        body = json.loads(answer.body)
        [part] = body["candidates"][0]["content"]["parts"]
    except (ValueError, LookupError):
        return answer
    text = part["text"][: len(part["text"]) * 3 // 5]
    usage = server.meter.usage(asked, text, server.meter.thoughts(asked))
    return server.text(text, "MAX_TOKENS", usageMetadata=usage, modelVersion=asked.model)


def _half(good: Good) -> bytes:
    body = good().body
    return body[: len(body) // 2]


RETRIED: dict[str, Fault] = {
    "rate_limit": lambda s, a, _: s.rate_limited(s.faults.retry_in, model=a.model),
    "retry_after": lambda s, _a, _: s.retry_after(s.faults.retry_in),
    "internal": lambda s, _a, _: s.internal(),
    "html": lambda s, _a, _: s.html(),
    "overloaded": lambda s, _a, _: s.overloaded(),
    "too_late": lambda s, _a, _: s.too_late(),
    "dropped": lambda s, _a, _: s.dropped(),
    "dropped_inside": lambda s, _a, good: s.dropped_inside(_half(good)),
}
"""Faults of the way there and back: the same request, sent again, may well be answered."""

UNUSABLE: dict[str, Fault] = {
    "broken_json": lambda _s, _a, good: Answer(_half(good)),
    "blocked": lambda s, _a, _: s.blocked(),
    "safety": lambda s, a, _: _refused(s, a, "SAFETY"),
    "recitation": lambda s, a, _: _refused(s, a, "RECITATION"),
    "max_tokens": _cut,
    "no_candidates": lambda s, a, _: s.json({"usageMetadata": s.meter.usage(a, "", 0)}),
    "no_parts": lambda s, a, _: _refused(s, a, "STOP"),
    "unknown_finish": lambda s, a, _: _refused(s, a, "NOT_YET_INVENTED"),
}
"""Answers that came in full and hold nothing, or not all that was asked for."""

RARE: dict[str, Fault] = {
    "hang": lambda s, _a, _: Answer(b"", drop=True, hold=s.faults.hang),
    "quota_of_the_day": lambda s, a, _: s.quota_of_the_day(model=a.model),
    "bad_key": lambda s, _a, _: s.bad_key(),
}
"""Faults that are never drawn unless a mix names them."""

FAULTS = RETRIED | UNUSABLE | RARE
MIXED = dict.fromkeys(RETRIED, 2.0) | dict.fromkeys(UNUSABLE, 0.5)
"""The usual mix: weights by name."""


@dataclass(frozen=True)
class Faults:
    """Which requests fail, and how.

    share: of requests. mix: weights by the names in `FAULTS`; `dict.fromkeys(RETRIED, 1)` for
    those of the way alone. seed: the same one gives the same fault to the same request number.
    first: faults of the first requests by number, None for none; the share holds after them.
    retry_in: seconds that a 429 asks to wait. hang: seconds until a hanging request is dropped.
    """

    share: float = 0.0
    mix: Mapping[str, float] = field(default_factory=lambda: MIXED)
    seed: int = 0
    first: tuple[str | None, ...] = ()
    retry_in: float = 1.0
    hang: float = 600.0

    def __post_init__(self) -> None:
        unknown = {name for name in (*self.mix, *self.first) if name} - FAULTS.keys()
        if unknown:
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; see FAULTS")

    def at(self, number: int) -> str | None:
        """The fault of this request number, if it has one."""
        if number < len(self.first):
            return self.first[number]
        drawn = random.Random(f"{self.seed}:{number}")
        if drawn.random() >= self.share:
            return None
        return drawn.choices(list(self.mix), list(self.mix.values()))[0]
