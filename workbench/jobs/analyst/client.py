"""The parent's side: start the helper process, ask it, and receive its results.

Nothing here raises if the helper fails: its end is a value, `Failure`.
"""

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.review.facets import Facets
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.analyst.wire import (
    STATUSES,
    AnalystRequest,
    Append,
    AskAlike,
    AskNear,
    AskOrder,
    AskVerdict,
    Begun,
    DatasetLoaded,
    FacetsFound,
    FacetsRow,
    Forget,
    HelperFailed,
    Nearest,
    OrderBy,
    Prefer,
    Report,
    Revise,
    Underway,
    read_report,
    start_of,
    written,
)
from workbench.jobs.helpers.pipes import HelperProcess

STUCK_SECONDS = 20.0
"""Seconds after which a process still busy with one item is killed: its own limit has failed."""

FacetsBatch = list[tuple[int, Facets]]
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the helper process no longer answers, as a sentence."""

    message: str


class Analyst:
    """A helper process for one dataset. Create it with `start`; close it when done.

    total: how many items it knows, 0 until loaded. checked: how many of them have been verified.
    basis: what verdicts depend on, see `verdict_basis`; "" until known. taken_in: 1 for each item
    whose verdict the reader of `results` has received. failure: why it ended, None while it runs or
    after `close`. pid: of the process. begun: the large item being verified, or None; after a
    failure, its likely cause.
    """

    def __init__(self, process: HelperProcess | None) -> None:
        self.total = 0
        self.checked = 0
        self.basis = ""
        self.taken_in = bytearray()
        self.failure: Failure | None = None
        self.begun: int | None = None
        self._overdue: asyncio.TimerHandle | None = None
        self._process = process
        self._batches: asyncio.Queue[FacetsBatch | None] = asyncio.Queue()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._watching: dict[int, OnProgress] = {}
        self._asked = 0
        self._values: list[Any] = [()]
        self._closed = False
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        dataset: Path | None,
        files: CatalogFiles,
        *,
        digest: str = "",
        prefer: Sequence[int] = range(50),
        passed_over: Iterable[int] = (),
    ) -> "Analyst":
        """Start the process on a dataset file, or on None for one that only `append` will fill.

        digest: the SHA-256 of the file as read by the caller; any other is refused. prefer: what to
        verify first, see `prefer`. passed_over: items that no process has managed to verify.
        """
        try:
            process = await HelperProcess.start("workbench.jobs.analyst")
        except OSError as error:
            analyst = cls(None)
            analyst._end(Failure(f"The helper process can't be started: {error.strerror}."))
            return analyst
        analyst = cls(process)
        analyst._listening = asyncio.create_task(analyst._listen(process))
        analyst._send(start_of(dataset, digest, files, prefer, passed_over))
        return analyst

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def results(self) -> AsyncIterator[FacetsBatch]:
        """Yield facets as they become known: index and facets, a few hundred at a time.

        Each sample comes once with its verdict; most also come earlier without one (status ""),
        because all are read before all are verified. Ends when the process does: see `failure`. For
        one reader.
        """
        while (batch := await self._batches.get()) is not None:
            yield batch
            for index, facets in batch:
                if facets.status:
                    if index >= len(self.taken_in):
                        self.taken_in.extend(bytes(index + 1 - len(self.taken_in)))
                    self.taken_in[index] = 1

    def prefer(self, rows: Sequence[int]) -> None:
        """Verify these before all others, because they are on the screen."""
        self._send(Prefer(list(rows)))

    async def append(self, raw: Sequence[bytes]) -> None:
        """Add items, as JSON bytes; their indices follow on."""
        self._send(Append(list(raw)))
        if self._process is not None:
            with suppress(ConnectionError):
                await self._process.drained()

    def revise(
        self, index: int, raw: bytes = b"", dismissed: Iterable[tuple[str, str, int]] = ()
    ) -> None:
        """Have orders go by what a label makes of an item: see `Revise`."""
        self._send(Revise(index, raw, list(dismissed)))

    async def near(self, index: int, limit: int = 50) -> list[tuple[int, float]] | Failure:
        """Return the near-duplicates of a sample: index and ROUGE-L, the nearest first."""
        answer: Nearest | Failure = await self._ask(AskNear(self._asked, index, limit))
        return answer if isinstance(answer, Failure) else answer.found

    async def alike(
        self, index: int, limit: int, among: bytes
    ) -> list[tuple[int, float]] | Failure:
        """Return samples that ask for much the same: index and ROUGE-L, the nearest first.

        Those with nearly the same query come first, then those whose calls have the same
        properties. among: not 0 for each item that counts.
        """
        answer: Nearest | Failure = await self._ask(AskAlike(self._asked, index, limit, among))
        return answer if isinstance(answer, Failure) else answer.found

    async def verdict(self, index: int, raw: bytes = b"") -> tuple[Verdict, int] | Failure:
        """Return the verdict of an item, fixes left out, and how many findings it has beyond that.

        index: of a known item, or -1 for another one, whose JSON is `raw`.
        """
        answer = await self._ask(AskVerdict(self._asked, index, raw))
        if isinstance(answer, Failure):
            return answer
        findings = (Finding(code, words, tuple(path)) for code, words, path in answer.findings)
        return Verdict(tuple(findings)), answer.left_out

    async def order(
        self, by: OrderBy, on_progress: OnProgress | None = None
    ) -> "array[int] | Failure":
        """Return the indices of all items in some order.

        similarity: similar ones together; takes seconds for a hundred thousand, and `on_progress`
        is called with how many have been compared, out of how many. property: by property, function
        and area. verdict: failing ones first, those with the same findings together, unverified
        ones last. Cancelling it also ends the helper's work on it.
        """
        answer = await self._ask(AskOrder(self._asked, by), on_progress)
        return answer if isinstance(answer, Failure) else array("I", answer.indices)

    async def close(self) -> None:
        """End the process and wait until it is gone. Pending questions get a `Failure`."""
        self._closed = True
        if self._process is None or self._listening is None:
            return
        await self._process.close()
        await self._listening

    async def _ask(
        self,
        question: AskAlike | AskNear | AskOrder | AskVerdict,
        on_progress: OnProgress | None = None,
    ) -> Any:
        if self._over:
            return self.failure or _CLOSED
        number = question.number
        self._asked += 1
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        if on_progress is not None:
            self._watching[number] = on_progress
        try:
            self._send(question)
            return await answer
        except asyncio.CancelledError:
            self._send(Forget(number))
            raise
        finally:
            self._answers.pop(number, None)
            self._watching.pop(number, None)

    @property
    def _over(self) -> bool:
        return self._closed or self.failure is not None

    def _send(self, request: AnalystRequest) -> None:
        if not self._over and self._process is not None:
            self._process.send(written(request))

    async def _listen(self, process: HelperProcess) -> None:
        reason: str | None = None
        try:
            while reason is None:
                reason = self._receive(read_report(await process.receive()))
                # Reading does not pause while more is there; keys must come in between.
                await asyncio.sleep(0)
        except asyncio.IncompleteReadError:
            pass
        except msgspec.MsgspecError as error:
            reason = f"The helper process sent something unreadable: {error}."
            process.kill()
        cause = await process.exit_words()
        stopped = f"The helper process has stopped ({cause}). Open the dataset again to go on."
        self._end(None if self._closed else Failure(reason or stopped))

    def _receive(self, report: Report) -> str | None:
        """Pass a report on; return why the process ends, if it says so."""
        if self._overdue is not None:
            self._overdue.cancel()
        self._overdue = self.begun = None
        match report:
            case Begun():
                self.begun = report.index
                if self._process is not None:
                    later = asyncio.get_running_loop().call_later
                    self._overdue = later(STUCK_SECONDS, self._process.kill)
            case HelperFailed():
                return report.message
            case DatasetLoaded():
                self.total, self.basis = report.total, report.basis
            case FacetsFound():
                self._values += report.values
                batch = [self._facets(row) for row in report.rows]
                self.checked += sum(facets.status != "" for _, facets in batch)
                # Appended items become known by their results.
                self.total = max(self.total, 1 + max((i for i, _ in batch), default=-1))
                self._batches.put_nowait(batch)
            case Underway():
                if report.number in self._watching:
                    self._watching[report.number](report.done, report.total)
            case _:
                answer = self._answers.get(report.number)
                if answer is not None and not answer.done():
                    answer.set_result(report)
        return None

    def _facets(self, row: FacetsRow) -> tuple[int, Facets]:
        index, identity, status, codes, functions, properties, areas, calls, engine, kind = row
        value = self._values
        facets = Facets(
            identity,
            STATUSES[status],
            value[codes],
            value[functions],
            value[properties],
            value[areas],
            calls,
            value[engine],
            kind=value[kind],
        )
        return index, facets

    def _end(self, failure: Failure | None) -> None:
        self.failure = failure
        if self._overdue is not None:
            self._overdue.cancel()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(failure or _CLOSED)
        self._batches.put_nowait(None)


_CLOSED = Failure("The dataset is closed.")
