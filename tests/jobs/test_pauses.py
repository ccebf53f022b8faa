"""Pauses: keys go first, and what is done aside is done to its end."""

import asyncio
import threading
from time import perf_counter

import pytest

from workbench.jobs.helpers.pauses import Turns


async def test_after_a_key_there_is_a_rest_and_one_only():
    pressed = perf_counter()
    pause = Turns(lambda: pressed)
    await pause()
    assert perf_counter() - pressed >= 0.02
    rested = perf_counter()
    await pause()
    assert perf_counter() - rested < 0.02


async def test_what_is_done_aside_is_done_though_it_is_cancelled():
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        go_on.wait(10)
        done.append(True)
        return "written"

    async def run():
        result = await Turns().aside(work)
        done.append(result)  # what follows from it is done, too
        await asyncio.sleep(0)
        done.append("never")

    task = asyncio.create_task(run())
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [True, "written"]


async def test_what_goes_wrong_aside_is_raised():
    with pytest.raises(ZeroDivisionError):
        await Turns().aside(lambda: 1 / 0)
