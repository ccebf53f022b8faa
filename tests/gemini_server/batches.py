"""Batch jobs: PENDING, RUNNING, and then the end that their plan says."""

import json
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from .keeping import Folder, timestamp
from .uploads import Files, StoredFile

ENDED = ("SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED")
_TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main"
INTERNAL = {"code": 13, "message": "Internal error encountered."}
"""The error of one request in a job, with gRPC's code."""


@dataclass(frozen=True)
class BatchPlan:
    """How jobs go. pending, running: how long each of the two states lasts, in looks (GETs of the
    job) or in seconds. end: the state after them. failing: the share of a job's requests that get
    an error instead of an answer, or their places. lost: so many of the next creations are done
    and their reply lost.
    """

    pending: float = 1
    running: float = 1
    unit: Literal["looks", "seconds"] = "looks"
    end: str = "SUCCEEDED"
    failing: float | frozenset[int] = 0.0
    lost: int = 0

    def fails(self, place: int) -> bool:
        if isinstance(self.failing, frozenset):
            return place in self.failing
        return random.Random(f"item:{place}").random() < self.failing


@dataclass
class Job:
    """One job. items: `{request, metadata}`, or `{request, key}` where they came in a file."""

    id: str
    model: str
    display_name: str
    created: float
    items: list[dict[str, Any]]
    source: str = ""
    state: str = "PENDING"
    looks: int = 0
    updated: float = 0.0
    results: list[dict[str, Any]] = field(default_factory=list)
    output: str = ""

    @property
    def name(self) -> str:
        return f"batches/{self.id}"


class Batches:
    """All jobs. answer: gives `{response}` or `{error}` for a job's request at its place."""

    def __init__(
        self,
        answer: Callable[[Job, int], dict[str, Any]],
        files: Files,
        path: Path | None = None,
    ) -> None:
        self.plan = BatchPlan()
        self._answer = answer
        self._files = files
        self._lock = threading.RLock()
        self._folder = Folder(path)
        self._jobs = {raw["id"]: Job(**raw) for raw in self._folder.all_json()}

    def create(
        self, model: str, display_name: str, items: list[dict[str, Any]], source: str = ""
    ) -> tuple[Job, bool]:
        """Make a job; True where the plan has the reply lost."""
        now = time.time()
        job = Job(secrets.token_hex(10), model, display_name, now, items, source, updated=now)
        with self._lock:
            self._jobs[job.id] = job
            self._keep(job)
            lost = self.plan.lost > 0
            self.plan = replace(self.plan, lost=max(0, self.plan.lost - 1))
        return job, lost

    def look(self, ident: str) -> Job:
        """Give the job as it now stands. Each look brings it further where looks are counted.

        Raises `KeyError`.
        """
        with self._lock:
            job = self._jobs[ident]
            job.looks += 1
            self._advance(job)
            return job

    def all(self) -> list[Job]:
        """All jobs, the newest first."""
        with self._lock:
            jobs = sorted(self._jobs.values(), key=lambda job: -job.created)
            if self.plan.unit == "seconds":
                for job in jobs:
                    self._advance(job)
            return jobs

    def cancel(self, ident: str) -> bool:
        """Cancel a job that has not ended; False where it has. Raises `KeyError`."""
        with self._lock:
            job = self._jobs[ident]
            if job.state in ENDED:
                return False
            self._end(job, "CANCELLED")
            return True

    def delete(self, ident: str) -> None:
        """Raises `KeyError`."""
        with self._lock:
            del self._jobs[ident]
        self._folder.remove(f"{ident}.json")

    def _advance(self, job: Job) -> None:
        if job.state in ENDED:
            return
        plan = self.plan
        reached = job.looks if plan.unit == "looks" else time.time() - job.created
        if reached >= plan.pending + plan.running:
            self._end(job, plan.end)
        elif reached >= plan.pending:
            job.state = "RUNNING"
        self._keep(job)

    def _end(self, job: Job, state: str) -> None:
        if state == "SUCCEEDED":
            job.results = [self._result(job, place) for place in range(len(job.items))]
            if job.source:
                job.output = f"batch-{job.id}"
                lines = "".join(json.dumps(result) + "\n" for result in job.results)
                stored = StoredFile(
                    job.output, job.display_name, "application/jsonl", time.time(), "GENERATED"
                )
                self._files.keep(stored, lines.encode())
        job.state, job.updated = state, time.time()
        self._keep(job)

    def _result(self, job: Job, place: int) -> dict[str, Any]:
        item = job.items[place]
        kept = {name: item[name] for name in ("metadata", "key") if name in item}
        failed = self.plan.fails(place)
        return kept | ({"error": INTERNAL} if failed else self._answer(job, place))

    def _keep(self, job: Job) -> None:
        self._folder.write_json(job.id, asdict(job))


def to_json(job: Job, *, output: bool = True) -> dict[str, Any]:
    """The job as an `Operation`. output: with the answers, where they are there."""
    failed = sum("error" in result for result in job.results)
    count, done = len(job.items), job.state in ENDED
    stats = {
        "requestCount": count,
        "successfulRequestCount": len(job.results) - failed,
        "failedRequestCount": failed,
        "pendingRequestCount": 0 if done else count,
    }
    metadata: dict[str, Any] = {
        "@type": f"{_TYPE}.GenerateContentBatch",
        "name": job.name,
        "model": f"models/{job.model}",
        "displayName": job.display_name,
        "createTime": timestamp(job.created),
        "updateTime": timestamp(job.updated),
        "batchStats": {name: str(number) for name, number in stats.items() if number},
        "state": f"BATCH_STATE_{job.state}",
    }
    operation: dict[str, Any] = {"name": job.name, "metadata": metadata}
    if done:
        metadata["endTime"] = timestamp(job.updated)
        operation["done"] = True
    if job.state == "FAILED":
        operation["error"] = INTERNAL
    elif job.state == "EXPIRED":
        operation["error"] = {"code": 4, "message": "The batch was not done within 48 hours."}
    if job.state == "SUCCEEDED" and output:
        made = (
            {"responsesFile": f"files/{job.output}"}
            if job.output
            else {"inlinedResponses": {"inlinedResponses": job.results}}
        )
        metadata["output"] = made
        operation["response"] = {"@type": f"{_TYPE}.GenerateContentBatchOutput"} | made
    return operation
