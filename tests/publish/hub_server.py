"""A local server that speaks as much of the Hugging Face Hub as an upload asks for."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HubServer:
    """Takes one commit. files: what it got, by path. before, deleted: what
    it had, and what of that went. asked: method, path and token of requests.

    refuse: a status with which it answers instead, echoing the token wherever it can; 1 to close
    the connection. at: only for paths that have this in them. created: answered to who makes a
    repository, where it is not what the Hub answers. Parquet goes as large files do: to
    an address that the Hub names, and that gets no token.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.files: dict[str, bytes] = {}
        self.made: dict[str, Any] = {}
        self.large: dict[str, bytes] = {}
        self.before: list[str] = []
        self.deleted: list[str] = []
        self.refuse = 0
        self.created: dict[str, Any] = {}
        self.at = ""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.owner = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "HubServer":
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(b"")

    def do_PUT(self) -> None:
        owner: HubServer = self.server.owner  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["content-length"]))
        owner.large[self.path.rpartition("/")[2]] = body
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body: bytes) -> None:
        owner: HubServer = self.server.owner  # type: ignore[attr-defined]
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        owner.asked.append((self.command, self.path, token))
        status = 200
        if owner.refuse == 1 and owner.at in self.path:
            self.close_connection = True
            self.connection.close()
            return
        refused = owner.refuse and owner.at in self.path
        if refused:
            status, answer = owner.refuse, {"error": f"no: {token}"}
        else:
            answer = self._said(owner, body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if refused:
            self.send_header("X-Error-Message", f"no: {token}")
            self.send_header("X-Request-Id", token)
        self.end_headers()
        self.wfile.write(data)

    def _said(self, owner: HubServer, body: bytes) -> Any:
        if self.path == "/api/repos/create":
            owner.made = json.loads(body)
            return owner.created or {"url": f"{owner.url}/datasets/me/car"}
        if "/preupload/" in self.path:
            files = json.loads(body)["files"]
            return {
                "files": [
                    {
                        "path": f["path"],
                        "uploadMode": "lfs" if f["path"].endswith(".parquet") else "regular",
                        "shouldIgnore": False,
                    }
                    for f in files
                ]
            }
        if self.path.endswith("/info/lfs/objects/batch"):
            objects = [
                {**one, "actions": {"upload": {"href": f"{owner.url}/large/{one['oid']}"}}}
                for one in json.loads(body)["objects"]
            ]
            return {"transfer": "basic", "objects": objects}
        if "/commit/" in self.path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "deletedFile":
                    owner.deleted.append(line["value"]["path"])
                if line["key"] == "lfsFile":
                    owner.files[line["value"]["path"]] = owner.large[line["value"]["oid"]]
                if line["key"] == "file":
                    value = line["value"]
                    owner.files[value["path"]] = base64.b64decode(value["content"])
            return {"success": True, "commitUrl": f"{owner.url}/c/1", "commitOid": "1" * 40}
        if "/tree/" in self.path:
            return [{"type": "file", "path": path, "size": 1, "oid": "1"} for path in owner.before]
        if self.path == "/api/validate-yaml":
            return {"errors": [], "warnings": []}
        return {"id": "me/car", "sha": "1" * 40, "siblings": []}

    def log_message(self, *_: object) -> None:
        """Keep the terminal clean."""
