"""What `workbench evaluate` prints: a table that fits 80 columns, also for two models."""

from rich.table import Table

from workbench.cli.console import out, plain
from workbench.core.scoring import Share, Summary
from workbench.jobs.evaluate import Evaluation
from workbench.jobs.evaluate.report import METRICS, share_words

_SHOWN_GROUPS = ("kind", "calls", "type")
"""Few enough names to print; properties and areas are in the report."""


def print_table(evaluation: Evaluation, other: Evaluation | None) -> None:
    """Print metrics with their 95 % intervals, and exact match by groups."""
    shown = [one for one in (evaluation, other) if one is not None]
    summaries = [one.summary for one in shown]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(f"{summaries[0].samples:,} records", no_wrap=True)
    for one in shown:
        table.add_column(plain(one.head.model), overflow="fold")

    def row(name: str, shares: list[Share | None]) -> None:
        words = _brief if len(shown) > 1 else share_words
        table.add_row(plain(name), *(words(share) if share else "none" for share in shares))

    def rows(title: str, names: list[str], values: list[dict[str, Share]]) -> None:
        table.add_row("")
        table.add_row(plain(title, "bold"))
        for name in names:
            row(f"  {name}", [found.get(name) for found in values])

    for key, name, _ in METRICS:
        row(name, [getattr(summary, key) for summary in summaries])
    weighted = (f"{100 * summary.weighted:.1f} %" for summary in summaries)
    table.add_row("weighted by use", *weighted)
    rows("parts right", [*summaries[0].parts], [dict(s.parts) for s in summaries])
    rows("answers with", [*summaries[0].faults], [dict(s.faults) for s in summaries])
    for group in _SHOWN_GROUPS:
        names = [*summaries[0].groups.get(group, {})]
        rows(f"exact by {group}", names, [_group(s, group) for s in summaries])
    out.print(table)


def _group(summary: Summary, group: str) -> dict[str, Share]:
    return dict(summary.groups.get(group, {}))


def _brief(share: Share) -> str:
    if not share.total:
        return "none"
    return f"{100 * share.value:.1f} % ({100 * share.low:.1f}–{100 * share.high:.1f})"
