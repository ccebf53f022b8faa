"""Turn whatever the client and its transports raise into one sentence with a remedy."""

import json
import re

from google.genai import errors
from pydantic import SecretStr

from workbench.adapters.models import Fault, FaultKind, ModelError

_TRANSPORTS = {"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "anyio", "ssl"}


def fault_of(error: Exception, model: str, key: SecretStr, timeout: float) -> ModelError:
    """Say what an exception means. model: asked for. timeout: seconds a request may take.

    The sentence never holds the key, even where the service echoes it.
    """
    if isinstance(error, errors.APIError):
        return _of_service(error, model, key)
    kind = type(error).__name__
    said = shorten(str(error), key)
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return _fault("timeout", f"no answer within {timeout:g} s")
    if isinstance(error, json.JSONDecodeError | errors.UnknownApiResponseError):
        return _fault("unreadable", "the service's answer is not JSON")
    if isinstance(error, OSError) or type(error).__module__.split(".")[0] in _TRANSPORTS:
        reason = f"{kind}{': ' if said else ''}{said}"
        return _fault("connection", f"the connection failed ({reason})")
    return _fault("unreadable", f"the service's answer could not be read ({kind}: {said})")


def _fault(kind: FaultKind, sentence: str, *, fatal: bool = False) -> ModelError:
    return ModelError(sentence, fatal=fatal, fault=Fault(kind))


def _of_service(error: errors.APIError, model: str, key: SecretStr) -> ModelError:
    if 300 <= error.code < 400:
        return _fault(
            "redirect",
            f"the service redirects to another address ({error.code}), which is not followed, "
            "for the key would go there too; give that address as --base-url",
            fatal=True,
        )
    said = " ".join(str(part) for part in (error.code, error.status) if part)
    if message := shorten(error.message, key):
        said += f": {message}"
    about_key = "API_KEY" in str(error.details) or "api key" in str(error.message).lower()
    match error.code:
        case 401:
            about_key = True
        case 403 if not about_key:
            return _fault(
                "access",
                f"the key may not use {model} ({said}); allow the Gemini API in the "
                "key's project, or use another key",
                fatal=True,
            )
        case 404:
            return _fault(
                "model",
                f"the service does not know the model {model!r} ({said}); choose another "
                "with --model, and check the base URL if you set one",
                fatal=True,
            )
        case 400 if error.status == "FAILED_PRECONDITION":
            return _fault(
                "region",
                f"the service cannot be used from this place or with this plan ({said}); "
                "see the service's available regions and billing",
                fatal=True,
            )
        case 429:
            return _fault("rate limit", f"a quota or rate limit is reached ({said})")
        case code if code and code >= 500:
            return _fault("server", f"the service failed ({said})")
    if about_key and error.code in (400, 401, 403):
        return _fault(
            "key",
            f"the service does not accept the key ({said}); put a valid one into "
            "secrets/access_token.toml or GEMINI_API_KEY",
            fatal=True,
        )
    return _fault("malformed", f"the service refused the request ({said})")


def shorten(text: object, key: SecretStr) -> str:
    """Make a service's message fit into a sentence; services may echo the key."""
    said = str(text or "").replace(key.get_secret_value(), "[key]")
    if re.search(r"<!doctype|<html|<head|<body", said, re.IGNORECASE):
        title = re.search(r"<title>(.*?)</title>", said, re.IGNORECASE | re.DOTALL)
        said = f"an HTML page{f', {title[1]!r}' if title else ''}"
    said = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return (said if len(said) <= 200 else f"{said[:199]}…").rstrip(".")


def blames_schema(error: errors.ClientError) -> str | None:
    """Tell whether a refusal is for the reply schema: `named`, `guessed`, or None.

    Too large a schema is often refused with a sentence that names nothing, hence the guess.
    """
    if error.code != 400 or "API_KEY" in str(error.details) or error.status != "INVALID_ARGUMENT":
        return None
    message = str(error.message or "").lower()
    if re.search(r"schema|too many states", message):
        return "named"
    return "guessed" if "invalid argument" in message else None
