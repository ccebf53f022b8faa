"""The helper process as the system has it: what its end was."""

import asyncio
import signal

from workbench.core.text.plain import visible

_TAIL = 2000


async def tail(stream: asyncio.StreamReader) -> str:
    """Read to the end, and give the last line that says anything."""
    kept = b""
    while data := await stream.read(1 << 14):
        kept = (kept + data)[-_TAIL:]
    lines = kept.decode("utf-8", "replace").split("\n")
    return next((visible(line.strip()) for line in reversed(lines) if line.strip()), "")


def exit_words(code: int, last_line: str) -> str:
    """Return how the process ended. last_line: what it wrote to its errors at last."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        cause = f"ended by {name}"
        if -code == getattr(signal, "SIGKILL", 0):
            cause += ", perhaps for want of memory"
    else:
        cause = f"exit status {code}" + (f": {last_line}" if last_line else "")
    return f"The helper process has stopped ({cause}). Open the dataset again to go on."
