"""Output that breaks: the work continues without it, and the exit status says so at the end."""

import errno
import io
import os
import sys
from typing import TextIO

from workbench.core.errors import InputError

EXIT_PIPE = 141
"""As a shell reports a program that SIGPIPE has ended."""


class _Sink(io.RawIOBase):
    """A stream of the process. failure: why it takes no more; what comes after that is dropped."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._terminal = os.isatty(number)
        self.failure: OSError | None = None

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return self._terminal

    @property
    def closed_by_reader(self) -> bool:
        """Whether nobody is reading any more: a pipe was closed, or a terminal is gone."""
        gone = (errno.EPIPE, errno.EIO) if self._terminal else (errno.EPIPE,)
        return self.failure is not None and self.failure.errno in gone

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        if self.failure is None:
            try:
                return os.write(self._number, data)
            except OSError as error:
                self.failure = error
        return len(data)


_SINKS: dict[int, _Sink] = {}


def make_sturdy() -> None:
    """Replace stdout and stderr by streams that may break without ending the work.

    A character that the encoding lacks becomes a question mark.
    """
    if sys.stdin is None:  # closed by the caller
        sys.stdin = open(0)  # noqa: SIM115
    sys.stdout = _sturdy(sys.stdout, 1)
    sys.stderr = _sturdy(sys.stderr, 2)


def _sturdy(before: TextIO | None, number: int) -> TextIO:
    sink = _SINKS[number] = _Sink(number)
    if before is not None:
        before.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(sink),  # type: ignore[type-var]
        encoding="utf-8" if before is None else before.encoding,
        errors="replace",
        line_buffering=number == 2 or sink.isatty(),
    )


def output_closed() -> bool:
    """Whether nobody is reading stdout any more, as after `| head`."""
    return 1 in _SINKS and _SINKS[1].closed_by_reader


def check_output() -> None:
    """Write out what is left.

    Raises `SystemExit` if the reader has closed stdout, `InputError` if it could not be written, as
    on a full disk.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    failure = _SINKS[1].failure
    if output_closed():
        sys.exit(EXIT_PIPE)
    if failure is not None:
        reason = (failure.strerror or str(failure)).lower()
        raise InputError(f"the output can't be written: {reason}.")
