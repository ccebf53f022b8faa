"""The service: can it be reached, does it take the key, does it know the model, does a prompt fit.

It lists models and counts tokens, which costs nothing.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

from rapidfuzz import process

from workbench.adapters.config.secrets import SecretsError
from workbench.adapters.models import ModelError, ModelOptions
from workbench.core.errors import InputError
from workbench.jobs.doctor.check import Check, of_error
from workbench.jobs.generating.engines import choose_engine

NAME = "service"
PATIENCE = 20.0
"""Seconds for each call: who looks for what is amiss does not wait for it to pass."""

_LATER = "see whether this machine is online, through a proxy perhaps (HTTPS_PROXY); or try later"


async def check_service(
    model: str | None, base_url: str | None, prompt: str, offline: bool
) -> AsyncIterator[Check]:
    """Ask the service. prompt: the longest that is going to be sent, "" if there is none."""
    if offline:
        yield Check(NAME, "ok", "not asked (--offline)")
        return
    try:
        choice = choose_engine("auto", options=ModelOptions(model=model, base_url=base_url))
    except SecretsError:
        return  # told already, with the key
    except InputError as error:
        yield of_error(NAME, error)
        return
    if choice.key is None:
        yield Check(NAME, "ok", "not asked: there is no key")
        return
    # Imported here: google-genai loads slowly.
    from workbench.adapters.models.gemini.account import list_models
    from workbench.adapters.models.gemini.client import GeminiModel
    from workbench.adapters.models.retry import Retry

    try:
        asked = GeminiModel(
            choice.key,
            model=choice.model,
            base_url=choice.base_url,
            timeout=PATIENCE,
            retry=Retry(sends=1),
        )
    except InputError as error:
        yield of_error(NAME, error)
        return
    try:
        models = await list_models(asked)
        yield Check(NAME, "ok", f"{asked.place} answers and takes the key")
        wanted = asked.model.removeprefix("models/")
        info = models.get(wanted)
        if info is None:
            yield _unknown(wanted, list(models))
            return
        limits = f"{info.input_limit:,} tokens in, {info.output_limit:,} out"
        yield Check("model", "ok", f"{wanted}: {limits}")
        if prompt:
            yield _fits(wanted, await asked.count_tokens(prompt), info.input_limit)
    except ModelError as error:
        check = of_error(NAME, error)
        yield check if check.remedy else replace(check, remedy=_LATER)
    finally:
        await asked.close()


def _unknown(wanted: str, known: list[str]) -> Check:
    near = [name for name, *_ in process.extract(wanted, known, limit=3, score_cutoff=60)]
    names = ", ".join(near or known[:5])
    remedy = f"choose another with --model: {names}" if names else "allow it in the key's project"
    return Check("model", "problem", f"the key may not use {wanted}", remedy)


def _fits(model: str, tokens: int, limit: int) -> Check:
    said = f"the longest request is {tokens:,} tokens, {model} takes {limit:,}"
    if limit and tokens > limit:
        remedy = "choose another --model, or shorten the templates in prompts/"
        return Check("request", "problem", said, remedy)
    return Check("request", "ok", said)
