"""Keep things in a folder, so that a server that is started again knows them."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Folder:
    """JSON and bytes by name, each written whole or not at all; without a path, nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, data: bytes) -> None:
        if self._path is not None:
            temporary = self._path / f".{name}.tmp"
            temporary.write_bytes(data)
            os.replace(temporary, self._path / name)

    def write_json(self, name: str, value: Any) -> None:
        self.write(f"{name}.json", json.dumps(value).encode())

    def read(self, name: str) -> bytes:
        assert self._path is not None
        return (self._path / name).read_bytes()

    def all_json(self) -> Iterator[Any]:
        for path in sorted(self._path.glob("*.json")) if self._path else ():
            yield json.loads(path.read_bytes())

    def remove(self, *names: str) -> None:
        for name in names if self._path else ():
            (self._path / name).unlink(missing_ok=True)


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as the service writes them."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
