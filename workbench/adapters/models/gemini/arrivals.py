"""Answers taken as they arrive, before the service's own client reads them.

google-genai parses a body, and the text in it, and raises if either is odd: what was paid for would
be lost. So the bodies of answers are passed on here, to be written to disk, and the client gets
another instead.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx2
from pydantic import SecretStr

from workbench.adapters.models.bodies import BoundedClient
from workbench.adapters.models.redaction import body_without_key


class Arrival:
    """The body and the headers of an answer, once it has arrived, and whether it has.

    arrived: see `Prompt`; called with the body without the key.
    """

    def __init__(self, key: SecretStr, arrived: Callable[[bytes], None] | None = None) -> None:
        self.came = False
        self.body = b""
        self.headers: Mapping[str, str] = {}
        self.instead: bytes | None = None
        self._key = key
        self._arrived = arrived

    def receive(self, response: httpx2.Response) -> httpx2.Response:
        """Receive an answer; returns what the service's client should read."""
        self.body, self.headers = response.content, response.headers
        if self._arrived is not None:
            self._arrived(body_without_key(self.body, self._key))
        self.came = True
        if self.instead is None:
            return response
        return httpx2.Response(response.status_code, content=self.instead, request=response.request)


_arrival: ContextVar[Arrival | None] = ContextVar("arrival", default=None)


@contextmanager
def arriving(arrival: Arrival, *, instead: bytes | None = None) -> Iterator[None]:
    """Receive the answers to everything sent in this block, by this task.

    instead: what the service's client reads instead of an answer, None for the answer itself.
    """
    arrival.instead = instead
    token = _arrival.set(arrival)
    try:
        yield
    finally:
        _arrival.reset(token)


@dataclass
class Sending:
    """Whether anything has been sent. Until then nothing can be billed, and no service has
    failed.
    """

    begun: bool = False


_sending: ContextVar[Sending | None] = ContextVar("sending", default=None)


@contextmanager
def watched() -> Iterator[Sending]:
    """Watch whether anything is sent in this block, by this task."""
    sending = Sending()
    token = _sending.set(sending)
    try:
        yield sending
    finally:
        _sending.reset(token)


class ArrivalClient(BoundedClient):
    """The transport of the service's client. A refusal (4xx, 5xx) isn't an answer."""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        if (sending := _sending.get()) is not None:
            sending.begun = True
        response = await super().send(request, **options)
        arrival = _arrival.get()
        if arrival is None or not response.is_success:
            return response
        return arrival.receive(response)
