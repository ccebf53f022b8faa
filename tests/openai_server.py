"""A local server that speaks the chat interface of vLLM, llama.cpp and others."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]
"""A status, a body (JSON, or bytes as they are), and headers."""


class OpenAIServer:
    """Answers with what `answer` makes of a request: a status and a body."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[str, dict[str, Any]], Answer] = lambda _path, _body: said("")
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.owner = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "OpenAIServer":
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def said(text: str, calls: list[dict[str, Any]] | None = None) -> Answer:
    """A chat answer: text, and calls as a server parses them."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls is not None:
        message["tool_calls"] = [
            {
                "id": f"call{number}",
                "type": "function",
                "function": {"name": c["name"], "arguments": json.dumps(c["arguments"])},
            }
            for number, c in enumerate(calls)
        ]
    return 200, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}


def written(text: str) -> Answer:
    """An answer in raw mode: what the model wrote."""
    return 200, {"choices": [{"index": 0, "text": text, "finish_reason": "stop"}]}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        owner: OpenAIServer = self.server.owner  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        owner.asked.append((self.path, body))
        owner.headers.append(dict(self.headers))
        status, answer, *more = owner.answer(self.path, body)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in more[0].items() if more else ():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep the terminal clean."""
