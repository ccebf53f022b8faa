"""Read the service's answers: the text, the tokens, why it ended, or why there isn't one."""

import json
from collections.abc import Mapping
from typing import Any

from google.genai import errors
from pydantic import SecretStr

from workbench.adapters.models import CUT, Fault, FaultKind, ModelError, ModelReply
from workbench.adapters.models.gemini.envelope import WITHHELD, Envelope, read_body
from workbench.adapters.models.redaction import shorten, without_key
from workbench.core.json.text import dumps
from workbench.core.spending.usage import Usage

_ACCOUNT = "PUP_LIMITED_DISABLED"
"""The account breaks the service's prohibited-use policy: nothing more will be answered."""

_TIER = "x-gemini-service-tier"
_CODES = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""The status of an error by name, if it comes without a number."""


def read_answer_body(body: bytes, headers: Mapping[str, str], key: SecretStr) -> ModelReply:
    """Read the body of an answer. Raises `ModelError` as `read_answer`, `APIError` for an error.

    A body that isn't JSON and has no text either is `unreadable`.
    """
    envelope = read_body(body)
    if envelope is None:
        raise _none("unreadable", "the service's answer is not JSON", None)
    if envelope.error is not None:
        raise api_error(envelope.error)
    return read_answer(envelope, key, without_key(headers.get(_TIER, ""), key))


def api_error(error: Mapping[str, Any]) -> errors.APIError:
    """Return an error found in an answer as if it had come with its status."""
    code = error.get("code")
    if type(code) is not int or not 400 <= code < 600:
        code = _CODES.get(str(error.get("status")), 500)
    kind = errors.ServerError if code >= 500 else errors.ClientError
    return kind(code, {"error": dict(error) | {"code": code}})


def read_answer(answer: Envelope, key: SecretStr, tier: str = "") -> ModelReply:
    """Read an answer; the key is removed in case it is echoed. tier: the one it was billed in.

    Raises `ModelError` if there is neither a usable text nor a call.
    """
    usage = answer.usage
    if answer.blocked:
        raise _none(
            "blocked",
            f"the service blocked the prompt ({shorten(answer.blocked, key)}); "
            "look for the cause in the examples shown or in the prompt templates",
            usage,
        )
    if not answer.candidates:
        raise _none("empty", "the service sent no answer (no candidates) and gave no reason", usage)
    finish = shorten(answer.finish, key)
    if finish == _ACCOUNT:
        raise _none(
            "access",
            f"the service has limited this account for its use ({finish}); see its policy, or "
            "use another key",
            usage,
            fatal=True,
        )
    if finish in WITHHELD:
        raise _none(
            "withheld",
            f"the service withheld the answer ({finish}); if it does so often, look for the cause "
            "in the examples shown or in the prompt templates",
            usage,
        )
    if not answer.text.strip() and not answer.calls:
        raise _none("empty", _why_empty(finish), usage, finish=finish)
    version = without_key(answer.version, key)
    # A key in an argument is removed from its JSON.
    calls = json.loads(without_key(dumps(list(answer.calls)).decode(), key)) if answer.calls else ()
    text = without_key(answer.text, key)
    return ModelReply(text, usage, finish, version, tier=tier, calls=tuple(calls))


def _none(
    kind: FaultKind,
    sentence: str,
    usage: Usage | None,
    *,
    fatal: bool = False,
    finish: str = "",
) -> ModelError:
    return ModelError(sentence, fatal=fatal, fault=Fault(kind, usage, finish=finish))


def _why_empty(finish: str) -> str:
    if finish in CUT:
        return "the answer is empty: the model spent its whole allowance on thinking (MAX_TOKENS)"
    return f"the answer is empty ({finish or 'no reason given'})"
