"""A model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, transformers serve.

Calls come as the server parsed them. Some servers' parsers lose values, so in raw mode the prompt
is rendered here, the text comes back with its special tokens, and our own parser reads it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
from pydantic import SecretStr

from workbench.adapters.answerers import AnswerError, Given
from workbench.adapters.chat_templates import ChatTemplate
from workbench.core.chat import chat_messages, chat_tools
from workbench.core.gold import Gold
from workbench.core.outputs import STOPS, Family, detect_family
from workbench.core.outputs.output import call_of
from workbench.core.samples import ToolCall

_TRIES = 4
_BUSY = (408, 429, 500, 502, 503, 504)
_SHOWN = 200


class Endpoint:
    """Asks a server; see the protocol `Answerer`.

    url: with or without `/v1`. template: renders the prompt for raw mode; None for calls as the
    server parses them. max_tokens: of an answer. timeout: seconds for one answer.
    """

    source = "endpoint"
    notes = ()

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
        self.model = model
        self._url = url.rstrip("/").removesuffix("/v1") + "/v1"
        self._template = template
        self._max_tokens = max_tokens
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._client = httpx2.AsyncClient(timeout=timeout, headers=headers)

    @property
    def family(self) -> Family | None:
        """How the model writes calls, known in raw mode alone."""
        return self._template.family if self._template else None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def answer(self, gold: Gold) -> Given:
        """Ask the server. Raises `AnswerError`."""
        common = {"model": self.model, "temperature": 0, "max_tokens": self._max_tokens}
        if self._template is not None:
            reply = await self._post("completions", {**common, **_raw(self._template, gold)})
            return Given(text=_text(_choice(reply).get("text")))
        messages = chat_messages(gold.messages, None)
        body = {**common, "messages": messages, "tools": chat_tools(gold.tools)}
        message = _choice(await self._post("chat/completions", body)).get("message") or {}
        text = _text(message.get("content"))
        calls = message.get("tool_calls") or []
        if not calls and detect_family(text):
            return Given(text=text)  # the server leaves the calls in the text
        whole, broken = _calls(calls)
        return Given(text, whole, broken)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(2.0 ** (attempt - 1))
            try:
                response = await self._client.post(f"{self._url}/{path}", json=body)
            except httpx2.TimeoutException:
                failure = AnswerError("the server gave no answer in time")
                continue
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                failure = AnswerError(
                    f"the server at {self._url} cannot be reached ({type(error).__name__}); "
                    "start it, or correct --endpoint",
                    fatal=True,
                )
                continue
            if response.status_code not in _BUSY:
                return _body(response, raw=self._template is not None)
            failure = AnswerError(f"the server failed ({response.status_code})")
        raise failure


def _raw(template: ChatTemplate, gold: Gold) -> dict[str, Any]:
    """Give what is asked in raw mode, special tokens kept as vLLM, SGLang and llama.cpp want it.

    Servers begin a text as the model's tokenizer does, so what the template wrote of that goes.
    """
    prompt = template.prompt(gold)
    return {
        "prompt": prompt.removeprefix(template.bos),
        "stop": list(STOPS[template.family]),
        "skip_special_tokens": False,
        "special": True,
    }


def _body(response: httpx2.Response, *, raw: bool) -> Any:
    status = response.status_code
    if status >= 400:
        said = " ".join(response.text.split())[:_SHOWN]
        unable = raw and status == 422
        hint = "; it cannot keep special tokens, so leave --raw out" if unable else ""
        raise AnswerError(
            f"the server refuses the question ({status}: {said}){hint}",
            fatal=unable or status in (401, 403, 404),
        )
    try:
        return response.json()
    except ValueError:
        raise AnswerError("the server's answer is no JSON") from None


def _choice(reply: Any) -> dict[str, Any]:
    choices = reply.get("choices") if isinstance(reply, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise AnswerError("the server's answer has no choices")
    return choices[0]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _calls(raw: Any) -> tuple[tuple[ToolCall, ...], tuple[str, ...]]:
    calls, broken = [], []
    for item in raw if isinstance(raw, list) else [raw]:
        try:
            calls.append(call_of(item))
        except ValueError:
            broken.append(str(item))
    return tuple(calls), tuple(broken)
