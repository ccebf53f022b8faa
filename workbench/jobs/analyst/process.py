"""The helper process as the system has it: how it is started, and what its end was."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import workbench
from workbench.core.plain import visible

_TAIL = 2000


async def launch() -> Process:
    """Start the process so that neither the current directory nor the terminal reaches it.

    Its modules come from where this program's do (-P: not from the current directory), and in a
    session of its own Ctrl-C in the terminal is not its business.
    """
    places = [str(Path(workbench.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "workbench.jobs.analyst"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        start_new_session=True,
    )


async def tail(stream: asyncio.StreamReader) -> str:
    """Read to the end, and give the last line that says anything."""
    kept = b""
    while data := await stream.read(1 << 14):
        kept = (kept + data)[-_TAIL:]
    lines = kept.decode("utf-8", "replace").split("\n")
    return next((visible(line.strip()) for line in reversed(lines) if line.strip()), "")


def obituary(code: int, last_words: str) -> str:
    """Say how the process ended. last_words: what it wrote to its errors at last."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        cause = f"ended by {name}"
        if -code == getattr(signal, "SIGKILL", 0):
            cause += ", perhaps for want of memory"
    else:
        cause = f"exit status {code}" + (f": {last_words}" if last_words else "")
    return f"The helper process has stopped ({cause}). Open the dataset again to go on."
