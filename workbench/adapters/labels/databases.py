"""What TinyDB reads and writes of this program's files: labels in memory, the record of runs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document

from workbench.adapters.files.durable import read_own, write_atomically
from workbench.adapters.labels.table import Raw
from workbench.core.json.text import dumps


class _DocumentRows(Mapping[str, dict[str, Any]]):
    """Documents by id, as TinyDB reads a table: each is parsed again when asked for."""

    def __init__(self, raw: Mapping[int, Raw]) -> None:
        self._raw = raw

    def __getitem__(self, key: str) -> dict[str, Any]:
        document: dict[str, Any] = msgspec.json.decode(self._raw[int(key)])
        return document

    def __iter__(self) -> Iterator[str]:
        return map(str, self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class _ReadOnly(Storage):
    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables

    def read(self) -> dict[str, dict[str, Any]]:
        return dict(self._tables)

    def write(self, data: dict[str, dict[str, Any]]) -> None:  # noqa: ARG002
        raise TypeError("labels can only be read by TinyDB while they are open here")


class LabelDB(TinyDB):
    """A TinyDB over labels in memory, for searching. rows: their JSON by document id. others: the
    file's other tables. Any attempt to change it raises `TypeError`.
    """

    def __init__(self, rows: Mapping[int, Raw], others: Mapping[str, Any]) -> None:
        tables = {self.default_table_name: _DocumentRows(rows), **others}
        super().__init__(tables, storage=_ReadOnly)
        for name in tables:  # no search is cached, because the rows change without TinyDB
            self.table(name, cache_size=0)


class WholeFile(Storage):
    """TinyDB's file, written in one step: temporary file, flush to disk, rename. For small ones."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Read the file, None if there isn't one. Raises `ValueError` if it isn't a TinyDB file."""
        if not self._path.exists():
            return None
        data = read_own(self._path, "record of runs")
        if not data.strip():
            return None
        tables = msgspec.json.decode(data, type=dict[str, dict[str, Any]])
        if "_default" not in tables:
            raise ValueError('its table "_default" is missing')
        return tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        write_atomically(self._path, dumps(data) + b"\n")


def open_whole(path: Path) -> TinyDB:
    """Open a small TinyDB in which every change replaces the file in one step."""
    return TinyDB(path, storage=WholeFile)


__all__ = ["Document", "LabelDB", "TinyDB", "WholeFile", "open_whole"]
