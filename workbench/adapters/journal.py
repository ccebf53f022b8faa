"""The run journal: what engines were asked and what they answered, one line each, as it came.

A reply is on disk (fsync) before anything else is done with it; samples, ledger and quarantine
follow from the journal by replay. A fold says how far the dataset file and its side files have
got. Each line is a JSON object with its kind: run, ask, arrived, reply, failure, fold, and those of
batch jobs. What a service answers is there twice: as its body arrived, before anything has read it,
and as the reply that was read from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec

from workbench.adapters.applog import AppendLog, lines_of, parse_line
from workbench.adapters.files.durable import appending, cut_torn_line, open_own, read_own
from workbench.adapters.models import ModelError, ModelReply
from workbench.adapters.models.outcomes import outcome_fields, read_arrived
from workbench.core.car.overlay import Access
from workbench.core.errors import InputError
from workbench.core.kinds import SampleKind
from workbench.core.spending.tally import RequestOutcome, outcome_of
from workbench.core.verdicts import Status

Count = Annotated[int, msgspec.Meta(ge=0)]


class JournalLine(msgspec.Struct, frozen=True, tag_field="kind", kw_only=True):
    """One line of the journal."""


class RunLine(JournalLine, frozen=True, tag="run", kw_only=True):
    """A run began, or went on. quarantine, duplicates: the side files' lengths in bytes then.

    prompts: hash of the prompts, "" if the engine is given none. record: the number of its
    record among the runs, 0 if it was written by a version that kept none. tier: of the service.
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


class AskLine(JournalLine, frozen=True, tag="ask", kw_only=True, omit_defaults=True):
    """An engine was asked. thin: the cells it was steered to: property, area, access.

    kinds: of each sample, where they were given. plans: the samples that it is to say in its own
    words, as items of a dataset. styles: their shares, as they are typed, where they were given.
    """

    run: Count
    request: Count
    engine: str
    count: Count
    seed: int
    thin: tuple[tuple[str, int, Access], ...] = ()
    kinds: tuple[SampleKind, ...] = ()
    plans: tuple[dict[str, Any], ...] = ()
    styles: str = ""


class ReplyLine(JournalLine, frozen=True, tag="reply", kw_only=True):
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

    def outcome(self) -> RequestOutcome:
        return outcome_of(answered=True, usage=self.usage, faults=self.faults, unsure=self.unsure)


class FailureLine(JournalLine, frozen=True, tag="failure", kw_only=True):
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

    def outcome(self) -> RequestOutcome:
        # Failures of old journals say no kind.
        faults = self.faults or ("not recorded",)
        return outcome_of(answered=False, usage=self.usage, faults=faults, unsure=self.unsure)


class ArrivedLine(JournalLine, frozen=True, tag="arrived", kw_only=True):
    """The body of an answer, as it came, before anything has read it; see `body_text`.

    Where no reply or failure follows, the program was killed over it. asked: samples.
    """

    run: Count
    request: Count
    engine: str
    model: str
    asked: Count
    body: str
    time: str = ""

    def ended(
        self, came: ModelReply | ModelError, unsure: str, time: str
    ) -> ReplyLine | FailureLine:
        """The line of what came of the request."""
        fields = {**outcome_fields(came), "unsure": unsure, "time": time}
        if isinstance(came, ModelError):
            return FailureLine(run=self.run, request=self.request, **fields)
        return ReplyLine(
            run=self.run,
            request=self.request,
            engine=self.engine,
            model=self.model,
            asked=self.asked,
            **fields,
        )

    def read(self) -> ReplyLine | FailureLine:
        """The line that was to follow the body."""
        return self.ended(read_arrived(body_bytes(self.body)), "", self.time)


class BatchLine(JournalLine, frozen=True, tag="batch", kw_only=True):
    """Requests are about to be handed in as one batch job; on disk before they are.

    name: ours, by which the job can be found at the service. requests: in the order handed in.
    """

    run: Count
    name: str
    engine: str
    model: str
    requests: tuple[Count, ...]
    time: str = ""


class JobLine(JournalLine, frozen=True, tag="job", kw_only=True):
    """What is known of a batch job. batch: our name for it. job: the service's. state: how it
    ended, "" while it has not, or not all that came of it is in the journal."""

    batch: str
    job: str
    state: str = ""
    time: str = ""


class OutputLine(JournalLine, frozen=True, tag="output", kw_only=True):
    """All that came of a batch job, as it came. batch: our name for it."""

    batch: str
    body: str
    time: str = ""


class FoldLine(JournalLine, frozen=True, tag="fold", kw_only=True):
    """The files were saved.

    pending: requests answered but not taken in yet. ledger: counts so far. samples: items in the
    dataset file, and digest its SHA-256. quarantine, duplicates: the side files' lengths in bytes.
    statuses: verdicts of those samples, empty if they were not counted yet; basis: by what, see
    `Verifier.basis`.
    """

    pending: tuple[Count, ...] = ()
    ledger: dict[str, Count]
    samples: Count = 0
    digest: str = ""
    quarantine: Count = 0
    duplicates: Count = 0
    statuses: dict[Status, Count] = {}
    basis: str = ""


AnyLine = (
    RunLine
    | AskLine
    | ArrivedLine
    | ReplyLine
    | FailureLine
    | BatchLine
    | JobLine
    | OutputLine
    | FoldLine
)


def now() -> str:
    """Return the time for a journal line: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def body_text(body: bytes) -> str:
    """Return a body as journals have it: text, with bytes that are none as halves of characters."""
    return body.decode("utf-8", "surrogateescape")


def body_bytes(text: str) -> bytes:
    """Return a body as it came."""
    return text.encode("utf-8", "surrogateescape")


# ------------------------------------------------------------ what the lines come to


@dataclass
class RunPart:
    """What one start of the program put into a journal: from its run line to the next one's.

    begun: its run line, None for what stands before the first. calls: replies and failures, in
    their order. open: requests without an outcome. ledger: counts at its end over all parts, None
    if nothing was saved since the part before. time: of its last line.
    """

    begun: RunLine | None
    calls: list[ReplyLine | FailureLine] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    ledger: dict[str, int] | None = None
    time: str = ""

    def apply(self, line: JournalLine) -> None:
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
    None if there isn't one. first: the first run. next_run, next_request: numbers of which
    nothing was asked yet. failures: failed requests since the fold. parts: the same lines by the
    start of the program that wrote them. counts: the ledger as last saved, with the failures since;
    a dataset that is rebuilt takes nothing from it.
    batches, jobs: batch jobs that have not ended, and what is known of each, by our name for it.
    outputs: what came of those. arrived: bodies that nothing was made of, by request. unread:
    bodies of requests that failed all the same.
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
    parts: list[RunPart] = field(default_factory=lambda: [RunPart(None)])
    counts: dict[str, int] = field(default_factory=dict)
    batches: dict[str, BatchLine] = field(default_factory=dict)
    jobs: dict[str, JobLine] = field(default_factory=dict)
    outputs: dict[str, OutputLine] = field(default_factory=dict)
    arrived: dict[int, ArrivedLine] = field(default_factory=dict)
    unread: dict[int, ArrivedLine] = field(default_factory=dict)

    def apply(self, line: JournalLine) -> None:
        """Take in one line."""
        self._apply(line)
        if isinstance(line, RunLine):
            self.parts.append(RunPart(line, time=line.time))
        else:
            self.parts[-1].apply(line)
        if isinstance(line, FailureLine):
            failures = self.counts.get("failures", 0) + 1
            self.parts[-1].ledger = self.counts = self.counts | {"failures": failures}
        elif isinstance(line, FoldLine) and line.digest:  # else it takes all others back
            self.parts[-1].ledger = self.counts = dict(line.ledger)

    def _apply(self, line: JournalLine) -> None:
        if isinstance(line, RunLine):
            self.first = self.first or line
        elif isinstance(line, FoldLine):
            self._fold(line)
        elif isinstance(line, AskLine):
            self.asks[line.request] = self.asked[line.request] = line
            self._use(line)
        elif isinstance(line, ArrivedLine):
            self.arrived[line.request] = line
            self._use(line)
        elif isinstance(line, ReplyLine):
            self.replies[line.request] = self.answered[line.request] = line
            self.arrived.pop(line.request, None)
            self.unread.pop(line.request, None)
            self._use(line)
        elif isinstance(line, FailureLine):
            if body := self.arrived.pop(line.request, None):
                self.unread[line.request] = body
            self.asks.pop(line.request, None)
            self.asked.pop(line.request, None)
            self.failures += 1
        elif isinstance(line, BatchLine):
            self.batches[line.name] = line
        elif isinstance(line, JobLine):
            self.jobs[line.batch] = line
            if line.state:
                self.batches.pop(line.batch, None)
                self.outputs.pop(line.batch, None)
        elif isinstance(line, OutputLine):
            self.outputs[line.batch] = line

    def _use(self, line: AskLine | ArrivedLine | ReplyLine) -> None:
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
        """Return the fold that takes all others back: nothing that was answered is saved."""
        failures = self.failures + (self.fold.ledger.get("failures", 0) if self.fold else 0)
        return FoldLine(
            pending=tuple(sorted(self.answered)),
            ledger={"failures": failures},
            quarantine=self.first.quarantine if self.first else 0,
            duplicates=self.first.duplicates if self.first else 0,
        )


# ------------------------------------------------------------ the file

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
    """Open a journal, or make it. Raises `InputError` if it cannot be written."""
    with appending(path) as handle:
        yield RunJournal(path, handle)


def read_journal(path: Path) -> JournalState:
    """Read a journal that another process may be writing; none stands for an empty one.

    A last line without its end is passed over. Raises `InputError` like `RunJournal.read`.
    """
    return _replay(path, read_own(path, "journal")) if path.exists() else JournalState()


def read_runs(path: Path) -> dict[int, RunLine]:
    """Return the runs that a journal knows of, by number; none if there is no journal.

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
            f"{path}: line {number} is not valid in a run journal; restore the file, or "
            "move it away to go on without it."
        )

    state = JournalState()
    for line in lines_of(content, partial(parse_line, _decoder), wrong):
        state.apply(line)
    return state
