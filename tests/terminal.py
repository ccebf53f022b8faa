"""A program in a pseudo terminal: keys go in, bytes come out, and make a picture."""

import codecs
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path

from emulator import Emulator


class Terminal:
    """`workbench` in a terminal of its own; everything it sends is in `output`.

    emulator: what is on its screen.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        width: int = 160,
        height: int = 40,
        code: str = "",
    ):
        """code: Python that is run first, in the same process."""
        self.output = b""
        self.emulator = Emulator(width, height)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._cut = ""
        start = ["-c", f"{code}\nfrom workbench.__main__ import main; main()"]
        self.ended = False
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            # A shell's background job ignores it, and so would the program, as it should.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            run = start if code else ["-m", "workbench"]
            os.execv(sys.executable, [sys.executable, *run, *arguments])
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def press(self, keys: str | bytes) -> None:
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    @property
    def modes(self) -> list:
        """What the terminal driver does with keys: echo, line by line, signals."""
        return termios.tcgetattr(self._fd)[:4]

    def left_on(self) -> set[str]:
        """What the output has switched on and not off again; a cursor that is hidden is `25`."""
        on = {}
        for number, switch in re.findall(rb"\x1b\[\?(\d+)([hl])", self.output):
            usual = number in (b"7", b"25")
            on[number.decode()] = (switch == b"h") != usual
        kitty = self.output.count(b"\x1b[>") - self.output.count(b"\x1b[<u")
        return {name for name, left in on.items() if left} | ({"kitty"} if kitty > 0 else set())

    def end(self, seconds: float = 20) -> int:
        """Wait for the program's end; gives its exit status, -n for signal n."""
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self._fd >= 0 and self.read(0):
                    pass
                self.ended = True
                return os.waitstatus_to_exitcode(status)
        self.kill()
        raise TimeoutError(f"the program has not ended within {seconds} s")

    def read(self, seconds: float) -> bytes:
        """Take in what is drawn within so many seconds, or until something is."""
        if self._fd < 0:
            time.sleep(seconds)
            return b""
        if not select.select([self._fd], [], [], seconds)[0]:
            return b""
        try:
            found = os.read(self._fd, 1 << 20)
        except OSError:
            return b""
        self.output += found
        self._cut = self.emulator.feed(self._cut + self._decode(found))
        return found

    @property
    def picture(self) -> bytes:
        """What is on the screen."""
        return "\n".join(self.emulator.text).encode()

    def wait_for(self, words: bytes, seconds: float = 30.0, start: int | None = None) -> float:
        """Wait until words are drawn; gives the seconds it took.

        start: when so much of the output had come; something must have been drawn since.
        """
        begin = time.perf_counter()
        start = len(self.output) if start is None else start
        while words not in self.output[start:] and (
            len(self.output) == start or words not in self.picture
        ):
            if time.perf_counter() - begin > seconds:
                raise TimeoutError(f"{words!r} was not drawn within {seconds} s")
            self.read(0.05)
        return time.perf_counter() - begin

    def quiet(self, seconds: float) -> int:
        """Let time pass; gives the bytes drawn meanwhile."""
        start, begin = len(self.output), time.perf_counter()
        while (left := seconds - (time.perf_counter() - begin)) > 0:
            self.read(left)
        return len(self.output) - start

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._fd)
        self._fd = -1

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self._end()

    def quit(self) -> None:
        self.press("q")
        begin = time.perf_counter()
        while time.perf_counter() - begin < 20:
            self.read(0.05)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.ended = True
                self.hang_up()
                return
        self.kill()

    def _end(self) -> None:
        os.waitpid(self.pid, 0)
        self.ended = True
        if self._fd >= 0:
            self.hang_up()


def memory(pid: int) -> int:
    """Give the memory of a process and its children: proportional set size, bytes."""
    total = 0
    for process in [pid, *children(pid)]:
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total * 1024


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return [*found, *(grandchild for child in found for grandchild in children(child))]
