"""A file of lines that only grows: appended to and flushed to disk, read from any place, or back.

The labels' journal. Its first line says what it is and in which schema.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from workbench.adapters.applog import newer
from workbench.adapters.files.durable import append, appending, cut, sync_folder, writable
from workbench.core.errors import InputError
from workbench.core.json.text import dumps

_BLOCK = 1 << 13


class _Header(msgspec.Struct, frozen=True):
    kind: str
    schema: int


class EventLog:
    """A journal. `end` is its length in bytes, 0 if there is no file.

    No file is made before the first line is appended. Raises `InputError` if it isn't such a
    journal, has a newer schema, or can't be read.
    """

    def __init__(self, path: Path, schema: int) -> None:
        self.path = writable(path)
        self._schema = schema
        self._header = dumps({"kind": "journal", "schema": schema}) + b"\n"
        self._handle: int | None = None
        self._opened = ExitStack()
        self.end = 0
        self.measure()
        self._check_header()

    @property
    def exists(self) -> bool:
        """Whether there is anything in it."""
        return self.end > 0

    def measure(self) -> None:
        """Find how long the file is now."""
        try:
            self.end = self.path.stat().st_size
        except FileNotFoundError:
            self.end = 0
        except OSError as error:
            raise _unreadable(self.path, error) from None

    def _check_header(self) -> None:
        line, newline, _ = self.read(0, min(self.end, _BLOCK)).partition(b"\n")
        if not newline and self._header.startswith(line.rstrip(b"\0")):
            return  # torn in its very first line: `whole_until` finds nothing whole
        try:
            header = msgspec.json.decode(line, type=_Header)
        except (msgspec.DecodeError, RecursionError):
            header = None
        if header is None or header.kind != "journal":
            raise InputError(
                f"{self.path}: line 1 is not that of a journal of labels; restore the file, "
                "or move it away."
            )
        if header.schema > self._schema:
            raise InputError(newer(self.path, header.schema, self._schema))

    def append(self, lines: Sequence[bytes]) -> tuple[int, int]:
        """Append lines, all or none, and flush them to disk; returns where they begin and end.

        Raises `InputError` if that fails: a full disk, a file that was moved or changed.
        """
        new = self._handle is None and not self.exists
        if self._handle is None:
            self._handle = self._opened.enter_context(appending(self.path))
        self._check_unchanged(self._handle)
        head = self._header if new else b""
        start = self.end + len(head)
        self.end = append(self._handle, self.path, b"".join([head, b"\n".join(lines), b"\n"]))
        if new:
            sync_folder(self.path.parent)
        return start, self.end

    def _check_unchanged(self, handle: int) -> None:
        """Refuse to write if it would be lost; cut off what a failed write may have left."""
        own = os.fstat(handle)
        try:
            there = os.stat(self.path)
        except OSError:
            there = None
        moved = there is None or (there.st_dev, there.st_ino) != (own.st_dev, own.st_ino)
        if moved or own.st_size < self.end:
            raise InputError(
                f"{self.path}: the journal of labels was moved, replaced or cut by another "
                "program. Nothing was saved; close these labels and open them again."
            )
        if own.st_size > self.end:
            cut(self.path, self.end)

    def cut(self, end: int) -> None:
        """Cut the journal back to a length in bytes."""
        cut(self.path, end)
        self.end = end

    def whole_until(self, start: int) -> int:
        """Return where the last whole line after `start` ends; `start` if there isn't one."""
        end = self.end
        while end > start:
            begin = max(start, end - _BLOCK)
            found = self.read(begin, end).rfind(b"\n")
            if found >= 0:
                return begin + found + 1
            end = begin
        return start

    def read(self, start: int, end: int) -> bytes:
        """Read the bytes between two places. Raises `InputError`."""
        if start >= end:
            return b""
        try:
            if self._handle is not None and hasattr(os, "pread"):
                return os.pread(self._handle, end - start, start)
            with self.path.open("rb") as file:
                file.seek(start)
                return file.read(end - start)
        except OSError as error:
            raise _unreadable(self.path, error) from None

    def lines(self, start: int, end: int) -> list[bytes]:
        """Return the lines between two places, without the header."""
        lines = self.read(start, end).split(b"\n")[:-1]
        return lines[1:] if start == 0 else lines

    def lines_back(self, end: int) -> Iterator[tuple[int, bytes]]:
        """Return the lines before a place, the last first, each with where it begins; no header."""
        rest, size = b"", _BLOCK
        while end > 0:
            begin = max(0, end - size)
            block = self.read(begin, end) + rest
            size = _BLOCK if b"\n" in block else 2 * size  # a line of megabytes is read only once
            lines = block.split(b"\n")
            place = begin + len(block)
            for line in reversed(lines[1:]):
                place -= len(line) + 1
                if line:
                    yield place + 1, line
            rest = lines[0]
            end = begin

    def line_number(self, place: int) -> int:
        """Return the number, from 1, of the line that begins at a place; for messages."""
        return self.read(0, place).count(b"\n") + 1

    def close(self) -> None:
        """Close the file."""
        self._handle = None
        self._opened.close()


def _unreadable(path: Path, error: OSError) -> InputError:
    reason = (error.strerror or str(error)).lower()
    return InputError(f"{path}: the journal can't be read: {reason}.")
