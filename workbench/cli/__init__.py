"""The command line: parse, call a job, print. Each command's job is imported when it runs."""

import sys
from typing import Annotated

import typer

from workbench import __version__
from workbench.adapters.catalogs import CatalogFiles
from workbench.cli import (
    catalog,
    check_export,
    dedup,
    demo,
    export,
    generate,
    labels,
    refine,
    review,
    verify,
)
from workbench.cli.console import fail, without_output
from workbench.core.errors import WorkbenchError

app = typer.Typer(
    name="workbench",
    help="Make, verify and export function-calling datasets for in-car assistants.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(catalog.app, name="catalog")
app.add_typer(labels.app, name="labels")
app.command()(generate.generate)
app.command()(verify.verify)
app.command()(review.review)
app.command()(refine.refine)
app.command()(export.export)
app.command()(check_export.check_export)
app.command()(dedup.dedup)
app.command()(demo.demo)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"workbench {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback acts
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    if not review.in_terminal():
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
    review.open_app(None, CatalogFiles())


def main() -> None:
    """Run the program. What a user can mend is printed as one sentence, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character gets a question mark, not a crash.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except WorkbenchError as error:
        fail(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        without_output()
        fail(f"the output cannot be written: {(error.strerror or str(error)).lower()}.")
        sys.exit(2)
