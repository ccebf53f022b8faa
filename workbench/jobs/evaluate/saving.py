"""Write a report's files: JSON, Markdown beside it, and its plots."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from workbench.adapters.files import read_bytes, write_atomically
from workbench.core.errors import InputError
from workbench.core.scoring import Comparison
from workbench.jobs.evaluate.plots import bars_svg
from workbench.jobs.evaluate.report import markdown
from workbench.jobs.evaluate.scoring import Evaluation

PLOTTED = ("calls", "kind", "type", "property", "area")


def check_report(path: Path, others: Mapping[str, Path | None]) -> None:
    """Look whether a report may be written there, before anything is asked. others: by option.

    Raises `InputError` where it would replace something that is no report.
    """
    if path.suffix != ".json":
        raise InputError(f"--report {path}: this is the JSON report; let its name end in .json.")
    ends = (".json", ".md", *(f".{group}.svg" for group in PLOTTED))
    written = {path.with_suffix(end).resolve() for end in ends}
    for name, other in others.items():
        if other is not None and other.resolve() in written:
            raise InputError(
                f"--report {path}: it would replace {name} {other}; name another file."
            )
    if path.is_dir():
        raise InputError(f"--report {path}: this is a folder; name a file in it.")
    if path.exists() and path.stat().st_size and not _is_report(path):
        raise InputError(
            f"--report {path}: there is a file that is no report of evaluate; name another one, "
            "or move it away."
        )


def _is_report(path: Path) -> bool:
    try:
        found = orjson.loads(read_bytes(path, "report"))
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and {"format", "metrics", "results"} <= found.keys()


def save_report(
    evaluation: Evaluation,
    body: dict[str, Any],
    data: str,
    path: Path,
    compared: tuple[Comparison, str] | None,
) -> list[Path]:
    """Write `NAME.json`, `NAME.md` and `NAME.GROUP.svg`; returns the first two.

    Raises `InputError` where they cannot be written.
    """
    plots = {}
    for group in PLOTTED:
        shares = evaluation.summary.groups.get(group)
        if shares:
            plot = path.with_suffix(f".{group}.svg")
            write_atomically(plot, bars_svg(f"Exact match by {group}", shares).encode())
            plots[group] = plot.name
    readable = path.with_suffix(".md")
    write_atomically(readable, markdown(evaluation, data, compared, plots).encode())
    write_atomically(path, _indented(body) + b"\n")
    return [path, readable]


def _indented(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, option=orjson.OPT_INDENT_2)
    except TypeError:  # a model wrote a number beyond 64 bits
        return json.dumps(body, indent=2).encode()
