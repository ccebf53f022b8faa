"""Records as chat: tools and messages as servers and templates want them."""

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.core.json.text import dumps
from workbench.core.training.outputs import Family

TRIGGER = "You are a model that can do function calling with the following functions"
"""The sentence that ends a developer's message. FunctionGemma was trained on it without a full
stop.
"""

_KEEP_DEVELOPER: tuple[Family, ...] = ("gemma4", "functiongemma")
"""Families whose templates render the developer's message; others drop it, or refuse it."""


def chat_messages(
    messages: Iterable[Mapping[str, Any]], family: Family | None
) -> list[dict[str, Any]]:
    """Return a record's messages with the roles that a family's template knows.

    The developer's message becomes the system's for all but Gemma. Calls get the type that
    templates look for, and an empty content, without which some fail. What only says how a message
    is learnt (`weight`) is left out.
    """
    given = []
    for message in messages:
        one = {key: value for key, value in message.items() if key != "weight"}
        if one["role"] == "developer" and family not in _KEEP_DEVELOPER:
            one["role"] = "system"
        if family == "functiongemma" and message["role"] == "developer":
            one["content"] = one["content"].rstrip().removesuffix(".")
        if "tool_calls" in one:
            one["tool_calls"] = [{"type": "function", **call} for call in one["tool_calls"]]
            one.setdefault("content", "")
        given.append(one)
    return given


def server_messages(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a record's messages as OpenAI's interface has them: arguments are a text of JSON."""
    given = chat_messages(messages, None)
    for message in given:
        if "tool_calls" in message:
            message["tool_calls"] = [
                {**call, "function": _as_text(call["function"])} for call in message["tool_calls"]
            ]
    return given


def _as_text(function: Mapping[str, Any]) -> dict[str, Any]:
    return {**function, "arguments": dumps(function["arguments"]).decode()}


def chat_tools(tools: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a record's tools as OpenAI's interface has them: typed, with JSON Schema's type names.

    Catalogues write OBJECT and STRING, as Google's interface does, which servers refuse.
    """
    return [{"type": "function", "function": _lowered(tool["function"])} for tool in tools]


def _lowered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: inner.lower() if key == "type" and isinstance(inner, str) else _lowered(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_lowered(inner) for inner in value]
    return value
