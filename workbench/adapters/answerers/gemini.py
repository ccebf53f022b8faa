"""Gemini itself, asked what the fine-tuned models are asked: how good is the big model?"""

import json
from collections.abc import Sequence
from typing import Any

from workbench.adapters.answerers import AnswerError, Given
from workbench.adapters.gemini.schema import reply_schema
from workbench.adapters.models import ModelError, Prompt, TextModel
from workbench.adapters.prompts import EvaluationPrompts
from workbench.core.gold import Gold
from workbench.core.outputs.output import parsed_call
from workbench.core.samples import ToolCall

_OUTPUT = 9216
"""Tokens for an answer, most of them for thinking; a bound on what it may cost."""


class Gemini:
    """Asks Gemini; see the protocol `Answerer`. The answer is held to the functions' schema.

    prompts: what it is asked, from the template in `prompts/`.
    """

    source = "gemini"
    weights = ""
    family = None

    def __init__(self, text_model: TextModel, prompts: EvaluationPrompts) -> None:
        self._text_model = text_model
        self._prompts = prompts

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
        """Ask the model. Raises `AnswerError`; `InputError` where the template is broken."""
        try:
            reply = await self._text_model.ask(self.prompt(gold))
        except ModelError as error:
            raise AnswerError(str(error), fatal=error.fatal) from None
        return _read(reply.text)

    def prompt(self, gold: Gold) -> Prompt:
        """Write what is asked: the record's messages and functions, and the form of the answer."""
        functions = [tool["function"] for tool in gold.tools]
        text = self._prompts.render(gold.messages, functions)
        # Records of the demo show no functions; the service refuses a choice of none.
        schema: dict[str, Any] = reply_schema(functions)["items"]["properties"]["answers"]
        return Prompt(text, schema if functions else None, max_output=_OUTPUT)


def _read(text: str) -> Given:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = None
    # Halves of characters cannot be kept in a file.
    text = text.encode(errors="replace").decode()
    if not isinstance(items, list):
        return Given(text, (), (text,))
    calls: list[ToolCall] = []
    broken = []
    for item in items:
        try:
            calls.append(parsed_call(item))
        except ValueError:
            broken.append(json.dumps(item))
    return Given(text, tuple(calls), tuple(broken))
