"""What `workbench evaluate --free` makes of answers: its report, and tables that fit 80 columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from workbench.adapters.answers import read_answers
from workbench.adapters.dataset import load_dataset
from workbench.adapters.models.answering import Answerer
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.cli.console import note, out, plain, say, write_lines
from workbench.cli.evaluate_asking import Asking, ask_and_save
from workbench.cli.evaluate_report import brief_share, name_apart, tell_stored
from workbench.core.car.catalog import Catalog, with_lists
from workbench.core.json.text import dumps
from workbench.core.training.free import END_ACTS, Course
from workbench.core.training.records import SplitName
from workbench.core.training.scoring import Comparison, Share, compare_right
from workbench.core.training.scoring.spoken import ACTS
from workbench.jobs.evaluate.choosing import AnswererChoice
from workbench.jobs.evaluate.driven import FreeEvaluation, compare_free, score_free
from workbench.jobs.evaluate.driving import ask_free
from workbench.jobs.evaluate.free_report import FREE_METRICS, free_report, save_free_report
from workbench.jobs.evaluate.golds import load_courses
from workbench.jobs.evaluate.report import (
    GROUP_WORDS,
    comparison_data,
    comparison_words,
    share_words,
)
from workbench.jobs.evaluate.storing import store_driving

_SHOWN_GROUPS = ("sample", "turns")
"""The groups with few enough names to print; properties are in the report."""


@dataclass(frozen=True)
class FreeBasis:
    """What a model's driving is scored on. digest: SHA-256 of the records file, `data`.

    compare: another model's answers. labels: a dataset beside which results are stored.
    """

    courses: Sequence[Course]
    data: Path
    digest: str
    files: CatalogFiles
    catalog: Catalog
    tries: int
    compare: Path | None
    labels: Path | None


def prepare_free(
    data: Path,
    split: SplitName,
    limit: int | None,
    files: CatalogFiles,
    tries: int,
    compare: Path | None,
    labels: Path | None,
) -> FreeBasis:
    """Read everything that driving is scored on. Raises `InputError` for unusable files."""
    catalog = with_lists(load_catalog(files))
    courses, digest = load_courses(data, split, catalog, limit)
    if compare is not None:
        read_answers(compare)
    if labels is not None:
        load_dataset(labels)
    return FreeBasis(courses, data, digest, files, catalog, tries, compare, labels)


def drive(basis: FreeBasis, choice: AnswererChoice, saved: Path, *, batch: bool) -> None:
    """Let the model drive the car through the conversations, as far as that isn't saved."""

    def begin(answerer: Answerer) -> Asking:
        return ask_free(
            basis.courses,
            answerer,
            saved,
            basis.catalog,
            workers=choice.workers,
            tries=basis.tries,
            data=basis.digest,
            settings=choice.settings,
        )

    total = basis.tries * len(basis.courses)
    runs = basis.labels or basis.data.with_suffix(".json")
    ask_and_save(begin, total, choice, saved, runs, batch=batch, chat=True)


def score_and_report_free(basis: FreeBasis, saved: Path, report: Path, *, as_json: bool) -> None:
    """Score saved answers, write what was found, and print it. Raises `InputError`."""
    evaluation, other = _scored(basis, saved)
    count = len(evaluation.driven)
    if other is not None and count < len(basis.courses):
        note(
            f"Both models were asked {count:,} of {len(basis.courses):,} conversations; they are "
            "scored on these only."
        )
    data, catalog = str(basis.data), basis.files.digests()
    body = free_report(evaluation, data=data, digest=basis.digest, catalog=catalog)
    compared: tuple[Comparison, str] | None = None
    if other is not None:
        found = compare_right(evaluation.right, other.right)
        compared = found, name_apart(other.head.model, evaluation.head.model, basis.compare)
        body["comparison"] = {"model": other.head.model, **comparison_data(found)}
    written = save_free_report(evaluation, body, data, report, compared)
    if basis.labels is not None:
        tell_stored(store_driving(evaluation, basis.labels, basis.catalog), basis.labels)
    if as_json:
        body.pop("results")
        write_lines([dumps(body) + b"\n"])
        return
    out.print(_metrics(evaluation, other))
    for one in filter(None, (evaluation, other)):
        if other is not None:
            say(one.head.model, "bold")
        out.print(_acts("done first:", ACTS, one.summary.firsts))
        out.print(_acts("ended:", END_ACTS, one.summary.ends))
    if compared:
        words = (evaluation.head.model, compared[1], "conversation")
        say(comparison_words(compared[0], *words))
    for one in filter(None, (evaluation, other)):
        for sentence in one.notes:
            note(f"{one.head.model}: {sentence}" if other else sentence)
    say(f"Report: {', '.join(map(str, written))}")


def _scored(basis: FreeBasis, saved: Path) -> tuple[FreeEvaluation, FreeEvaluation | None]:
    if basis.compare is not None:
        return compare_free(basis.courses, saved, basis.compare, basis.catalog)
    return score_free(basis.courses, saved, basis.catalog, basis.tries), None


def _metrics(evaluation: FreeEvaluation, other: FreeEvaluation | None) -> Table:
    shown = [one for one in (evaluation, other) if one is not None]
    words = brief_share if other else share_words
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    count = len({one.course.number for one in evaluation.driven})
    table.add_column(f"{count:,} conversations, driven", no_wrap=True)
    for one in shown:
        table.add_column(plain(one.head.model), overflow="fold")

    def row(name: str, shares: Sequence[Share | None]) -> None:
        table.add_row(plain(name), *(words(share) if share else "none" for share in shares))

    for key, name, _ in FREE_METRICS:
        row(name, [getattr(one.summary, key) for one in shown])
    if evaluation.tries is not None:
        tries = evaluation.tries
        row(f"all {tries.tries} tries", [tries.all_of])
    for group in _SHOWN_GROUPS:
        table.add_row("")
        table.add_row(plain(f"whole by {GROUP_WORDS[group]}", "bold"))
        for name in evaluation.groups[group]:
            row(f"  {name}", [one.groups[group].get(name) for one in shown])
    table.add_row("")
    return table


def _acts(title: str, acts: Sequence[str], rows: Mapping[Any, Mapping[Any, int]]) -> Table:
    """Return a table of what was right in a turn, and what was done."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(plain(f"right, and {title}"), vertical="bottom")
    for act in acts:
        table.add_column(act.replace(" ", "\n", 1), justify="right", vertical="bottom")
    for wanted, counts in rows.items():
        table.add_row(plain(f"  {wanted}"), *(f"{counts[act]:,}" for act in acts))
    table.add_row("")
    return table
