"""How the app ends when nobody quits it: by a signal, or by an error of its own."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Protocol

_PATIENCE = 8.0
"""Seconds for saving what is under way; then the process is ended anyway."""

_LEAVE = (
    "\x1b[<u\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?1004l"
    "\x1b[?2004l\x1b[?2026l\x1b[?2048l\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""What undoes every mode that the app has put a terminal into."""


class Ends(Protocol):
    """An app that can be ended."""

    async def end_by(self, number: int) -> None:
        """Save what is under way, and leave with the exit status of a signal."""


@contextmanager
def signals_end(app: Ends) -> Iterator[None]:
    """Let signals end the app, cleanly by the first, at once by the second or where that hangs."""
    terminal = _modes()
    timers: list[threading.Timer] = []
    tasks: set[asyncio.Task[None]] = set()

    def give_up(number: int) -> None:
        _restore(terminal)
        os._exit(128 + number)

    def begin(number: int) -> None:
        tasks.add(asyncio.get_running_loop().create_task(app.end_by(number)))

    def ended(number: int, frame: FrameType | None) -> None:
        if timers:
            give_up(number)
        timers.append(threading.Timer(_PATIENCE, give_up, (number,)))
        timers[0].daemon = True
        timers[0].start()
        try:
            asyncio.get_running_loop().call_soon_threadsafe(begin, number)
        except RuntimeError:  # not yet, or no longer
            usual = before[signal.Signals(number)]
            if callable(usual):
                usual(number, frame)
            raise KeyboardInterrupt from None

    before = {number: signal.getsignal(number) for number in _signals()}
    for number, usual in before.items():
        if usual is not signal.SIG_IGN and number in _ENDING:
            signal.signal(number, ended)
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        for number, usual in before.items():
            signal.signal(number, usual)


def has_job_control() -> bool:
    """Whether a shell would notice a stop, and could continue the program.

    Such a shell gives each job a process group of its own.
    """
    return sys.platform != "win32" and os.getpgrp() != os.getsid(0)


_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def _signals() -> list[signal.Signals]:
    """Return those that the app handles, and those that its driver does: they go back after it."""
    stops = ("SIGTSTP", "SIGCONT", "SIGWINCH")
    return [*_ENDING, *(getattr(signal, name) for name in stops if hasattr(signal, name))]


def _modes() -> list[Any] | None:
    with suppress(Exception):  # no terminal, or no such thing on this system
        import termios

        return termios.tcgetattr(0)
    return None


def _restore(modes: list[Any] | None) -> None:
    """Put a terminal right without the driver, which may hang; from any thread."""

    def write() -> None:
        with suppress(OSError):
            os.write(2, _LEAVE.encode())

    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    writing.join(0.5)  # a terminal that is stopped takes nothing
    if modes is not None and sys.platform != "win32":
        import termios

        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSANOW, modes)
