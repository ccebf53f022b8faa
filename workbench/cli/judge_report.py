"""What `judge --report` prints: how far judges agree with people."""

from pathlib import Path

from rich.table import Table

from workbench.adapters.dataset import Dataset
from workbench.adapters.judgements import judge_path, read_judgements
from workbench.adapters.labels import open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import note, out, plain, say, write_lines
from workbench.core.json.text import dumps
from workbench.core.judge.report import Agreement, JudgeReport, kappa_words
from workbench.core.stats.agreement import IntervalEstimate, share
from workbench.jobs.second_opinion.judge_report import as_json as report_json
from workbench.jobs.second_opinion.judge_report import report


def print_reports(dataset: Dataset, labels: Path, files: CatalogFiles, *, as_json: bool) -> None:
    """Print a report for each judge, the latest first; as JSON, one object per line."""
    path = judge_path(dataset.path)
    known = read_judgements(path)
    with open_labels(labels, read_only=True) as store:
        ids = [sample.id for sample in dataset.samples]
        reports = report(known, store, files.digest(), ids)
    if as_json:
        write_lines(dumps(report_json(one)) + b"\n" for one in reports)
        return
    if not reports:
        note(f"{path}: nothing in this dataset has been judged yet.")
    for one in reports:
        print_report(one)


def print_report(found: JudgeReport) -> None:
    """Print how reliable one judge is."""
    of = ", conversations" if found.conversations else ""
    out.print(plain(f"Judge {found.model}, prompt {found.prompt}{of}", "bold"))
    split = f", the votes split on {found.split:,}" if found.split else ""
    say(f"{found.judged:,} judged, {found.wrong:,} of them wrong{split}", indent=2)
    say(f"against people: {kappa_words(found.overall)}", indent=2)
    if found.overall.compared:
        out.print(_table(found.overall))
        _print_figures(found.overall)
    if found.bulk:
        say(f"{found.bulk:,} of these decisions were made in bulk", indent=2)
    seen = found.overall.compared - found.blind.compared
    if seen:
        say(
            f"{seen:,} were decided after the judge's answer and may have followed it; "
            f"without them: {kappa_words(found.blind)}",
            indent=2,
        )
    out.print(_codes(found))


def _print_figures(agreement: Agreement) -> None:
    say(f"agreement {agreement.observed:.1%}", indent=2)
    for words, estimate in (
        ("of what the judge calls wrong, people edit or reject", agreement.precision),
        ("of what people edit or reject, the judge calls wrong", agreement.recall),
    ):
        if estimate is not None:
            say(f"{words} {_percent(estimate)}", indent=2)


def _percent(estimate: IntervalEstimate) -> str:
    return f"{estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%})"


def _table(agreement: Agreement) -> Table:
    table = Table(box=None, padding=(0, 2))
    for heading in ("", "accepted as it is", "edited or rejected"):
        table.add_column(heading, justify="right" if heading else "left")
    for words, row in zip(("judge: ok", "judge: wrong"), agreement.table, strict=True):
        table.add_row(words, *(f"{count:,}" for count in row))
    return table


def _codes(found: JudgeReport) -> Table:
    table = Table(box=None, padding=(0, 2))
    for heading in ("finding", "found", "compared", "confirmed"):
        table.add_column(heading, justify="left" if heading == "finding" else "right")
    for code, (number, compared, right) in found.codes.items():
        estimate = share(right, compared)
        words = f"{right:,} = {_percent(estimate)}" if estimate else "–"
        table.add_row(code, f"{number:,}", f"{compared:,}", words)
    return table
