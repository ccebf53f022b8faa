"""What a service's body contains around the model's text, read without the service's client.

The client parses a body, and the text in it, in its own way, and raises if either is odd. What was
paid for is read here instead, as far as possible: each thing's place is known, and anything of the
wrong type counts as missing. Journals are read the same way.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.spending.usage import Usage, usage_told

UNREADABLE = "UNREADABLE"
"""The finish of an answer whose body isn't JSON, but whose text could still be found."""

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
"""Finish reasons with which the service disowns any text it has begun."""

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
    """The parts of a body.

    text: of the first candidate, without thoughts; "" for none. calls: of functions in it, each
    with `name` and `arguments` as they came. finish, version, blocked: as named
    by the service, "" if it doesn't say. candidates: whether there are any. usage: tokens, None if
    missing or impossible. error: what the body says instead of an answer.
    """

    text: str = ""
    finish: str = ""
    version: str = ""
    blocked: str = ""
    candidates: bool = False
    usage: Usage | None = None
    error: Mapping[str, Any] | None = None
    calls: tuple[Mapping[str, Any], ...] = ()

    @property
    def usable(self) -> str:
        """The text, "" if there isn't one or the service disowns it."""
        return "" if self.blocked or self.finish in WITHHELD else self.text.strip() and self.text


def read_body(body: bytes) -> Envelope | None:
    """Read a body; None if it isn't JSON and contains nothing like an answer's text.

    If a body is cut or otherwise broken, the text up to there is used.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _salvaged(body.decode("utf-8", "replace"))
    return read_envelope(value)


def read_envelope(value: Any) -> Envelope:
    """Read a parsed body."""
    whole = _whole(value)
    candidates = [_dict(one) for one in _list(whole.get("candidates"))]
    error = whole.get("error")
    first = candidates[0] if candidates else {}
    parts = parts_of(value)
    texts = [part.get("text") for part in parts]
    calls = [_dict(part["functionCall"]) for part in parts if "functionCall" in part]
    return Envelope(
        text="".join(text for text in texts if isinstance(text, str)),
        finish=_word(first.get("finishReason")),
        version=_word(whole.get("modelVersion")),
        blocked=_word(_dict(whole.get("promptFeedback")).get("blockReason")),
        candidates=bool(candidates),
        usage=_usage(whole.get("usageMetadata")),
        error=error_of(error) if error and not candidates else None,
        calls=tuple(
            {"name": call.get("name"), "arguments": call.get("args") or {}} for call in calls
        ),
    )


def parts_of(value: Any) -> list[dict[str, Any]]:
    """Return the parts of the first candidate in a parsed body, without its thoughts."""
    candidates = _list(_whole(value).get("candidates"))
    first = _dict(candidates[0]) if candidates else {}
    parts = [_dict(part) for part in _list(_dict(first.get("content")).get("parts"))]
    return [part for part in parts if not part.get("thought")]


def error_of(error: Any) -> Mapping[str, Any]:
    """Return an error as `{message, code, …}`, whatever a service sent instead."""
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
    """Read the inside of a JSON string that may end within an escape."""
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


def _whole(value: Any) -> dict[str, Any]:
    if isinstance(value, list) and len(value) == 1:  # as wrapped by some gateways
        value = value[0]
    return _dict(value)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
