"""Choose an engine, say why, and make it."""

import os
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from workbench.adapters.engines import Engine
from workbench.adapters.gemini import DEFAULT_MODEL
from workbench.adapters.models import ModelError, TextModel
from workbench.adapters.resources import resource
from workbench.adapters.secrets import FILE, VARIABLES, find_gemini_key
from workbench.core.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.policy import Policy

EngineName = Literal["auto", "offline", "gemini"]


@dataclass(frozen=True)
class EngineChoice:
    """The engine to use and, in words, why. key, model, base_url: for Gemini alone."""

    name: Literal["offline", "gemini"]
    reason: str
    key: SecretStr | None = None
    model: str | None = None
    base_url: str | None = None


def choose_engine(
    wanted: EngineName, *, model: str | None = None, base_url: str | None = None
) -> EngineChoice:
    """Choose Gemini where a key is found, else the offline engine; or the one that is asked for.

    Raises `InputError` where Gemini is asked for and there is no key.
    """
    if wanted == "offline":
        return EngineChoice("offline", "offline, as asked (no key, no network)")
    found = find_gemini_key()
    places = f"{FILE}, {', '.join(VARIABLES)}"
    if found is None:
        if wanted == "gemini":
            raise InputError(
                f"no Gemini key was found ({places}); put one there, or use --engine offline."
            )
        return EngineChoice("offline", f"offline, since no Gemini key was found ({places})")
    base_url = _checked_url(base_url or os.environ.get("GOOGLE_GEMINI_BASE_URL") or None)
    key, source = found
    why = "as asked" if wanted == "gemini" else f"since a key was found in {source}"
    return EngineChoice("gemini", f"gemini, {why}", key, model, base_url)


def _checked_url(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError(
            f"--base-url {url}: this is no address such as https://host:port "
            "(it may come from GOOGLE_GEMINI_BASE_URL)."
        )
    return url


def make_engine(choice: EngineChoice, catalog: Catalog, policy: Policy) -> Engine:
    """Make the chosen engine. Its module is imported here, for google-genai loads slowly.

    Raises `InputError` where the engine can do nothing with the catalogue.
    """
    if choice.name == "offline" or choice.key is None:
        from workbench.adapters.engines.offline import OfflineEngine
        from workbench.adapters.phrases import load_phrases

        phrases = load_phrases(resource("data") / "phrases")
        try:
            return OfflineEngine(catalog, policy, phrases)
        except ModelError as error:
            raise InputError(f"the offline engine cannot be used: {error}.") from None
    from workbench.adapters.engines.gemini import GeminiEngine

    return GeminiEngine(make_model(choice), catalog, policy)


def make_model(choice: EngineChoice) -> TextModel:
    """Make the language model of a choice, for whoever asks it in words: an engine, a judge.

    Raises `InputError` where the choice is the offline engine, which answers no questions.
    """
    if choice.key is None:
        raise InputError(f"a language model is needed, and the engine is {choice.reason}.")
    from workbench.adapters.gemini.client import GeminiModel

    model = choice.model or DEFAULT_MODEL
    return GeminiModel(choice.key, model=model, base_url=choice.base_url)
