"""What a judge or a repairer is asked, and by which model."""

from collections.abc import Mapping
from typing import Any

from workbench.adapters.config.secrets import FILE, VARIABLES
from workbench.adapters.models import Fault, ModelError, ModelOptions, Prompt
from workbench.adapters.models.schema import reply_schema
from workbench.adapters.prompts import Prompts
from workbench.adapters.templates.rendering import PromptError
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.judge.tasks import ReaderTemplate
from workbench.jobs.generating.engines import EngineChoice, choose_engine

_OUTPUT = 1024
"""Tokens for the answer about one sample: three times what it takes. Of a conversation, twice as
many.
"""
_THINKING = 8192
_OF_GEMINI = ("base_url", "service_tier", "thinking", "rpm", "tpm")


def reading_prompt(
    prompts: Prompts,
    template: ReaderTemplate,
    cases: list[dict[str, Any]],
    schema: Mapping[str, Any] | None,
) -> Prompt:
    """Write a prompt about some samples. The output limit bounds what the reply may cost.

    schema: of the reply, None to leave its form to the prompt.

    Raises `ModelError`, fatal, where a template is broken.
    """
    try:
        text = prompts.reading(template, cases)
    except PromptError as error:
        raise ModelError(str(error), fatal=True, fault=Fault("prompt")) from None
    each = _OUTPUT if template in ("judge", "repair") else 2 * _OUTPUT
    return Prompt(text, schema, max_output=_THINKING + each * len(cases))


def call_schema(catalog: Catalog) -> dict[str, Any]:
    """Return the JSON schema of a tool call of this catalogue."""
    schema = reply_schema(catalog.raw_functions)
    call: dict[str, Any] = schema["items"]["properties"]["answers"]["items"]
    return call


def reader_choice(task: str, options: ModelOptions, endpoint: str | None = None) -> EngineChoice:
    """Choose the model that reads samples. task: what it is to do, such as `judge`. endpoint: an
    OpenAI-compatible server's address, in place of Gemini.

    What no option says is taken from the settings. Raises `InputError` if there is no key: the
    offline engine cannot read; and for options that such a server doesn't have.
    """
    if endpoint is not None:
        for name in _OF_GEMINI:
            if getattr(options, name) is not None:
                raise InputError(
                    f"--{name.replace('_', '-')} is for Gemini; leave it out with --endpoint."
                )
        return EngineChoice("server", "a server, as asked", options=options, endpoint=endpoint)
    choice = choose_engine("auto", options=options)
    if choice.key is None:
        places = f"{FILE}, {', '.join(VARIABLES)}"
        raise InputError(
            f"to {task}, a language model must read the samples, and no Gemini key was found "
            f"({places}); put one there, or ask a server with `workbench {task} --endpoint`. The "
            f"offline engine cannot {task}."
        )
    return choice
