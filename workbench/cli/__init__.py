"""The command line: parse, call a job, print. A command is imported when it is called."""

import os
import re
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from inspect import unwrap
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from workbench import __version__
from workbench.cli.console import fail
from workbench.cli.paths import guarded
from workbench.cli.signals import INTERRUPTED, heed_signals, let_go, status_of
from workbench.cli.streams import check_output, make_sturdy
from workbench.core.errors import WorkbenchError

_COMMANDS = {
    "generate": "Make samples, drop near-duplicates and verify them.",
    "verify": "Check every sample, and say what is wrong with it.",
    "review": "Go through the samples by keyboard: accept, edit, reject.",
    "judge": "Ask a language model for a second opinion on the samples.",
    "repair": "Have a language model rewrite failing samples.",
    "refine": "Turn a dataset into training records, in splits.",
    "export": "Write what people accepted as training records.",
    "check-export": "Check an export's files against each other.",
    "dedup": "Drop near-duplicates from a dataset file.",
    "reread": "Read saved replies again: newer versions may read more.",
    "runs": "List the runs of a dataset: tokens, cost, errors.",
    "doctor": "Check key, service, files and terminal.",
    "finetune": "Fine-tune a model on the training records.",
    "evaluate": "Score a model on the signed records.",
    "publish": "Write records or a model as a Hugging Face folder.",
    "demo": "Find eight faults in 60 samples, made offline.",
    "catalog": "Show a vehicle's catalogue, or check one.",
    "drive": "Talk to the simulated car by calls.",
    "schema": "Print the JSON Schema of a dataset's items.",
    "labels": "List, count, export and merge what people decided.",
    "manual": "Read the manual: a page, a command, a finding code.",
}
"""Each with its line in the help."""


EXIT_CRASHED = 70
"""Exit status of a bug in the program; EX_SOFTWARE of sysexits.h."""


_PLAIN = (
    (re.compile(r"Input should be a valid integer\b.*"), "a whole number is needed"),
    (re.compile(r"Input should be a valid (?:number|decimal)\b.*"), "a number is needed"),
    (re.compile(r"Input should be greater than or equal to (\S+)"), "it must be at least \\1"),
    (re.compile(r"Input should be less than or equal to (\S+)"), "it must be at most \\1"),
    (re.compile(r"Value error, "), ""),
)
"""What Typer's parser says about a value, and what we say."""


class _Commands(TyperGroup):
    """Knows its commands by name, and imports the one that is called.

    All of them together take longer to import than the workbench takes to open a dataset.
    """

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            for told, plain in _PLAIN:
                error.message = told.sub(plain, error.message)
            raise
        except BaseException as error:
            if not _interrupted(error):
                raise
            fail("interrupted.")  # a command that has more to say about it has said it
            raise typer.Exit(INTERRUPTED) from None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        if args[0] == "help":  # as of many other programs
            if not args[1:]:
                typer.echo(ctx.get_help())
                raise typer.Exit
            args = [*args[1:], "--help"]
        name, known, rest = super().resolve_command(ctx, args)
        return name, _load(name) if name in _COMMANDS else known, rest


def _load(name: str) -> Any:
    """Import a command: the function of its name in the module of that name, or that module's
    `app`.
    """
    from workbench.cli.parameters import GroupedCommand, for_typer  # brings what reads cars

    plain = name.replace("-", "_")
    module = import_module(f"{__name__}.{plain}")
    holder = typer.Typer(rich_markup_mode=None, add_completion=False)
    holder.callback()(lambda: None)
    if hasattr(module, "app"):
        for command in module.app.registered_commands:
            command.cls = GroupedCommand
            command.callback = guarded(for_typer(unwrap(command.callback)))
        holder.add_typer(module.app, name=name)
    else:
        holder.command(name, cls=GroupedCommand)(guarded(for_typer(getattr(module, plain))))
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
    from workbench.adapters.vehicle.catalogs import CatalogFiles
    from workbench.cli.review import in_terminal, open_app, print_datasets
    from workbench.jobs.datasets import find_datasets

    heed_signals()
    found = find_datasets(Path())
    if in_terminal():
        open_app(None, CatalogFiles(), found=found)
    elif found:
        print_datasets(found)
    else:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def main() -> None:
    """Run the program, and end it with its exit status.

    Errors that a user can fix are printed as one sentence, without a traceback, and so are bugs;
    the manual lists the statuses (`workbench manual exit-codes`).
    """
    make_sturdy()
    try:
        status = _guarded(app)
        unwritten = _guarded(check_output)
        if status in (0, 1):  # what went wrong with the work itself says more
            status = unwritten or status
        status = status_of(status)
    except KeyboardInterrupt:  # on the last few steps
        status = status_of(INTERRUPTED)
    let_go()
    sys.exit(status)


def _guarded(work: Callable[[], object]) -> int:
    """Run something; returns the exit status, and prints what went wrong."""
    try:
        work()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except WorkbenchError as error:
        fail(str(error))
        return error.exit_code
    except MemoryError:
        fail("out of memory; give the program more, or use a smaller file.")
        return 2
    except OSError as error:
        fail(f"{_place(error)}{(error.strerror or str(error)).lower()}.")
        _show_trace()
        return 2
    except Exception as error:
        fail(crash_words(error))
        _show_trace()
        return EXIT_CRASHED
    return 0


def _interrupted(error: BaseException) -> bool:
    """Whether an error is Ctrl-C, or was caused by it."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, KeyboardInterrupt):
        found = found.__context__
    return found is not None and not isinstance(error, (typer.Exit, SystemExit))


def _place(error: OSError) -> str:
    if isinstance(error.filename, (str, bytes)):
        return f"{os.fsdecode(error.filename)}: "
    try:
        os.getcwd()
    except OSError:
        return "the current folder is gone, go to another one: "
    return "the system refused: "


def crash_words(error: BaseException) -> str:
    """Write a report of a bug, and say where it is."""
    from workbench.adapters.crashes import write_crash

    path = write_crash(error)
    where = f"the details are in {path}" if path else "there was no folder to write the details to"
    return f"this is a bug in the program ({type(error).__name__}); {where}."


def _show_trace() -> None:
    if os.environ.get("WORKBENCH_TRACEBACK"):
        traceback.print_exc()
