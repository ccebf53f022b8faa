"""Records as Parquet, typed or as JSON strings, and back."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from workbench.core.json.text import dumps

Config = Literal["strings", "typed"]
"""strings: tools and messages as JSON strings, which every version loads. typed: as objects,
which datasets loads from version 5 on."""

COLUMNS = ("metadata", "tools", "messages")

_ROWS = 200


class _Raw(msgspec.Struct, forbid_unknown_fields=True):
    metadata: str
    tools: msgspec.Raw
    messages: msgspec.Raw


_raw_decoder = msgspec.json.Decoder(_Raw)


@dataclass(frozen=True, slots=True)
class Size:
    """Of one Parquet file: rows, bytes in memory, bytes on disk."""

    rows: int
    memory: int
    disk: int


def write_parquet(records: Path, config: Config, path: Path) -> Size:
    """Write a file of records (JSONL) as Parquet, some hundred at a time."""
    from datasets import Dataset, disable_progress_bars
    from pyarrow import parquet

    class Rows(Dataset):  # type: ignore[misc]
        """A dataset without a hash of its whole state, which fails for some installations."""

        def __init__(self, table: Any, **options: Any) -> None:
            super().__init__(table, fingerprint="rows", **options)

    disable_progress_bars()
    features = _features(config)
    rows = memory = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with parquet.ParquetWriter(path, features.arrow_schema) as writer:
        for batch in _batches(records):
            given = [as_row(line, config) for line in batch]
            table = Rows.from_list(given, features=features).data.table
            writer.write_table(table.cast(features.arrow_schema))
            rows, memory = rows + len(given), memory + table.nbytes
    return Size(rows, memory, path.stat().st_size)


def as_row(line: bytes, config: Config) -> dict[str, Any]:
    """Return a record as a row of the config."""
    if config == "typed":
        record = json.loads(line)
        return {name: record[name] for name in COLUMNS}
    raw = _raw_decoder.decode(line)
    return {
        "metadata": raw.metadata,
        "tools": bytes(raw.tools).decode(),
        "messages": bytes(raw.messages).decode(),
    }


def check_columns(line: bytes) -> None:
    """Raise `ValueError` if a record has more than the columns, because it would be lost."""
    _raw_decoder.decode(line)


@contextmanager
def loaded(folder: Path, config: str) -> Iterator[Any]:
    """Load a dataset folder as a user would, by its card, with a temporary cache.

    Yields the splits by name. Raises what the library raises.
    """
    from datasets import load_dataset

    with tempfile.TemporaryDirectory(prefix="publish-") as cache:
        yield load_dataset(str(folder), config, cache_dir=cache)


def first_difference(rows: Any, records: Path, config: Config) -> str:
    """Compare loaded rows with the records (JSONL), including types.

    Returns which record differs, and where; "" if all are equal.
    """
    count = 0
    with records.open("rb") as file:
        for number, line in enumerate(file):
            if number >= len(rows):
                return f"record {number + 1} is not in it"
            row: dict[str, Any] = {name: rows[number][name] for name in COLUMNS}
            if dumps(row) != dumps(as_row(line, config)):
                return f"record {number + 1} differs (at {_place(as_row(line, config), row)[1:]})"
            count = number + 1
    return "" if len(rows) == count else f"it has {len(rows) - count} more"


def _place(one: Any, other: Any) -> str:
    """Return the path to the first place where two values differ."""
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        pairs = ((f".{key}", (one[key], other[key])) for key in one)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = ((f"[{index}]", pair) for index, pair in enumerate(zip(one, other, strict=True)))
    for name, (left, right) in pairs:
        if dumps(left) != dumps(right):
            return f"{name}{_place(left, right)}"
    return ""


def _features(config: Config) -> Any:
    from datasets import Features, Json, List, Value

    column = List(Json()) if config == "typed" else Value("string")
    return Features({"metadata": Value("string"), "tools": column, "messages": column})


def _batches(path: Path) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    with path.open("rb") as file:
        for line in file:
            batch.append(line)
            if len(batch) == _ROWS:
                yield batch
                batch = []
    if batch:
        yield batch
