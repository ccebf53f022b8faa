"""The run journal: what engines were asked and what they answered, one line each, as it came.

A reply is on disk (fsync) before anything else is done with it; samples, ledger and quarantine
follow from the journal by replay. A fold says how far the dataset file and its side files have
got. Each line is a JSON object with its kind: run, ask, reply, failure or fold.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from workbench.adapters.files import append, appending, cut, read_bytes
from workbench.core.errors import InputError
from workbench.core.jsontext import dumps
from workbench.core.overlay import Access
from workbench.core.tally import Outcome, outcome_of

Count = Annotated[int, msgspec.Meta(ge=0)]


class Line(msgspec.Struct, frozen=True, tag_field="kind", kw_only=True):
    """One line of the journal."""


class RunLine(Line, frozen=True, tag="run", kw_only=True):
    """A run began, or went on. quarantine, duplicates: the side files' lengths in bytes then.

    prompts: hash of the prompts, "" where the engine is given none. record: the number of its
    record among the runs, 0 where it was written by a version that kept none. tier: of the service.
    """

    run: Count
    engine: str
    model: str = ""
    seed: int = 0
    prompts: str = ""
    version: str = ""
    time: str = ""
    quarantine: Count = 0
    duplicates: Count = 0
    record: Count = 0
    tier: str = "standard"


class AskLine(Line, frozen=True, tag="ask", kw_only=True):
    """An engine was asked. thin: the cells it was steered to: property, area, access."""

    run: Count
    request: Count
    engine: str
    count: Count
    seed: int
    thin: tuple[tuple[str, int, Access], ...] = ()


class ReplyLine(Line, frozen=True, tag="reply", kw_only=True):
    """An answer, raw. usage: tokens by kind, where the service counts them.

    version: the model that answered, as the service names it. faults: kinds of the sends in vain
    before. unsure: US dollars that those may have cost, "" for nothing.
    """

    run: Count
    request: Count
    engine: str
    model: str
    asked: Count
    reply: str
    finish: str = ""
    usage: dict[str, int] | None = None
    time: str = ""
    version: str = ""
    faults: tuple[str, ...] = ()
    unsure: str = ""

    def outcome(self) -> Outcome:
        return outcome_of(answered=True, usage=self.usage, faults=self.faults, unsure=self.unsure)


class FailureLine(Line, frozen=True, tag="failure", kw_only=True):
    """A request failed. usage: tokens billed nevertheless. faults: kinds of all its sends.

    unsure: US dollars that those may have cost, "" for nothing.
    """

    run: Count
    request: Count
    error: str
    time: str = ""
    usage: dict[str, int] | None = None
    faults: tuple[str, ...] = ()
    unsure: str = ""

    def outcome(self) -> Outcome:
        # Failures of old journals say no kind.
        faults = self.faults or ("not recorded",)
        return outcome_of(answered=False, usage=self.usage, faults=faults, unsure=self.unsure)


class BatchLine(Line, frozen=True, tag="batch", kw_only=True):
    """Requests are about to be handed in as one batch job; on disk before they are.

    name: ours, by which the job can be found at the service. requests: in the order handed in.
    """

    run: Count
    name: str
    engine: str
    model: str
    requests: tuple[Count, ...]
    time: str = ""


class JobLine(Line, frozen=True, tag="job", kw_only=True):
    """What is known of a batch job. batch: our name for it. job: the service's. state: how it
    ended, "" while it has not, or not all that came of it is in the journal."""

    batch: str
    job: str
    state: str = ""
    time: str = ""


class FoldLine(Line, frozen=True, tag="fold", kw_only=True):
    """The files were saved.

    pending: requests answered but not taken in yet. ledger: counts so far. samples: items in the
    dataset file, and digest its SHA-256. quarantine, duplicates: the side files' lengths in bytes.
    """

    pending: tuple[Count, ...] = ()
    ledger: dict[str, Count]
    samples: Count = 0
    digest: str = ""
    quarantine: Count = 0
    duplicates: Count = 0


_AnyLine = RunLine | AskLine | ReplyLine | FailureLine | BatchLine | JobLine | FoldLine
_RUN = b'{"kind":"run",'
_decoder: msgspec.json.Decoder[_AnyLine] = msgspec.json.Decoder(_AnyLine)


@dataclass
class Part:
    """What one start of the program put into a journal: from its run line to the next one's.

    begun: its run line, None for what stands before the first. calls: replies and failures, in
    their order. open: requests without an outcome. ledger: counts at its end over all parts, None
    where nothing was saved since the part before. time: of its last line.
    """

    begun: RunLine | None
    calls: list[ReplyLine | FailureLine] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    ledger: dict[str, int] | None = None
    time: str = ""

    def take(self, line: "Line") -> None:
        """Take in one line."""
        if isinstance(line, AskLine):
            self.open.add(line.request)
        elif isinstance(line, (ReplyLine, FailureLine)):
            self.open.discard(line.request)
            self.calls.append(line)
            self.time = line.time or self.time
        elif isinstance(line, BatchLine):
            # What a job holds is not lost with the program: its answers come, in a later part.
            self.open.difference_update(line.requests)


@dataclass
class JournalState:
    """What a journal says when it is opened, up to the last fold and after it.

    replies: answers not yet folded in, by request. asks: requests without an answer, or with one
    that is not yet folded in. answered, asked: the same of the whole journal. fold: the last fold,
    None where there is none. first: the first run. next_run, next_request: numbers of which
    nothing was asked yet. failures: failed requests since the fold. parts: the same lines by the
    start of the program that wrote them. counts: the ledger as last saved, with the failures since;
    a dataset that is made anew takes nothing from it.
    batches, jobs: batch jobs that have not ended, and what is known of each, by our name for it.
    """

    replies: dict[int, ReplyLine] = field(default_factory=dict)
    asks: dict[int, AskLine] = field(default_factory=dict)
    answered: dict[int, ReplyLine] = field(default_factory=dict)
    asked: dict[int, AskLine] = field(default_factory=dict)
    fold: FoldLine | None = None
    first: RunLine | None = None
    next_run: int = 1
    next_request: int = 0
    failures: int = 0
    parts: list[Part] = field(default_factory=lambda: [Part(None)])
    counts: dict[str, int] = field(default_factory=dict)
    batches: dict[str, BatchLine] = field(default_factory=dict)
    jobs: dict[str, JobLine] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        """Take in one line."""
        self._take(line)
        if isinstance(line, RunLine):
            self.parts.append(Part(line, time=line.time))
        else:
            self.parts[-1].take(line)
        if isinstance(line, FailureLine):
            failures = self.counts.get("failures", 0) + 1
            self.parts[-1].ledger = self.counts = self.counts | {"failures": failures}
        elif isinstance(line, FoldLine) and line.digest:  # else it takes all others back
            self.parts[-1].ledger = self.counts = dict(line.ledger)

    def _take(self, line: Line) -> None:
        if isinstance(line, RunLine):
            self.first = self.first or line
        elif isinstance(line, FoldLine):
            self._fold(line)
        elif isinstance(line, AskLine):
            self.asks[line.request] = self.asked[line.request] = line
            self._use(line)
        elif isinstance(line, ReplyLine):
            self.replies[line.request] = self.answered[line.request] = line
            self._use(line)
        elif isinstance(line, FailureLine):
            self.asks.pop(line.request, None)
            self.asked.pop(line.request, None)
            self.failures += 1
        elif isinstance(line, BatchLine):
            self.batches[line.name] = line
        elif isinstance(line, JobLine):
            self.jobs[line.batch] = line
            if line.state:
                self.batches.pop(line.batch, None)

    def _use(self, line: AskLine | ReplyLine) -> None:
        self.next_run = max(self.next_run, line.run + 1)
        self.next_request = max(self.next_request, line.request + 1)

    def _fold(self, line: FoldLine) -> None:
        done = self.answered.keys() - set(line.pending)
        self.replies = {n: reply for n, reply in self.answered.items() if n not in done}
        self.asks = {n: ask for n, ask in self.asked.items() if n not in done}
        self.fold = line
        self.failures = 0

    @property
    def side_lengths(self) -> dict[str, int] | None:
        """Lengths of the side files at the last fold, else at the first run; None without."""
        line = self.fold or self.first
        return {"quarantine": line.quarantine, "duplicates": line.duplicates} if line else None

    def unfolded(self) -> FoldLine:
        """Give the fold that takes all others back: of all that was answered, nothing is saved."""
        failures = self.failures + (self.fold.ledger.get("failures", 0) if self.fold else 0)
        return FoldLine(
            pending=tuple(sorted(self.answered)),
            ledger={"failures": failures},
            quarantine=self.first.quarantine if self.first else 0,
            duplicates=self.first.duplicates if self.first else 0,
        )


class Journal:
    """An open journal, to be appended to; see `opened_journal`."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    def read(self) -> JournalState:
        """Replay the lines.

        Raises `InputError` for a line that is none of the journal's.
        """
        return _replay(self._path, read_bytes(self._path, "journal"))

    def append(self, line: Line, *, sync: bool = True) -> None:
        """Append one line; with `sync`, it is on disk when this returns.

        Raises `InputError` where that fails; the journal is then as it was.
        """
        append(self._handle, self._path, dumps(msgspec.to_builtins(line)) + b"\n", sync=sync)

    def sync(self) -> None:
        """Flush to disk what was appended without. Raises `InputError` where that fails."""
        append(self._handle, self._path, b"")


@contextmanager
def opened_journal(path: Path) -> Iterator[Journal]:
    """Open a journal, cutting off a last line that a crash left without its end."""
    if path.exists():
        content = read_bytes(path, "journal")
        cut(path, content.rfind(b"\n") + 1)
    with appending(path) as handle:
        yield Journal(path, handle)


def read_journal(path: Path) -> JournalState:
    """Read a journal that another process may be writing; none stands for an empty one.

    A last line without its end is passed over. Raises `InputError` like `Journal.read`.
    """
    if not path.exists():
        return JournalState()
    content = read_bytes(path, "journal")
    return _replay(path, content[: content.rfind(b"\n") + 1])


def read_runs(path: Path) -> dict[int, RunLine]:
    """Give the runs that a journal knows of, by number; none where there is no journal.

    Only for telling where samples come from: what cannot be read is passed over.
    """
    runs: dict[int, RunLine] = {}
    try:
        with path.open("rb") as file:
            for line in file:
                if line.startswith(_RUN):
                    with suppress(msgspec.DecodeError):
                        run = msgspec.json.decode(line, type=RunLine)
                        runs[run.run] = run
    except OSError:
        return {}
    return runs


def now() -> str:
    """Give the time for a journal line: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _replay(path: Path, content: bytes) -> JournalState:
    state = JournalState()
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            state.take(_parse(line))
        except (ValueError, RecursionError):
            raise InputError(
                f"{path}: line {number} is no line of a run journal; "
                "restore the file, or move it away to go on without it."
            ) from None
    return state


def _parse(line: bytes) -> _AnyLine:
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # half a character in a reply
        value: _AnyLine = msgspec.convert(json.loads(line), _AnyLine)
        return value
