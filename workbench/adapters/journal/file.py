"""A run journal on disk: appended to line by line, and replayed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import msgspec

from workbench.adapters.applog import AppendLog, lines_of, parse_line
from workbench.adapters.files.durable import appending, cut_torn_line, open_own, read_own
from workbench.adapters.journal.lines import AnyLine, RunLine
from workbench.adapters.journal.state import JournalState
from workbench.core.errors import InputError

_decoder: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)
_LINE = b'{"kind":"'
_RUN = b'{"kind":"run",'


class RunJournal(AppendLog):
    """An open journal, which is to be read before it is appended to; see `opened_journal`."""

    def read(self) -> JournalState:
        """Replay the lines; only then is a last line cut off that a crash left without its end.

        Raises `InputError` for a line that is not of a journal; the file is then as it was.
        """
        content = read_own(self.path, "journal")
        state = _replay(self.path, content)
        cut_torn_line(self.path, content, _LINE, "run journal")
        return state

    def settle_arrived(self, state: JournalState) -> None:
        """Note, here and in the state, what the bodies come to that nothing was made of."""
        for line in list(state.arrived.values()):
            made = line.read()
            self.append(made)
            state.apply(made)


@contextmanager
def opened_journal(path: Path) -> Iterator[RunJournal]:
    """Open a journal, or make it. Raises `InputError` where it cannot be written."""
    with appending(path) as handle:
        yield RunJournal(path, handle)


def read_journal(path: Path) -> JournalState:
    """Read a journal that another process may be writing; none stands for an empty one.

    A last line without its end is passed over. Raises `InputError` like `RunJournal.read`.
    """
    return _replay(path, read_own(path, "journal")) if path.exists() else JournalState()


def read_runs(path: Path) -> dict[int, RunLine]:
    """Return the runs that a journal knows of, by number; none where there is no journal.

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
    def wrong(number: int, _: Exception) -> str:
        return (
            f"{path}: line {number} is no line of a run journal; "
            "restore the file, or move it away to go on without it."
        )

    state = JournalState()
    for line in lines_of(content, partial(parse_line, _decoder), wrong):
        state.apply(line)
    return state
