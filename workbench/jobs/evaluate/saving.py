"""Write a report's files: JSON, Markdown beside it, and its plots."""

from pathlib import Path
from typing import Any

import orjson

from workbench.adapters.files import write_atomically
from workbench.core.scoring import Comparison
from workbench.jobs.evaluate.plots import bars_svg
from workbench.jobs.evaluate.report import markdown
from workbench.jobs.evaluate.scoring import Evaluation

PLOTTED = ("calls", "kind", "type", "property", "area")


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
    text = markdown(evaluation, data, compared, plots)
    write_atomically(path.with_suffix(".md"), text.encode())
    write_atomically(path, orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n")
    return [path, path.with_suffix(".md")]
