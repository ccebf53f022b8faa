"""Read the service's answers: the text, the tokens, why it ended, or why there is none."""

import warnings
from typing import Any

from google.genai import types
from pydantic import SecretStr

from workbench.adapters.gemini.faults import shorten, without_key
from workbench.adapters.models import CUT, Fault, FaultKind, ModelError, Reply
from workbench.core.usage import Usage

# A reason newer than the client is passed on in `Reply.finish`; the client's warning of it would
# only tear the screen.
warnings.filterwarnings("ignore", message=".* is not a valid (FinishReason|BlockedReason)")

_WITHHELD = {
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

_ACCOUNT = "PUP_LIMITED_DISABLED"
"""The account breaks the service's prohibited-use policy: nothing more will be answered."""

_TIER = "x-gemini-service-tier"


def read_answer(response: types.GenerateContentResponse, key: SecretStr) -> Reply:
    """Read an answer; the key is taken out of it, should it be echoed.

    Raises `ModelError` where there is no text that may be used.
    """
    usage = _usage(response.usage_metadata)
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise _none(
            "blocked",
            f"the service blocked the prompt ({_value(feedback.block_reason, key)}); "
            "look for the cause in the examples shown or in the prompt templates",
            usage,
        )
    if not response.candidates:
        raise _none("empty", "the service sent no answer (no candidates) and gave no reason", usage)
    candidate = response.candidates[0]
    finish = _value(candidate.finish_reason, key)
    if finish == _ACCOUNT:
        raise _none(
            "access",
            f"the service has limited this account for its use ({finish}); see its policy, or "
            "use another key",
            usage,
            fatal=True,
        )
    if finish in _WITHHELD:
        raise _none(
            "withheld",
            f"the service withheld the answer ({finish}); if it does so often, look for the cause "
            "in the examples shown or in the prompt templates",
            usage,
        )
    parts = (candidate.content.parts if candidate.content else None) or []
    text = "".join(part.text for part in parts if part.text and not part.thought)
    if not text.strip():
        raise _none("empty", _why_empty(finish), usage, finish=finish)
    version = without_key(response.model_version or "", key)
    headers = (response.sdk_http_response.headers if response.sdk_http_response else None) or {}
    tier = without_key(headers.get(_TIER, ""), key)
    return Reply(without_key(text, key), usage, finish, version, tier=tier)


def _none(
    kind: FaultKind,
    sentence: str,
    usage: Usage | None,
    *,
    fatal: bool = False,
    finish: str = "",
) -> ModelError:
    return ModelError(sentence, fatal=fatal, fault=Fault(kind, usage, finish=finish))


def _value(reason: Any, key: SecretStr) -> str:
    return shorten(getattr(reason, "value", reason), key)


def _why_empty(finish: str) -> str:
    if finish in CUT:
        return "the answer is empty: the model spent its whole allowance on thinking (MAX_TOKENS)"
    return f"the answer is empty ({finish or 'no reason given'})"


def _usage(counted: types.GenerateContentResponseUsageMetadata | None) -> Usage | None:
    if counted is None:
        return None
    return Usage(
        prompt=counted.prompt_token_count or 0,
        output=counted.candidates_token_count or 0,
        thinking=counted.thoughts_token_count or 0,
        cached=counted.cached_content_token_count or 0,
    )
