"""Turn whatever the client and its transports raise into one sentence with a remedy."""

import json
import re
from dataclasses import dataclass

from google.genai import errors
from pydantic import SecretStr

from workbench.adapters.models import Fault, FaultKind, ModelError, ServiceTier, Thinking
from workbench.adapters.models.bodies import BodyError
from workbench.adapters.models.gemini import quota
from workbench.adapters.models.redaction import shorten
from workbench.adapters.models.retry import duration

_TRANSPORTS = {"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "anyio", "ssl"}

_UNREACHED = ("ConnectError", "ProxyError")
"""Transport exceptions if there was no connection to send anything."""
_UNSENT = ("UnsupportedProtocol", "LocalProtocolError")
"""Transport exceptions before anything was sent."""


@dataclass(frozen=True)
class SendContext:
    """What was asked, as needed for a fault's sentence. ceiling: the longest wait allowed."""

    model: str
    key: SecretStr
    timeout: float
    ceiling: float
    thinking: Thinking | None = None
    service_tier: ServiceTier | None = None


def fault_of(error: Exception, asked: SendContext, *, sent: bool = True) -> ModelError:
    """Return what an exception means. The sentence never contains the key, even if it is echoed.

    sent: whether anything was; if not, the client will always refuse this input.
    """
    if isinstance(error, errors.APIError):
        return _of_service(error, asked)
    if isinstance(error, BodyError):
        kind_of_body: FaultKind = "too long" if error.too_long else "unreadable"
        return _fault(kind_of_body, f"the service's answer was not read: {error}")
    kind = type(error).__name__
    said = shorten(str(error), asked.key)
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return _fault("timeout", f"no answer within {asked.timeout:g} s; allow more with --timeout")
    if not sent or kind in _UNSENT:
        return _fault(
            "malformed",
            f"the request can't be sent ({kind}: {said}); check --model, and the base URL and "
            "the proxy if you set them",
            fatal=True,
        )
    if isinstance(error, json.JSONDecodeError | errors.UnknownApiResponseError):
        return _fault("unreadable", "the service's answer is not JSON")
    if isinstance(error, OSError) or type(error).__module__.split(".")[0] in _TRANSPORTS:
        reason = f"{kind}{': ' if said else ''}{said}"
        return _fault(
            "unreachable" if kind in _UNREACHED else "connection",
            f"the connection failed ({reason}); check the network, a proxy, and the base URL if "
            "you set one",
        )
    return _fault("unreadable", f"the service's answer could not be read ({kind}: {said})")


def _fault(
    kind: FaultKind, sentence: str, *, fatal: bool = False, wait: float | None = None
) -> ModelError:
    return ModelError(sentence, fatal=fatal, fault=Fault(kind, retry_after=wait))


def _of_service(error: errors.APIError, asked: SendContext) -> ModelError:
    if 300 <= error.code < 400:
        return _fault(
            "redirect",
            f"the service redirects to another address ({error.code}), which isn't followed, "
            f"because the key would go there too; use that address as --base-url",
            fatal=True,
        )
    said = " ".join(shorten(part, asked.key) for part in (error.code, error.status) if part)
    if message := shorten(quota.words_of(error), asked.key):
        said += f": {message}"
    about_key = "API_KEY" in str(error.details) or "api key" in quota.words_of(error).lower()
    match error.code:
        case 429:
            return _of_quota(error, said, asked)
        case 408 | 499:
            return _fault("timeout", f"the service gave up on the request ({said})")
        case code if code >= 500:
            return _fault(
                "server",
                f"the service failed ({said}); if it persists, try later or choose another --model",
                wait=_wait_asked_for(error, asked),
            )
        case 404:
            return _fault(
                "model",
                f"the service does not know the model “{asked.model}” ({said}); choose another "
                "with --model, and check the base URL if you set one",
                fatal=True,
            )
        case 400 if error.status == "FAILED_PRECONDITION":
            return _fault(
                "region",
                f"the service can't be used from this location or with this plan ({said}); "
                "see the service's available regions and billing",
                fatal=True,
            )
        case 401:
            about_key = True
    if about_key and error.code in (400, 401, 403):
        return _fault(
            "key",
            f"the service does not accept the key ({said}); put a valid one into "
            "secrets/access_token.toml or GEMINI_API_KEY",
            fatal=True,
        )
    return _of_options(error, said, asked) or _of_request(error, said, asked)


def _of_quota(error: errors.APIError, said: str, asked: SendContext) -> ModelError:
    """Distinguish a limit that passes within minutes from one that doesn't."""
    if quota.none_at_all(error):
        return _fault(
            "access",
            f"the plan of the key's project has no quota for {asked.model} ({said}); choose "
            "another --model, or turn on billing for the project",
            fatal=True,
        )
    if quota.money_spent(error):
        return _fault(
            "billing",
            f"the project's credit or spending limit is used up ({said}); add credit or raise "
            "the limit in AI Studio, then run the same command to continue",
            fatal=True,
        )
    if quota.daily(error):
        return _fault(
            "daily quota",
            f"the daily quota is used up ({said}); it is renewed {quota.renewal()}: run "
            "the same command then to continue, or use a larger plan",
            fatal=True,
        )
    wait = quota.retry_after(error)
    if wait is not None and wait > asked.ceiling:
        return _fault(
            "rate limit",
            f"the service asks to wait {duration(wait)} ({said}); then run the same command to "
            f"continue",
            fatal=True,
            wait=wait,
        )
    return _fault(
        "rate limit",
        f"a quota or rate limit is reached ({said}); set your limits with --rpm and --tpm, or use "
        f"fewer --workers",
        wait=wait,
    )


def _wait_asked_for(error: errors.APIError, asked: SendContext) -> float | None:
    wait = quota.retry_after(error)
    return None if wait is None else min(wait, asked.ceiling)


def _of_options(error: errors.APIError, said: str, asked: SendContext) -> ModelError | None:
    """Return the error if an option of ours was refused, because every request would be."""
    message = quota.words_of(error).lower()
    if asked.thinking and "thinking" in message:
        return _fault(
            "malformed",
            f"{asked.model} doesn't support --thinking {asked.thinking} ({said}); choose another "
            "level, or leave the option out",
            fatal=True,
        )
    if asked.service_tier and re.search(r"service.?tier|priority|flex", message):
        return _fault(
            "malformed",
            f"{asked.model} or your plan doesn't have --service-tier {asked.service_tier} "
            f"({said}); leave the option out",
            fatal=True,
        )
    return None


def _of_request(error: errors.APIError, said: str, asked: SendContext) -> ModelError:
    if error.code == 403:
        return _fault(
            "access",
            f"the key isn't allowed to use {asked.model} ({said}); allow the Gemini API in the "
            "key's project, or use another key",
            fatal=True,
        )
    return _fault("malformed", f"the service refused the request ({said})")


def blames_schema(error: Exception) -> str | None:
    """Return whether a refusal is about the reply schema: `named`, `guessed`, or None.

    Too large a schema is often refused without naming it, hence the guess.
    """
    if not isinstance(error, errors.ClientError) or "API_KEY" in str(error.details):
        return None
    if error.code != 400 or error.status != "INVALID_ARGUMENT":
        return None
    message = quota.words_of(error).lower()
    if re.search(r"schema|too many states", message):
        return "named"
    return "guessed" if "invalid argument" in message else None
