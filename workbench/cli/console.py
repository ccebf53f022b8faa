"""The consoles of the command line: results on stdout, everything else on stderr."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console, ConsoleDimensions
from rich.padding import Padding
from rich.text import Text

from workbench.cli.streams import EXIT_PIPE, output_closed
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.adapters.dataset import BadItem

_PIPE = 1000
"""Columns of output outside a terminal: other programs read lines, and people scroll."""


class SizedConsole(Console):
    """A console with a width, whatever the environment says."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not self._width:  # COLUMNS=0, as containers and tools without a screen set it
            self._width = None

    @property  # type: ignore[misc]
    def size(self) -> ConsoleDimensions:
        found = super().size
        return found if self.is_terminal else ConsoleDimensions(_PIPE, found.height)


out = SizedConsole(highlight=False, soft_wrap=False)
err = SizedConsole(stderr=True, highlight=False)


def plain(value: Any, style: str = "") -> Text:
    """Show untrusted text: no markup, control characters escaped."""
    return Text(visible(str(value)), style=style)


def say(value: Any, style: str = "", *, indent: int = 0, to: Console | None = None) -> None:
    """Print untrusted text: broken between words in a terminal, one line in a pipe, for grep."""
    console = out if to is None else to
    text = value if isinstance(value, Text) else plain(value, style)
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent).append_text(text), soft_wrap=True)


def write_lines(lines: Iterable[bytes]) -> None:
    """Write lines for other programs to stdout; ends the program once its reader has enough."""
    for line in lines:
        sys.stdout.buffer.write(line)
        if output_closed():  # as with `| head`
            raise typer.Exit(EXIT_PIPE)
    sys.stdout.buffer.flush()


def note(message: str) -> None:
    """Print a line of progress or advice to stderr."""
    say(message, to=err)


def note_bad_items(items: Sequence["BadItem"], shown: int = 5) -> None:
    """Print to stderr which items were left out, and why: the first few, and how many more."""
    for bad in items[:shown]:
        note(f"item {bad.index} left out: {bad.reason}")
    if len(items) > shown:
        note(f"… and {len(items) - shown} more items that are not samples")


def fail(message: str) -> None:
    """Print an error on stderr."""
    say(Text.assemble(("Error: ", "bold red"), visible(message)), to=err)
