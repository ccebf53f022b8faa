"""Batch jobs at a service: submitted, polled and collected, each of them once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from workbench.adapters.journal import (
    BatchLine,
    JobLine,
    OutputLine,
    RunJournal,
    body_bytes,
    body_text,
    now,
)
from workbench.adapters.models import Fault, FaultKind, ModelError, ModelReply, Prompt
from workbench.adapters.models.batches import ENDED, UNSURE, BatchService, JobState
from workbench.jobs.generating.events import BatchNews

STATE_WORDS: dict[JobState, str] = {
    "waiting": "waiting for its turn",
    "running": "being worked on",
    "stopping": "being cancelled",
    "done": "done",
    "failed": "failed at the service",
    "cancelled": "cancelled, here or in Google AI Studio",
    "expired": "given up by the service, which had no room for it in time",
    "gone": "no longer known to the service, which keeps jobs only for a while",
}

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class PollingTimes:
    """Seconds. first, longest: between two looks at a job, growing. grace: how long to look for a
    job that may have been handed in, before it is handed in again. full: wait before retrying a job
    that the service had no room for.
    """

    first: float = 10.0
    longest: float = 60.0
    grace: float = 90.0
    full: float = 300.0
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)


class BatchJobs:
    """Submits jobs and waits for them; each step is journaled.

    tell: is given the news. Methods raise `ModelError` if there is no point in going on.
    """

    def __init__(
        self,
        service: BatchService,
        journal: RunJournal,
        times: PollingTimes,
        tell: Callable[[BatchNews], None],
    ) -> None:
        self._service = service
        self._journal = journal
        self._times = times
        self._tell = tell

    async def find(self, line: BatchLine, grace: float | None = None) -> str:
        """Look for a job that may have been handed in; returns its name, "" if there isn't one.
        grace: seconds to keep looking, since a service may list a job late; by default what is left
        of the time since the job was journaled.
        """
        left = self._times.grace - _age(line) if grace is None else grace
        self._news(line, "being looked for at the service; it may be there already")
        while True:
            job = await self._patiently(line, lambda: self._service.find(line.name))
            if job:
                self._known(line, job)
                return job
            if left <= 0:
                return ""
            wait = min(left, self._times.first)
            await self._times.sleep(wait)
            left -= wait

    async def submit(self, line: BatchLine, prompts: Mapping[int, Prompt]) -> str:
        """Submit a journaled job, and return its name."""
        while True:
            try:
                job = await self._service.submit(line.name, prompts)
            except ModelError as error:
                failure = error
            else:
                self._known(line, job)
                return job
            if failure.fatal:
                raise failure
            if failure.fault.kind in UNSURE:
                self._news(line, f"may have been handed in: {failure}")
                # It may still be on its way: the grace period begins now.
                if job := await self.find(line, self._times.grace):
                    return job
            elif failure.fault.kind == "rate limit":
                wait = max(failure.fault.retry_after or 0.0, self._times.full)
                self._news(line, f"not accepted yet: {failure}; trying again in {wait:.0f} s")
                await self._times.sleep(wait)
            else:
                raise failure

    async def wait(self, line: BatchLine, job: str, *, once: bool = False) -> JobState:
        """Poll a job until it has ended, and return how; with `once`, look only once. A service
        that can't be reached is asked again, however long that takes.
        """
        pause, known = self._times.first, ""
        while True:
            state = await self._patiently(line, lambda: self._service.look(job))
            if state == "gone" and _age(line) < self._times.grace:
                state = "waiting"  # a new job, not visible everywhere at the service yet
            if state != known:
                self._news(line, STATE_WORDS[state], job)
                known = state
            if once or state in ENDED:
                return state
            await self._times.sleep(pause)
            pause = min(self._times.longest, pause * 1.5)

    async def collect(self, line: BatchLine, job: str) -> dict[int, ModelReply | ModelError]:
        """Fetch a job's results; they are on disk before they are read."""

        def arrived(output: bytes) -> None:
            self._journal.append(OutputLine(batch=line.name, body=body_text(output), time=now()))

        return await self._patiently(
            line, lambda: self._service.collect(job, line.requests, arrived)
        )

    def read(self, line: BatchLine, output: OutputLine) -> dict[int, ModelReply | ModelError]:
        """Read a job's results that an earlier run has fetched."""
        return self._service.read(body_bytes(output.body), line.requests)

    async def _patiently(self, line: BatchLine, call: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Repeat a call that costs nothing until it is answered."""
        pause = self._times.first
        while True:
            try:
                return await call()
            except ModelError as error:
                if error.fatal:
                    raise
                said = str(error)
            self._news(line, f"can't be looked up: {said}; trying again")
            await self._times.sleep(pause)
            pause = min(self._times.longest, pause * 1.5)

    def _known(self, line: BatchLine, job: str) -> None:
        self._journal.append(JobLine(batch=line.name, job=job, time=now()))

    def _news(self, line: BatchLine, state: str, job: str = "") -> None:
        self._tell(BatchNews(line.name, len(line.requests), state, _age(line), job))


_KINDS: Mapping[str, FaultKind] = {"failed": "server", "expired": "server"}
"""What a job's end means for its requests; after other ends it is unknown whether they are billed.
"""


def nothing_came(state: JobState) -> ModelError:
    """Why a request has no answer of its own in a job that has ended."""
    if state == "done":
        return ModelError(
            "the batch job finished without an answer to this request", fault=Fault("empty")
        )
    kind = _KINDS.get(state, "other")
    return ModelError(f"the batch job was {STATE_WORDS[state]}", fault=Fault(kind))


def _age(line: BatchLine) -> float:
    """Return the seconds since a job was journaled, 0 for a clock that was put back."""
    try:
        made = datetime.fromisoformat(line.time)
    except ValueError:
        return 0.0
    return max(0.0, (datetime.now(UTC) - made).total_seconds())
