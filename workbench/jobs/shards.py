"""Work through samples in several processes, results in order, little of it in memory."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from workbench.core.errors import InputError

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

SHARD = 500
"""Items sent at once: some tenths of a second of work, far more than sending them costs."""


def in_processes(
    work: Callable[[list[_Item]], list[_Result]],
    items: Iterable[_Item],
    processes: int,
    prepare: Callable[..., None],
    arguments: tuple[Any, ...],
) -> Iterator[_Result]:
    """Yield the results for the items, in their order.

    work: takes a shard of items, gives one result for each. prepare: called with the arguments
    once in each process. Two shards a process are under way at a time. Raises `InputError` where
    a process is killed from outside.
    """
    waiting = iter(items)
    pool = helper_pool(processes, prepare, arguments)
    under_way: deque[Future[list[_Result]]] = deque()
    try:
        while True:
            while len(under_way) < 2 * processes and (shard := list(islice(waiting, SHARD))):
                under_way.append(submitted(pool, work, shard))
            if not under_way:
                return
            yield from under_way.popleft().result()
    except BrokenProcessPool:
        raise InputError(
            "a helper process ended before its work was done, perhaps for want of memory; "
            "run again with --jobs 1."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def helper_pool(
    processes: int, prepare: Callable[..., None], arguments: tuple[Any, ...]
) -> ProcessPoolExecutor:
    """Give a pool whose processes end with this one, however it ends.

    prepare: called with the arguments once in each process.
    """
    # Not forked: a fork of a process with threads may hang.
    context = multiprocessing.get_context("spawn")
    with _own_errors():
        return ProcessPoolExecutor(processes, context, _start, (prepare, arguments))


def submitted(
    pool: ProcessPoolExecutor, work: Callable[[_Item], _Result], item: _Item
) -> Future[_Result]:
    """Hand an item to a pool of `helper_pool`, which may start a process for it."""
    with _own_errors():
        return pool.submit(work, item)


@contextmanager
def _own_errors() -> Iterator[None]:
    """Have processes start with this one's own errors.

    What a screen puts in their place while it runs has no file behind it to hand on.
    """
    shown = sys.stderr
    sys.stderr = sys.__stderr__
    try:
        yield
    finally:
        sys.stderr = shown


def _start(prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare(*arguments)


def _end_with_parent() -> None:
    """A parent that is killed says nothing, and its helpers would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
