"""The terminal: what it says about itself, and known problems."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.jobs.doctor.check import Check

NAME = "terminal"
SMALLEST = (80, 24)
SLOW_ESCAPE = 100
"""Milliseconds that tmux may wait after Escape before it is noticeable."""


@dataclass(frozen=True)
class Terminal:
    """What is known about a terminal. size: columns, rows. tmux: its options, by name."""

    environ: Mapping[str, str]
    is_terminal: bool
    encoding: str
    size: tuple[int, int] | None
    tmux: Mapping[str, str]


def this_terminal() -> Terminal:
    """Return the terminal that this program runs in."""
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
    """Check a terminal; if there isn't one, say that the screens need one."""
    yield from _characters(terminal)
    if not terminal.is_terminal:
        yield Check(NAME, "ok", "not an interactive terminal: commands work, the screens need one")
        return
    term = terminal.environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        yield Check(
            NAME,
            "problem",
            f"TERM is {term or 'not set'}, so screens can't be drawn",
            "use a terminal emulator; over ssh or in a container, set TERM=xterm-256color",
        )
        return
    problems = [*_size(terminal), *_colours(terminal), *_multiplexer(terminal, term)]
    yield from problems
    if not problems:
        columns, rows = terminal.size or SMALLEST
        yield Check(NAME, "ok", f"{term}, {columns} by {rows}, {_depth(terminal)}")


def _characters(terminal: Terminal) -> Iterator[Check]:
    if terminal.encoding.lower().replace("-", "") != "utf8":
        yield Check(
            NAME,
            "warning",
            f"the output encoding is {terminal.encoding or 'unknown'}, not UTF-8, so signs such as "
            f"✓ are lost",
            "export LC_ALL=C.UTF-8, or put ascii = true into the settings",
        )


def _size(terminal: Terminal) -> Iterator[Check]:
    columns, rows = terminal.size or SMALLEST
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        yield Check(
            NAME,
            "warning",
            f"the window is {columns} by {rows}; the screens need at least 80 by 24",
            "make the window larger, or the font smaller",
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
            f"TERM={terminal.environ.get('TERM')} promises only 16 colours, so shades are rounded",
            "set TERM=xterm-256color if the terminal supports it; signs and words say the same "
            "anyway",
        )


def _multiplexer(terminal: Terminal, term: str) -> Iterator[Check]:
    if "TMUX" not in terminal.environ:
        return
    wait = terminal.tmux.get("escape-time", "")
    if wait.isdigit() and int(wait) > SLOW_ESCAPE:
        yield Check(
            NAME,
            "warning",
            f"tmux waits {wait} ms after Escape, so going back is slow and the next keys can get "
            f"lost",
            "put set -sg escape-time 10 into ~/.tmux.conf",
        )
    if not term.startswith(("tmux", "screen")):
        yield Check(
            NAME,
            "warning",
            f"TERM is {term} but you are inside tmux; keys and colours may fail",
            "do not set TERM in the shell; put set -g default-terminal tmux-256color into "
            "~/.tmux.conf",
        )
    elif "256" in term and terminal.environ.get("COLORTERM") is None:
        yield Check(
            NAME,
            "warning",
            "tmux passes 256 colours on; shades are rounded",
            "put set -as terminal-features ',*:RGB' into ~/.tmux.conf and export "
            "COLORTERM=truecolor, if the terminal around it supports them",
        )
