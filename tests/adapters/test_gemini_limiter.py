"""The limiter: requests and tokens a minute, requests in flight, in the order of asking."""

import asyncio

import pytest
from clocks import Clock
from pydantic import SecretStr
from wire import KEY

from workbench.adapters.models import ModelError, Prompt
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.limiter import Limiter


@pytest.fixture
def clock():
    return Clock()


def limited(clock, **limits) -> Limiter:
    return Limiter(clock=clock, sleep=clock.sleep, **limits)


async def times(limiter, clock, tokens) -> list[float]:
    seen = []
    for count in tokens:
        async with limiter.send(count):
            seen.append(clock.now)
    return seen


async def test_requests_are_spread_evenly_over_the_minute(clock):
    seen = await times(limited(clock, rpm=30), clock, [5] * 5)
    assert seen == pytest.approx([0, 2, 4, 6, 8])


async def test_tokens_are_spread_by_what_each_request_takes(clock):
    seen = await times(limited(clock, tpm=6_000), clock, [1_000, 100, 50_000, 1])
    assert seen == pytest.approx([0, 10, 11, 511]), "one larger than the limit passes, and is paid"


async def test_the_tighter_limit_holds(clock):
    seen = await times(limited(clock, rpm=60, tpm=6_000), clock, [10, 1_000, 10])
    assert seen == pytest.approx([0, 1, 11])


async def test_an_estimate_is_corrected_by_what_the_service_counted(clock):
    limiter = limited(clock, tpm=6_000)
    for counted in (500, 1_500):
        async with limiter.send(1_000) as sent:
            began = clock.now
            limiter.answered(sent, counted)
    async with limiter.send(1):
        assert (began, clock.now) == pytest.approx((5, 20))


async def test_a_wait_that_the_service_asks_for_holds_for_all(clock):
    limiter = limited(clock)
    limiter.hold(40)
    limiter.hold(3)
    assert await times(limiter, clock, [1, 1]) == [40, 40]


async def in_flight(limiter, count):
    """Let requests in, as many as may; returns how to let them go, in order."""
    passes, gates, tasks = [], [asyncio.Event() for _ in range(count)], []

    async def one(gate):
        async with limiter.send(1) as sent:
            passes.append(sent)
            await gate.wait()

    for gate in gates:
        tasks.append(asyncio.create_task(one(gate)))
        await asyncio.sleep(0)
    await settled()
    return passes, gates, tasks


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_burst_of_complaints_halves_the_window_once(clock):
    limiter = limited(clock, workers=16)
    passes, gates, tasks = await in_flight(limiter, 16)
    clock.now = 1
    for sent in passes:
        limiter.complained(sent)
    assert limiter.window == 8
    [gate.set() for gate in gates]
    await asyncio.gather(*tasks)
    clock.now = 2
    for expected in (4, 2, 1, 1):
        async with limiter.send(1) as sent:
            limiter.in_flight += 15  # as many as there were
            limiter.complained(sent)
            limiter.in_flight -= 15
        assert limiter.window == expected
        clock.now += 1


async def test_answers_widen_the_window_one_a_round_up_to_the_workers(clock):
    limiter = limited(clock, workers=4)
    limiter.window = 2.0
    async with limiter.send(1) as sent:
        for _ in range(2):
            limiter.answered(sent, None)
        assert 2.8 < limiter.window < 3.0
        for _ in range(20):
            limiter.answered(sent, None)
    assert limiter.window == 4


async def test_no_more_in_flight_than_the_window_and_first_come_first_served(clock):
    limiter = limited(clock, workers=2)
    passes, gates, tasks = await in_flight(limiter, 5)
    assert limiter.in_flight == len(passes) == 2
    gates[1].set()
    await settled()
    assert len(passes) == 3
    assert [task.done() for task in tasks] == [False, True, False, False, False]
    [gate.set() for gate in gates]
    await asyncio.gather(*tasks)
    assert limiter.in_flight == 0


async def test_one_that_is_cancelled_while_it_waits_leaves_its_place(clock):
    limiter = limited(clock, workers=1)
    passes, gates, tasks = await in_flight(limiter, 3)
    tasks[1].cancel()
    gates[0].set()
    await settled()
    assert len(passes) == 2
    gates[2].set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert limiter.in_flight == 0


@pytest.mark.parametrize(("tpm", "told"), [(1, "would wait"), (100, "with --tpm 100 the next one")])
async def test_a_limit_by_which_nothing_would_ever_be_sent_is_told_before_anything_is(
    gemini_server, tpm, told
):
    model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url, tpm=tpm)
    with pytest.raises(ModelError, match=told) as caught:
        await model.ask(Prompt("word " * 4000))
    assert caught.value.fatal
    assert gemini_server.asked == []
    await model.close()
