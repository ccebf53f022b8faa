"""The command line: parse, call a job, print. Each command's job is imported when it runs."""

import os
import sys

import typer

from workbench.cli import catalog, dedup, demo, generate, refine, verify
from workbench.cli.console import err, fail
from workbench.core.errors import WorkbenchError

app = typer.Typer(
    name="workbench",
    help="Make, verify and export function-calling datasets for in-car assistants.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(catalog.app, name="catalog")
app.command()(generate.generate)
app.command()(verify.verify)
app.command()(refine.refine)
app.command()(dedup.dedup)
app.command()(demo.demo)


def main() -> None:
    """Run the program. What a user can mend is printed as one sentence, without a traceback."""
    try:
        app()
    except WorkbenchError as error:
        fail(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        err.print("Interrupted.")
        sys.exit(130)
    except BrokenPipeError:  # the reader has seen enough, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
