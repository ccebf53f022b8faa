"""A local HTTP server that speaks Gemini's wire format, with scripted answers and faults.

    with GeminiServer() as server:
        server.answer = lambda request: server.text("[]")

The real client talks to it; nothing of the client is replaced.
"""

import json
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "AIza-test-key"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. number: counts from 0. body: the parsed JSON."""

    number: int
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def model(self) -> str:
        return self.path.split("/models/")[1].split(":")[0]

    @property
    def prompt(self) -> str:
        return self.body["contents"][0]["parts"][0]["text"]

    @property
    def config(self) -> dict[str, Any]:
        return self.body.get("generationConfig", {})


@dataclass(frozen=True)
class Answer:
    """What the server sends. drop: close the connection instead, before or in the body.

    hold: wait for `GeminiServer.release` (or this many seconds) before answering.
    """

    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hold: float = 0.0


class GeminiServer:
    """The server. `answer` is called for each valid request; `asked` holds all of them."""

    def __init__(self, key: str = KEY) -> None:
        self.key = key
        self.answer: Callable[[Asked], Answer] = lambda _: self.text("[]")
        self.asked: list[Asked] = []
        self.arrived = threading.Event()
        self._release = threading.Event()
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "GeminiServer":
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._http.shutdown()
        self._http.server_close()

    def release(self) -> None:
        """Let answers that are held go out at once."""
        self._release.set()

    # ---------------------------------------------------------- answers

    def text(self, text: str | None, finish: str | None = "STOP", **change: Any) -> Answer:
        """A reply with this text. change: other fields of the response body; None leaves out."""
        candidate: dict[str, Any] = {"index": 0}
        if text is not None:
            candidate["content"] = {"role": "model", "parts": [{"text": text}]}
        if finish is not None:
            candidate["finishReason"] = finish
        body: dict[str, Any] = {
            "candidates": [candidate],
            "usageMetadata": {
                "promptTokenCount": 1000,
                "candidatesTokenCount": 200,
                "thoughtsTokenCount": 50,
                "cachedContentTokenCount": 900,
                "totalTokenCount": 1250,
            },
            "modelVersion": "test",
        } | change
        return self.json({key: value for key, value in body.items() if value is not None})

    def samples(self, items: list[Any], **change: Any) -> Answer:
        """A reply that holds these items as JSON."""
        return self.text(json.dumps(items, ensure_ascii=False), **change)

    def json(self, body: Any, status: int = 200, **change: Any) -> Answer:
        return Answer(json.dumps(body).encode(), status, **change)

    def error(
        self,
        status: int,
        message: str,
        name: str = "INVALID_ARGUMENT",
        details: list[dict[str, Any]] | None = None,
        **change: Any,
    ) -> Answer:
        """An error as Google words it."""
        error: dict[str, Any] = {"code": status, "message": message, "status": name}
        if details is not None:
            error["details"] = details
        return self.json({"error": error}, status, **change)

    def bad_key(self) -> Answer:
        reason = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
        }
        message = "API key not valid. Please pass a valid API key."
        return self.error(400, message, details=[reason])

    def blocked(self, reason: str = "PROHIBITED_CONTENT") -> Answer:
        """A prompt that was not let through."""
        return self.json(
            {"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 9}}
        )

    def html(self, status: int = 502, title: str = "Bad Gateway") -> Answer:
        page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>…</body></html>"
        return Answer(page.encode(), status, "text/html; charset=UTF-8")

    def dropped(self) -> Answer:
        """Close the connection without a word."""
        return Answer(b"", drop=True)

    def dropped_inside(self) -> Answer:
        """Close the connection in the middle of the body."""
        return Answer(b'{"candidates": [', drop=True)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    owner: GeminiServer

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that go away in the middle are what tests do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def do_POST(self) -> None:
        owner = self.server.owner
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            body = json.loads(raw)
        except ValueError:
            self._send(owner.error(400, "Invalid JSON payload received."))
            return
        with owner._lock:
            asked = Asked(len(owner.asked), self.path, dict(self.headers.items()), body)
            owner.asked.append(asked)
        owner.arrived.set()
        self._send(self._judge(asked))

    def _judge(self, asked: Asked) -> Answer:
        owner = self.server.owner
        if not re.fullmatch(r"/v1(beta)?/models/[^/:]+:generateContent", asked.path):
            return owner.error(404, f"no such method: {asked.path}", "NOT_FOUND")
        if {k.lower(): v for k, v in asked.headers.items()}.get("x-goog-api-key") != owner.key:
            return owner.bad_key()
        return owner.answer(asked)

    def _send(self, answer: Answer) -> None:
        if answer.hold:
            self.server.owner._release.wait(answer.hold)
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
        if answer.drop:
            self._hang_up()

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Keep the terminal clean."""
