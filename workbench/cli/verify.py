"""`workbench verify`: a verdict for every sample of a dataset."""

import os
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from workbench.adapters.dataset import load_dataset
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import out, plain, say, write_lines
from workbench.cli.explain import explain_item
from workbench.cli.options import DatasetArgument
from workbench.core.checks import DEFAULT_STAGES
from workbench.core.codes import CODES
from workbench.core.json.text import dumps
from workbench.core.verdicts import Stage, Status
from workbench.jobs.verifying.verify import (
    Checked,
    VerdictSummary,
    as_json,
    processes_for,
    summarize,
    verify_dataset,
    with_consistency,
)


class StageChoice(StrEnum):
    """The verifier's stages, as Typer wants a choice that may be repeated."""

    FORMAT = "format"
    EXECUTION = "execution"
    GROUNDING = "grounding"
    POLICY = "policy"


_GLYPHS: dict[Status, tuple[str, str]] = {
    "pass": ("✓", "green"),
    "warn": ("!", "yellow"),
    "fail": ("✗", "red"),
}


def verify(
    dataset: DatasetArgument,
    as_lines: Annotated[
        bool,
        typer.Option("--json", help="Print JSON, one object per line for each item in the file."),
    ] = False,
    stage: Annotated[
        list[StageChoice] | None,
        typer.Option(
            "--stage",
            help="Only this stage (repeatable; default: format, execution and grounding). "
            "policy compares the calls with the labelling policy, for information.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Processes (default: as many as pay off, at most one per core).",
        ),
    ] = None,
    explained: Annotated[
        int | None,
        typer.Option(
            "--explain",
            metavar="INDEX",
            min=0,
            help="Only this item (from 0): how its query is read, and its findings.",
        ),
    ] = None,
    consistency: Annotated[
        bool,
        typer.Option(
            "--consistency", help="Also warn if the same request has different calls elsewhere."
        ),
    ] = False,
    *,
    files: CatalogFiles,
) -> None:
    """Check every sample: its format, its calls on a simulated vehicle, then their meaning.

    Rules and word lists decide whether the calls do what the words say. They can be wrong, so these
    findings are only warnings.

    Exit status: 0 if no sample fails, 1 if any does, 2 for input that cannot be used.
    """
    stages: Sequence[Stage] = [chosen.value for chosen in stage] if stage else DEFAULT_STAGES
    loaded = load_dataset(dataset)
    if explained is not None:
        raise typer.Exit(explain_item(loaded, explained, files))
    verifier = load_verifier(files, stages).ready()
    processes = jobs or processes_for(loaded.items, verifier, os.cpu_count() or 1)
    results = verify_dataset(loaded, verifier, processes)
    if consistency:
        results = with_consistency(results, loaded, verifier)
    if as_lines:
        failed = _print_lines(results)
    else:
        summary = summarize(results)
        print_summary(summary, str(dataset))
        failed = summary.statuses["fail"] > 0
    raise typer.Exit(1 if failed else 0)


def _print_lines(results: Iterable[Checked]) -> bool:
    failed = False

    def lines() -> Iterator[bytes]:
        nonlocal failed
        for checked in results:
            failed = failed or checked.verdict.status == "fail"
            yield dumps(as_json(checked)) + b"\n"

    write_lines(lines())
    return failed


def print_summary(summary: VerdictSummary, name: str) -> None:
    """Print verdict counts, findings by code, and the worst samples."""
    out.print(plain(f"{name}: {summary.total:,} items", "bold"))
    for status, (glyph, style) in _GLYPHS.items():
        count = summary.statuses[status]
        share = f"{count / summary.total:6.1%}" if summary.total else ""
        out.print(Text.assemble((f"  {glyph} {status:5}", style), f"{count:>9,}  {share}"))
    if summary.codes:
        out.print(_codes_table(summary))
    if summary.worst:
        out.print(Text("\nWorst samples", style="bold"))
        for checked in summary.worst:
            print_checked(checked)


def _codes_table(summary: VerdictSummary) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2), title_justify="left")
    table.add_column("\nfinding")
    table.add_column("\nseverity")
    table.add_column("\ncount", justify="right")
    for code, count in summary.codes.most_common():
        table.add_row(code, CODES[code].severity, f"{count:,}")
    return table


def print_checked(checked: Checked) -> None:
    """Print a sample with its findings."""
    glyph, style = _GLYPHS[checked.verdict.status]
    query = checked.sample.query if checked.sample else "(unusable)"
    head = Text.assemble((f"  {glyph} ", style), (f"#{checked.index} ", "bold"))
    out.print(head.append_text(plain(query)), no_wrap=True, overflow="ellipsis")
    for finding in checked.verdict.findings:
        say(f"{finding.code}: {finding.message}", indent=6)
