"""A helper process and the pipes to it: each message goes as its bytes behind their length."""

import asyncio
import os
import signal
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import workbench

_LENGTH = 4
"""Bytes that tell the length of the message after them."""
_NICENESS = 5
"""So much more patient than the screen: keys come first where cores are few."""


def framed(body: bytes) -> bytes:
    """Return a message as it goes through a pipe."""
    return len(body).to_bytes(_LENGTH, "little") + body


# ------------------------------------------------------------ in the helper process


def be_patient() -> None:
    """Let the screen's process come first."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


class OutOfTimeError(BaseException):
    """Work took longer than `time_limit` allows. No `except Exception` on the way may take it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTimeError` in a block that takes too long; for the main thread.

    Where the system has no such timer, a block takes as long as it does.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, _stop)
    # Again and again: raised where Python calls back, as while it frees something, it is ignored.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_: object) -> None:
    raise OutOfTimeError


def capture_output() -> Callable[[bytes], None]:
    """Keep the output to messages: what anything else prints goes to the errors.

    Returns what writes one, from its bytes. It raises `BrokenPipeError` once nobody reads.
    """
    output = FileIO(os.dup(1), "wb")
    os.dup2(2, 1)

    def write(body: bytes) -> None:
        data = memoryview(framed(body))
        while data:
            data = data[output.write(data) :]

    return write


def listen(receive: Callable[[bytes], None]) -> None:
    """Take in messages from the input, in a thread of their own.

    At the end of the input, which is the parent's end too, the process ends whatever it does.
    """
    threading.Thread(target=_listen, args=(receive,), daemon=True).start()


def _listen(receive: Callable[[bytes], None]) -> None:
    with FileIO(0, closefd=False) as source:
        while (body := read_message(source)) is not None:
            receive(body)
    os._exit(0)


def read_message(source: FileIO) -> bytes | None:
    """Read a message; None at the end."""
    head = _exactly(source, _LENGTH)
    return None if head is None else _exactly(source, int.from_bytes(head, "little"))


def _exactly(source: FileIO, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        part = source.read(count - len(data))
        if not part:
            return None
        data += part
    return bytes(data)


# ------------------------------------------------------------ in its parent


async def launch(module: str, stderr: int) -> Process:
    """Start a helper process so that neither the current directory nor the terminal reaches it.

    Its modules come from where this program's do (-P: not from the current directory), and in a
    session of its own Ctrl-C in the terminal is not its business. Raises `OSError`.
    """
    places = [str(Path(workbench.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module),
        stdin=PIPE,
        stdout=PIPE,
        stderr=stderr,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        start_new_session=True,
    )


async def next_message(source: asyncio.StreamReader) -> bytes:
    """Read a message. Raises `asyncio.IncompleteReadError` at the end."""
    head = await source.readexactly(_LENGTH)
    return await source.readexactly(int.from_bytes(head, "little"))
