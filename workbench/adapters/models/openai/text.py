"""A language model behind an OpenAI-compatible server, asked in words: a judge, a repairer."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr

from workbench.adapters.models import Fault, FaultKind, ModelError, ModelReply, Prompt
from workbench.adapters.models.answering import AnswerError, nothing_saved
from workbench.adapters.models.openai.messages import text_of_chat
from workbench.adapters.models.openai.posting import Poster
from workbench.core.spending.usage import Usage, usage_told

_ENDS = {"length": "MAX_TOKENS"}
"""Reasons to end, as Gemini calls them."""


class ServerModel:
    """Asks a server; see the protocol `TextModel`. The form of the reply is left to the prompt: not
    every server takes a schema.

    url: with or without `/v1`. model: its name on the server; "" for its only one. timeout: seconds
    for one answer. Raises `InputError` for a bad address or key.
    """

    name = "server"

    def __init__(
        self, url: str, model: str, *, timeout: float = 600.0, key: SecretStr | None = None
    ) -> None:
        self._poster = Poster(url, timeout, key)
        # Without a name, answers from two servers must not count as one model's.
        self.model = model or self._poster.place
        self._asked = model or "default"
        self.notes: Sequence[str] = ()

    async def ask(self, prompt: Prompt) -> ModelReply:
        """Send one prompt, again while the server is busy. Raises `ModelError`, without the key."""
        question: dict[str, Any] = {
            "model": self._asked,
            "messages": [{"role": "user", "content": prompt.text}],
        }
        if prompt.max_output is not None:
            question["max_tokens"] = prompt.max_output
        faults: list[FaultKind] = []
        try:
            value = await self._poster.post(
                "chat/completions",
                question,
                arrived=prompt.arrived or nothing_saved,
                may_resend=prompt.may_resend,
                faults=faults,
            )
            return server_reply(value, tuple(faults))
        except AnswerError as error:
            kind = faults[-1] if faults else "other"
            failure = ModelError(
                str(error), fatal=error.fatal, fault=Fault(kind, faults=tuple(faults))
            )
        raise failure

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()


def server_reply(value: Any, faults: tuple[FaultKind, ...] = ()) -> ModelReply:
    """Read a server's answer. Raises `ModelError` if it has no text."""
    usage = _usage(value)
    try:
        text, finish = text_of_chat(value)
    except AnswerError as error:
        raise ModelError(str(error), fault=Fault("unreadable", usage)) from None
    finish = _ENDS.get(finish, finish.upper())
    if not text.strip():
        said = f"the server's answer contains no text ({finish or 'no reason given'})"
        raise ModelError(said, fault=Fault("empty", usage, finish=finish))
    version = value.get("model")
    version = version if isinstance(version, str) else ""
    return ModelReply(text, usage, finish, version, faults)


def read_server_body(body: bytes) -> ModelReply | None:
    """Read the body of an answer; None if it isn't a server's, or has no text."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or "choices" not in value:
        return None
    try:
        return server_reply(value)
    except ModelError:
        return None


def _usage(value: Any) -> Usage | None:
    """Return the tokens that a server counted; thinking is part of what it calls completion."""
    told = value.get("usage") if isinstance(value, dict) else None
    if not isinstance(told, dict):
        return None
    thinking = _detail(told, "completion_tokens_details", "reasoning_tokens")
    written = told.get("completion_tokens")
    output = written - thinking if isinstance(written, int) else written
    return usage_told(
        {
            "prompt": told.get("prompt_tokens", 0),
            "output": output or 0,
            "thinking": thinking,
            "cached": _detail(told, "prompt_tokens_details", "cached_tokens"),
        }
    )


def _detail(told: dict[str, Any], part: str, name: str) -> int:
    found = told.get(part)
    count = found.get(name) if isinstance(found, dict) else 0
    return count if isinstance(count, int) else 0
