"""Read a server's or service's answer: its calls, wherever servers put them, and its text."""

import json
from collections.abc import Iterator
from typing import Any

from workbench.adapters.models.answering import AnswerError, Given
from workbench.adapters.models.gemini.envelope import read_body
from workbench.core.calls import read_calls
from workbench.core.samples import ToolCall
from workbench.core.training.outputs import detect_family, holds_calls, read_output

_PLACES = ("tool_calls", "function_call", "tool_call", "function_calls", "calls")
"""Where a message may have calls: the first is where they belong."""
_PARTS = ("tool_use", "tool_call", "function_call", "function")
"""Types of content parts that are calls."""
_KNOWN = frozenset({"role", "content", "refusal", "annotations", *_PLACES})


def read_answer(source: str, body: bytes, *, as_text: bool, chat: bool = False) -> Given:
    """Read the body of an answer. source: of `AnswersHead`. as_text: asked for in raw mode. chat:
    whether Gemini was asked to go on with a conversation, so that a text is what it says.

    Raises `AnswerError` for anything else.
    """
    if source == "gemini":
        answer = read_body(body)
        if chat and answer is not None and (answer.usable or answer.calls):
            return given_of_calls(answer.text, answer.calls)
        if answer is None or not answer.usable:
            raise AnswerError("the answer contains no text")
        return given_of_text(answer.usable)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise AnswerError("the server's answer is not JSON") from None
    return given_of_completion(value) if as_text else given_of_chat(value)


def given_of_text(text: str) -> Given:
    """Read the answer of a model that was asked for a JSON list of calls."""
    text = kept(text)
    calls, broken = read_calls(text)
    if not calls and holds_calls(text):
        found = read_output(text, detect_family(text) or "llama")
        calls, broken = found.calls, found.broken or broken
    return Given(text, calls, broken)


def given_of_calls(text: str, raw: Any) -> Given:
    """Read an answer whose calls came parsed. raw: the calls, possibly none."""
    calls, broken = _calls(list(raw))
    return Given(kept(text), calls, broken)


def given_of_completion(value: Any) -> Given:
    """Read an answer in raw mode: the text, for the reader of the model's family."""
    choice = _choice(value)
    return Given(text=_text(choice.get("text")))


def given_of_chat(value: Any) -> Given:
    """Read a chat answer. If the server left the calls in the text, only that is returned."""
    message = _message(value)
    content = message.get("content")
    text = _text(content)
    raw = next((message[place] for place in _PLACES if message.get(place)), None)
    raw = raw or [part for part in _parts(content) if part.get("type") in _PARTS]
    if not raw and holds_calls(text):
        return Given(text=text)
    calls, broken = _calls(raw) if raw else ((), ())
    elsewhere = () if raw or text.strip() else tuple(_elsewhere(message))
    return Given(text, calls, broken, elsewhere)


def text_of_chat(value: Any) -> tuple[str, str]:
    """Return what a chat answer says, and why it ended. Raises `AnswerError`."""
    text = _text(_message(value).get("content"))
    choices = value.get("choices")
    finish = choices[0].get("finish_reason") if choices else None
    return text, finish if isinstance(finish, str) else ""


def kept(text: str) -> str:
    """Return a text that a file can store, without half characters."""
    return text.encode(errors="replace").decode()


def _message(value: Any) -> dict[str, Any]:
    if (
        isinstance(value, dict)
        and "choices" not in value
        and isinstance(value.get("message"), dict)
    ):
        return dict(value["message"])  # Ollama's own interface
    choice = _choice(value)
    message = choice.get("message") or choice.get("delta")
    if message is None and isinstance(choice.get("text"), str):
        return {"content": choice["text"]}
    if not isinstance(message, dict):
        raise AnswerError("the server's answer has no message")
    return message


def _choice(value: Any) -> dict[str, Any]:
    choices = value.get("choices") if isinstance(value, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise AnswerError("the server's answer has no choices")
    return choices[0]


def _parts(content: Any) -> Iterator[dict[str, Any]]:
    yield from (
        (part for part in content if isinstance(part, dict)) if isinstance(content, list) else ()
    )


def _text(content: Any) -> str:
    if isinstance(content, list):  # in parts, as from some servers
        content = "".join(str(part.get("text") or "") for part in _parts(content))
    return kept(content) if isinstance(content, str) else ""


def _calls(raw: Any) -> tuple[tuple[ToolCall, ...], tuple[str, ...]]:
    calls, broken = read_calls(raw)
    return calls, tuple(kept(one) for one in broken)


def _elsewhere(message: dict[str, Any]) -> Iterator[str]:
    """Name the places in a message without calls and text that contain something else."""
    for name, value in message.items():
        if name not in _KNOWN and isinstance(value, str | list | dict) and value:
            yield kept(name)[:40]
