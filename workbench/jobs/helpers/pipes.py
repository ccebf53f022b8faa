"""A helper process and the pipes to it: each message is sent as its length and its bytes."""

import asyncio
import os
import signal
import sys
import threading
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Self

import workbench
from workbench.core.text.plain import visible

_LENGTH = 4
"""Bytes that give the length of the message after them."""
_PATIENCE = 0.3
"""Seconds that a helper process gets to end by itself."""
_TAIL = 2000
"""How many bytes of its errors are kept."""
_NICENESS = 5
"""How much lower its priority is than the screen's: keys come first if there are few cores."""


def framed(body: bytes) -> bytes:
    """Return a message as it is sent through a pipe."""
    return len(body).to_bytes(_LENGTH, "little") + body


# ------------------------------------------------------------ in the helper process


def be_patient() -> None:
    """Let the screen's process come first."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


class OutOfTimeError(BaseException):
    """Work took longer than `time_limit` allows. No `except Exception` on the way may catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTimeError` in a block that takes too long; for the main thread.

    If the system has no such timer, a block takes as long as it takes.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, _stop)
    # Repeatedly: if raised in one of Python's callbacks, as while freeing something, it is ignored.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_: object) -> None:
    raise OutOfTimeError


def capture_output() -> Callable[[bytes], None]:
    """Keep the output for messages: what anything else prints goes to stderr. Returns a function
    that writes a message's bytes; it raises `BrokenPipeError` once nobody reads.
    """
    output = FileIO(os.dup(1), "wb")
    os.dup2(2, 1)

    def write(body: bytes) -> None:
        data = memoryview(framed(body))
        while data:
            data = data[output.write(data) :]

    return write


def listen(
    receive: Callable[[bytes], None], at_end: Callable[[], None] = lambda: os._exit(0)
) -> None:
    """Receive messages from the input, in a separate thread.

    at_end: called when the input ends, as it does when the parent dies. Without it, the process
    ends then, whatever it is doing.
    """
    threading.Thread(target=_listen, args=(receive, at_end), daemon=True).start()


def _listen(receive: Callable[[bytes], None], at_end: Callable[[], None]) -> None:
    with FileIO(0, closefd=False) as source:
        while (body := read_message(source)) is not None:
            receive(body)
    at_end()


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


class HelperProcess:
    """A helper process and the pipes to it; made by `start`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._errors = asyncio.create_task(_last_line(process.stderr)) if process.stderr else None

    @classmethod
    async def start(cls, module: str, *, silent: bool = False) -> Self:
        """Start one that neither the current directory nor the terminal can affect. Its modules
        come from where this program's do (-P: not from the current directory), and in a session of
        its own it gets no Ctrl-C from the terminal. silent: discard what it writes to stderr.
        Raises `OSError`.
        """
        places = [str(Path(workbench.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", module),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL if silent else PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
                start_new_session=True,
            )
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, body: bytes) -> None:
        """Send a message."""
        assert self._process.stdin is not None
        self._process.stdin.write(framed(body))

    async def drained(self) -> None:
        """Wait until the messages are in the pipe. Raises `ConnectionError`."""
        assert self._process.stdin is not None
        await self._process.stdin.drain()

    async def receive(self) -> bytes:
        """Wait for a message. Raises `asyncio.IncompleteReadError` at the end."""
        source = self._process.stdout
        assert source is not None
        head = await source.readexactly(_LENGTH)
        return await source.readexactly(int.from_bytes(head, "little"))

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> int:
        """Wait for its end; returns its exit status."""
        return await self._process.wait()

    async def close(self) -> None:
        """Kill it: it has nothing to save."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wait(), _PATIENCE)
        self.kill()

    async def exit_words(self) -> str:
        """Wait for its end, and say how it ended."""
        code = await self.wait()
        last_line = await self._errors if self._errors else ""
        if code >= 0:
            return f"exit status {code}" + (f": {last_line}" if last_line else "")
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        memory = -code == getattr(signal, "SIGKILL", 0)
        return f"ended by {name}" + (", perhaps for lack of memory" if memory else "")


async def _last_line(stream: asyncio.StreamReader) -> str:
    """Read to the end, and return the last line with any text."""
    kept = b""
    while data := await stream.read(1 << 14):
        kept = (kept + data)[-_TAIL:]
    lines = kept.decode("utf-8", "replace").split("\n")
    return next((visible(line.strip()) for line in reversed(lines) if line.strip()), "")
