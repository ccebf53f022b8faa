"""A model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, transformers serve.

Calls come as the server parsed them. Some servers' parsers lose values, so in raw mode the prompt
is rendered here, the text comes back with its special tokens, and our own parser reads it.
"""

import json
from typing import Any

from pydantic import SecretStr

from workbench.adapters.answerers import AnswerError, Given
from workbench.adapters.answerers.posting import Poster
from workbench.adapters.chat_templates import ChatTemplate
from workbench.core.chat import chat_messages, chat_tools
from workbench.core.errors import InputError
from workbench.core.gold import Gold
from workbench.core.outputs import STOPS, Family, detect_family
from workbench.core.outputs.llama import starts_call
from workbench.core.outputs.output import parsed_call
from workbench.core.samples import ToolCall


class Endpoint:
    """Asks a server; see the protocol `Answerer`.

    url: with or without `/v1`. model: as the server names it; "" for the only one it has.
    template: renders the prompt for raw mode; None for calls as the server parses them.
    max_tokens: of an answer. timeout: seconds for one answer. Raises `InputError` for an address
    or a key that is none.
    """

    source = "endpoint"
    weights = ""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        template: ChatTemplate | None = None,
        max_tokens: int = 512,
        timeout: float = 120.0,
        key: SecretStr | None = None,
    ) -> None:
        self._poster = Poster(url, timeout, key)
        # Without a name, answers of two servers must not be taken for those of one model.
        self.model = model or self._poster.place
        self._asked = model or "default"
        self.notes = template.cautions if template else ()
        self._template = template
        self._max_tokens = max_tokens

    @property
    def family(self) -> Family | None:
        """How the model writes calls, known in raw mode alone."""
        return self._template.family if self._template else None

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    async def answer(self, gold: Gold) -> Given:
        """Ask the server. Raises `AnswerError`."""
        common = {"model": self._asked, "temperature": 0, "max_tokens": self._max_tokens}
        if self._template is not None:
            reply = await self._poster.post(
                "completions", {**common, **_raw(self._template, gold)}, raw=True
            )
            return Given(text=_text(_choice(reply).get("text")))
        messages = chat_messages(gold.messages, None)
        body = {**common, "messages": messages, "tools": chat_tools(gold.tools)}
        message = _choice(await self._poster.post("chat/completions", body)).get("message")
        if not isinstance(message, dict):
            raise AnswerError("the server's answer has no message")
        text = _text(message.get("content"))
        calls = message.get("tool_calls") or []
        if not calls and (detect_family(text) or starts_call(text)):
            return Given(text=text)  # the server leaves the calls in the text
        whole, broken = _calls(calls)
        return Given(text, whole, broken)


def _raw(template: ChatTemplate, gold: Gold) -> dict[str, Any]:
    """Give what is asked in raw mode, special tokens kept as vLLM, SGLang and llama.cpp want it.

    Servers begin a text as the model's tokenizer does, so what the template wrote of that goes.
    """
    try:
        prompt = template.prompt(gold)
    except InputError as error:
        raise AnswerError(str(error)) from None
    return {
        "prompt": prompt.removeprefix(template.bos),
        "stop": list(STOPS[template.family]),
        "skip_special_tokens": False,
        "special": True,
    }


def _choice(reply: Any) -> dict[str, Any]:
    choices = reply.get("choices") if isinstance(reply, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise AnswerError("the server's answer has no choices")
    return choices[0]


def _text(value: Any) -> str:
    if isinstance(value, list):  # in parts, as some servers give it
        value = "".join(str(part.get("text") or "") for part in value if isinstance(part, dict))
    # Halves of characters cannot be kept in a file.
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _calls(raw: Any) -> tuple[tuple[ToolCall, ...], tuple[str, ...]]:
    calls, broken = [], []
    for item in raw if isinstance(raw, list) else [raw]:
        try:
            calls.append(parsed_call(item))
        except ValueError:
            broken.append(_text(json.dumps(item, ensure_ascii=False)))
    return tuple(calls), tuple(broken)
