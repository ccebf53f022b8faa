"""What `workbench evaluate --free` prints: a table that fits 80 columns."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import note, out, plain, say, write_lines
from workbench.core.car.catalog import Catalog
from workbench.core.json.text import dumps
from workbench.core.training.free import END_ACTS, Course, FreeSummary
from workbench.jobs.evaluate.driven import (
    FREE_METRICS,
    FreeEvaluation,
    free_report,
    save_free_report,
    score_free,
)
from workbench.jobs.evaluate.report import share_words


def score_and_report_free(
    courses: Sequence[Course],
    data: Path,
    digest: str,
    files: CatalogFiles,
    catalog: Catalog,
    saved: Path,
    report: Path,
    *,
    tries: int,
    as_json: bool,
) -> None:
    """Score saved answers, write what was found, and print it. Raises `InputError`."""
    evaluation = score_free(courses, saved, catalog, tries)
    body = free_report(evaluation, data=str(data), digest=digest, catalog=files.digests())
    written = save_free_report(evaluation, body, str(data), report)
    if as_json:
        body.pop("results")
        write_lines([dumps(body) + b"\n"])
        return
    out.print(_metrics(evaluation))
    out.print(_ends(evaluation.summary))
    for sentence in evaluation.notes:
        note(sentence)
    say(f"Report: {', '.join(map(str, written))}")


def _metrics(evaluation: FreeEvaluation) -> Table:
    summary = evaluation.summary
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    count = len({one.course.number for one in evaluation.driven})
    table.add_column(f"{count:,} conversations, driven", no_wrap=True)
    table.add_column(plain(evaluation.head.model), overflow="fold")
    for key, name, _ in FREE_METRICS:
        table.add_row(plain(name), share_words(getattr(summary, key)))
    if evaluation.tries is not None:
        table.add_row(f"all {evaluation.tries.tries} tries", share_words(evaluation.tries.all_of))
    table.add_row("")
    return table


def _ends(summary: FreeSummary) -> Table:
    """Return the table of how turns were to end, and how they did."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("right, and ended:", vertical="bottom")
    for end in END_ACTS:
        table.add_column(end.replace(" ", "\n", 1), justify="right", vertical="bottom")
    for wanted, counts in summary.ends.items():
        table.add_row(plain(f"  {wanted}"), *(f"{counts[end]:,}" for end in END_ACTS))
    return table
