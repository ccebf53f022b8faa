"""HTTP: read a request, have it answered, write the answer and count both.

A thread for each connection: a request that waits costs nothing, and a scripted answer may block.
"""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from .answers import Answer

if TYPE_CHECKING:
    from .server import GeminiServer


@dataclass(frozen=True)
class Call:
    """A request of any kind. path: without its query. headers: names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    def json(self) -> dict[str, Any]:
        """The body. Raises `ValueError` where it is no JSON object."""
        body = json.loads(self.raw or b"{}")
        if not isinstance(body, dict):
            raise ValueError("not an object")
        return body


Watch = Callable[[Call, Answer, str, float], None]
"""Told of each request: what came, what went, how it ended, and the seconds it took."""


class Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    owner: "GeminiServer"

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that go away in the middle are what tests do."""


def make_http(owner: "GeminiServer", port: int) -> Http:
    """Open the port; 0: any. Raises `OSError` where it is taken."""
    http = Http(("127.0.0.1", port), _Handler)
    http.owner = owner
    return http


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Http

    def setup(self) -> None:
        super().setup()
        with self.server.owner.counts.lock:
            self.server.owner.counts.connections += 1

    def do_POST(self) -> None:
        self._serve()

    do_GET = do_DELETE = do_POST  # noqa: N815

    def _serve(self) -> None:
        from .routes import route

        owner, began = self.server.owner, time.monotonic()
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw)
        try:
            answer = route(owner, call)
        except Exception:
            answer = owner.failed(f"{call.method} {call.path}")
        if answer.hold:
            owner.hold(answer.hold)
        ending = self._deliver(call, answer)
        if owner.watch is not None:
            owner.watch(call, answer, ending, time.monotonic() - began)

    def _deliver(self, call: Call, answer: Answer) -> str:
        """Count the answer and send it, in this order, so that no client is ahead of the counts."""
        counts, path = self.server.owner.counts, f"{call.method} {call.path}"
        if self._peer_has_gone():
            self.close_connection = True
            counts.request(path, "gone")
            return "gone"
        ending = "dropped" if answer.drop else str(answer.status)
        asked = answer.asked.fingerprint if answer.asked is not None else ""
        usage = answer.usage if asked else None
        counts.request(path, ending)
        if usage is not None:
            counts.answer(asked, usage)
        try:
            self._send(answer)
        except OSError:
            self.close_connection = True
            counts.gone(ending)
            if usage is not None:
                counts.withdraw(asked, usage)
            return "gone"
        return ending

    def _peer_has_gone(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _send(self, answer: Answer) -> None:
        if answer.drop and not answer.body:
            self._hang_up()
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body) + (99 if answer.drop else 0)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()
        if answer.drop:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Keep the terminal clean."""
