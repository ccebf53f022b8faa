"""Choose an engine, say why, and make it."""

import os
import re
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import SecretStr

from workbench.adapters.config.secrets import FILE, VARIABLES, exposure, find_gemini_key, server_key
from workbench.adapters.config.settings import load_settings
from workbench.adapters.files.resources import resource
from workbench.adapters.models import ModelError, ModelOptions, ServiceTier, TextModel
from workbench.adapters.models.engine import Engine
from workbench.adapters.models.web import gemini_address
from workbench.core.car.catalog import Catalog
from workbench.core.car.policy import Policy
from workbench.core.errors import InputError
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.core.grammar import Phrasebook

EngineName = Literal["auto", "offline", "gemini"]

_UNSET = ModelOptions()
_MODEL = re.compile(r"(?:models/|tunedModels/)?(?!.*\.\.)\w[\w.@-]*", re.ASCII)
_SERVER_TIMEOUT = 600.0
"""Seconds for an answer of a server that you run, about several samples at once."""
_LEAST = {"timeout": 1, "rpm": 1, "tpm": 1, "workers": 1}


@dataclass(frozen=True)
class EngineChoice:
    """The engine to use and, in words, why. key, options: only for Gemini. endpoint: only for an
    OpenAI-compatible server, which reads samples and writes none.

    notes: what a user should know beforehand, in sentences.
    """

    name: Literal["offline", "gemini", "server"]
    reason: str
    key: SecretStr | None = None
    options: ModelOptions = _UNSET
    notes: tuple[str, ...] = ()
    endpoint: str = ""

    @property
    def model(self) -> str | None:
        """The model asked for, None for the usual one."""
        return self.options.model

    @property
    def tier(self) -> ServiceTier:
        """The service's tier, for the price."""
        return self.options.service_tier or "standard"

    @property
    def base_url(self) -> str | None:
        """Another address of the service."""
        return self.options.base_url


def choose_engine(
    wanted: EngineName,
    *,
    model: str | None = None,
    base_url: str | None = None,
    options: ModelOptions = _UNSET,
) -> EngineChoice:
    """Choose Gemini if a key is found, otherwise the offline engine; or the one asked for.

    model, base_url: the same as in `options`. Missing options are taken from the settings. Raises
    `InputError` if Gemini is asked for without a key, and for unusable options.
    """
    options = replace(options, model=model or options.model, base_url=base_url or options.base_url)
    for name, least in _LEAST.items():
        number = getattr(options, name)
        if number is not None and not number >= least:
            raise InputError(f"--{name} {number:g}: it must be {least} or more.")
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
    key, source = found
    why = "as asked" if wanted == "gemini" else f"since a key was found in {source}"
    warning = "" if source in VARIABLES else exposure(Path(source))
    notes = (warning,) if warning else ()
    return EngineChoice("gemini", f"gemini, {why}", key, _filled(options), notes)


def _filled(options: ModelOptions) -> ModelOptions:
    """Fill in missing options from the settings and the environment."""
    settings = load_settings().gemini.model_dump()
    known = {field.name for field in fields(options) if getattr(options, field.name) is not None}
    options = replace(options, **{k: v for k, v in settings.items() if k not in known})
    url = options.base_url or os.environ.get("GOOGLE_GEMINI_BASE_URL") or None
    if url is not None:
        gemini_address(url)
    if options.model is not None and not _MODEL.fullmatch(options.model):
        raise InputError(
            f"--model {visible(options.model[:60])}: this is not the name of a model, "
            "such as gemini-flash-latest (it may come from the settings)."
        )
    return replace(options, base_url=url)


def make_engine(choice: EngineChoice, catalog: Catalog, policy: Policy) -> Engine:
    """Make the chosen engine. Its module is imported here because google-genai loads slowly.

    Raises `InputError` if the engine can do nothing with the catalogue.
    """
    if choice.name == "offline" or choice.key is None:
        from workbench.adapters.engines.offline import OfflineEngine
        from workbench.adapters.vehicle.phrases import load_phrases

        phrases = load_phrases(resource("data") / "phrases")
        try:
            return OfflineEngine(catalog, policy, phrases)
        except ModelError as error:
            raise InputError(f"the offline engine can't be used: {error}.") from None
    from workbench.adapters.engines.gemini import GeminiEngine

    def words() -> "Phrasebook":
        from workbench.adapters.vehicle.phrases import load_phrases

        return load_phrases(resource("data") / "phrases")

    thinking = choice.options.thinking
    return GeminiEngine(make_model(choice), catalog, policy, phrases=words, thinking=thinking)


def make_model(choice: EngineChoice) -> TextModel:
    """Make the language model of a choice, for callers that ask it in words: an engine, a judge.

    Raises `InputError` if the choice is the offline engine, which answers no questions.
    """
    if choice.endpoint:
        from workbench.adapters.models.openai.text import ServerModel

        timeout = choice.options.timeout or _SERVER_TIMEOUT
        return ServerModel(choice.endpoint, choice.model or "", timeout=timeout, key=server_key())
    if choice.key is None:
        raise InputError(f"a language model is needed, but the engine is {choice.reason}.")
    from workbench.adapters.models.gemini.client import GeminiModel

    return GeminiModel(choice.key, notes=choice.notes, **asdict(choice.options))
