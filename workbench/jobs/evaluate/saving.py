"""Write a report's files: JSON, Markdown and plots."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from workbench.adapters.files.durable import locked, write_atomically
from workbench.adapters.outputs import PLOTTED, answers, check_outputs, report
from workbench.core.errors import InputError
from workbench.core.training.scoring import Comparison
from workbench.jobs.evaluate.plots import bars_svg
from workbench.jobs.evaluate.report import markdown
from workbench.jobs.evaluate.scoring import Evaluation


def check_report(
    path: Path, saved: Path, inputs: Mapping[str, Path | None], *, force: bool = False
) -> None:
    """Check that a report can be written there, before anything is asked.

    saved: where answers are. inputs: the files read, by what they are. force: replace files that
    this program didn't write. Raises `InputError`.
    """
    if path.suffix != ".json":
        raise InputError(f"--report {path}: this is the JSON report; its name must end in .json.")
    if path.is_dir():
        raise InputError(f"--report {path}: this is a folder; name a file in it.")
    check_outputs([*report(path), *answers(saved)], inputs, force=force)


def save_report(
    evaluation: Evaluation,
    body: dict[str, Any],
    data: str,
    path: Path,
    compared: tuple[Comparison, str] | None,
) -> list[Path]:
    """Write `NAME.json`, `NAME.md` and `NAME.GROUP.svg`; returns the first two.

    Raises `InputError` if they cannot be written.
    """
    drawn = [path.with_suffix(f".{group}.svg") for group in PLOTTED]
    readable = path.with_suffix(".md")
    with locked(path, "evaluate", readable, *drawn, wait=10):
        _save(evaluation, body, data, path, compared)
    return [path, readable]


def _save(
    evaluation: Evaluation,
    body: dict[str, Any],
    data: str,
    path: Path,
    compared: tuple[Comparison, str] | None,
) -> None:
    plots = {}
    for group in PLOTTED:
        shares = evaluation.summary.groups.get(group)
        if shares:
            plot = path.with_suffix(f".{group}.svg")
            write_atomically(plot, bars_svg(f"Exact match by {group}", shares).encode())
            plots[group] = plot.name
    readable = path.with_suffix(".md")
    write_atomically(readable, markdown(evaluation, data, compared, plots).encode())
    write_atomically(path, indented(body) + b"\n")


def indented(body: dict[str, Any]) -> bytes:
    """Write a report's JSON, for people too."""
    try:
        return orjson.dumps(body, option=orjson.OPT_INDENT_2)
    except TypeError:  # a model wrote a number of more than 64 bits
        return json.dumps(body, indent=2).encode()
