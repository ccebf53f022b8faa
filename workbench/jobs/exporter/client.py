"""The screen's side of the export process. Nothing here raises if the process fails."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.core.text.plain import visible
from workbench.jobs.exporter.wire import (
    Doing,
    ExportPlanned,
    ExportReply,
    PlanExport,
    Refused,
    Write,
    Wrote,
    read,
    written,
)
from workbench.jobs.helpers.pipes import HelperProcess
from workbench.jobs.records.export import ExportOptions

if TYPE_CHECKING:  # the process itself has no use for it
    from workbench.jobs.exporter.known import Known


class Exporter:
    """One process at a time, which plans and writes; an outdated plan is dropped."""

    def __init__(self, known: "Known | None" = None) -> None:
        """known: verdicts that the process can reuse."""
        self._known = known
        self._process: HelperProcess | None = None
        self._number = 0

    async def plan(
        self, options: ExportOptions, heed: Callable[[Doing], None]
    ) -> ExportPlanned | Refused:
        """Plan an export. heed: called with the progress."""
        self._number += 1
        answer = await self._ask(PlanExport(self._number, options), heed)
        if isinstance(answer, ExportPlanned):
            return answer
        return _as_refusal(self._number, answer)

    async def write(self, heed: Callable[[Doing], None]) -> Wrote | Refused:
        """Write what was planned last."""
        self._number += 1
        answer = await self._ask(Write(self._number), heed)
        return answer if isinstance(answer, Wrote) else _as_refusal(self._number, answer)

    async def _ask(self, request: PlanExport | Write, heed: Callable[[Doing], None]) -> ExportReply:
        try:
            process = await self._running()
            if isinstance(request, PlanExport) and self._known is not None:
                for news in self._known.news():
                    process.send(written(news))
                    await process.drained()
                    await asyncio.sleep(0)  # keys come in between
            process.send(written(request))
            await process.drained()
            while True:
                reply: ExportReply = read(await process.receive())
                if reply.number != request.number:
                    continue  # of a request that was dropped
                if not isinstance(reply, Doing):
                    return reply
                heed(reply)
        except asyncio.CancelledError:
            # The process's current work is no longer wanted, and it can't be asked to stop.
            self._kill()
            raise
        except (OSError, EOFError) as error:
            self._kill()
            reason = (
                f": {visible(error.strerror)}"
                if isinstance(error, OSError) and error.strerror
                else ""
            )
            return Refused(request.number, f"The export process has ended early{reason}.")

    async def _running(self) -> HelperProcess:
        if self._process is None:
            # The terminal belongs to the screen.
            self._process = await HelperProcess.start("workbench.jobs.exporter", silent=True)
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if self._known is not None:
            self._known.forget()
        if process is not None:
            process.kill()

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            await process.close()


def _as_refusal(number: int, reply: ExportReply) -> Refused:
    return (
        reply
        if isinstance(reply, Refused)
        else Refused(number, "The export process gave an unexpected answer.")
    )
