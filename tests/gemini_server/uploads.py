"""Files: uploaded in chunks by the resumable protocol, or made by batch jobs."""

import base64
import secrets
import threading
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .keeping import Folder, timestamp

_KEPT = 48 * 3600.0


@dataclass(frozen=True)
class StoredFile:
    """One file. source: `UPLOADED` (cannot be downloaded, as in the service) or `GENERATED`."""

    id: str
    display_name: str
    mime_type: str
    created: float
    source: str = "UPLOADED"


@dataclass
class _Session:
    display_name: str
    mime_type: str
    size: int
    data: bytearray


class Files:
    """All files. url: of the server."""

    def __init__(self, url: str, path: Path | None = None) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self._folder = Folder(path)
        self._files = {raw["id"]: StoredFile(**raw) for raw in self._folder.all_json()}
        self._data = {ident: self._folder.read(f"{ident}.bin") for ident in self._files}

    def begin(self, display_name: str, mime_type: str, size: int) -> str:
        """Begin an upload, and give its id."""
        ident = secrets.token_hex(12)
        with self._lock:
            self._sessions[ident] = _Session(display_name, mime_type, size, bytearray())
        return ident

    def receive(self, ident: str, offset: int, chunk: bytes, *, last: bool) -> StoredFile | None:
        """Take a chunk; after the last one, give the file.

        Raises `KeyError` for an upload that is not known, `ValueError` for a chunk out of place.
        """
        with self._lock:
            session = self._sessions[ident]
            if offset != len(session.data):
                raise ValueError(f"the next byte is {len(session.data)}, not {offset}")
            session.data += chunk
            if not last:
                return None
            if len(session.data) != session.size:
                raise ValueError(f"{len(session.data)} of {session.size} bytes came in")
            del self._sessions[ident]
        name = secrets.token_hex(6)
        stored = StoredFile(name, session.display_name, session.mime_type, time.time())
        self.keep(stored, bytes(session.data))
        return stored

    def keep(self, stored: StoredFile, data: bytes) -> None:
        self._folder.write(f"{stored.id}.bin", data)
        self._folder.write_json(stored.id, asdict(stored))
        with self._lock:
            self._files[stored.id], self._data[stored.id] = stored, data

    def spoil(self, ident: str, more: bytes) -> None:
        """Put more behind a file's data, as a write that broke off would."""
        with self._lock:
            self._data[ident] += more

    def get(self, ident: str) -> StoredFile:
        """Raises `KeyError`."""
        return self._files[ident]

    def data(self, ident: str) -> bytes:
        return self._data[ident]

    def all(self) -> list[StoredFile]:
        with self._lock:
            return sorted(self._files.values(), key=lambda stored: -stored.created)

    def delete(self, ident: str) -> None:
        with self._lock:
            del self._files[ident], self._data[ident]
        self._folder.remove(f"{ident}.json", f"{ident}.bin")

    def to_json(self, stored: StoredFile) -> dict[str, Any]:
        """The `File` resource."""
        data = self._data[stored.id]
        uri = f"{self._url}/v1beta/files/{stored.id}"
        digest = base64.b64encode(sha256(data).hexdigest().encode()).decode()
        resource = {
            "name": f"files/{stored.id}",
            "displayName": stored.display_name,
            "mimeType": stored.mime_type,
            "sizeBytes": str(len(data)),
            "createTime": timestamp(stored.created),
            "updateTime": timestamp(stored.created),
            "expirationTime": timestamp(stored.created + _KEPT),
            "sha256Hash": digest,
            "uri": uri,
            "state": "ACTIVE",
            "source": stored.source,
        }
        if stored.source == "GENERATED":
            resource["downloadUri"] = f"{uri}:download?alt=media"
        return resource
