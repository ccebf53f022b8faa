"""The terminal: what it says of itself, and what is known to go wrong in some."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.jobs.doctor.check import Check

NAME = "terminal"
SMALLEST = (80, 24)
SLOW_ESCAPE = 100
"""Milliseconds that tmux may wait after Escape before that is felt."""


@dataclass(frozen=True)
class Terminal:
    """What can be known of a terminal. size: columns, rows. tmux: its options, by name."""

    environ: Mapping[str, str]
    is_terminal: bool
    encoding: str
    size: tuple[int, int] | None
    tmux: Mapping[str, str]


def this_terminal() -> Terminal:
    """Look at the terminal that this program runs in."""
    size = None
    for stream in (sys.__stderr__, sys.__stdout__, sys.__stdin__):
        try:
            columns, rows = os.get_terminal_size(stream.fileno() if stream else -1)
        except (OSError, ValueError):
            continue
        size = (columns, rows)
        break
    encoding = getattr(sys.__stdout__, "encoding", "") or ""
    inside = "TMUX" in os.environ
    tmux = {name: _tmux(name) for name in ("escape-time", "default-terminal")} if inside else {}
    return Terminal(dict(os.environ), size is not None, encoding, size, tmux)


def _tmux(option: str) -> str:
    try:
        done = subprocess.run(
            ["tmux", "show-options", "-gv", option],
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def check_terminal(terminal: Terminal) -> Iterator[Check]:
    """Judge a terminal; if there is none, say that the screens need one."""
    yield from _characters(terminal)
    if not terminal.is_terminal:
        yield Check(NAME, "ok", "none here: commands work, the screens need one")
        return
    term = terminal.environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        yield Check(
            NAME,
            "problem",
            f"TERM is {term or 'not set'}, so no screen can be drawn",
            "use a terminal emulator; over ssh or in a container, set TERM=xterm-256color",
        )
        return
    amiss = [*_size(terminal), *_colours(terminal), *_multiplexer(terminal, term)]
    yield from amiss
    if not amiss:
        columns, rows = terminal.size or SMALLEST
        yield Check(NAME, "ok", f"{term}, {columns} by {rows}, {_depth(terminal)}")


def _characters(terminal: Terminal) -> Iterator[Check]:
    if terminal.encoding.lower().replace("-", "") != "utf8":
        yield Check(
            NAME,
            "warning",
            f"the output is {terminal.encoding or 'of no known encoding'}, not UTF-8, so signs "
            "such as ✓ are lost",
            "export LC_ALL=C.UTF-8, or put ascii = true into the settings",
        )


def _size(terminal: Terminal) -> Iterator[Check]:
    columns, rows = terminal.size or SMALLEST
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        yield Check(
            NAME,
            "warning",
            f"the window is {columns} by {rows}; the screens are made for 80 by 24 and more",
            "make the window larger, or the letters smaller",
        )


def _depth(terminal: Terminal) -> str:
    environ = terminal.environ
    if "NO_COLOR" in environ:
        return "no colours (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256" in environ.get("TERM", "") else "16 colours"


def _colours(terminal: Terminal) -> Iterator[Check]:
    if _depth(terminal) == "16 colours":
        yield Check(
            NAME,
            "warning",
            f"TERM={terminal.environ.get('TERM')} promises 16 colours, and shades are rounded",
            "set TERM=xterm-256color where the terminal has them; signs and words say all the same",
        )


def _multiplexer(terminal: Terminal, term: str) -> Iterator[Check]:
    if "TMUX" not in terminal.environ:
        return
    wait = terminal.tmux.get("escape-time", "")
    if wait.isdigit() and int(wait) > SLOW_ESCAPE:
        yield Check(
            NAME,
            "warning",
            f"tmux waits {wait} ms after Escape, so going back is slow and keys after it get lost",
            "put set -sg escape-time 10 into ~/.tmux.conf",
        )
    if not term.startswith(("tmux", "screen")):
        yield Check(
            NAME,
            "warning",
            f"TERM is {term} inside tmux, which speaks another language; keys and colours may fail",
            "do not set TERM in the shell; put set -g default-terminal tmux-256color into "
            "~/.tmux.conf",
        )
    elif "256" in term and terminal.environ.get("COLORTERM") is None:
        yield Check(
            NAME,
            "warning",
            "tmux passes 256 colours on; shades are rounded",
            "put set -as terminal-features ',*:RGB' into ~/.tmux.conf and export "
            "COLORTERM=truecolor, where the terminal around it has them",
        )
