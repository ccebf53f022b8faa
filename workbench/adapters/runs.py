"""The record of runs, beside the dataset in `NAME.runs.json`: a plain TinyDB file, its own.

A document for each start of a program that asked a model, numbered from 1. It is written when the
run begins and when it ends, so that nobody waits for labels.
"""

import os
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec

from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import locked
from workbench.adapters.labels.databases import Document, TinyDB, open_whole
from workbench.core.errors import InputError
from workbench.core.spending.tally import Tally
from workbench.core.spending.usage import Usage

RunKind = Literal["generate", "judge", "repair", "evaluate"]
READERS: tuple[RunKind, ...] = ("judge", "repair")
"""Kinds that share one lock and one journal, that of the judge file."""
End = Literal[
    "running",
    "done",
    "stalled",
    "budget",
    "fatal",
    "failed",
    "interrupted",
    "killed",
    "unknown",
]
ENDS: tuple[End, ...] = get_args(End)
RunCount = Annotated[int, msgspec.Meta(ge=0)]

_MOST = 10**9
"""US dollars; no run costs this much."""
_WAIT = 10.0
"""Seconds to wait for another process that is writing its record."""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    number: of the record. run: its number in the journal, which samples name as their origin.
    versions: models that answered, as the service names them. prompts: hash of the prompt files.
    began, ended: UTC. seconds: it was at work. end: how it ended, and reason: why, in words.
    pid, host: the process. ledger: what it added to the dataset's counts. price: which one, and
    as of when. The counts and amounts are those of `core.tally`; amounts in US dollars.
    """

    number: RunCount
    kind: RunKind = "generate"
    run: RunCount = 0
    engine: str = ""
    model: str = ""
    versions: tuple[str, ...] = ()
    prompts: str = ""
    options: dict[str, Any] = {}
    tier: str = "standard"
    began: str = ""
    ended: str = ""
    seconds: float = 0.0
    end: End = "running"
    reason: str = ""
    pid: int = 0
    host: str = ""
    ledger: dict[str, int] = {}
    replies: RunCount = 0
    failures: RunCount = 0
    retries: RunCount = 0
    errors: dict[str, RunCount] = {}
    tokens: dict[str, RunCount] = {}
    counted: RunCount = 0
    cost: str = "0"
    unpriced: RunCount = 0
    unsure: RunCount = 0
    unsure_cost: str = "0"
    price: str = ""

    @property
    def tally(self) -> Tally:
        """The counts, to be added to others."""
        tally = Tally(self.replies, self.failures, self.retries)
        tally.errors.update(self.errors)
        tally.tokens = Usage.from_dict(self.tokens)
        tally.counted, tally.unpriced, tally.unsure = self.counted, self.unpriced, self.unsure
        tally.cost, tally.unsure_cost = Decimal(self.cost), Decimal(self.unsure_cost)
        return tally

    def with_tally(self, tally: Tally, **change: Any) -> "RunRecord":
        """Return the record with these counts, and other fields changed."""
        return msgspec.structs.replace(self, **tally.as_dict(), **change)

    @property
    def alive(self) -> bool:
        """Whether its process is alive, as far as this machine can tell."""
        if self.end != "running":
            return False
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except OverflowError:  # not a process id
            return False
        except OSError:  # another user's
            return True
        return True


def runs_path(dataset: Path) -> Path:
    """Return where the runs of a dataset are recorded."""
    return DatasetFiles(dataset).runs


def read_records(path: Path) -> list[RunRecord]:
    """Read the records, oldest first; none if there is no file.

    Raises `InputError` if the file is damaged or cannot be read.
    """
    try:
        with open_whole(path) as db:
            found = [_record(document) for document in db]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{path}: the record of runs can't be read: {reason}.") from None
    except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
        raise InputError(
            f"{path}: the record of runs is damaged ({error}); restore it, or move it away: it is "
            "then rebuilt from the journal."
        ) from None
    return sorted(found, key=lambda record: record.number)


def write_records(path: Path, records: Iterable[RunRecord]) -> None:
    """Put records into the file, replacing those with the same numbers; then each is on disk.

    Raises `InputError` if that fails, `LockedError` if another process holds the file.
    """
    with locked(path, "record a run", wait=_WAIT), open_whole(path) as db:
        _put(db, records)


def add_record(path: Path, record: RunRecord, least: int = 1) -> RunRecord:
    """Add a record under the next number, at least `least`; returns it with that number.

    Raises like `write_records`.
    """
    with locked(path, "record a run", wait=_WAIT), open_whole(path) as db:
        number = max([least, *(document.doc_id + 1 for document in db)])
        numbered = msgspec.structs.replace(record, number=number)
        _put(db, [numbered])
    return numbered


def set_aside(path: Path) -> Path:
    """Move a damaged file away; returns where to. Raises `InputError` if that fails."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"{path.name}.damaged-{stamp}")
    try:
        with locked(path, "record a run", wait=_WAIT):
            path.rename(target)
    except OSError as error:
        raise InputError(f"{path}: can't be moved away: {error}.") from None
    return target


def _put(db: TinyDB, records: Iterable[RunRecord]) -> None:
    for record in records:
        # An update, so that fields written by a newer version stay.
        db.upsert(Document(msgspec.to_builtins(record), record.number))


def _record(document: Document) -> RunRecord:
    record = msgspec.convert(dict(document), RunRecord)
    tally = record.tally  # amounts that are none are found here
    for amount in (tally.cost, tally.unsure_cost):
        if not amount.is_finite() or not 0 <= amount < _MOST:
            raise ValueError(f"an amount is {amount}")
    return msgspec.structs.replace(record, number=document.doc_id)
