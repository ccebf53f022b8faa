"""Gemini itself, asked what the fine-tuned models are asked: how good is the big model?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench.adapters.models import ModelError, Prompt, TextModel
from workbench.adapters.models.answering import AnswerError, Arrived, Given, nothing_saved
from workbench.adapters.models.openai.messages import given_of_text
from workbench.adapters.models.schema import reply_schema
from workbench.adapters.prompts import EvaluationPrompts
from workbench.core.training.gold import Gold

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

    async def answer(self, gold: Gold, arrived: Arrived = nothing_saved) -> Given:
        """Ask the model. Raises `AnswerError`; `InputError` if the template is broken."""
        try:
            reply = await self._text_model.ask(replace(self.prompt(gold), arrived=arrived))
        except ModelError as error:
            raise AnswerError(str(error), fatal=error.fatal) from None
        return given_of_text(reply.text)

    def prompt(self, gold: Gold) -> Prompt:
        """Write what is asked: the record's messages and functions, and the form of the answer."""
        functions = [tool["function"] for tool in gold.tools]
        text = self._prompts.render(gold.messages, functions)
        # Records of the demo show no functions; the service refuses a choice of none.
        schema: dict[str, Any] = reply_schema(functions)["items"]["properties"]["answers"]
        return Prompt(text, schema if functions else None, max_output=_OUTPUT)
