"""The lines of a run journal: each a JSON object with its kind."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from workbench.adapters.models import ModelError, Reply
from workbench.adapters.models.outcomes import outcome_fields, read_arrived
from workbench.core.car.overlay import Access
from workbench.core.spending.tally import RequestOutcome, outcome_of
from workbench.core.verdicts import Status

Count = Annotated[int, msgspec.Meta(ge=0)]


class JournalLine(msgspec.Struct, frozen=True, tag_field="kind", kw_only=True):
    """One line of the journal."""


class RunLine(JournalLine, frozen=True, tag="run", kw_only=True):
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


class AskLine(JournalLine, frozen=True, tag="ask", kw_only=True):
    """An engine was asked. thin: the cells it was steered to: property, area, access."""

    run: Count
    request: Count
    engine: str
    count: Count
    seed: int
    thin: tuple[tuple[str, int, Access], ...] = ()


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

    def ended(self, came: Reply | ModelError, unsure: str, time: str) -> ReplyLine | FailureLine:
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
    statuses: verdicts of those samples, empty where they were not counted yet; basis: by what, see
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
