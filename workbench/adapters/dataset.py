"""Dataset files: a JSON list of `{query, answers: [{name, arguments}]}`, read item by item.

The format is CarTool-Instruct's; an extra key `meta` is ours, and other tools ignore it. Items are
kept as bytes, so that writing a file again changes nothing in it.
"""

import gc
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from workbench.adapters.files.durable import read_bytes, write_atomically
from workbench.adapters.files.text import decode, plain_utf8
from workbench.core.errors import InputError
from workbench.core.items import read_sample
from workbench.core.json.slices import split_list
from workbench.core.json.strict import loads_last
from workbench.core.json.text import dumps
from workbench.core.samples import Sample, to_item

_OPEN, _BETWEEN, _CLOSE = b"[\n", b",\n", b"\n]\n"
HEAD = 1 << 12
"""Bytes by which a dataset is recognised."""
_BEGINS = re.compile(rb'\s*\[\s*\{\s*"(query|answers|meta)"')


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item that isn't a sample, and why."""

    index: int
    reason: str


@dataclass(frozen=True)
class Dataset:
    """A dataset file's content: each item's bytes, and what each one is, in file order."""

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


def begins_dataset(head: bytes) -> bool:
    """Whether the first `HEAD` bytes of a file are those of a dataset with samples."""
    return _BEGINS.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def load_dataset(path: Path) -> Dataset:
    """Read a dataset file.

    A bad item costs only itself (see `Dataset.bad`). Raises `InputError` for anything that isn't a
    list as a whole: truncated, nested too deeply, not JSON.
    """
    with collection_paused():
        raw, digest = load_raw(path)
        items = [read_item(index, item) for index, item in enumerate(raw)]
    return Dataset(path, raw, items, digest)


def load_raw(path: Path) -> tuple[list[bytes], str]:
    """Read a dataset file's items as bytes, not parsed, and its SHA-256; raises as above."""
    data = read_bytes(path, "dataset")
    with collection_paused():
        slices = split_list(plain_utf8(data, path, "dataset"))
    if slices.error:
        decode(data, path, "dataset")  # says if it isn't text
        _refuse_other_files(data, path)
        raise InputError(
            f"{path}: not a dataset (a JSON list of samples): {slices.error}. Fix or move the "
            f"file; it was not changed."
        )
    return slices.items, sha256(data).hexdigest()


def _refuse_other_files(data: bytes, path: Path) -> None:
    """Raise `InputError` for JSON files that people mistake for a dataset, saying what they are."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 2)
    try:
        first = loads_last(lines[0])
    except ValueError:
        return
    if not isinstance(first, dict):
        return
    if {"tools", "messages"} <= first.keys():
        what, remedy = "training records", "name the dataset they were made from"
    elif {"id", "query", "decision"} <= first.keys():
        what, remedy = "exported labels", "`workbench labels import` reads them"
    elif len(lines) > 1 and lines[1].strip():
        remedy = f"`jq -s . {shlex.quote(path.name)}` turns it into one"
        what = "JSON Lines, one object per line, but a dataset is one JSON list"
    else:
        return
    raise InputError(f"{path}: not a dataset: it contains {what}; {remedy}.")


def load_grown(path: Path, known: Sequence[bytes]) -> tuple[list[bytes], str]:
    """Read what a dataset file contains after the known items, and its new SHA-256.

    Only the new part is parsed if the file has `write_dataset`'s layout. Raises `InputError` if the
    file no longer begins with those items.
    """
    data = read_bytes(path, "dataset")
    end = len(_OPEN) + sum(map(len, known)) + len(_BETWEEN) * max(0, len(known) - 1)
    last = known[-1] if known else _OPEN
    rest = data[end:]
    if known and data.startswith(_OPEN) and data.endswith(last, 0, end):
        if rest == _CLOSE:
            return [], sha256(data).hexdigest()
        if rest.startswith(_BETWEEN):
            slices = split_list(b"[" + rest.removeprefix(_BETWEEN))
            if not slices.error:
                return slices.items, sha256(data).hexdigest()
    items, digest = load_raw(path)
    if items[: len(known)] != list(known):
        raise InputError(
            f"{path}: another program changed the file; open it again to see its samples."
        )
    return items[len(known) :], digest


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause garbage collection: loading makes many objects that all stay, so scans are wasted."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_item(index: int, raw: bytes) -> Sample | BadItem:
    """Read an item's bytes: a sample, or why it isn't one."""
    try:
        return read_sample(raw)
    except ValueError as error:
        return BadItem(index, str(error))


def encode_sample(sample: Sample) -> bytes:
    """Write a sample as one line of JSON."""
    return dumps(to_item(sample))


def write_dataset(path: Path, items: Iterable[bytes]) -> str:
    """Replace a dataset file with these items, one per line; returns its SHA-256."""
    body = _BETWEEN.join(items)
    content = _OPEN + body + _CLOSE if body else b"[]\n"
    write_atomically(path, content)
    return sha256(content).hexdigest()
