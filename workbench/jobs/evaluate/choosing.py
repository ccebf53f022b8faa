"""Choose what answers: a model folder, an endpoint, Gemini; made when it is needed."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from workbench.adapters.answerers import Answerer
from workbench.adapters.chat_templates import load_chat_template
from workbench.core.errors import InputError

KEY_VARIABLE = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class AnswererChoice:
    """What is to answer. model: a folder, or the name that the endpoint knows it by.

    raw: render the prompt here and read the text here. template: the model folder whose chat
    template is used for that; `model` itself where it is a folder.
    """

    model: str
    endpoint: str | None = None
    raw: bool = False
    template: Path | None = None
    max_tokens: int = 512
    timeout: float = 120.0


def make_answerer(choice: AnswererChoice) -> Answerer:
    """Make what answers. Raises `InputError` where it cannot be had."""
    from workbench.adapters.answerers.endpoint import Endpoint

    if choice.endpoint is None:
        raise InputError("name an --endpoint.")
    template = None
    if choice.raw:
        folder = choice.template or Path(choice.model)
        if not folder.is_dir():
            raise InputError(
                "--raw renders the prompt here: give --template FOLDER, the model's folder with "
                "its tokenizer and chat template."
            )
        template = load_chat_template(folder)
    key = os.environ.get(KEY_VARIABLE)
    return Endpoint(
        choice.endpoint,
        choice.model,
        template=template,
        max_tokens=choice.max_tokens,
        timeout=choice.timeout,
        key=SecretStr(key) if key else None,
    )
