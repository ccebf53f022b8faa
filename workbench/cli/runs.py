"""`workbench runs`: what was asked for a dataset, what came of it, and what it cost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from workbench.adapters.config.prices import load_prices
from workbench.adapters.runs import RunRecord
from workbench.cli.console import note, out, say, write_lines
from workbench.cli.options import PricesOption, price_file
from workbench.cli.review import DATASET
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.options import Reads
from workbench.core.spending.run_words import end_words
from workbench.core.text.plain import visible
from workbench.jobs.spending.run_details import GAP, LEFT, cells, details, fitting, totals
from workbench.jobs.spending.runs import list_runs

_PIPE_WIDTH = 1000


def runs(
    dataset: Annotated[Path, typer.Argument(help="The dataset."), Reads("dataset")] = DATASET,
    number: Annotated[
        int | None, typer.Argument(help="A run's number: show everything about it.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, one object per line, newest first.")
    ] = False,
    prices: PricesOption = None,
) -> None:
    """List the runs that made a dataset, newest first: requests, tokens, cost, and how each ended.

    They are on record beside the dataset, in NAME.runs.json.
    """
    found = list_runs(dataset, load_prices(price_file(prices)))
    for sentence in found.notices:
        note(sentence)
    chosen = list(reversed(found.records))
    if number is not None:
        chosen = [record for record in chosen if record.number == number]
        if not chosen:
            known = ", ".join(str(record.number) for record in found.records) or "none"
            raise InputError(f"{dataset}: it has no run {number}; its runs: {known}.")
    if as_json:
        write_lines(dumps(msgspec.to_builtins(record)) + b"\n" for record in chosen)
    elif number is not None:
        _print_details(chosen[0])
    elif not chosen:
        say(f"{dataset}: no runs are on record; `workbench generate` makes one.")
    else:
        _print_table(chosen)
        say(totals(chosen))


def _print_details(record: RunRecord) -> None:
    say(f"Run {record.number}: {end_words(record.end)}")
    for name, words in details(record):
        say(f"{name:12} {words}", indent=2)


def _print_table(chosen: Sequence[RunRecord]) -> None:
    """Print a line for each run: what fits a terminal, everything into a pipe."""
    rows = [cells(record) for record in chosen]
    widths = fitting(rows, out.width if out.is_terminal else _PIPE_WIDTH)
    for row in ({name: name for name in widths}, *rows):
        line = [
            f"{visible(row[name]):{'<' if name in LEFT else '>'}{width}}"
            for name, width in widths.items()
        ]
        out.print((" " * GAP).join(line).rstrip(), markup=False, soft_wrap=True)
