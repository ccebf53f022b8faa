"""Read where a model fails from a report of `workbench evaluate`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import plain_utf8
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.kinds import SampleKind
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.plain import visible
from workbench.core.training.focus import CellFailures, Focus, tried_cells

_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Data(msgspec.Struct):
    split: str


class _Share(msgspec.Struct, frozen=True):
    hits: _Count
    total: _Count


class _Spoken(msgspec.Struct, frozen=True):
    kinds: dict[SampleKind, _Share] = {}


class _Groups(msgspec.Struct, frozen=True):
    sample: dict[SampleKind, _Share] = {}


class _Free(msgspec.Struct, frozen=True):
    groups: _Groups = _Groups()


class _Metrics(msgspec.Struct, frozen=True):
    spoken: _Spoken = _Spoken()
    free: _Free | None = None


class _Result(msgspec.Struct):
    query: str
    answers: tuple[ToolCall, ...]
    given: tuple[ToolCall, ...]
    exact: bool
    effect: bool
    unanswered: str = ""


class _Given(msgspec.Struct):
    calls: tuple[ToolCall, ...] = ()


class _Turn(msgspec.Struct):
    query: str
    given: tuple[_Given, ...]
    end: str
    state: bool
    right: bool
    answers: tuple[ToolCall, ...] = ()


class _Driven(msgspec.Struct):
    turns: list[_Turn]


class _Report(msgspec.Struct):
    format: int
    data: _Data
    results: list[msgspec.Raw]
    metrics: _Metrics = _Metrics()


_Tried = tuple[Sample, tuple[ToolCall, ...], bool]


def load_focus(path: Path, catalog: Catalog) -> Focus:
    """Read a report on dev, step by step or of driving. Raises `InputError` for another one.

    Samples made for what a model gets wrong in eval would make eval a part of its training.
    """
    try:
        report = msgspec.json.decode(
            plain_utf8(read_bytes(path, "report"), path, "report"), type=_Report
        )
        free = report.metrics.free
        results = list(_steps(report.results) if free is None else _turns(report.results))
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(
            f"{path}: this is not an evaluation report: {visible(str(error))}; name the "
            "JSON written by `workbench evaluate --report`."
        ) from None
    if report.data.split != "dev":
        raise InputError(
            f"{path}: this report is on the {visible(report.data.split)} split, but only "
            "dev may steer generation, or eval no longer says anything about new "
            "queries; `workbench refine --num-dev` and `workbench evaluate --split dev` "
            "make one."
        )
    kinds = report.metrics.spoken.kinds if free is None else free.groups.sample
    tried = {kind: CellFailures(one.total, one.total - one.hits) for kind, one in kinds.items()}
    return Focus(str(path), tried_cells(results, catalog), tried)


def _steps(results: Sequence[msgspec.Raw]) -> Iterator[_Tried]:
    for raw in results:
        one = msgspec.json.decode(raw, type=_Result)
        if not one.unanswered:
            yield Sample(one.query, one.answers), one.given, one.exact or one.effect


def _turns(results: Sequence[msgspec.Raw]) -> Iterator[_Tried]:
    """Yield the turns that a model drove through; with the state right, no call has failed."""
    for raw in results:
        for turn in msgspec.json.decode(raw, type=_Driven).turns:
            if turn.end != "no answer":
                given = tuple(call for one in turn.given for call in one.calls)
                yield Sample(turn.query, turn.answers), given, turn.right or turn.state
