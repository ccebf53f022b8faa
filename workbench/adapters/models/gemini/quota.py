"""Read what a refusal says about quotas and when to try again."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from google.genai import errors

from workbench.adapters.models.retry import duration
from workbench.adapters.models.web import seconds_asked

_DAILY = re.compile(r"per.?day|daily", re.IGNORECASE)
_SPENT = re.compile(
    r"spend(ing)?[ -]?(cap|limit)|prepa(y|id)|credits? .{0,20}deplet", re.IGNORECASE
)


def retry_after(error: errors.APIError, now: datetime | None = None) -> float | None:
    """Return the seconds that the service asks to wait: RetryInfo, else `Retry-After`."""
    for detail in _details(error):
        delay = str(detail.get("retryDelay", ""))
        if delay.endswith("s") and (seconds := seconds_asked(delay[:-1])) is not None:
            return seconds
    headers = getattr(error.response, "headers", None) or {}
    return seconds_asked(str(headers.get("retry-after") or ""), now)


def words_of(error: errors.APIError) -> str:
    """Return an error's message, wherever gateways and proxies put it; "" for none."""
    found = error.message if error.message else error.details
    for name in ("error", "message", "detail", "error_description", "errors", "title"):
        if isinstance(found, list) and found:
            found = found[0]
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    return found if isinstance(found, str) else ""


def daily(error: errors.APIError) -> bool:
    """Whether a refusal is about a daily quota, which no short wait restores."""
    quotas = [
        str(violation.get("quotaId") or violation.get("quotaMetric") or "")
        for detail in _details(error)
        for violation in _dicts(detail.get("violations"))
    ]
    return any(map(_DAILY.search, quotas)) or bool(_DAILY.search(words_of(error)))


def none_at_all(error: errors.APIError) -> bool:
    """Whether the plan has no quota for the model at all."""
    return bool(re.search(r"\blimit: 0\b(?!\.\d)", words_of(error)))


def money_spent(error: errors.APIError) -> bool:
    """Whether a refusal is about money: a spending cap reached, prepaid credit used up."""
    return bool(_SPENT.search(words_of(error)))


def renewal(now: datetime | None = None) -> str:
    """Return when a day's quota is renewed: midnight in California, in the user's own time."""
    now = now or datetime.now(UTC)
    try:
        pacific = ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:  # a system without time zone data
        return "at midnight Pacific time"
    tomorrow = now.astimezone(pacific).date() + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=pacific)
    left = midnight.astimezone(UTC) - now.astimezone(UTC)
    return (
        f"at midnight Pacific time ({midnight.astimezone():%H:%M} here, "
        f"in {duration(left.total_seconds())})"
    )


def _details(error: errors.APIError) -> Iterator[Mapping[str, Any]]:
    body = error.details
    inner = body.get("error", body) if isinstance(body, dict) else {}
    yield from _dicts(inner.get("details") if isinstance(inner, dict) else None)


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            yield item
