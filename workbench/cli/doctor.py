"""`workbench doctor`: what works, what does not, and how to fix it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from workbench.adapters.models import ModelOptions
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import out, plain, say
from workbench.cli.options import JsonLinesOption, LabelsOption
from workbench.core.json.text import dumps
from workbench.core.options import Only, Reads
from workbench.core.plural import number_of
from workbench.jobs.doctor.check import Check

_INDENT = 21
_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "problem": ("✗", "bold red")}


def doctor(
    dataset: Annotated[Path, typer.Argument(help="A dataset file."), Reads("dataset")] = Path(
        "build/dataset.json"
    ),
    labels: LabelsOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Don't contact the service.")] = False,
    as_json: JsonLinesOption = False,
    *,
    asked: Annotated[ModelOptions, Only(("model", "base_url"))],
    files: CatalogFiles,
) -> None:
    """Check everything: program, terminal, catalogue, prompts, disk, dataset, labels, key.

    Nothing is changed, and nothing that costs money is sent.

    Exit status: 0 if there is no problem (warnings don't count), 1 if there is one.
    """
    from workbench.app.setting_problems import setting_problems
    from workbench.jobs.doctor import DoctorOptions, examine

    options = DoctorOptions(
        dataset,
        labels,
        files,
        asked.model,
        asked.base_url,
        offline,
        of_settings=setting_problems,
    )

    async def show() -> list[Check]:
        checks = []
        async for check in examine(options):
            checks.append(check)
            _show_json(check) if as_json else _show(check)
        return checks

    states = [check.state for check in asyncio.run(show())]
    problems, warnings = states.count("problem"), states.count("warning")
    if not as_json:
        say(f"{number_of(problems, 'problem')}, {number_of(warnings, 'warning')}")
    raise typer.Exit(1 if problems else 0)


def _show(check: Check) -> None:
    """Print a check: in a terminal in columns, in a pipe one line for it and one for the remedy."""
    sign, style = _SIGNS[check.state]
    head = plain(f"{sign} {check.state:8}{check.name:11}", style)
    lines = [plain(check.message)]
    if check.remedy:
        lines.append(Text.assemble(plain("fix: ", "bold"), plain(check.remedy)))
    if not out.is_terminal:
        say(Text.assemble(head, lines[0]))
        for line in lines[1:]:
            say(line, indent=_INDENT)
        return
    table = Table.grid()
    table.add_column(width=_INDENT, no_wrap=True)
    table.add_column(overflow="fold")
    for place, line in enumerate(lines):
        table.add_row(head if place == 0 else "", line)
    out.print(table)


def _show_json(check: Check) -> None:
    line = {
        "name": check.name,
        "state": check.state,
        "message": check.message,
        "remedy": check.remedy,
    }
    sys.stdout.buffer.write(dumps(line) + b"\n")
    sys.stdout.flush()
