"""The Gemini engine: samples from Google's service. The only module that imports google-genai.

That import takes more than half a second, so import this module only where the engine is used.
"""

import asyncio
import json
import os
import re
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from google import genai
from google.genai import errors, types
from pydantic import SecretStr

from workbench.adapters.engines import EngineError, Reply, Request, Usage
from workbench.adapters.prompts import Prompts
from workbench.adapters.templates import PromptError
from workbench.core.catalog import Catalog
from workbench.core.policy import Policy

DEFAULT_MODEL = "gemini-3.8-flash"
TIMEOUT = 300.0
"""Seconds until a request is given up: a full batch with thinking takes one or two minutes."""

# A reason newer than the client is passed on in `Reply.finish`; the client's warning of it would
# only tear the screen.
warnings.filterwarnings("ignore", message=".* is not a valid (FinishReason|BlockedReason)")

_WITHHELD = {
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "LANGUAGE",
}
"""Reasons by which the service disowns the text it may have begun."""


class GeminiEngine:
    """Asks a Gemini model for samples; see the protocol `Engine`.

    base_url: another address of the service; else `GOOGLE_GEMINI_BASE_URL`, else Google's own.
    timeout: seconds for one request, from sending it to the whole reply. prompts: a folder of
    templates instead of the usual one. notes: what a user should know of the run, in sentences.
    """

    name = "gemini"
    deterministic = False

    def __init__(
        self,
        catalog: Catalog,
        policy: Policy,
        key: SecretStr,
        *,
        model: str = DEFAULT_MODEL,
        base_url: str | None = None,
        timeout: float = TIMEOUT,
        prompts: Path | None = None,
    ) -> None:
        self.model = model
        self.notes: list[str] = []
        self._key = key
        self._timeout = timeout
        self._prompts = Prompts(catalog, policy, prompts)
        self._schema: dict[str, Any] | None = reply_schema(catalog.raw_functions)
        self._may_guess = True
        # `v1beta` knows the aliases (gemini-flash-latest), which the client's default does not.
        version = os.environ.get("GOOGLE_GENAI_API_VERSION") or "v1beta"
        self._client = genai.Client(
            vertexai=False,
            api_key=key.get_secret_value(),
            http_options=types.HttpOptions(
                base_url=base_url,
                api_version=version,
                timeout=int(timeout * 1000),
                # Without it the client sends a request again on its own where aiohttp is
                # installed: a request is then paid for twice.
                retry_options=types.HttpRetryOptions(attempts=1),
                # A redirect would carry the key to another host.
                async_client_args={"follow_redirects": False},
            ),
        )

    def batch_size(self, *, cold: bool) -> int:
        """Ask for fewer while there is nothing to show."""
        return 15 if cold else 30

    async def ask(self, request: Request) -> Reply:
        """Send one request. Raises `EngineError`: one sentence, and never the key in it."""
        try:
            prompt = self._prompts.generation(request)
        except PromptError as error:
            raise EngineError(str(error), fatal=True) from None
        try:
            return self._read(await self._send(prompt))
        except EngineError:
            raise
        except Exception as error:  # whatever the client and its transports raise
            failure = self._failure(error)
        raise failure  # outside the handler, so that the original (and a key in it) is not attached

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aio.aclose()
        self._client.close()

    async def _send(self, prompt: str) -> types.GenerateContentResponse:
        schema = self._schema
        try:
            return await self._send_once(prompt, schema)
        except errors.ClientError as error:
            blame = _blames_schema(error)
            if schema is None or blame is None or (blame == "guessed" and not self._may_guess):
                raise
            if blame == "named":
                self._drop_schema(error)
        # The same request a second time, and only here: it was refused before any work was done.
        try:
            response = await self._send_once(prompt, None)
        except errors.ClientError:
            self._may_guess = False  # something else is wrong with it
            raise
        if blame == "guessed":
            self._drop_schema(None)
        return response

    async def _send_once(
        self, prompt: str, schema: dict[str, Any] | None
    ) -> types.GenerateContentResponse:
        config = types.GenerateContentConfig(
            response_mime_type="application/json", response_json_schema=schema
        )
        async with asyncio.timeout(self._timeout):
            return await self._client.aio.models.generate_content(
                model=self.model, contents=prompt, config=config
            )

    def _drop_schema(self, error: errors.ClientError | None) -> None:
        if self._schema is None:
            return
        self._schema = None
        said = f" ({self._shorten(error.message)})" if error and error.message else ""
        self.notes.append(
            f"{self.model} refused the reply schema{said}; the format is asked for in words only"
        )

    def _read(self, response: types.GenerateContentResponse) -> Reply:
        feedback = response.prompt_feedback
        if feedback is not None and feedback.block_reason is not None:
            raise EngineError(
                f"the service blocked the prompt ({_value(feedback.block_reason)}); "
                "look for the cause in the examples shown or in the prompt templates"
            )
        if not response.candidates:
            raise EngineError("the service sent no answer (no candidates) and gave no reason")
        candidate = response.candidates[0]
        finish = _value(candidate.finish_reason)
        parts = (candidate.content.parts if candidate.content else None) or []
        text = "".join(part.text for part in parts if part.text and not part.thought)
        if finish in _WITHHELD:
            raise EngineError(f"the service withheld the answer ({finish})")
        if not text.strip():
            raise EngineError(_why_empty(finish))
        return Reply(text, _usage(response.usage_metadata), finish)

    # -------------------------------------------------------------- failures

    def _failure(self, error: Exception) -> EngineError:
        if isinstance(error, errors.APIError):
            return self._api_failure(error)
        kind = type(error).__name__
        said = self._shorten(str(error))
        if isinstance(error, TimeoutError) or "Timeout" in kind:
            return EngineError(f"no answer within {self._timeout:g} s")
        if isinstance(error, json.JSONDecodeError | errors.UnknownApiResponseError):
            return EngineError("the service's answer is not JSON")
        if isinstance(error, OSError) or type(error).__module__.split(".")[0] in _TRANSPORTS:
            return EngineError(f"the connection failed ({kind}{': ' if said else ''}{said})")
        return EngineError(f"the service's answer could not be read ({kind}: {said})")

    def _api_failure(self, error: errors.APIError) -> EngineError:
        if 300 <= error.code < 400:
            return EngineError(
                f"the service redirects to another address ({error.code}), which is not followed, "
                "for the key would go there too; give that address as --base-url",
                fatal=True,
            )
        said = " ".join(str(part) for part in (error.code, error.status) if part)
        if message := self._shorten(error.message):
            said += f": {message}"
        about_key = "API_KEY" in str(error.details) or "api key" in str(error.message).lower()
        match error.code:
            case 401:
                about_key = True
            case 403 if not about_key:
                return EngineError(
                    f"the key may not use {self.model} ({said}); allow the Gemini API in the "
                    "key's project, or use another key",
                    fatal=True,
                )
            case 404:
                return EngineError(
                    f"the service does not know the model {self.model!r} ({said}); choose another "
                    "with --model, and check the base URL if you set one",
                    fatal=True,
                )
            case 400 if error.status == "FAILED_PRECONDITION":
                return EngineError(
                    f"the service cannot be used from this place or with this plan ({said}); "
                    "see the service's available regions and billing",
                    fatal=True,
                )
            case 429:
                return EngineError(f"a quota or rate limit is reached ({said})")
            case code if code and code >= 500:
                return EngineError(f"the service failed ({said})")
        if about_key and error.code in (400, 401, 403):
            return EngineError(
                f"the service does not accept the key ({said}); put a valid one into "
                "secrets/access_token.toml or GEMINI_API_KEY",
                fatal=True,
            )
        return EngineError(f"the service refused the request ({said})")

    def _shorten(self, text: object) -> str:
        """Make a service's message fit into a sentence; services may echo the key."""
        said = str(text or "").replace(self._key.get_secret_value(), "[key]")
        if re.search(r"<!doctype|<html|<head|<body", said, re.IGNORECASE):
            title = re.search(r"<title>(.*?)</title>", said, re.IGNORECASE | re.DOTALL)
            said = f"an HTML page{f', {title[1]!r}' if title else ''}"
        said = " ".join("".join(c if c.isprintable() else " " for c in said).split())
        return (said if len(said) <= 200 else f"{said[:199]}…").rstrip(".")


_TRANSPORTS = {"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "anyio", "ssl"}


def _blames_schema(error: errors.ClientError) -> str | None:
    """Tell whether a refusal is for the reply schema: `named`, `guessed`, or None.

    Too large a schema is often refused with a sentence that names nothing, hence the guess.
    """
    if error.code != 400 or "API_KEY" in str(error.details) or error.status != "INVALID_ARGUMENT":
        return None
    message = str(error.message or "").lower()
    if re.search(r"schema|too many states", message):
        return "named"
    return "guessed" if "invalid argument" in message else None


def _value(reason: Any) -> str:
    return str(getattr(reason, "value", reason) or "")


def _why_empty(finish: str) -> str:
    if finish == "MAX_TOKENS":
        return "the answer is empty: the model spent its whole allowance on thinking (MAX_TOKENS)"
    return f"the answer is empty ({finish or 'no reason given'})"


def _usage(counted: types.GenerateContentResponseUsageMetadata | None) -> Usage | None:
    if counted is None:
        return None
    return Usage(
        prompt=counted.prompt_token_count or 0,
        output=counted.candidates_token_count or 0,
        thinking=counted.thoughts_token_count or 0,
        cached=counted.cached_content_token_count or 0,
    )


# ------------------------------------------------------------------ schema


def reply_schema(functions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Derive the JSON schema of a reply: a list of samples whose calls fit the functions.

    Functions with equal parameters share a branch. Property names stay free strings: a model held
    to a list would put a wrong name where it now writes an unknown one, which the checks find,
    and the service refuses schemas with many enum values.
    """
    names_by_parameters: dict[str, list[str]] = {}
    for function in functions:
        schema = _plain_schema(function.get("parameters") or {"type": "object"})
        names_by_parameters.setdefault(json.dumps(schema), []).append(function["name"])
    calls = [
        _object(
            {"name": {"type": "string", "enum": names}, "arguments": json.loads(parameters)},
        )
        for parameters, names in names_by_parameters.items()
    ]
    call = calls[0] if len(calls) == 1 else {"anyOf": calls}
    sample = _object({"query": {"type": "string"}, "answers": {"type": "array", "items": call}})
    return {"type": "array", "items": sample}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    # The service writes required properties in the order of `required`.
    return {"type": "object", "properties": properties, "required": list(properties)}


def _plain_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what decides validity and the service understands, with JSON Schema's type names.

    Descriptions stand in the prompt; formats (int32, float) are not enforced, and refused at times.
    """
    plain: dict[str, Any] = {}
    if isinstance(schema.get("type"), str):
        plain["type"] = schema["type"].lower()
    if isinstance(schema.get("enum"), list):
        plain["enum"] = schema["enum"]
    if isinstance(schema.get("anyOf"), list):
        plain["anyOf"] = [_plain_schema(branch) for branch in schema["anyOf"]]
    if isinstance(schema.get("items"), Mapping):
        plain["items"] = _plain_schema(schema["items"])
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        plain["properties"] = {name: _plain_schema(inner) for name, inner in properties.items()}
        required = schema.get("required")
        if isinstance(required, list):
            plain["required"] = [name for name in required if name in properties]
    return plain
