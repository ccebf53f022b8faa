"""The run journal: what engines were asked and what they answered, one line each, as it came.

A reply is on disk (fsync) before anything else is done with it; samples, ledger and quarantine
follow from the journal by replay. A `fold` line says how far the dataset file has got:

    {"kind": "run", run, engine, model, seed, version, time}
    {"kind": "ask", run, request, count, thin: [[property, area, access], …]}
    {"kind": "reply", run, request, engine, model, reply, usage, finish, time}
    {"kind": "failure", run, request, error, time}
    {"kind": "fold", pending: [request, …], ledger, samples, quarantine, duplicates}

pending: requests answered but not yet taken in at the fold (replies of a deterministic engine
wait for the ones before them). quarantine, duplicates: lengths of those files in bytes.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from workbench.adapters.files import read_bytes
from workbench.core.errors import InputError
from workbench.core.jsontext import dumps


@dataclass
class JournalState:
    """What a journal says when it is opened, up to the last fold and after it.

    replies: answers not yet folded in, by request. asks: requests without an answer, or with one
    that is not yet folded in. fold: the last fold line, None where there is none. next_run,
    next_request: numbers not used yet.
    failures: failed requests since the fold. replied: whether any answer is in it.
    """

    replies: dict[int, dict[str, Any]] = field(default_factory=dict)
    asks: dict[int, dict[str, Any]] = field(default_factory=dict)
    fold: dict[str, Any] | None = None
    next_run: int = 1
    next_request: int = 0
    failures: int = 0
    replied: bool = False

    def take(self, entry: dict[str, Any], *, ignore_folds: bool) -> None:
        """Take in one line."""
        kind, request = entry["kind"], entry.get("request")
        self.next_run = max(self.next_run, entry.get("run", 0) + 1)
        if request is not None:
            self.next_request = max(self.next_request, request + 1)
        if kind == "ask":
            self.asks[entry["request"]] = entry
        elif kind == "reply":
            self.replied = True
            self.replies[entry["request"]] = entry
        elif kind == "failure":
            self.asks.pop(entry["request"], None)
            self.failures += 1
        elif kind == "fold" and not ignore_folds:
            pending = set(entry["pending"])
            for number in self.replies.keys() - pending:
                self.asks.pop(number, None)
            self.replies = {n: reply for n, reply in self.replies.items() if n in pending}
            self.fold = entry
            self.failures = 0


class Journal:
    """An open journal, to be appended to. Close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._cut_torn_line()
        self._file: BinaryIO = path.open("ab", buffering=0)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _cut_torn_line(self) -> None:
        """Cut off a last line that a crash left without its end."""
        if not self.path.exists():
            return
        with self.path.open("rb+") as file:
            end = file.seek(0, os.SEEK_END)
            keep = end
            while keep:
                start = max(0, keep - 65536)
                file.seek(start)
                newline = file.read(keep - start).rfind(b"\n")
                if newline >= 0:
                    keep = start + newline + 1
                    break
                keep = start
            if keep < end:
                file.truncate(keep)

    def read(self, *, ignore_folds: bool = False) -> JournalState:
        """Replay the lines. ignore_folds: as if nothing had been folded, to rebuild a dataset.

        Raises `InputError` for a line that is none of the journal's.
        """
        state = JournalState()
        lines = read_bytes(self.path, "journal").splitlines()
        for number, line in enumerate(lines, start=1):
            try:
                state.take(_loads(line), ignore_folds=ignore_folds)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise InputError(
                    f"{self.path}: line {number} is no line of a run journal; "
                    "restore the file, or move it away to go on without it."
                ) from None
        return state

    def append(self, entry: dict[str, Any], *, sync: bool = True) -> None:
        """Append one line; with `sync`, it is on disk when this returns."""
        self._file.write(dumps(entry) + b"\n")
        if sync:
            os.fsync(self._file.fileno())


def now() -> str:
    """Give the time for a journal line: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _loads(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return json.loads(line)
