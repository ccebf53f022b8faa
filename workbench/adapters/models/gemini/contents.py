"""A conversation in the service's own form: contents with calls and their results as parts.

A model's earlier answers go back as they came: newer models sign their calls, and refuse to go on
without the signature.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.adapters.models.gemini.envelope import parts_of
from workbench.core.json.text import dumps

UNSIGNED = "skip_thought_signature_validator"
"""The signature that the service takes for calls that it didn't make itself."""

ChatContent = dict[str, Any]
"""Something said: the role `user` or `model`, and parts."""


def chat_contents(
    messages: Iterable[Mapping[str, Any]], bodies: Sequence[str] = (), *, signed: bool = True
) -> list[ChatContent]:
    """Return a record's messages, without the developer's, as contents.

    bodies: those of the answers that the assistant's messages come from, as far as known, in their
    order. signed: whether the model signs its calls, so that others need a signature, too.
    """
    contents: list[ChatContent] = []
    earlier = iter(bodies)
    ids: dict[str, str] = {}
    for message in messages:
        role = message["role"]
        if role == "user":
            contents.append({"role": "user", "parts": [{"text": message["content"]}]})
        elif role == "assistant":
            calls = message.get("tool_calls", ())
            parts = _own(next(earlier, ""), calls) or _made(message, signed=signed)
            if parts:
                contents.append({"role": "model", "parts": parts})
            own = (part["functionCall"] for part in parts if "functionCall" in part)
            for call, one in zip(calls, own, strict=True):
                ids[call.get("id", "")] = one.get("id", "")
        elif role == "tool":
            part = _result(message, ids.get(message["tool_call_id"], ""))
            last = contents[-1]["parts"]
            if "functionResponse" in last[0]:
                last.append(part)  # calls of one content are answered in one
            else:
                contents.append({"role": "user", "parts": [part]})
    return contents


def _own(body: str, calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the parts of an answer, if the calls in it are the ones that were run; else none."""
    try:
        parts = parts_of(json.loads(body)) if body else []
    except (ValueError, RecursionError):
        return []
    kept = ("text", "functionCall", "thoughtSignature")
    own = [{key: part[key] for key in kept if key in part} for part in parts]
    made = [part["functionCall"] for part in own if "functionCall" in part]
    run = [call["function"] for call in calls]
    same = len(made) == len(run) and all(
        isinstance(one, dict)
        and one.get("name") == call["name"]
        and dumps(one.get("args") or {}, sort_keys=True) == dumps(call["arguments"], sort_keys=True)
        for one, call in zip(made, run, strict=True)
    )
    return [part for part in own if part.get("text") or "functionCall" in part] if same else []


def _made(message: Mapping[str, Any], *, signed: bool) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if message.get("content"):
        parts.append({"text": message["content"]})
    for number, call in enumerate(message.get("tool_calls", ())):
        function = call["function"]
        made = {"name": function["name"], "args": function["arguments"]}
        # Of calls that are made together, the first is signed for all.
        sign = {"thoughtSignature": UNSIGNED} if signed and not number else {}
        parts.append({"functionCall": made, **sign})
    return parts


def _result(message: Mapping[str, Any], ident: str) -> dict[str, Any]:
    try:
        response = json.loads(message["content"])
    except (ValueError, RecursionError):
        response = None
    if not isinstance(response, dict):
        response = {"output": message["content"]}
    known = {"id": ident} if ident else {}
    return {"functionResponse": {"name": message["name"], "response": response, **known}}
