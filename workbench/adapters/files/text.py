"""Read text, JSON and TOML that people and other programs wrote: any known encoding, limited sizes.

If a file is something else (a gzip file, a Parquet table, UTF-16), the error says what it is and
what to do. All functions raise `InputError`: one sentence with file, place and remedy.
"""

import codecs
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from workbench.adapters.files.durable import read_bytes
from workbench.core.errors import InputError
from workbench.core.json.strict import MAX_DEPTH, StrictError, loads

MOST_TEXT = 16 * 2**20
"""The most bytes of a file read as a whole: settings, catalogues, manifests, prompts, templates."""
MOST_TOML = 4 * 2**20
"""The most bytes of a TOML file."""

MOST_MANIFEST = 512 * 2**20
"""The most bytes of a manifest or report, which names every sample."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "a gzip file", "unpack it (gunzip), and name the result"),
    (b"PK\x03\x04", "a zip file", "unpack it (unzip), and name the result"),
    (b"BZh", "a bzip2 file", "unpack it (bunzip2), and name the result"),
    (b"\xfd7zXZ\x00", "an xz file", "unpack it (unxz), and name the result"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it (unzstd), and name the result"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it, and name the result"),
    (b"PAR1", "a Parquet table", "write it as JSON first"),
    (b"ARROW1", "an Arrow table", "write it as JSON first"),
    (b"SQLite format 3\x00", "an SQLite database", "write its rows as JSON first"),
    (b"\x89PNG", "a PNG picture", "name another file"),
    (b"\xff\xd8\xff", "a JPEG picture", "name another file"),
    (b"GIF8", "a GIF picture", "name another file"),
    (b"%PDF", "a PDF document", "name another file"),
    (b"\x7fELF", "a program", "name another file"),
)
_KEY_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w-]){_KEY_PART}(?:\.[ \t]*+{_KEY_PART}){{{MAX_DEPTH}}}")
"""Dotted keys with more parts, which would take the parser very long."""


def read_text(path: Path, what: str, most: int = MOST_TEXT) -> str:
    """Read a text file; see `decode`. most: the most bytes it may have."""
    return decode(read_bytes(path, what, most), path, what)


def read_json(path: Path, what: str, most: int = MOST_TEXT) -> Any:
    """Read a JSON file strictly; see `workbench.core.json.strict`. most: the most bytes it may
    have.
    """
    return parse_json(read_bytes(path, what, most), path, what)


def read_toml(path: Path, what: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Read a TOML file."""
    return parse_toml(read_bytes(path, what, MOST_TOML), path, what, parse_float)


def decode(data: bytes, path: Path, what: str) -> str:
    """Decode a file's bytes: UTF-8, with a byte order mark or without, or UTF-16 with one.

    Line ends are `\\n` afterwards.
    """
    check_kind(data, path, what)
    try:
        if data.startswith(_UTF32):
            text = data.decode("utf-32")
        elif data.startswith(_UTF16):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place_of_byte(data, error.start)
        raise InputError(f"{path}, {place}: the {what} is not UTF-8; save it as UTF-8.") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError(
            f"{path}, line {line:,}: the {what} contains a NUL character, so it isn't text, or is "
            f"UTF-16 without a byte order mark; save it as UTF-8."
        )
    return text.replace("\r\n", "\n") if "\r" in text else text


def plain_lines(path: Path, what: str) -> list[bytes]:
    """Read the lines of a file of JSON Lines as bytes, without their ends or a byte order mark."""
    return plain_utf8(read_bytes(path, what), path, what).splitlines()


def plain_utf8(data: bytes, path: Path, what: str) -> bytes:
    """Return the bytes of a large file, which is read in pieces, without a byte order mark.

    Anything in it that isn't UTF-8 is found when it is read.
    """
    check_kind(data, path, what)
    if data.startswith((*_UTF32, *_UTF16)) or b"\x00" in data[:4]:
        raise InputError(f"{path}: the {what} is in UTF-16 or UTF-32; save it as UTF-8.")
    return data.removeprefix(codecs.BOM_UTF8)


def check_kind(data: bytes, path: Path, what: str) -> None:
    """Raise `InputError` if the bytes are an archive, a table or a picture."""
    for magic, kind, remedy in _KINDS:
        if data.startswith(magic):
            raise InputError(f"{path}: this is {kind}, not the {what}; {remedy}.")


def parse_json(data: bytes | str, path: Path, what: str) -> Any:
    """Read the JSON of a file strictly."""
    text = decode(data, path, what) if isinstance(data, bytes) else data
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno:,}, column {error.colno:,}"
        reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        raise InputError(f"{path}, {place}: the {what} is not JSON: {reason}.") from None
    except StrictError as error:
        place = f"line {error.line:,}, column {error.column:,}"
        raise InputError(f"{path}, {place}: the {what} can't be used: {error}.") from None


def parse_toml(
    data: bytes | str, path: Path, what: str, parse_float: Callable[[str], Any] = float
) -> dict[str, Any]:
    """Read the TOML of a file; nested at most as deep as JSON may be."""
    text = decode(data, path, what) if isinstance(data, bytes) else data
    deep = InputError(
        f"{path}: the {what} is nested more than {MAX_DEPTH} levels deep; make it flatter."
    )
    if _LONG_KEY.search(text):
        raise deep
    try:
        found = tomllib.loads(text, parse_float=parse_float)
    except RecursionError:
        raise deep from None
    except ValueError as error:  # also for an integer of thousands of digits
        raise InputError(f"{path}: the {what} is not TOML: {_first_line(error)}.") from None
    if any(depth > MAX_DEPTH for depth in _depths(found)):
        raise deep
    return found


def _depths(value: Any) -> Iterator[int]:
    waiting = [(value, 0)]
    while waiting:
        inner, depth = waiting.pop()
        yield depth
        if isinstance(inner, dict):
            waiting += [(one, depth + 1) for one in inner.values()]
        elif isinstance(inner, list):
            waiting += [(one, depth + 1) for one in inner]


def _place_of_byte(data: bytes, index: int) -> str:
    return f"line {data.count(10, 0, index) + 1:,} (byte {index + 1:,})"


def _first_line(error: ValueError) -> str:
    said = str(error).split("\n")[0].rstrip(".")
    return said if len(said) < 200 else f"{said[:199]}…"
