"""Dataset files: a JSON list of `{query, answers: [{name, arguments}]}`, read item by item.

The format is CarTool-Instruct's; an extra key `meta` is ours, and other tools ignore it. Items
are kept as the bytes they were, so that writing a file again changes nothing that was in it.
"""

import gc
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from workbench.adapters.files import read_bytes, write_atomically
from workbench.core.errors import InputError
from workbench.core.jsontext import dumps
from workbench.core.samples import Sample, from_item, to_item
from workbench.core.slices import split_list

_decoder = msgspec.json.Decoder(Sample)
_OPEN, _BETWEEN, _CLOSE = b"[\n", b",\n", b"\n]\n"


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item that is no sample, and why."""

    index: int
    reason: str


@dataclass(frozen=True)
class Dataset:
    """A dataset file's content: each item's bytes, and what each one is, in the file's order."""

    path: Path
    raw: list[bytes]
    items: list[Sample | BadItem]
    digest: str

    @cached_property
    def samples(self) -> list[Sample]:
        """The items that are samples."""
        return [item for item in self.items if isinstance(item, Sample)]

    @cached_property
    def bad(self) -> list[BadItem]:
        """The items that are not."""
        return [item for item in self.items if isinstance(item, BadItem)]


def load_dataset(path: Path) -> Dataset:
    """Read a dataset file.

    A bad item costs only itself (see `Dataset.bad`). Raises `InputError` for what is no list as a
    whole: truncated, nested too deeply, not JSON.
    """
    with collection_paused():
        raw, digest = load_raw(path)
        items = [read_item(index, item) for index, item in enumerate(raw)]
    return Dataset(path, raw, items, digest)


def load_raw(path: Path) -> tuple[list[bytes], str]:
    """Read a dataset file's items as bytes, not parsed, and its SHA-256; raises as above."""
    data = read_bytes(path, "dataset")
    with collection_paused():
        slices = split_list(data)
    if slices.error:
        raise InputError(
            f"{path}: this is no dataset file (a JSON list of samples): {slices.error}. "
            "Mend or move the file; it was left as it is."
        )
    return slices.items, sha256(data).hexdigest()


def load_grown(path: Path, known: Sequence[bytes]) -> tuple[list[bytes], str]:
    """Read what a dataset file holds behind the items that are known, and its new SHA-256.

    Only the new part is parsed where the file is laid out as `write_dataset` does it. Raises
    `InputError` where the file no longer begins with those items.
    """
    data = read_bytes(path, "dataset")
    end = len(_OPEN) + sum(map(len, known)) + len(_BETWEEN) * max(0, len(known) - 1)
    last = known[-1] if known else _OPEN
    rest = data[end:]
    if known and data.startswith(_OPEN) and data[:end].endswith(last):
        if rest == _CLOSE:
            return [], sha256(data).hexdigest()
        if rest.startswith(_BETWEEN):
            slices = split_list(b"[" + rest.removeprefix(_BETWEEN))
            if not slices.error:
                return slices.items, sha256(data).hexdigest()
    items, digest = load_raw(path)
    if items[: len(known)] != list(known):
        raise InputError(
            f"{path}: the file was changed by another program; open it anew to see its samples."
        )
    return items[len(known) :], digest


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause garbage collection: loading makes many objects that all stay, so scans are waste."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_item(index: int, raw: bytes) -> Sample | BadItem:
    """Read an item's bytes: a sample, or why it is none."""
    try:
        return _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return read_odd_item(index, raw)


def read_odd_item(index: int, raw: bytes) -> Sample | BadItem:
    """Read an item that the fast parser refuses: find out why, or read it after all."""
    try:
        value = _strict_json(raw)
        return from_item(value)
    except (ValueError, RecursionError) as error:
        return BadItem(index, str(error))


def _strict_json(raw: bytes) -> Any:
    """Parse JSON with Python's parser, naming what JSON or a sample cannot hold."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (byte {error.start} of the item)") from None
    digits = re.search(r"\d{4000,}", text)
    if digits:
        raise ValueError(f"it holds a number of {len(digits[0])} digits")
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg} (character {error.pos})") from None
    surrogate = _lone_surrogate(value)
    if surrogate:
        raise ValueError(f"it holds half a character ({surrogate}), which no UTF-8 file can keep")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which JSON does not have")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        shown = text if len(text) < 20 else f"a number of {len(text)} digits"
        raise ValueError(f"it holds {shown}, which no floating-point number can be")
    return number


def _lone_surrogate(value: Any) -> str | None:
    if isinstance(value, str):
        found = re.search("[\ud800-\udfff]", value)
        return rf"\u{ord(found[0]):04x}" if found else None
    children: Iterable[Any] = ()
    if isinstance(value, dict):
        children = [*value, *value.values()]
    elif isinstance(value, list):
        children = value
    return next(filter(None, map(_lone_surrogate, children)), None)


def encode_sample(sample: Sample) -> bytes:
    """Write a sample as one line of JSON."""
    return dumps(to_item(sample))


def write_dataset(path: Path, items: Iterable[bytes]) -> str:
    """Replace a dataset file by these items, one a line; returns its SHA-256."""
    body = _BETWEEN.join(items)
    content = _OPEN + body + _CLOSE if body else b"[]\n"
    write_atomically(path, content)
    return sha256(content).hexdigest()
