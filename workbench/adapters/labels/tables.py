"""A TinyDB whose table costs as much as what changes, not as much as what it holds.

TinyDB reads, converts and writes the whole file at each change. Here the documents stay in memory
as the JSON that they are in the file and are parsed when asked for; what an update touches is
handed to a journal first, and takes effect only if that succeeds. TinyDB's interface is the same.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from workbench.adapters.files.durable import read_own, write_atomically
from workbench.core.errors import InputError
from workbench.core.json.keepable import keepable
from workbench.core.json.text import dumps
from workbench.core.text.plain import visible

Raw = bytes | msgspec.Raw
Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document before and after an update, as JSON; None where there is none."""

    doc_id: int
    before: Raw | None
    after: bytes | None


PutOnRecord = Callable[[list[DocumentChange]], None]
"""Puts changes on record; what it raises stops them from taking effect."""


class DocumentRows(Mapping[str, Doc]):
    """Documents by id, as TinyDB reads a table: each is parsed anew when it is asked for."""

    def __init__(self, raw: dict[int, Raw]) -> None:
        self.raw = raw

    def __getitem__(self, key: str) -> Doc:
        document: Doc = msgspec.json.decode(self.raw[int(key)])
        return document

    def __iter__(self) -> Iterator[str]:
        return map(str, self.raw)

    def __len__(self) -> int:
        return len(self.raw)


class _Draft(MutableMapping[int, Any]):
    """What an updater sees: the table, with its changes kept aside."""

    def __init__(self, raw: dict[int, Raw]) -> None:
        self._raw = raw
        self._drawn: dict[int, Doc | None] = {}
        self._gone: set[int] = set()
        self._added: dict[int, None] = {}

    def __getitem__(self, key: int) -> Doc:
        if key not in self._drawn:
            self._drawn[key] = msgspec.json.decode(self._raw[key])
        document = self._drawn[key]
        if document is None:
            raise KeyError(key)
        return document

    def __setitem__(self, key: int, document: Mapping[str, Any]) -> None:
        self._drawn[key] = dict(document)
        self._gone.discard(key)
        if key not in self._raw:
            self._added[key] = None

    def __delitem__(self, key: int) -> None:
        if key not in self:
            raise KeyError(key)
        self._drawn[key] = None
        self._added.pop(key, None)
        if key in self._raw:
            self._gone.add(key)

    def __contains__(self, key: object) -> bool:
        return (key in self._raw and key not in self._gone) or key in self._added

    def __iter__(self) -> Iterator[int]:
        yield from (key for key in self._raw if key not in self._gone)
        yield from self._added

    def __len__(self) -> int:
        return len(self._raw) - len(self._gone) + len(self._added)

    def changes(self) -> list[DocumentChange]:
        """Give what differs from the table."""
        found = []
        for key, document in self._drawn.items():
            before = self._raw.get(key)
            after = None if document is None else _written(document)
            if after is None or before is None:
                same = before is after
            else:
                same = after == before or after == dumps(msgspec.json.decode(before))
            if not same:
                found.append(DocumentChange(key, before, after))
        return found


def _written(document: Doc) -> bytes:
    """Write a label's document. Raises `InputError` for what would not read back as it is."""
    try:
        return keepable(document)
    except ValueError as error:
        query = visible(str(document.get("query", "")))
        raise InputError(
            f"Nothing was saved: the label of '{query}' cannot be: {error}. Take it out first."
        ) from None


class JournaledTable(Table):
    """TinyDB's table over rows in memory. See `LabelDB`."""

    def __init__(self, storage: "MemoryRows", name: str, **options: Any) -> None:
        self._rows = storage.rows
        self._journal = storage.journal
        super().__init__(storage, name, **options)

    def _get_next_id(self) -> int:
        """Give the next free id, as TinyDB does, which would read all ids as text to find it."""
        known: int | None = self._next_id
        found = max(self._rows.raw, default=0) + 1 if known is None else known
        self._next_id = found + 1  # type: ignore[assignment]
        return found

    def put(self, documents: Mapping[int, Mapping[str, Any] | None]) -> None:
        """Set documents by their ids in one stroke; None removes one. Missing ones may be None."""

        def updater(table: MutableMapping[int, Any]) -> None:
            for doc_id, document in documents.items():
                if document is not None:
                    table[doc_id] = document
                else:
                    table.pop(doc_id, None)

        self._update_table(updater)

    def next_id(self) -> int:
        """Give a document id that is not taken."""
        return self._get_next_id()

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return self._rows  # type: ignore[return-value]  # TinyDB only reads it, as a Mapping

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        raw = self._rows.raw
        draft = _Draft(raw)
        try:
            updater(draft)
            changes = draft.changes()
            if changes:
                self._journal(changes)
        except BaseException:
            self._next_id = None  # ids may have been drawn for nothing
            raise
        for change in changes:
            if change.after is None:
                del raw[change.doc_id]
            else:
                raw[change.doc_id] = change.after
        self.clear_cache()


class MemoryRows(Storage):
    """What `LabelDB` reads: the rows of its one table, and other tables as they are."""

    def __init__(self, rows: DocumentRows, others: Mapping[str, Any], journal: PutOnRecord) -> None:
        self.rows = rows
        self.others = others
        self.journal = journal

    def read(self) -> dict[str, dict[str, Any]]:
        return {LabelDB.default_table_name: self.rows, **self.others}

    def write(self, data: dict[str, dict[str, Any]]) -> None:  # noqa: ARG002
        raise TypeError("only the labels' table can be written, and no table dropped")


class LabelDB(TinyDB):
    """A TinyDB over `rows`; each change goes through `journal`. Other tables can only be read."""

    def __init__(self, rows: DocumentRows, others: Mapping[str, Any], journal: PutOnRecord) -> None:
        super().__init__(rows, others, journal, storage=MemoryRows)
        self.labels = JournaledTable(self._storage, self.default_table_name)  # type: ignore[arg-type]
        self._tables[self.default_table_name] = self.labels


class WholeFile(Storage):
    """TinyDB's file, written in one step: temporary file, flush to disk, rename. For small ones."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Read the file, None where there is none. Raises `ValueError` for what is no TinyDB."""
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
    """Open a small TinyDB whose every change replaces the file in one step."""
    return TinyDB(path, storage=WholeFile)


__all__ = [
    "Document",
    "DocumentChange",
    "DocumentRows",
    "JournaledTable",
    "LabelDB",
    "Raw",
    "TinyDB",
    "WholeFile",
    "open_whole",
]
