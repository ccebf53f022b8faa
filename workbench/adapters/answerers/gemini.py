"""Gemini itself, asked what the fine-tuned models are asked: how good is the big model?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench.adapters.models import ChatPrompt, ModelError, Prompt, TextModel
from workbench.adapters.models.answering import AnswerError, Arrived, Given, nothing_saved
from workbench.adapters.models.openai.messages import given_of_calls, given_of_text
from workbench.adapters.models.schema import reply_schema
from workbench.adapters.prompts import EvaluationPrompts
from workbench.core.json.text import dumps
from workbench.core.training.gold import Gold

_OUTPUT = 9216
"""Tokens for an answer, most of them for thinking; a bound on what it may cost."""


_NO_CALL = ("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL")
"""Ends of answers that were to be a call and aren't one."""


class Gemini:
    """Asks Gemini; see the protocol `Answerer`.

    prompts: what it is asked, from the template in `prompts/`; the answer is held to the functions'
    schema. None to have it go on with conversations instead: it is given what was said and called,
    and what the car answered, in the service's own form, and calls the functions or says something.
    """

    source = "gemini"
    weights = ""
    family = None

    def __init__(self, text_model: TextModel, prompts: EvaluationPrompts | None) -> None:
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
            if self._prompts is None and (given := _wordless(error)):
                return given
            raise AnswerError(str(error), fatal=error.fatal) from None
        if self._prompts is None:
            return given_of_calls(reply.text, reply.calls)
        return given_of_text(reply.text)

    def prompt(self, gold: Gold) -> Prompt:
        """Write what is asked: the record's messages and functions, and the form of the answer."""
        if self._prompts is None:
            return _chat(gold)
        functions = [tool["function"] for tool in gold.tools]
        text = self._prompts.render(gold.messages, functions)
        # Records of the demo show no functions; the service refuses a choice of none.
        schema: dict[str, Any] = reply_schema(functions)["items"]["properties"]["answers"]
        return Prompt(text, schema if functions else None, max_output=_OUTPUT)


def _chat(gold: Gold) -> Prompt:
    system, *messages = gold.messages
    text = f"{system['content']}\n{dumps([gold.tools, messages]).decode()}"
    chat = ChatPrompt(system["content"], messages, gold.tools, gold.bodies)
    return Prompt(text, max_output=_OUTPUT, chat=chat)


def _wordless(error: ModelError) -> Given | None:
    """Return what a model gave that neither said nor called anything; None if it gave nothing."""
    fault = error.fault
    if fault.kind != "empty":
        return None
    if fault.finish in _NO_CALL:
        return Given(calls=(), broken=(fault.finish,))
    return Given(calls=()) if fault.finish == "STOP" else None
