"""Post questions to a server that may be busy, slow, far too talkative, or somewhere else."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr

from workbench.adapters.answerers import AnswerError
from workbench.core.errors import InputError
from workbench.core.plain import visible

_TRIES = 4
_BUSY = (408, 429, 500, 502, 503, 504)
_NOWHERE = (401, 403, 404, 405)
"""Answers to every question alike: a wrong key, a wrong address, a model that is not there."""
_LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is asked again by the user."""
_MOST = 32 * 2**20
"""Bytes of an answer."""
_SHOWN = 200


class _TooMuchError(Exception):
    """An answer that is too long to be one."""


class Poster:
    """Posts JSON to a server's `/v1`, and again while it is busy. It follows no redirects.

    timeout: seconds for one answer as a whole. Raises `InputError` for an address or a key that
    is none.
    """

    def __init__(self, url: str, timeout: float, key: SecretStr | None = None) -> None:
        self._secret = key.get_secret_value() if key else ""
        if not _is_address(url):
            raise InputError(
                f"--endpoint {visible(url)}: this is no address; give one such as "
                "http://localhost:8000."
            )
        if not self._secret.isascii() or not self._secret.isprintable():
            raise InputError(
                "OPENAI_API_KEY: it holds what no key can; set it anew, or unset it for a server "
                "that wants none."
            )
        self._url = url.rstrip("/").removesuffix("/v1") + "/v1"
        # A password may stand in the address: it is sent, and never shown.
        self.place = str(httpx2.URL(self._url).copy_with(userinfo=b"")).removesuffix("/v1")
        headers = {"Authorization": f"Bearer {self._secret}"} if self._secret else {}
        self._timeout = timeout
        self._client = httpx2.AsyncClient(timeout=timeout, headers=headers, follow_redirects=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(self, path: str, body: Mapping[str, Any], *, raw: bool = False) -> Any:
        """Give the JSON that the server answers. raw: special tokens are to be kept.

        Raises `AnswerError`, fatal where the server cannot be reached or refuses everything.
        """
        wait = 0.0
        for attempt in range(_TRIES):
            await asyncio.sleep(wait)
            wait = 2.0**attempt
            try:
                response, content = await self._send(path, body)
            except (TimeoutError, httpx2.TimeoutException):
                failure = AnswerError("the server gave no answer in time; raise --timeout")
                if attempt:
                    break  # twice is enough: the third would take as long
            except httpx2.ConnectError as error:
                failure = AnswerError(
                    f"the server at {self.place} cannot be reached ({type(error).__name__}); "
                    "start it, or correct --endpoint",
                    fatal=True,
                )
            except httpx2.HTTPError as error:
                failure = AnswerError(f"the server broke off ({type(error).__name__})")
            except _TooMuchError:
                raise AnswerError(
                    f"the server's answer is longer than {_MOST // 2**20} MiB"
                ) from None
            else:
                if response.status_code not in _BUSY:
                    return self._read(response, content, raw=raw)
                failure = AnswerError(f"the server failed ({response.status_code})")
                wait = max(wait, _asked_to_wait(response))
        raise failure

    async def _send(self, path: str, body: Mapping[str, Any]) -> tuple[httpx2.Response, bytes]:
        url = f"{self._url}/{path}"
        content = bytearray()
        async with (
            asyncio.timeout(self._timeout),
            self._client.stream("POST", url, json=body) as response,
        ):
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > _MOST:
                    raise _TooMuchError
        return response, bytes(content)

    def _read(self, response: httpx2.Response, content: bytes, *, raw: bool) -> Any:
        status = response.status_code
        if 300 <= status < 400:
            to = self._shown(response.headers.get("Location", "nowhere"))
            raise AnswerError(
                f"the server sends us on to {to}, and the key goes to no other address; give "
                "--endpoint that one if it is right",
                fatal=True,
            )
        if status >= 400:
            said = self._shown(content.decode(errors="replace"))
            unable = raw and status == 422
            hint = "; it cannot keep special tokens, so leave --raw out" if unable else ""
            raise AnswerError(
                f"the server refuses the question ({status}: {said}){hint}",
                fatal=unable or status in _NOWHERE,
            )
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise AnswerError("the server's answer is no JSON") from None

    def _shown(self, text: str) -> str:
        """Give what a server says, short, and without the key, which some repeat."""
        if self._secret:
            text = text.replace(self._secret, "[key]")
        return visible(" ".join(text.split()))[:_SHOWN]


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        httpx2.URL(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except (httpx2.InvalidURL, ValueError):
        return False


def _asked_to_wait(response: httpx2.Response) -> float:
    """Give the seconds that a busy server asks for, 0 where it does not say."""
    try:
        return min(max(0.0, float(response.headers.get("Retry-After", "0"))), _LONGEST_WAIT)
    except ValueError:
        return 0.0
