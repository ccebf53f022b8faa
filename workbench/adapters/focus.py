"""Read where a model fails from a report of `workbench evaluate`."""

from pathlib import Path

import msgspec

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import plain_utf8
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.plain import visible
from workbench.core.training.focus import Focus, tried_cells


class _Data(msgspec.Struct):
    split: str


class _Result(msgspec.Struct):
    query: str
    answers: tuple[ToolCall, ...]
    given: tuple[ToolCall, ...]
    exact: bool
    effect: bool
    unanswered: str = ""


class _Report(msgspec.Struct):
    format: int
    data: _Data
    results: list[_Result]


def load_focus(path: Path, catalog: Catalog) -> Focus:
    """Read a report on dev. Raises `InputError` for another one.

    Samples made for what a model gets wrong in eval would make eval a part of its training.
    """
    try:
        report = msgspec.json.decode(
            plain_utf8(read_bytes(path, "report"), path, "report"), type=_Report
        )
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
    results = [
        (Sample(one.query, one.answers), one.given, one.exact or one.effect)
        for one in report.results
        if not one.unanswered
    ]
    return Focus(str(path), tried_cells(results, catalog))
