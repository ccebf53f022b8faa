"""Logs: files of JSON lines that only grow, and files derived from one. A line is on disk before
its content counts. A crash can leave an incomplete last line, which the next writer cuts off; a
line that isn't the log's is reported, and nothing is changed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import msgspec

from workbench.adapters.files.durable import append, appending
from workbench.core.errors import InputError
from workbench.core.json.text import dumps

T = TypeVar("T")

TAIL = 1024
"""Bytes at the end of a log by which a derived file recognises it."""


class SnapshotHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What a file derived from a log says about itself, in its table `about`.

    journal: how many bytes of the log are in it. tail: hash of the last of these bytes. digest:
    hash of the file up to this table, "" if it has none.
    """

    schema: int
    journal: int = 0
    tail: str = ""
    digest: str = ""

    def written(self) -> bytes:
        """The table, as JSON."""
        fields = msgspec.to_builtins(self)
        if not self.digest:
            del fields["digest"]
        return dumps({"1": fields})


class AppendLog:
    """A log that is open to be appended to; see `opened_log`."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    def append(self, line: msgspec.Struct, *, sync: bool = True) -> None:
        """Append one line; with `sync`, it is on disk when this returns. Raises `InputError` if
        that fails; then the log is unchanged.
        """
        data = dumps(msgspec.to_builtins(line)) + b"\n"
        append(self._handle, self.path, data, sync=sync)

    def sync(self) -> None:
        """Flush what was appended without `sync` to disk. Raises `InputError` if that fails."""
        append(self._handle, self.path, b"")


@contextmanager
def opened_log(path: Path) -> Iterator[AppendLog]:
    """Open a log, or make it. Raises `InputError` if it cannot be written."""
    with appending(path) as handle:
        yield AppendLog(path, handle)


def parse_line(decoder: msgspec.json.Decoder[T], line: bytes) -> T:
    """Read a line. Raises `ValueError` or `RecursionError` if it isn't the log's."""
    try:
        return decoder.decode(line)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # half a character: bytes in a body that aren't text
        found: T = msgspec.convert(json.loads(line), decoder.type)
        return found


def lines_of(
    content: bytes,
    read: Callable[[bytes], T],
    wrong: Callable[[int, Exception], str],
    first: int = 1,
) -> Iterator[T]:
    """Read the complete lines of a log; what a crash left incomplete is skipped.

    read: as `parse_line`. wrong: says in a sentence, for an `InputError`, that the line of this
    number cannot be read. first: number of the first line.
    """
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), first):
        try:
            found = read(line)
        except (ValueError, RecursionError) as error:
            raise InputError(wrong(number, error)) from None
        yield found


def read_header(path: Path, about: Mapping[str, msgspec.Raw], known: int) -> SnapshotHeader:
    """Read the table `about` of a file. known: the latest schema that the program knows.

    Raises `InputError` for a later one, `ValueError` if it isn't one.
    """
    if "1" not in about:
        raise ValueError('its table "about" is missing')
    schema = msgspec.json.decode(about["1"], type=_Schema).schema
    if schema > known:
        raise InputError(newer(path, schema, known))
    return msgspec.json.decode(about["1"], type=SnapshotHeader)


def newer(path: Path, schema: int, known: int) -> str:
    """Say that a file has a later schema than the program knows."""
    return (
        f"{path}: it has schema {schema}, but this version of the program knows "
        f"{known}; update the program to open it. It was not changed."
    )


def tail_hash(log: bytes) -> str:
    """Hash the end of a log, or of the part that a file covers; "" for nothing."""
    return content_hash(log[-TAIL:]) if log else ""


def content_hash(content: bytes | memoryview) -> str:
    """Hash content: 32 hex digits."""
    return blake2b(content, digest_size=16).hexdigest()


class _Schema(msgspec.Struct):
    schema: int
