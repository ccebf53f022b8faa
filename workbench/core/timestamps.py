"""Times from files: compared as instants, never as text."""

import re
from datetime import UTC, datetime

_WRITTEN = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)


def utc(text: str) -> str:
    """Write a time as `2026-11-05T14:03:00+00:00`: in UTC, to the second; "" stays, for unknown.

    Times written so sort in order. A time without an offset is in UTC. Raises
    `ValueError` for anything that isn't a date with a time of day.
    """
    if not text:
        return ""
    try:
        if not _WRITTEN.fullmatch(text):
            raise ValueError
        found = datetime.fromisoformat(text.upper())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        raise ValueError(f"{shown!r} is not a time such as 2026-11-05T14:03:00+00:00") from None
    return found.isoformat(timespec="seconds")


def utc_or_unknown(text: str) -> str:
    """Write a time like `utc`; "" for anything that isn't a time."""
    try:
        return utc(text)
    except ValueError:
        return ""


def is_before(one: str, other: str) -> bool:
    """Whether an instant is before another; False if either is unknown."""
    first, second = utc_or_unknown(one), utc_or_unknown(other)
    return bool(first and second) and first < second
