"""Post questions to a server that may be busy, slow, far too talkative, or elsewhere."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
from pydantic import SecretStr

from workbench.adapters.models import Fault, FaultKind, ModelError
from workbench.adapters.models.answering import AnswerError
from workbench.adapters.models.bodies import BodyError, BoundedClient
from workbench.adapters.models.redaction import body_without_key, shorten
from workbench.adapters.models.retry import Retry, persist
from workbench.adapters.models.silence import redact_logs
from workbench.adapters.models.web import endpoint_address, seconds_asked
from workbench.core.errors import InputError

RETRY = Retry(sends=4, first=1.0, jitter=False)
"""One user asks one server: there is nobody else to make way for."""
_BUSY = (408, 429, 500, 502, 503, 504)
_NOWHERE = (401, 403, 404, 405)
"""Statuses that every question would get: a wrong key, a wrong address, an unknown model."""
_LONGEST_WAIT = 60.0
"""Seconds; if a server asks for more, the user has to try again."""
_PASSES = re.compile(
    r"rate.?limit|overload|unavailable|time.?out|internal|server.?error|busy|exhausted|too many",
    re.IGNORECASE,
)
"""How temporary errors within an answer are named, by type, status or code."""


class Poster:
    """Posts JSON to a server's `/v1`, and again while it is busy. It doesn't follow redirects.

    timeout: seconds for one answer as a whole. Raises `InputError` for a bad address or key.
    """

    def __init__(self, url: str, timeout: float, key: SecretStr | None = None) -> None:
        self._secret = key.get_secret_value() if key else ""
        address = endpoint_address(url)
        if not self._secret.isascii() or not self._secret.isprintable():
            raise InputError(
                "OPENAI_API_KEY: it contains characters that no key can have; set it again, "
                "or unset it if the server needs none."
            )
        self._url = address.url
        self._secrets = [SecretStr(self._secret), *address.secrets]
        redact_logs(*self._secrets)
        self.place = address.shown.removesuffix("/v1")
        headers = {"Authorization": f"Bearer {self._secret}"} if self._secret else {}
        self._timeout = timeout
        self._client = BoundedClient(address, timeout=timeout, headers=headers)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        raw: bool = False,
        arrived: Callable[[bytes], None] | None = None,
        may_resend: Callable[[str], bool] | None = None,
        faults: list[FaultKind] | None = None,
    ) -> Any:
        """Return the JSON that the server answers. raw: keep special tokens.

        arrived: called with an answer's body, keys removed, the moment it arrives, before it is
        read. may_resend: see `Prompt`. faults: the kinds of all faults, added to. Raises
        `AnswerError`, fatal if the server can't be reached or refuses everything.
        """
        faults = [] if faults is None else faults

        async def send() -> Any:
            response = await self._sent(path, body, again=bool(faults))
            if response.is_success and arrived is not None:
                arrived(self._without_keys(response.content))
            if response.status_code not in _BUSY:
                value = self._read(response, raw=raw)
                busy = _error_that_passes(value)
                if busy is None:
                    return self._whole(value)
                said = self._said(busy)
            else:
                said = str(response.status_code)
                if words := self._said_in(response.content):
                    said += f": {words}"
            fault = Fault("server", retry_after=_asked_to_wait(response))
            raise ModelError(f"the server failed ({said})", fault=fault)

        try:
            return await persist(send, RETRY, faults, may_resend)
        except ModelError as error:
            unreachable = error.fault.kind == "unreachable"
            raise AnswerError(str(error), fatal=unreachable) from None

    async def _sent(self, path: str, body: Mapping[str, Any], *, again: bool) -> httpx2.Response:
        """Send a question once. Raises `ModelError`, or `AnswerError` if sending again
        wouldn't help.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._client.post(f"{self._url}/{path}", json=body)
        except (TimeoutError, httpx2.TimeoutException):
            # Twice is enough: the third would take as long.
            fault = Fault("other" if again else "timeout")
            failure = ModelError("the server gave no answer in time; raise --timeout", fault=fault)
        except httpx2.ConnectError as error:
            failure = ModelError(
                f"the server at {self.place} can't be reached ({type(error).__name__}); "
                "start it, or correct --endpoint",
                fault=Fault("unreachable"),
            )
        except httpx2.UnsupportedProtocol as error:
            raise AnswerError(
                f"nothing can be sent to {self.place} ({self._shown(str(error))}); check "
                "--endpoint and the proxy",
                fatal=True,
            ) from None
        except httpx2.HTTPError as error:
            failure = ModelError(
                f"the server broke off ({type(error).__name__})", fault=Fault("connection")
            )
        except BodyError as error:
            raise AnswerError(f"the server's answer was not read: {error}") from None
        raise failure

    def _read(self, response: httpx2.Response, *, raw: bool) -> Any:
        status = response.status_code
        if 300 <= status < 400:
            to = self._shown(response.headers.get("Location", "nowhere"))
            raise AnswerError(
                f"the server redirects to {to}, but the key is never sent to another address; use "
                f"that one as --endpoint if it is right",
                fatal=True,
            )
        if status >= 400:
            said = self._said_in(response.content)
            unable = raw and status == 422
            hint = "; it cannot keep special tokens, so leave --raw out" if unable else ""
            raise AnswerError(
                f"the server refused the question ({status}: {said}){hint}",
                fatal=unable or status in _NOWHERE,
            )
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError):
            raise AnswerError("the server's answer is not JSON") from None

    def _whole(self, value: Any) -> Any:
        """Return an answer; raise `AnswerError` with its message if it is an error."""
        error = _error(value)
        if error is None:
            return value
        raise AnswerError(
            f"the server refused the question ({self._said(error)})",
            fatal=_status(error) in _NOWHERE,
        )

    def _said_in(self, content: bytes) -> str:
        """Return the message in the body of a refusal."""
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            return self._shown(content.decode(errors="replace"))
        error = _error(value)
        return self._said(value if error is None else error)

    def _said(self, error: Any) -> str:
        """Return an error's message, if it has one."""
        if isinstance(error, dict):
            for name in ("message", "detail", "error", "type", "status", "code"):
                if isinstance(words := error.get(name), str) and words.strip():
                    return self._shown(words)
        return self._shown(error if isinstance(error, str) else json.dumps(error) if error else "")

    def _shown(self, text: str) -> str:
        """Return a server's message, shortened, and without the key, which some repeat."""
        for secret in self._secrets:
            if words := secret.get_secret_value():
                text = text.replace(words, "[key]")
        return shorten(text, self._secrets[0])

    def _without_keys(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body_without_key(body, secret)
        return body


def _error(value: Any) -> Any:
    """Return the error that a server has sent as its answer, or None."""
    if not isinstance(value, dict) or value.get("choices"):
        return None
    return value.get("error") or None


def _status(error: Any) -> int:
    """Return the status that an error names, 0 for none."""
    code = error.get("code") or error.get("status") if isinstance(error, dict) else None
    text = str(code) if isinstance(code, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 3 else 0


def _error_that_passes(value: Any) -> Any:
    """Return the error in an answer if asking again may help."""
    error = _error(value)
    if not isinstance(error, dict):
        return error if isinstance(error, str) and _PASSES.search(error) else None
    if _status(error) in _BUSY:
        return error
    kinds = [error.get(name) for name in ("type", "status", "code")]
    return error if any(isinstance(k, str) and _PASSES.search(k) for k in kinds) else None


def _asked_to_wait(response: httpx2.Response) -> float:
    """Return the seconds that a busy server asks for, 0 if it doesn't say."""
    return min(seconds_asked(response.headers.get("Retry-After", "")) or 0.0, _LONGEST_WAIT)
