"""A run journal on disk: appended to line by line, and replayed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from workbench.adapters.files.durable import append, appending, cut_torn_line, open_own, read_own
from workbench.adapters.journal.lines import JournalLine, RunLine, parse_line
from workbench.adapters.journal.state import JournalState
from workbench.core.errors import InputError
from workbench.core.json.text import dumps

_LINE = b'{"kind":"'
_RUN = b'{"kind":"run",'


class RunJournal:
    """An open journal, to be appended to; see `opened_journal`."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    def read(self) -> JournalState:
        """Replay the lines; only then is a last line cut off that a crash left without its end.

        Raises `InputError` for a line that is not of a journal; the file is then as it was.
        """
        content = read_own(self._path, "journal")
        state = _replay(self._path, content[: content.rfind(b"\n") + 1])
        cut_torn_line(self._path, content, _LINE, "run journal")
        return state

    def append(self, line: JournalLine, *, sync: bool = True) -> None:
        """Append one line; with `sync`, it is on disk when this returns.

        Raises `InputError` where that fails; the journal is then as it was.
        """
        append(self._handle, self._path, dumps(msgspec.to_builtins(line)) + b"\n", sync=sync)

    def sync(self) -> None:
        """Flush to disk what was appended without. Raises `InputError` where that fails."""
        append(self._handle, self._path, b"")


@contextmanager
def opened_journal(path: Path) -> Iterator[RunJournal]:
    """Open a journal, which is to be read before it is appended to."""
    with appending(path) as handle:
        yield RunJournal(path, handle)


def read_journal(path: Path) -> JournalState:
    """Read a journal that another process may be writing; none stands for an empty one.

    A last line without its end is passed over. Raises `InputError` like `RunJournal.read`.
    """
    if not path.exists():
        return JournalState()
    content = read_own(path, "journal")
    return _replay(path, content[: content.rfind(b"\n") + 1])


def read_runs(path: Path) -> dict[int, RunLine]:
    """Give the runs that a journal knows of, by number; none where there is no journal.

    Only for telling where samples come from: what cannot be read is passed over.
    """
    runs: dict[int, RunLine] = {}
    try:
        with open_own(path) as file:
            for line in file:
                if line.startswith(_RUN):
                    with suppress(msgspec.DecodeError):
                        run = msgspec.json.decode(line, type=RunLine)
                        runs[run.run] = run
    except (OSError, InputError):
        return {}
    return runs


def _replay(path: Path, content: bytes) -> JournalState:
    state = JournalState()
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            state.take(parse_line(line))
        except (ValueError, RecursionError):
            raise InputError(
                f"{path}: line {number} is no line of a run journal; "
                "restore the file, or move it away to go on without it."
            ) from None
    return state
