"""Work through samples in several processes, with results in order and little in memory."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, TypeVar

from workbench.core.errors import InputError

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

SHARD = 500
"""Items sent at once: some tenths of a second of work, far longer than sending them takes."""

_ENDING = {
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # SIGHUP: not on Windows
}
_MASKED = hasattr(signal, "pthread_sigmask")


def in_processes(
    work: Callable[[list[_Item]], list[_Result]],
    items: Iterable[_Item],
    processes: int,
    prepare: Callable[..., None],
    arguments: tuple[Any, ...],
) -> Iterator[_Result]:
    """Yield the results for the items, in their order.

    work: takes a shard of items, returns one result for each. prepare: called with the arguments
    once in each process. Two shards per process are under way at a time. Raises `InputError` if a
    process is killed from outside.
    """
    waiting = iter(items)
    pool = helper_pool(processes, prepare, arguments)
    under_way: deque[Future[list[_Result]]] = deque()
    try:
        while True:
            while len(under_way) < 2 * processes and (shard := list(islice(waiting, SHARD))):
                under_way.append(submit_shard(pool, work, shard))
            if not under_way:
                return
            yield from under_way.popleft().result()
    except KeyboardInterrupt:
        for process in multiprocessing.active_children():
            process.kill()  # nobody waits for what they are at
        raise
    except BrokenProcessPool:
        raise InputError(
            "a helper process ended before its work was done, perhaps for lack of "
            "memory; run again with --jobs 1."
        ) from None
    finally:
        with suppress(RuntimeError):  # it was never started, see `submit_shard`
            pool.shutdown(cancel_futures=True)


def submit_shard(
    pool: ProcessPoolExecutor, work: Callable[[list[_Item]], list[_Result]], shard: list[_Item]
) -> Future[list[_Result]]:
    """Submit a shard of work. Raises `BrokenProcessPool` if no process can be started."""
    try:
        with _real_stderr(), _signals_wait():
            return pool.submit(work, shard)
    except BrokenProcessPool:
        raise
    except (RuntimeError, OSError, MemoryError):  # no memory for a thread or a process
        raise BrokenProcessPool from None


@contextmanager
def _real_stderr() -> Iterator[None]:
    """Put back the process's own stderr while processes are started.

    The app has one without a file number in its place, and a first process can't be started so.
    """
    shown, sys.stderr = sys.stderr, sys.__stderr__ or sys.stderr
    try:
        yield
    finally:
        sys.stderr = shown


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Keep signals that end the program waiting while processes are started.

    A pool half started can't be ended. What is started inherits this, so that Ctrl-C in a terminal
    brings no traceback from a process that is still importing. Another thread may get a signal all
    the same, and its handler then runs in this one: so that waits as well.
    """
    came: list[int] = []
    handlers: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in _ENDING:
            if callable(signal.getsignal(number)):
                handlers[number] = signal.signal(number, lambda number, _: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING) if _MASKED else set()
    try:
        yield
    finally:
        if _MASKED:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


def helper_pool(
    processes: int, prepare: Callable[..., None], arguments: tuple[Any, ...]
) -> ProcessPoolExecutor:
    """Return a pool whose processes end with this one, however it ends.

    prepare: called with the arguments once in each process.
    """
    # Not forked: a fork of a process with threads may hang.
    context = multiprocessing.get_context("spawn")
    with _real_stderr(), _signals_wait():
        return ProcessPoolExecutor(processes, context, _start, (prepare, arguments))


def end_pool(pool: ProcessPoolExecutor) -> None:
    """End a pool now, with its processes, whatever they are doing.

    They are killed first, so that waiting for the pool's own thread takes no time. Without the
    wait, that thread may close its pipe just as Python writes to it at its exit, and Python prints
    a traceback.
    """
    # `kill_workers` from Python 3.14 on; until then there is no public way to them.
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
    with suppress(RuntimeError):  # it was never started, see `submit_shard`
        pool.shutdown(cancel_futures=True)


def _start(prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if _MASKED:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare(*arguments)


def _end_with_parent() -> None:
    """End this process as soon as its parent is gone, killed: nobody waits for its results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
