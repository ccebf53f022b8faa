"""What a body of the service holds around the model's text, read without the service's client.

The client parses a body, and the text in it, on its own terms, and raises where either is odd. What
was paid for is read here instead, as far as it can be: the place of each thing is known, and what
is not of its kind counts as not there. Journals are read by the same means.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.spending.usage import Usage, usage_told

UNREADABLE = "UNREADABLE"
"""The finish of an answer whose body isn't JSON, and whose text could be found all the same."""

WITHHELD = {
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "LANGUAGE",
    "ESCALATION",
    "MODEL_ARMOR",
}
"""Reasons by which the service disowns the text it may have begun."""

_TEXT = re.compile(r'"text"\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)
_COUNT = re.compile(r'"(\w+TokenCount)"\s*:\s*(-?\d{1,18})\b')
_NAMES = {
    "prompt": "promptTokenCount",
    "output": "candidatesTokenCount",
    "thinking": "thoughtsTokenCount",
    "cached": "cachedContentTokenCount",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A body taken apart.

    text: of the first candidate, without thoughts; "" for none. finish, version, blocked: as the
    service names them, "" where it does not say. candidates: whether there is any. usage: tokens,
    None if they are not told, or cannot be. error: what the body says instead of an answer.
    """

    text: str = ""
    finish: str = ""
    version: str = ""
    blocked: str = ""
    candidates: bool = False
    usage: Usage | None = None
    error: Mapping[str, Any] | None = None

    @property
    def usable(self) -> str:
        """The text, "" where it has none or the service disowns it."""
        return "" if self.blocked or self.finish in WITHHELD else self.text.strip() and self.text


def read_body(body: bytes) -> Envelope | None:
    """Read a body; None if it isn't JSON, and holds nothing that looks like an answer's text.

    Of a body that is cut or broken otherwise, the text is taken as far as it goes.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _salvaged(body.decode("utf-8", "replace"))
    return read_envelope(value)


def read_envelope(value: Any) -> Envelope:
    """Read a body that is parsed."""
    if isinstance(value, list) and len(value) == 1:  # as some gateways wrap it
        value = value[0]
    whole = _dict(value)
    candidates = [_dict(one) for one in _list(whole.get("candidates"))]
    error = whole.get("error")
    first = candidates[0] if candidates else {}
    parts = _list(_dict(first.get("content")).get("parts"))
    texts = [_dict(part).get("text") for part in parts if not _dict(part).get("thought")]
    return Envelope(
        text="".join(text for text in texts if isinstance(text, str)),
        finish=_word(first.get("finishReason")),
        version=_word(whole.get("modelVersion")),
        blocked=_word(_dict(whole.get("promptFeedback")).get("blockReason")),
        candidates=bool(candidates),
        usage=_usage(whole.get("usageMetadata")),
        error=error_of(error) if error and not candidates else None,
    )


def error_of(error: Any) -> Mapping[str, Any]:
    """Return an error as `{message, code, …}`, whatever a service put in its place."""
    if isinstance(error, dict):
        return error
    said = error if isinstance(error, str) else json.dumps(error, default=str)
    return {"message": said}


def _salvaged(text: str) -> Envelope | None:
    found = "".join(_unescaped(match[1]) for match in _TEXT.finditer(text))
    if not found.strip():
        return None
    counts = {name: int(count) for name, count in _COUNT.findall(text)}
    usage = _usage(counts) if counts else None
    return Envelope(text=found, finish=UNREADABLE, candidates=True, usage=usage)


def _unescaped(escaped: str) -> str:
    """Read the inside of a JSON string that may break off within an escape."""
    for end in range(len(escaped), max(0, len(escaped) - 12), -1):
        try:
            text = json.loads(f'"{escaped[:end]}"', strict=False)
        except ValueError:
            continue
        return str(text)
    return escaped


def _usage(counted: Any) -> Usage | None:
    if not isinstance(counted, dict) or not counted:
        return None
    return usage_told({name: counted.get(theirs) for name, theirs in _NAMES.items()})


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
