"""The service: can it be reached, does it accept the key, know the model, and does a prompt fit?

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
"""Seconds for each call: when looking for a fault, nobody wants to wait for it to pass."""

_LATER = "check that this machine is online, perhaps through a proxy (HTTPS_PROXY), or try later"


async def check_service(
    model: str | None, base_url: str | None, prompt: str, offline: bool
) -> AsyncIterator[Check]:
    """Ask the service. prompt: the longest that will be sent, "" if there isn't one."""
    if offline:
        yield Check(NAME, "ok", "not asked (--offline)")
        return
    try:
        choice = choose_engine("auto", options=ModelOptions(model=model, base_url=base_url))
    except SecretsError:
        return  # already reported, with the key
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
        yield Check(NAME, "ok", f"{asked.place} answers and accepts the key")
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
    return Check("model", "problem", f"the key isn't allowed to use {wanted}", remedy)


def _fits(model: str, tokens: int, limit: int) -> Check:
    said = f"the longest request is {tokens:,} tokens, {model} takes {limit:,}"
    if limit and tokens > limit:
        remedy = "choose another --model, or shorten the templates in prompts/"
        return Check("request", "problem", said, remedy)
    return Check("request", "ok", said)
