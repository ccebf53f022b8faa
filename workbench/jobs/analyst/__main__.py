"""The helper process: reads requests from stdin, reports on stdout, and ends when stdin closes."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from workbench.adapters.dataset import collection_paused, load_raw
from workbench.adapters.vehicle.verifiers import load_verifier, verdict_basis
from workbench.core.errors import InputError
from workbench.core.text.plain import visible
from workbench.jobs.analyst.wire import (
    AnalystRequest,
    Append,
    DatasetLoaded,
    Forget,
    HelperFailed,
    Prefer,
    Report,
    Revise,
    Start,
    files_of,
    read_request,
    written,
)
from workbench.jobs.analyst.worker import Worker
from workbench.jobs.helpers.pipes import be_patient, capture_output, listen


def main() -> None:
    """Serve one parent until it closes stdin or dies, which closes it too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # end silently
    be_patient()
    write = capture_output()

    def report(message: Report) -> None:
        write(written(message))

    requests: SimpleQueue[AnalystRequest] = SimpleQueue()
    listen(lambda body: requests.put(read_request(body)))
    try:
        _serve(requests, report)
    except BrokenPipeError:
        return
    except InputError as error:
        report(HelperFailed(visible(str(error))))
    except Exception as error:
        traceback.print_exc()
        reason = visible(f"{type(error).__name__}: {error}")
        report(HelperFailed(f"The helper process failed ({reason})."))
        sys.exit(1)


def _serve(requests: "SimpleQueue[AnalystRequest]", report: Callable[[Report], None]) -> None:
    start = requests.get()
    assert isinstance(start, Start)
    raw = _load(start)
    files = files_of(start)
    verifier = load_verifier(files).ready()
    worker = Worker(raw, verifier, start.passed_over)
    same = verifier.basis == verdict_basis(files)
    report(DatasetLoaded(len(raw), verifier.basis if same else ""))
    worker.prefer(start.rows)
    gc.collect()
    gc.freeze()  # what is loaded stays, so it needn't be scanned again
    while True:
        try:
            request = requests.get(block=not worker.busy)
        except Empty:
            found = worker.step()
            if found is not None:
                report(found)
        else:
            _take(worker, request)


def _load(start: Start) -> list[bytes]:
    if start.dataset is None:
        return []
    path = Path(os.fsdecode(start.dataset))
    with collection_paused():
        raw, digest = load_raw(path)
    if digest != start.digest:
        raise InputError(f"{path} has changed since it was opened; open it again.")
    return raw


def _take(worker: Worker, request: AnalystRequest) -> None:
    match request:
        case Prefer():
            worker.prefer(request.rows)
        case Append():
            worker.append(request.raw)
        case Revise():
            worker.revise(request)
        case Forget():
            worker.forget(request.number)
        case Start():
            raise AssertionError("started twice")
        case _:
            worker.ask(request)


if __name__ == "__main__":
    main()
