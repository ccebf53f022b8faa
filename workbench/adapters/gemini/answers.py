"""Read the service's answers: the text, the tokens, why it ended, or why there is none."""

import warnings
from typing import Any

from google.genai import types

from workbench.adapters.models import Fault, ModelError, Reply
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
}
"""Reasons by which the service disowns the text it may have begun."""


def read_answer(response: types.GenerateContentResponse) -> Reply:
    """Read an answer. Raises `ModelError` where there is no text that may be used."""
    usage = _usage(response.usage_metadata)
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise ModelError(
            f"the service blocked the prompt ({_value(feedback.block_reason)}); "
            "look for the cause in the examples shown or in the prompt templates",
            fault=Fault("blocked", usage),
        )
    if not response.candidates:
        raise ModelError(
            "the service sent no answer (no candidates) and gave no reason",
            fault=Fault("empty", usage),
        )
    candidate = response.candidates[0]
    finish = _value(candidate.finish_reason)
    parts = (candidate.content.parts if candidate.content else None) or []
    text = "".join(part.text for part in parts if part.text and not part.thought)
    if finish in _WITHHELD:
        raise ModelError(
            f"the service withheld the answer ({finish})", fault=Fault("withheld", usage)
        )
    if not text.strip():
        raise ModelError(_why_empty(finish), fault=Fault("empty", usage))
    return Reply(text, usage, finish, response.model_version or "")


def _value(reason: Any) -> str:
    return str(getattr(reason, "value", reason) or "")


def _why_empty(finish: str) -> str:
    if finish == "MAX_TOKENS":
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
