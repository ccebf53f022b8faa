"""What the helper process and its parent say to each other, as MessagePack."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Literal

import msgspec

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.car.overlay import DriverSide

OrderBy = Literal["similarity", "property", "verdict"]


class _Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    pass


class Start(_Message, frozen=True):
    """The first message. dataset: None for one that isn't written yet. digest: its SHA-256.

    files, driver_side: of `CatalogFiles`. Paths are bytes, because they must not be UTF-8. rows:
    see `Prefer`. passed_over: items to skip, because they have ended a process before.
    """

    dataset: bytes | None
    digest: str
    files: dict[str, bytes]
    driver_side: DriverSide
    rows: list[int]
    passed_over: list[int] = []


class Prefer(_Message, frozen=True):
    """Verify these first."""

    rows: list[int]


class Append(_Message, frozen=True):
    """Items that follow those known."""

    raw: list[bytes]


class AskNear(_Message, frozen=True):
    """Which are nearest to this one? number: of the question, repeated in the answer."""

    number: int
    index: int
    limit: int


class AskAlike(_Message, frozen=True):
    """Which of some others ask for much the same? among: not 0 for each item that counts."""

    number: int
    index: int
    limit: int
    among: bytes


class AskOrder(_Message, frozen=True):
    """What is their order?"""

    number: int
    by: OrderBy


class AskVerdict(_Message, frozen=True):
    """What are all the findings in this item? For one too large for the asker to verify.

    index: of a known item; -1 for another one, whose bytes are `raw`.
    """

    number: int
    index: int
    raw: bytes = b""


class Revise(_Message, frozen=True):
    """What a label makes of an item, for the orders: facets stay those of the file.

    raw: the edited sample, b"" if it isn't edited. dismissed: code, path and number of the findings
    marked wrong, as in `Dismissal`. Neither: the item is as in the file again.
    """

    index: int
    raw: bytes = b""
    dismissed: list[tuple[str, str, int]] = []


class Forget(_Message, frozen=True):
    """The answer to this question is no longer wanted."""

    number: int


class DatasetLoaded(_Message, frozen=True):
    """The dataset is in memory, with this many items. basis: see `verdict_basis`, "" if it has
    changed since.
    """

    total: int
    basis: str = ""


FacetsRow = tuple[int, str, int, int, int, int, int, int, int, int]
"""index, id, verdict (a place in `STATUSES`), codes, functions, properties, areas, calls, engine,
kind.

Codes, functions, properties, areas, engine and kind are indices into the table of all values so
far."""

STATUSES: tuple[Literal["", "pass", "warn", "fail"], ...] = ("", "pass", "warn", "fail")


class FacetsFound(_Message, frozen=True):
    """Facets of some samples. values: those not yet in the table."""

    values: list[str | tuple[str | int, ...]]
    rows: list[FacetsRow]


class Nearest(_Message, frozen=True):
    """The answer to `AskNear` or `AskAlike`: indices and scores."""

    number: int
    found: list[tuple[int, float]]


class Ordered(_Message, frozen=True):
    """The answer to `AskOrder`: indices as 32-bit integers."""

    number: int
    indices: bytes


class Told(_Message, frozen=True):
    """The answer to `AskVerdict`: code, message and path of its findings, the worst first.

    left_out: how many more there are.
    """

    number: int
    findings: list[tuple[str, str, list[str | int]]]
    left_out: int = 0


class Begun(_Message, frozen=True):
    """A large item is being verified: if nothing more comes, the process hangs on it."""

    index: int


class Underway(_Message, frozen=True):
    """How far the answer to `AskOrder` has got: samples done, and in all."""

    number: int
    done: int
    total: int


class HelperFailed(_Message, frozen=True):
    """The process ends, for this reason."""

    message: str


AnalystRequest = (
    Start | Prefer | Append | AskAlike | AskNear | AskOrder | AskVerdict | Revise | Forget
)
Report = DatasetLoaded | FacetsFound | Nearest | Ordered | Told | Begun | Underway | HelperFailed

_requests: msgspec.msgpack.Decoder[AnalystRequest] = msgspec.msgpack.Decoder(AnalystRequest)
_reports: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


def written(message: AnalystRequest | Report) -> bytes:
    """Write a message."""
    return msgspec.msgpack.encode(message)


def read_request(body: bytes) -> AnalystRequest:
    """Read a message to the helper process."""
    return _requests.decode(body)


def read_report(body: bytes) -> Report:
    """Read a message from the helper process. Raises `msgspec.MsgspecError` if it isn't one."""
    return _reports.decode(body)


def start_of(
    dataset: Path | None,
    digest: str,
    files: CatalogFiles,
    prefer: Sequence[int],
    passed_over: Iterable[int] = (),
) -> Start:
    """Write the first message."""
    paths = {field.name: getattr(files, field.name) for field in fields(files)}
    named = {name: os.fsencode(path) for name, path in paths.items() if isinstance(path, Path)}
    place = None if dataset is None else os.fsencode(dataset)
    return Start(place, digest, named, files.driver_side, list(prefer), list(passed_over))


def files_of(start: Start) -> CatalogFiles:
    """Return the catalogue files that the first message names."""
    paths = {name: Path(os.fsdecode(path)) for name, path in start.files.items()}
    return CatalogFiles(**paths, driver_side=start.driver_side)
