"""What a run journal comes to, line by line: the state to go on from."""

from dataclasses import dataclass, field

from workbench.adapters.journal.lines import (
    ArrivedLine,
    AskLine,
    BatchLine,
    FailureLine,
    FoldLine,
    JobLine,
    JournalLine,
    OutputLine,
    ReplyLine,
    RunLine,
)


@dataclass
class RunPart:
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
    None where there is none. first: the first run. next_run, next_request: numbers of which
    nothing was asked yet. failures: failed requests since the fold. parts: the same lines by the
    start of the program that wrote them. counts: the ledger as last saved, with the failures since;
    a dataset that is made anew takes nothing from it.
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
