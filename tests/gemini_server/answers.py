"""What the server can say, worded as the service words it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .asked import Asked

_GOOGLE = "type.googleapis.com/google.rpc"
_LIMITS_PAGE = "https://ai.google.dev/gemini-api/docs/rate-limits"


@dataclass(frozen=True)
class Answer:
    """What the server sends. drop: close the connection instead, before or in the body.

    hold: wait for `GeminiServer.release` (or this many seconds) before answering. asked: what it
    answers, and fault: the scripted fault behind it; the server fills both in.
    """

    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hold: float = 0.0
    asked: Asked | None = None
    fault: str = ""

    @property
    def usage(self) -> dict[str, int] | None:
        """The tokens of an answer that is sent in full and holds text or calls; else None."""
        if self.status != 200 or self.drop:
            return None
        try:
            body = json.loads(self.body)
            content = body["candidates"][0]["content"]
            has_any = any(part.get("text") or "functionCall" in part for part in content["parts"])
            return dict(body.get("usageMetadata", {})) if has_any else None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return None


class Answers:
    """Makes answers; `GeminiServer` has all of these methods."""

    def text(self, text: str | None, finish: str | None = "STOP", **change: Any) -> Answer:
        """A reply with this text. change: other fields of the response body; None leaves out."""
        candidate: dict[str, Any] = {"index": 0}
        if text is not None:
            candidate["content"] = {"role": "model", "parts": [{"text": text}]}
        if finish is not None:
            candidate["finishReason"] = finish
        hold = change.pop("hold", 0.0)
        body: dict[str, Any] = {
            "candidates": [candidate],
            "usageMetadata": {
                "promptTokenCount": 1000,
                "candidatesTokenCount": 200,
                "thoughtsTokenCount": 50,
                "cachedContentTokenCount": 900,
                "totalTokenCount": 1250,
            },
            "modelVersion": "test",
        } | change
        kept = {key: value for key, value in body.items() if value is not None}
        return self.json(kept, hold=hold)

    def samples(self, items: list[Any], **change: Any) -> Answer:
        """A reply that holds these items as JSON."""
        return self.text(json.dumps(items, ensure_ascii=False), **change)

    def calls(self, calls: Sequence[Mapping[str, Any]], signature: str, **change: Any) -> Answer:
        """A reply that calls functions, each with `name` and `args`; the first call is signed."""
        parts = [{"functionCall": dict(call)} for call in calls]
        parts[0]["thoughtSignature"] = signature
        content = {"role": "model", "parts": parts}
        candidate = {"index": 0, "content": content, "finishReason": "STOP"}
        return self.text(None, candidates=[candidate], **change)

    def json(self, body: Any, status: int = 200, **change: Any) -> Answer:
        return Answer(json.dumps(body).encode(), status, **change)

    def error(
        self,
        status: int,
        message: str,
        name: str = "INVALID_ARGUMENT",
        details: list[dict[str, Any]] | None = None,
        **change: Any,
    ) -> Answer:
        """An error as Google words it."""
        error: dict[str, Any] = {"code": status, "message": message, "status": name}
        if details is not None:
            error["details"] = details
        return self.json({"error": error}, status, **change)

    # ---------------------------------------------------------- refusals

    def bad_key(self) -> Answer:
        reason = {
            "@type": f"{_GOOGLE}.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
        }
        message = "API key not valid. Please pass a valid API key."
        return self.error(400, message, details=[reason])

    def no_key(self) -> Answer:
        message = (
            "Method doesn't allow unregistered callers (callers without established identity). "
            "Please use API Key or other form of API consumer identity to call this API."
        )
        return self.error(403, message, "PERMISSION_DENIED")

    def not_found(self, message: str = "Requested entity was not found.") -> Answer:
        return self.error(404, message, "NOT_FOUND")

    def unknown_model(self, model: str, version: str, method: str = "generateContent") -> Answer:
        return self.not_found(
            f"models/{model} is not found for API version {version}, or is not supported for "
            f"{method}. Call ListModels to see the list of available models and their "
            "supported methods."
        )

    def blocked(self, reason: str = "PROHIBITED_CONTENT") -> Answer:
        """A prompt that was not let through."""
        return self.json(
            {"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 9}}
        )

    # ---------------------------------------------------------- quotas

    def rate_limited(
        self, seconds: float = 30.0, *, quota: str = "requests", limit: int = 10, model: str = ""
    ) -> Answer:
        """Too many in this minute: 429 with a `RetryInfo`. quota: `requests` or `tokens`."""
        metric, ident = {
            "requests": ("requests", "GenerateRequestsPerMinutePerProjectPerModel"),
            "tokens": ("input_token_count", "GenerateContentInputTokensPerModelPerMinute"),
        }[quota]
        return self._over(metric, ident, limit, seconds, model)

    def quota_of_the_day(self, limit: int = 250, model: str = "") -> Answer:
        """The day's quota is spent. As the service does, it still names a short delay."""
        ident = "GenerateRequestsPerDayPerProjectPerModel"
        return self._over("requests", ident, limit, 36.43, model)

    def retry_after(self, seconds: float = 30.0) -> Answer:
        """A bare 429 with the delay in a header."""
        message = "Resource has been exhausted (e.g. check quota)."
        headers = {"Retry-After": str(math.ceil(seconds))}
        return self.error(429, message, "RESOURCE_EXHAUSTED", headers=headers)

    def _over(self, metric: str, ident: str, limit: int, seconds: float, model: str) -> Answer:
        metric = f"generativelanguage.googleapis.com/generate_content_free_tier_{metric}"
        violation = {
            "quotaMetric": metric,
            "quotaId": f"{ident}-FreeTier",
            "quotaDimensions": {"location": "global", "model": model},
            "quotaValue": str(limit),
        }
        link = {"description": "Learn more about Gemini API quotas", "url": _LIMITS_PAGE}
        details = [
            {"@type": f"{_GOOGLE}.QuotaFailure", "violations": [violation]},
            {"@type": f"{_GOOGLE}.Help", "links": [link]},
            {"@type": f"{_GOOGLE}.RetryInfo", "retryDelay": f"{seconds:.9g}s"},
        ]
        message = (
            "You exceeded your current quota, please check your plan and billing details. For "
            f"more information on this error, head to: {_LIMITS_PAGE}. To monitor your current "
            "usage, head to: https://ai.dev/rate-limit. \n"
            f"* Quota exceeded for metric: {metric}, limit: {limit}, model: {model}\n"
            f"Please retry in {seconds:.9g}s."
        )
        return self.error(429, message, "RESOURCE_EXHAUSTED", details)

    # ---------------------------------------------------------- failures

    def internal(self) -> Answer:
        message = (
            "An internal error has occurred. Please retry or report in "
            "https://developers.generativeai.google/guide/troubleshooting"
        )
        return self.error(500, message, "INTERNAL")

    def overloaded(self) -> Answer:
        message = "The model is overloaded. Please try again later."
        return self.error(503, message, "UNAVAILABLE")

    def too_late(self) -> Answer:
        message = "Deadline expired before operation could complete."
        return self.error(504, message, "DEADLINE_EXCEEDED")

    def html(self, status: int = 502, title: str = "Bad Gateway") -> Answer:
        page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>…</body></html>"
        return Answer(page.encode(), status, "text/html; charset=UTF-8")

    def dropped(self) -> Answer:
        """Close the connection without a word."""
        return Answer(b"", drop=True)

    def dropped_inside(self, body: bytes = b'{"candidates": [') -> Answer:
        """Close the connection in the middle of the body."""
        return Answer(body, drop=True)
