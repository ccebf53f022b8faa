"""Signals that ask the program to end: each works as Ctrl-C does, and sets the exit status."""

import os
import signal
import sys
import warnings
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
"""Exit status after Ctrl-C, as a shell reports it."""

_ENDING = [
    number
    for name in ("SIGTERM", "SIGHUP")
    if (number := getattr(signal, name, None)) is not None  # SIGHUP: not on Windows
]
_asked: list[int] = []


def heed_signals() -> None:
    """End on a signal as on Ctrl-C, so that the same things are saved.

    What the caller has ignored, as `nohup` does, stays ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    # A second Ctrl-C interrupts the ending that the first began; nothing to report.
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    if hasattr(signal, "SIGTSTP") and signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL:
        signal.signal(signal.SIGTSTP, _stop)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _asked.append(number)
    # An event loop sets a handler of its own, which cancels its current task.
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:
        raise KeyboardInterrupt


def _stop(number: int, _: FrameType | None) -> None:
    """Stop on Ctrl-Z with the cursor in sight, which a live display has hidden."""
    if sys.stderr.isatty():
        with suppress(OSError):
            os.write(sys.stderr.fileno(), b"\x1b[?25h")
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    signal.signal(number, _stop)  # reached once the program is continued


def status_of(status: int) -> int:
    """Return the exit status: after another signal, that signal's instead of Ctrl-C's."""
    return 128 + _asked[-1] if status == INTERRUPTED and _asked else status


def let_go() -> None:
    """Leave signals to the system again: everything is done, and ending now needs no message."""
    for number in (signal.SIGINT, *_ENDING):
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
