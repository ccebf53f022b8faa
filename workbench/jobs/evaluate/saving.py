"""Write a report's files: JSON, Markdown and plots."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from workbench.adapters.files.durable import locked, write_atomically
from workbench.adapters.outputs import PLOTTED, answers, check_outputs, report
from workbench.core.errors import InputError
from workbench.core.training.scoring import Comparison, Share
from workbench.jobs.evaluate.plots import bars_svg
from workbench.jobs.evaluate.report import GROUP_WORDS, markdown
from workbench.jobs.evaluate.scoring import Evaluation

Drawn = tuple[str, Mapping[str, Share]]
"""A plot's title, and what is drawn."""


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
    drawn = {
        group: (f"Exact match by {group}", shares)
        for group, shares in evaluation.summary.groups.items()
    }
    if evaluation.spoken is not None:
        drawn["sample"] = whole_by("sample", evaluation.spoken.kinds)

    def readable(plots: Mapping[str, str]) -> str:
        return markdown(evaluation, data, compared, plots)

    return write_report(path, body, drawn, readable)


def whole_by(group: str, shares: Mapping[str, Share]) -> Drawn:
    """Return the plot of whole conversations by a group."""
    return f"Whole conversations by {GROUP_WORDS[group]}", shares


def write_report(
    path: Path,
    body: Mapping[str, Any],
    drawn: Mapping[str, Drawn],
    readable: Callable[[Mapping[str, str]], str],
) -> list[Path]:
    """Write a report: JSON, Markdown and plots; returns the first two.

    drawn: plots by group, of those in `PLOTTED`. readable: the Markdown, given the plots' files by
    group. Raises `InputError` if they cannot be written.
    """
    files = {group: path.with_suffix(f".{group}.svg") for group in PLOTTED}
    text = path.with_suffix(".md")
    with locked(path, "evaluate", text, *files.values(), wait=10):
        plots = {}
        for group, file in files.items():
            title, shares = drawn.get(group, ("", {}))
            if shares:
                write_atomically(file, bars_svg(title, shares).encode())
                plots[group] = file.name
        write_atomically(text, readable(plots).encode())
        write_atomically(path, indented(body) + b"\n")
    return [path, text]


def indented(body: Mapping[str, Any]) -> bytes:
    """Write a report's JSON, for people too."""
    try:
        return orjson.dumps(dict(body), option=orjson.OPT_INDENT_2)
    except TypeError:  # a model wrote a number of more than 64 bits
        return json.dumps(dict(body), indent=2).encode()
