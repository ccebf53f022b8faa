"""The program's start: streams and signals are put right before anything else is imported."""

import os
import signal


def main() -> None:
    """Run the program; `workbench` and `python -m workbench` both begin here."""
    # Until the program can say something about it, Ctrl-C ends it without a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_closed()
    _without_odd_sizes()
    from workbench.cli import main as run

    run()


def _open_closed() -> None:
    """Open what the caller has closed, as with `>&-`, on nothing.

    Else the next file that is opened would take its number, and be written what is printed.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            found = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            os.set_inheritable(found, True)


def _without_odd_sizes() -> None:
    """Forget a terminal size in the environment that no terminal has: it is taken at its word."""
    for name in ("COLUMNS", "LINES"):
        value = os.environ.get(name, "")
        if not (value.isascii() and value.isdigit() and len(value) < 5 and int(value) > 0):
            os.environ.pop(name, None)


if __name__ == "__main__":
    main()
