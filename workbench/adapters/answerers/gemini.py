"""Gemini itself, asked what the fine-tuned models are asked: how good is the big model?"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from workbench.adapters.answerers import AnswerError, Given
from workbench.adapters.gemini.schema import reply_schema
from workbench.adapters.models import ModelError, Prompt, TextModel
from workbench.core.gold import Gold
from workbench.core.outputs.output import call_of
from workbench.core.samples import ToolCall

_OUTPUT = 9216
"""Tokens for an answer, most of them for thinking; a bound on what it may cost."""
_TASK = (
    "Answer with a JSON list of the calls that do what the driver asks, each an object with `name` "
    "and `arguments`, and with nothing else."
)


class Gemini:
    """Asks Gemini; see the protocol `Answerer`. The answer is held to the functions' schema."""

    source = "gemini"
    family = None

    def __init__(self, text_model: TextModel) -> None:
        self._text_model = text_model

    @property
    def model(self) -> str:
        """The model asked."""
        return self._text_model.model

    @property
    def notes(self) -> Sequence[str]:
        """What a user should know of what happened, in sentences."""
        return self._text_model.notes

    async def close(self) -> None:
        """Close the connections."""
        await self._text_model.close()

    async def answer(self, gold: Gold) -> Given:
        """Ask the model. Raises `AnswerError`."""
        try:
            reply = await self._text_model.ask(answer_prompt(gold))
        except ModelError as error:
            raise AnswerError(str(error), fatal=error.fatal) from None
        return _read(reply.text)


def answer_prompt(gold: Gold) -> Prompt:
    """Write what is asked: the record's messages and functions as one text, and the form."""
    functions = [tool["function"] for tool in gold.tools]
    *before, query = [str(message["content"]) for message in gold.messages]
    listed = json.dumps(functions, ensure_ascii=False)
    text = "\n\n".join([*before, listed, _TASK, f"The driver says: {query}"])
    answers: dict[str, Any] = reply_schema(functions)["items"]["properties"]["answers"]
    return Prompt(text + "\n", answers, max_output=_OUTPUT)


def _read(text: str) -> Given:
    try:
        items = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        items = None
    if not isinstance(items, list):
        return Given(text, (), (text,))
    calls: list[ToolCall] = []
    broken = []
    for item in items:
        try:
            calls.append(call_of(item))
        except ValueError:
            broken.append(json.dumps(item, ensure_ascii=False))
    return Given(text, tuple(calls), tuple(broken))
