"""Bodies of services' answers: read whole, decompressed here, and never beyond a bound.

A client of HTTP decompresses as much as a service sends; three megabytes of gzip can be four
gigabytes of blanks. So every client that asks a service is a `BoundedClient`.
"""

import zlib
from typing import Any, Protocol

import httpx2

from workbench.adapters.models.web import Address, certificates, environment_checked

MOST = 32 * 2**20
"""Bytes of a body, decompressed. No answer that is one comes near it."""

_ENCODINGS = "gzip, deflate"
_CHANGED = ("content-encoding", "content-length", "transfer-encoding")


class BodyError(Exception):
    """A body that is too long, or cannot be decompressed: a piece of a sentence saying so."""

    def __init__(self, reason: str, *, too_long: bool = False) -> None:
        super().__init__(reason)
        self.too_long = too_long


class BoundedClient(httpx2.AsyncClient):
    """A client whose responses are read whole, within `MOST` bytes. It raises `BodyError`.

    address: of the service, whose query is sent with each request to its host. It follows no
    redirects, for the key would go there too. Raises `InputError` for an environment that cannot
    be used.
    """

    def __init__(self, address: Address | None = None, **options: Any) -> None:
        with environment_checked():
            super().__init__(follow_redirects=False, **({"verify": certificates()} | options))
        self._host = httpx2.URL(address.url).host if address else ""
        self._query = address.query.encode() if address else b""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        if self._query and request.url.host == self._host:
            query = b"&".join(filter(None, (request.url.query, self._query)))
            request.url = request.url.copy_with(query=query)
        request.headers["Accept-Encoding"] = _ENCODINGS
        response = await super().send(request, **(options | {"stream": True}))
        try:
            body = await _read(response)
        finally:
            await response.aclose()
        headers = [item for item in response.headers.multi_items() if item[0] not in _CHANGED]
        return httpx2.Response(
            response.status_code, headers=headers, content=body, request=response.request
        )


async def _read(response: httpx2.Response) -> bytes:
    decoder = _decoder(response.headers.get("content-encoding", ""))
    body = bytearray()
    try:
        async for piece in response.aiter_raw():
            decoder.decode(piece, body)
    except zlib.error:
        raise BodyError("its compression is broken") from None
    return bytes(body)


class _Decoder(Protocol):
    def decode(self, piece: bytes, body: bytearray) -> None:
        """Add a piece to the body. Raises `BodyError` beyond the bound."""
        ...


def _decoder(encoding: str) -> _Decoder:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _Plain()
    if name in ("gzip", "x-gzip"):
        return _Zipped(zlib.MAX_WBITS | 16)
    if name == "deflate":
        return _Zipped(zlib.MAX_WBITS)
    shown = "".join(c for c in name[:40] if c.isprintable())
    raise BodyError(f"it is compressed as {shown}, which was not asked for")


class _Plain:
    def decode(self, piece: bytes, body: bytearray) -> None:
        body += piece
        _check(body)


class _Zipped:
    def __init__(self, window: int) -> None:
        self._window = window
        self._zlib = zlib.decompressobj(window)

    def decode(self, piece: bytes, body: bytearray) -> None:
        while piece:
            if self._zlib.eof:  # gzip may stand in several parts, one after another
                self._zlib = zlib.decompressobj(self._window)
            try:
                body += self._zlib.decompress(piece, MOST + 1 - len(body))
            except zlib.error:
                if self._window != zlib.MAX_WBITS or body:
                    raise
                # Some servers mean the bare stream by "deflate".
                self._window = -zlib.MAX_WBITS
                self._zlib = zlib.decompressobj(self._window)
                continue
            _check(body)
            piece = self._zlib.unconsumed_tail or self._zlib.unused_data


def _check(body: bytearray) -> None:
    if len(body) > MOST:
        raise BodyError(f"it is longer than {MOST // 2**20} MiB", too_long=True)
