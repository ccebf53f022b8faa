"""Whether a value survives being written to JSON: lone surrogates, NaN and infinities don't."""

import json
from math import isfinite
from typing import Any

from workbench.core.json.strict import half_character
from workbench.core.json.text import dumps

_SUSPECT = (b"\\ud", b"null", b"NaN", b"Infinity")
"""If none of these is in what `dumps` wrote, it reads back unchanged."""


def keepable(value: Any) -> bytes:
    """Write compact JSON that reads back unchanged. Raises `ValueError` with the reason."""
    data = dumps(value)
    if any(sign in data for sign in _SUSPECT):
        why = why_lost(value)
        if why:
            raise ValueError(why)
    return data


def why_lost(value: Any) -> str:
    """Return what in a value no JSON can keep; "" if all can be kept."""
    half = half_character(json.dumps(value, ensure_ascii=False))
    if half:
        return f"it contains half a character ({half}), which no file can store"
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return "it contains NaN or an infinite number, which no file can store"
    return ""


def why_unkept(data: bytes) -> str:
    """The same for JSON already written; "" also for anything that isn't JSON."""
    try:
        return why_lost(json.loads(data))
    except (ValueError, RecursionError):
        return ""


def made_keepable(data: bytes) -> bytes:
    """Rewrite JSON with "?" for half characters and null for numbers that aren't finite.

        Seconds that are null are left out. Raises `ValueError` for anything that
    isn't JSON, and `RecursionError`.
    """
    value = json.loads(
        data, parse_constant=lambda _: None, parse_float=_finite, object_hook=_with_seconds
    )
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None


def _with_seconds(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("seconds", 0) is None:
        del value["seconds"]
    return value
