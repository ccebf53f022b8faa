"""The export process: takes requests from its input, replies on its output, ends with its input."""

import sys
from collections.abc import Callable
from dataclasses import replace
from queue import SimpleQueue
from time import monotonic
from typing import Literal

from workbench.core.errors import WorkbenchError
from workbench.core.progress import PartProgress
from workbench.jobs.exporter.verdicts import Verdicts
from workbench.jobs.exporter.wire import (
    Doing,
    ExportReply,
    ExportRequest,
    Know,
    PlanExport,
    Refused,
    Write,
    Wrote,
    planned,
    read,
    same_choice,
    written,
)
from workbench.jobs.helpers.pipes import be_patient, capture_output, listen
from workbench.jobs.records.export import ExportOptions, ExportPlan, plan_export, write_export

_NAMED = 5
"""How many records over the limit are named; the manifest lists all."""
_TELL = 0.2
"""Seconds between progress messages."""


def main() -> None:
    """Serve one parent until it closes the input, or dies, which also closes it."""
    be_patient()
    write = capture_output()

    def reply(message: ExportReply) -> None:
        write(written(message))

    requests: SimpleQueue[ExportRequest] = SimpleQueue()
    # Files are written whole or not at all, so that ending at any time leaves none half-written.
    listen(lambda body: requests.put(read(body)))
    verdicts = Verdicts()
    plan: ExportPlan | None = None
    while True:
        request = requests.get()
        if isinstance(request, Know):
            verdicts.learn(request.basis, request.found)
            continue
        try:
            plan = _serve(request, plan, verdicts, reply)
        except BrokenPipeError:
            return
        except WorkbenchError as error:
            reply(Refused(request.number, str(error)))
        except Exception as error:
            reply(Refused(request.number, f"{type(error).__name__}: {error}"))


def _serve(
    request: PlanExport | Write,
    plan: ExportPlan | None,
    verdicts: Verdicts,
    reply: Callable[[ExportReply], None],
) -> ExportPlan | None:
    if isinstance(request, PlanExport):
        if plan is not None and same_choice(plan.options, request.options):
            plan = replace(plan, options=request.options)
        else:
            telling = _teller(request.number, "verifying", reply)
            plan = _planned(request.options, verdicts, telling)
        reply(planned(request.number, plan))
    elif plan is None:
        reply(Refused(request.number, "There is no plan to write."))
    else:
        done = write_export(plan, _teller(request.number, "writing", reply))
        long = done.measured.too_long
        reply(
            Wrote(
                request.number,
                done.files,
                done.counts,
                len(done.leaks),
                len(long),
                [str(one) for one in long[:_NAMED]],
                [str(one) for one in done.measured.lengths],
            )
        )
    return plan


def _planned(options: ExportOptions, verdicts: Verdicts, progress: PartProgress) -> ExportPlan:
    """Plan with the known verdicts, and remember new ones."""
    try:
        return plan_export(options, known=verdicts.by(options.files), progress=progress)
    finally:
        verdicts.check(options.files)


def _teller(
    number: int, what: Literal["verifying", "writing"], reply: Callable[[ExportReply], None]
) -> Callable[[int, int], None]:
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= _TELL:
            last = monotonic()
            reply(Doing(number, what, done, total))

    return tell


if __name__ == "__main__":
    main()
    sys.exit(0)
