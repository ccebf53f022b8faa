"""The consoles of the command line: results on stdout, everything else on stderr."""

from typing import Any

from rich.console import Console
from rich.text import Text

from workbench.core.plain import visible

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def plain(value: Any, style: str = "") -> Text:
    """Show untrusted text: no markup, control characters escaped."""
    return Text(visible(str(value)), style=style)


def note(message: str) -> None:
    """Print a line of progress or advice on stderr."""
    err.print(plain(message), soft_wrap=True)


def fail(message: str) -> None:
    """Print an error on stderr."""
    err.print(Text.assemble(("Error: ", "bold red"), visible(message)), soft_wrap=True)
