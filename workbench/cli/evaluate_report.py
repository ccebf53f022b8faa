"""What `workbench evaluate` makes of answers: its report, and a table that fits 80 columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from workbench.adapters.answers import read_answers
from workbench.adapters.dataset import load_dataset
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.cli.console import note, out, plain, say, write_lines
from workbench.core.car.catalog import Catalog, with_lists
from workbench.core.json.text import dumps
from workbench.core.review.labels import Calls
from workbench.core.training.gold import Gold
from workbench.core.training.scoring import Share, SpokenSummary, Summary
from workbench.core.training.scoring import compare as compare_scores
from workbench.core.training.scoring.spoken import ACTS
from workbench.jobs.evaluate import Evaluation, load_accept, score_saved
from workbench.jobs.evaluate.report import (
    METRICS,
    SPOKEN_METRICS,
    comparison_data,
    comparison_words,
    report_data,
    share_words,
)
from workbench.jobs.evaluate.saving import save_report
from workbench.jobs.evaluate.storing import Stored, store_evaluation

_SHOWN_GROUPS = ("kind", "calls", "type")
"""The groups with few enough names to print; properties and areas are in the report."""


def print_table(evaluation: Evaluation, other: Evaluation | None) -> None:
    """Print metrics with their 95 % intervals, and exact match by groups."""
    shown = [one for one in (evaluation, other) if one is not None]
    summaries = [one.summary for one in shown]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    tries = evaluation.tries.tries if evaluation.tries else 1
    table.add_column(f"{summaries[0].samples // tries:,} records", no_wrap=True)
    for one in shown:
        table.add_column(plain(one.head.model), overflow="fold")

    def row(name: str, shares: list[Share | None]) -> None:
        words = brief_share if len(shown) > 1 else share_words
        table.add_row(plain(name), *(words(share) if share else "none" for share in shares))

    def rows(title: str, names: list[str], values: list[dict[str, Share]]) -> None:
        table.add_row("")
        table.add_row(plain(title, "bold"))
        for name in names:
            row(f"  {name}", [found.get(name) for found in values])

    for key, name, _ in METRICS:
        row(name, [getattr(summary, key) for summary in summaries])
    if evaluation.tries is not None:
        row(f"all {tries} tries", [one.tries.all_of if one.tries else None for one in shown])
    weighted = (f"{100 * summary.weighted:.1f} %" for summary in summaries)
    table.add_row("weighted by use", *weighted)
    spoken = [one.spoken for one in shown if one.spoken is not None]
    if spoken:
        table.add_row("")
        table.add_row(plain("conversations, step by step", "bold"))
        for key, name, _ in SPOKEN_METRICS:
            row(f"  {name}", [getattr(one, key) for one in spoken])
        kinds = [*spoken[0].kinds]
        rows("whole by kind of sample", kinds, [dict(one.kinds) for one in spoken])
    rows("parts right", [*summaries[0].parts], [dict(s.parts) for s in summaries])
    rows("answers with", [*summaries[0].faults], [dict(s.faults) for s in summaries])
    for group in _SHOWN_GROUPS:
        names = [*summaries[0].groups.get(group, {})]
        rows(f"exact by {group}", names, [_group(s, group) for s in summaries])
    out.print(table)
    for found in spoken:
        out.print(_acts(found))


def _acts(spoken: SpokenSummary) -> Table:
    """Return the table of what was right, and what was done."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("right, and done:", no_wrap=True)
    for act in ACTS:
        table.add_column(act, justify="right")
    for act, counts in spoken.acts.items():
        table.add_row(plain(f"  {act}"), *(f"{counts[one]:,}" for one in ACTS))
    return table


def _group(summary: Summary, group: str) -> dict[str, Share]:
    return dict(summary.groups.get(group, {}))


def brief_share(share: Share) -> str:
    """A share in words that leave room for another beside it: `90.7 % (86.8–93.5)`."""
    if not share.total:
        return "none"
    return f"{100 * share.value:.1f} % ({100 * share.low:.1f}–{100 * share.high:.1f})"


@dataclass(frozen=True)
class Basis:
    """What answers are scored on. digest: SHA-256 of the records file, `data`.

    labels: a dataset beside which results are stored. compare: another model's answers.
    """

    golds: Sequence[Gold]
    data: Path
    digest: str
    files: CatalogFiles
    catalog: Catalog
    accept: Mapping[str, Sequence[Calls]]
    labels: Path | None
    compare: Path | None


def prepare(
    golds: Sequence[Gold],
    data: Path,
    digest: str,
    files: CatalogFiles,
    labels: Path | None,
    compare: Path | None,
) -> Basis:
    """Read everything that answers are scored on. Raises `InputError` for unusable files."""
    if labels is not None:
        load_dataset(labels)
    if compare is not None:
        read_answers(compare)
    catalog = with_lists(load_catalog(files))
    accept = load_accept(data, catalog)
    return Basis(golds, data, digest, files, catalog, accept, labels, compare)


def score_and_report(basis: Basis, saved: Path, report: Path, *, as_json: bool) -> None:
    """Score saved answers, store and write what was found, and print it.

    Raises `InputError` for files that cannot be used.
    """
    scored = score_saved(basis.golds, saved, basis.compare, basis.catalog, basis.accept)
    evaluation, other = scored.evaluation, scored.other
    count = len(evaluation.results)
    if count < len(basis.golds):
        note(
            f"Both models were asked {count:,} of {len(basis.golds):,} records; they are "
            "scored on these only."
        )
    data = str(basis.data)
    catalog = basis.files.digests()
    body = report_data(evaluation, data=data, digest=basis.digest, catalog=catalog)
    compared = None
    if other is not None:
        found = compare_scores(evaluation.scores, other.scores)
        compared = found, name_apart(other.head.model, evaluation.head.model, basis.compare)
        body["comparison"] = {"model": other.head.model, **comparison_data(found)}
    written = save_report(evaluation, body, data, report, compared)
    if basis.labels is not None:
        tell_stored(store_evaluation(evaluation, basis.labels, basis.catalog), basis.labels)
    if as_json:
        body.pop("results")
        write_lines([dumps(body) + b"\n"])
        return
    print_table(evaluation, other)
    if compared:
        say(comparison_words(compared[0], evaluation.head.model, compared[1]))
    for one in (evaluation, other):
        for sentence in one.notes if one else ():
            note(f"{one.head.model}: {sentence}" if one and other else sentence)
    say(f"Report: {', '.join(map(str, written))}")


def name_apart(model: str, other: str, answers: Path | None) -> str:
    """Return a model's name; where another one's is the same, with the file of its answers."""
    return f"{model} ({answers})" if model == other else model


def tell_stored(stored: Stored, dataset: Path) -> None:
    """Say what was stored beside a dataset."""
    note(
        f"{stored.path}: {stored.results:,} results stored, {stored.wrong:,} of them wrong; "
        "`workbench review` lists these by model:wrong"
    )
    if stored.elsewhere:
        note(
            f"{stored.elsewhere:,} records match no sample of {dataset} as it is accepted now; "
            "export again if answers have changed."
        )
