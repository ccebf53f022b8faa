"""A model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, transformers serve.

Calls come as parsed by the server. Some servers' parsers lose values, so in raw mode the prompt is
rendered here, the text comes back with its special tokens, and our own parser reads it.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import starmap
from typing import Any

from pydantic import SecretStr

from workbench.adapters.models.answering import AnswerError, Arrived, Given, nothing_saved
from workbench.adapters.models.openai.messages import given_of_chat, given_of_completion
from workbench.adapters.models.openai.posting import Poster
from workbench.adapters.templates.chat import ChatTemplate
from workbench.core.errors import InputError
from workbench.core.text.plain import visible
from workbench.core.training.chat import chat_tools, server_messages
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import STOPS, Family


class Endpoint:
    """Asks a server; see the protocol `Answerer`.

    url: with or without `/v1`. model: its name on the server; "" for its only one. template:
    renders the prompt for raw mode; None for calls as parsed by the server. max_tokens: of an
    answer. timeout: seconds for one answer. temperature: 0 for the likeliest. Raises `InputError`
    for a bad address or key.
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
        temperature: float = 0.0,
        key: SecretStr | None = None,
    ) -> None:
        self._poster = Poster(url, timeout, key)
        # Without a name, answers from two servers must not count as one model's.
        self.model = model or self._poster.place
        self._asked = model or "default"
        self._dialogs = False
        self._elsewhere: Counter[str] = Counter()
        self._template = template
        self._max_tokens = max_tokens
        self._temperature = temperature or 0

    @property
    def notes(self) -> Sequence[str]:
        """What a user should know about what happened, in sentences."""
        cautions = self._template.cautions(dialogs=self._dialogs) if self._template else ()
        return [*cautions, *starmap(_elsewhere_words, self._elsewhere.most_common(3))]

    @property
    def family(self) -> Family | None:
        """How the model writes calls, known only in raw mode."""
        return self._template.family if self._template else None

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    async def answer(self, gold: Gold, arrived: Arrived = nothing_saved) -> Given:
        """Ask the server. Raises `AnswerError`."""
        common = {
            "model": self._asked,
            "temperature": self._temperature,
            "max_tokens": self._max_tokens,
        }
        self._dialogs = self._dialogs or gold.goes_on
        if self._template is not None:
            question = {**common, **_raw(self._template, gold)}
            reply = await self._poster.post("completions", question, raw=True, arrived=arrived)
            return given_of_completion(reply)
        messages = server_messages(gold.messages)
        question = {**common, "messages": messages, "tools": chat_tools(gold.tools)}
        reply = await self._poster.post("chat/completions", question, arrived=arrived)
        given = given_of_chat(reply)
        self._elsewhere.update(given.elsewhere)
        return given


def _elsewhere_words(place: str, count: int) -> str:
    answers = "1 answer has" if count == 1 else f"{count:,} answers have"
    return (
        f"{answers} neither a call nor text, but something under “{visible(place)}”, where calls "
        f"aren't looked for; the answers file has it as received"
    )


def _raw(template: ChatTemplate, gold: Gold) -> dict[str, Any]:
    """Return the request in raw mode, keeping special tokens for vLLM, SGLang and llama.cpp.

    Servers add the tokenizer's start of text themselves, so the template's is removed.
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
