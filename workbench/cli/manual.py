"""`workbench manual`: the manual's pages in the terminal."""

import os
import re
from typing import Annotated

import typer
from rich.markdown import Markdown

from workbench.adapters.manual import Page, find, pages, without_pictures
from workbench.cli.console import out, say
from workbench.cli.options import BatchOption

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)")
_WIDEST = 100
"""Columns of text that are comfortable to read."""


def manual(
    topic: Annotated[
        str | None,
        typer.Argument(
            help="A page, heading, command, option, term or finding code (default: the list "
            "of pages)."
        ),
    ] = None,
    batch: BatchOption = False,
) -> None:
    """Read the manual: the list of pages, or what it says on a topic."""
    known = pages()
    if topic is None:
        _print_list(known)
        return
    text = find(topic, known).text
    if not out.is_terminal:
        out.file.write(text)
        return
    _print_page(text, paged=not batch)


def _print_list(known: tuple[Page, ...]) -> None:
    width = max(len(page.name) for page in known)
    for page in known[1:]:
        say(f"{page.name:{width}}  {page.summary}")
    say("`workbench manual TOPIC` shows one. A command, option, term or finding code works, too.")


def _print_page(text: str, *, paged: bool) -> None:
    """Print a page as it is meant to look; in a pager if it is longer than the screen."""
    # A link between pages leads nowhere in a terminal; only its text remains.
    shown = Markdown(_LINK.sub(r"\1", without_pictures(text)), hyperlinks=False)
    width = min(out.width, _WIDEST)
    long = len(out.render_lines(shown, out.options.update_width(width))) >= out.height
    if not (long and paged):
        out.print(shown, width=width)
        return
    # As git does: keep colours, and quit if it all fits.
    os.environ.setdefault("LESS", "FRX")
    with out.pager(styles=True):
        out.print(shown, width=width)
