"""The ten commonest faults of the service, and what a user reads: for the manual and its test."""

from collections.abc import Callable

from gemini_server import Answer, GeminiServer

FAULTS: dict[str, Callable[[GeminiServer], Answer]] = {
    "too many requests": lambda s: s.error(
        429, "Resource has been exhausted (e.g. check quota).", "RESOURCE_EXHAUSTED"
    ),
    "the day's quota is spent": lambda s: s.error(
        429,
        "Quota exceeded for requests.",
        "RESOURCE_EXHAUSTED",
        [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}],
    ),
    "the model is overloaded": lambda s: s.overloaded(),
    "an internal error": lambda s: s.error(500, "An internal error has occurred.", "INTERNAL"),
    "a proxy's error page": lambda s: s.html(),
    "the connection drops": lambda s: s.dropped(),
    "a wrong key": lambda s: s.bad_key(),
    "an unknown model": lambda s: s.error(404, "models/gemini-4 is not found", "NOT_FOUND"),
    "a place not served": lambda s: s.error(
        400, "User location is not supported for the API use.", "FAILED_PRECONDITION"
    ),
    "an answer withheld": lambda s: s.text(None, "SAFETY"),
}
