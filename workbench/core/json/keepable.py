"""What a JSON file can keep: halves of characters, NaN and infinities it cannot."""

import json
from math import isfinite
from typing import Any

from workbench.core.json.strict import half_character
from workbench.core.json.text import dumps

_SUSPECT = (b"\\ud", b"null", b"NaN", b"Infinity")
"""Where none of these stands in what `dumps` wrote, it reads back as it was."""


def keepable(value: Any) -> bytes:
    """Write compact JSON that reads back as it was. Raises `ValueError` with the reason."""
    data = dumps(value)
    if any(sign in data for sign in _SUSPECT):
        why = why_lost(value)
        if why:
            raise ValueError(why)
    return data


def why_lost(value: Any) -> str:
    """Say what in a value no JSON can keep; "" where all can be kept."""
    half = half_character(json.dumps(value, ensure_ascii=False))
    if half:
        return f"it holds half a character ({half}), which no file can keep"
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return "it holds a number that is none or infinite, which no file can keep"
    return ""


def why_unkept(data: bytes) -> str:
    """Say the same of JSON that is written already; "" also for what is no JSON."""
    try:
        return why_lost(json.loads(data))
    except (ValueError, RecursionError):
        return ""


def made_keepable(data: bytes) -> bytes:
    """Write JSON anew with "?" for halves of characters and null for what is no finite number.

    Seconds that are null are left out. Raises `ValueError` for what is no JSON, `RecursionError`.
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
