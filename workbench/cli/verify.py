"""`workbench verify`: a verdict for every sample of a dataset."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from workbench.adapters.dataset import Dataset, load_dataset
from workbench.adapters.labels import LabelStore, labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import note, out, plain, say, write_lines
from workbench.cli.explain import at_step, explain_item
from workbench.cli.options import DatasetArgument, LabelsOption
from workbench.core.checks import DEFAULT_STAGES
from workbench.core.codes import CODES
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.text.plain import visible
from workbench.core.verdicts import Stage, Status
from workbench.jobs.verifying.verify import (
    Checked,
    VerdictSummary,
    as_json,
    processes_for,
    summarize,
    verify_dataset,
    with_consistency,
    with_labels,
)


class StageChoice(StrEnum):
    """The verifier's stages, as Typer needs them for a repeatable choice."""

    FORMAT = "format"
    EXECUTION = "execution"
    CONVERSATION = "conversation"
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
            help="Only this stage (repeatable; default: all but policy). "
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
    labels: LabelsOption = None,
    *,
    files: CatalogFiles,
) -> None:
    """Check every sample: its format, its calls on a simulated vehicle, then their meaning.

    Rules and word lists decide whether the calls do what the words say. They can be wrong, so these
    findings are only warnings. Findings that a reviewer marked wrong don't count, and are listed
    separately.

    Exit status: 0 if no sample fails, 1 if any does, 2 for input that cannot be used.
    """
    stages: Sequence[Stage] = [chosen.value for chosen in stage] if stage else DEFAULT_STAGES
    loaded = load_dataset(dataset)
    with ExitStack() as opened:
        store = _open(labels, dataset, opened)
        if explained is not None:
            raise typer.Exit(explain_item(loaded, explained, files, store))
        raise typer.Exit(
            _verify(loaded, files, stages, jobs, store, consistency=consistency, as_lines=as_lines)
        )


def _open(labels: Path | None, dataset: Path, opened: ExitStack) -> LabelStore | None:
    """Open the labels that say which findings are marked wrong; by default those beside the
    dataset. If these can't be read, the dataset is verified without them. Raises `InputError` for
    named ones.
    """
    try:
        return opened.enter_context(open_labels(labels or labels_path(dataset), read_only=True))
    except InputError as error:
        if labels is not None:
            raise
        note(f"{error} So nothing counts as marked wrong.")
    return None


def _verify(
    loaded: Dataset,
    files: CatalogFiles,
    stages: Sequence[Stage],
    jobs: int | None,
    store: LabelStore | None,
    *,
    consistency: bool,
    as_lines: bool,
) -> int:
    """Verify and print; returns the exit status."""
    verifier = load_verifier(files, stages).ready()
    processes = jobs or processes_for(loaded.items, verifier, os.cpu_count() or 1)
    results = verify_dataset(loaded, verifier, processes)
    if consistency:
        results = with_consistency(results, loaded, verifier)
    if store is not None:
        results = with_labels(results, store)
    if as_lines:
        failed = _print_lines(results)
    else:
        summary = summarize(results)
        print_summary(summary, str(loaded.path))
        failed = summary.statuses["fail"] > 0
    return 1 if failed else 0


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
    if summary.unread:
        read = summary.total - summary.unread
        share = f"{read / summary.total:.1%}"
        say(f"read in full: {read:,} of {summary.total:,} requests, {share}", indent=2)
    if summary.codes:
        out.print(_codes_table(summary))
    if summary.worst:
        out.print(Text("\nWorst samples", style="bold"))
        for checked in summary.worst:
            print_checked(checked)
        more = summary.found - len(summary.worst)
        if more > 0:
            say(f"… and {more:,} more; --json lists all", indent=2)
    if summary.dismissed:
        count = summary.dismissed.total()
        told = "1 finding was marked wrong and doesn't count"
        if count > 1:
            told = f"{count:,} findings were marked wrong and don't count"
        out.print(Text(f"\n{told}", style="bold"))
        for checked in summary.called_wrong:
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
        say(f"{finding.code}: {at_step(finding)}{finding.message}", indent=6)
    for one in checked.verdict.dismissed:
        by = visible(one.reviewer) or "someone"
        found = f"{one.finding.code}: {at_step(one.finding)}{one.finding.message}"
        say(f"marked wrong by {by}: {found}", indent=6)
