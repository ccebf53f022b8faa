"""The command line: parse, call a job, print. A command is imported when it is called."""

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from workbench import __version__
from workbench.cli.console import fail, without_output
from workbench.core.errors import WorkbenchError

_COMMANDS = {
    "generate": "Make samples, drop near-duplicates and verify them.",
    "verify": "Check every sample, and say what is wrong with it.",
    "review": "Go through the samples by keyboard: accept, edit, reject.",
    "judge": "Let a language model read the samples, as a second reader.",
    "repair": "Let a language model write failing samples anew.",
    "refine": "Turn a dataset into training records, in splits.",
    "export": "Write what people accepted as training records.",
    "check-export": "Check an export's files against each other.",
    "dedup": "Drop near-duplicates from a dataset file.",
    "reread": "Read the replies in a dataset's journal again: a newer reader saves more.",
    "runs": "List the runs of a dataset: tokens, cost, errors.",
    "doctor": "Check key, service, files and terminal, and say how to mend each.",
    "finetune": "Fine-tune a model on the training records.",
    "evaluate": "Score a model on the signed records.",
    "publish": "Write a Hugging Face folder of records or a model; upload on request.",
    "demo": "Try it all on 60 samples, made offline.",
    "catalog": "Show a vehicle's catalogue, or look one over.",
    "labels": "List, count, export and merge what people decided.",
}
"""Each with the line that it has in the help."""


class _Commands(TyperGroup):
    """Knows of its commands by name, and imports the one that is called.

    All of them together take longer to import than the workbench takes to open a dataset.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        name, known, rest = super().resolve_command(ctx, args)
        return name, _load(name) if name in _COMMANDS else known, rest


def _load(name: str) -> Any:
    """Import a command: in the module of its name, the function of that name, or else `app`."""
    plain = name.replace("-", "_")
    module = import_module(f"{__name__}.{plain}")
    holder = typer.Typer(rich_markup_mode=None, add_completion=False)
    holder.callback()(lambda: None)
    if hasattr(module, "app"):
        holder.add_typer(module.app, name=name)
    else:
        holder.command(name)(getattr(module, plain))
    return typer.main.get_group(holder).commands[name]


app = typer.Typer(
    name="workbench",
    cls=_Commands,
    help="Make, verify and export function-calling datasets for in-car assistants.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _words in _COMMANDS.items():
    app.command(_name, help=_words)(lambda: None)


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
    from workbench.adapters.catalogs import CatalogFiles
    from workbench.cli.review import in_terminal, open_app

    if not in_terminal():
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
    open_app(None, CatalogFiles())


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
