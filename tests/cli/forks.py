"""Runs the command line in processes forked from one that has imported it.

Each run is a process of its own, with its own arguments, environment, folder and exit status, as
if started again; only the half second of imports is spared, reading the words that come with the
program, and at its end taking all that apart. Reads a request a line from its input, and answers
each with the exit status.
"""

import atexit
import gc
import json
import os
import runpy
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from select import select

_IMPORTED = ("generate", "generation", "verify", "explain", "refine", "export", "check_export")
_IMPORTED += ("dedup", "demo", "catalog", "labels", "judge", "repair", "evaluate", "runs", "doctor")
_HEAVY = ("jobs.generating.generate", "jobs.records.export", "jobs.records.check_export")
_HEAVY += ("jobs.dedup", "jobs.records.refine")
_HEAVY += ("jobs.second_opinion.judge", "jobs.second_opinion.repair", "jobs.demo", "jobs.verifying")
_HEAVY += ("adapters.engines.gemini", "adapters.engines.offline", "adapters.models.gemini.client")
_HEAVY += ("adapters.models.gemini.batches", "cli.parameters", "cli.drive", "cli.dry_run")
_HEAVY += ("adapters.answerers.gemini", "jobs.evaluate.estimate", "jobs.generating.estimate")
_HEAVY += ("jobs.second_opinion.estimate", "core.car.driving")


class Forks:
    """The process that forks; `run` is like `subprocess.run`."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self,
        arguments: list[str],
        folder: Path,
        env: dict[str, str],
        timeout: float,
        streams: dict[int, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m workbench` with these arguments.

        streams: by number, what they are instead: "closed", "unread" for a pipe that nobody reads,
        or a file.
        """
        printed = [folder.with_name(f"{folder.name}.{name}") for name in ("out", "err")]
        request = {
            "arguments": arguments,
            "folder": str(folder),
            "env": env,
            "printed": [str(path) for path in printed],
            "streams": streams or {},
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        if not select([self._server.stdout], [], [], timeout)[0]:
            self._server.kill()
            raise TimeoutError(f"{arguments} took more than {timeout} seconds")
        status = int(self._server.stdout.readline())
        texts = [path.read_text(encoding="utf-8") for path in printed]
        return subprocess.CompletedProcess(arguments, status, *texts)

    def close(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()


def _serve() -> None:
    for name in _IMPORTED:
        import_module(f"workbench.cli.{name}")
    for name in _HEAVY:
        import_module(f"workbench.{name}")
    import_module("workbench.adapters.models.web").certificates()
    files = import_module("workbench.adapters.vehicle.catalogs").CatalogFiles()
    import_module("workbench.adapters.vehicle.verifiers").load_verifier(files).ready()
    gc.freeze()  # a child's collector is not to touch, and thereby copy, all of this
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request)
            try:
                runpy.run_module("workbench", run_name="__main__", alter_sys=True)
            except SystemExit as end:
                _leave(end)
                raise
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _leave(end: SystemExit) -> None:
    """End the process as Python would, but leave its memory to the system.

    Python lets go of every object at its end, and so has the system copy all that came with the
    fork: that takes as long as many a command. Returns if something is still to be said.
    """
    if end.code is not None and not isinstance(end.code, int):
        return
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except (OSError, ValueError):
            return
    os._exit(end.code or 0)


def _become(request: dict) -> None:
    """Take over what makes a process: folder, environment, streams, arguments."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["env"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream, path in enumerate(request["printed"], start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    for number, what in request["streams"].items():
        if what == "closed":
            os.close(int(number))
            continue
        if what == "unread":
            reader, stream = os.pipe()
            os.close(reader)
        else:
            stream = os.open(what, os.O_RDWR)
        os.dup2(stream, int(number))
        os.close(stream)
    sys.argv[1:] = request["arguments"]


if __name__ == "__main__":
    _serve()
