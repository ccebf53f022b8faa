"""Which requests are sent again, after how long, and what is said when it was in vain."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from clocks import Clock
from gemini_server import KEY, Answer
from pydantic import SecretStr

from workbench.adapters.models import ModelError, Prompt
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.gemini.quota import renewal
from workbench.adapters.models.retry import Retry, duration

PROMPT = Prompt("Say [].")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def model(gemini_server, clock):
    retry = Retry(sleep=clock.sleep, uniform=lambda _, most: most, clock=clock)
    made = GeminiModel(SecretStr(KEY), base_url=gemini_server.url, retry=retry)
    yield made
    await made.close()


def scripted(server, *answers):
    """Answer with these in turn, then well."""
    server.answer = lambda asked: (
        answers[asked.number] if asked.number < len(answers) else server.text("[]")
    )


async def failure(model, prompt=PROMPT) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await model.ask(prompt)
    return caught.value


async def test_faults_that_pass_are_told_with_the_answer(model, gemini_server, clock):
    server = gemini_server
    scripted(
        server,
        server.error(429, "Slow down.", "RESOURCE_EXHAUSTED"),
        server.error(500, "Oops.", "INTERNAL"),
        server.html(502),
        server.error(503, "Overloaded.", "UNAVAILABLE"),
        server.error(504, "Deadline.", "DEADLINE_EXCEEDED"),
        server.dropped(),
        Answer(b"{"),
    )
    reply = await model.ask(PROMPT)
    assert reply.text == "[]"
    assert reply.faults == (
        *("rate limit", "server", "server", "server", "server", "connection", "unreadable"),
    )
    assert clock.sleeps == [2, 4, 8, 16, 32, 64, 120], "twice as long each time, up to two minutes"
    assert len(server.asked) == 8


async def test_the_jitter_is_full(gemini_server, clock):
    asked = []

    def uniform(least, most):
        asked.append((least, most))
        return 0.0

    retry = Retry(sleep=clock.sleep, uniform=uniform, clock=clock)
    model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url, retry=retry)
    scripted(gemini_server, *[gemini_server.html(502)] * 3)
    await model.ask(PROMPT)
    assert asked == [(0, 2), (0, 4), (0, 8)]
    await model.close()


async def test_in_vain_it_is_told_how_often_and_how_long(model, gemini_server):
    gemini_server.answer = lambda _: gemini_server.error(503, "Overloaded.", "UNAVAILABLE")
    error = await failure(model)
    assert str(error).startswith("the service failed (503 UNAVAILABLE: Overloaded); ")
    assert str(error).endswith("; tried 8 times in 4 min")
    assert error.fault.faults == ("server",) * 8
    assert len(gemini_server.asked) == 8


def rate_limited(server, **change):
    return server.error(429, "Quota exceeded.", "RESOURCE_EXHAUSTED", **change)


def retry_info(seconds):
    return [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": seconds}]


async def test_the_wait_that_the_service_asks_for_is_the_least(model, gemini_server, clock):
    server = gemini_server
    scripted(
        server,
        rate_limited(server, details=retry_info("20.5s")),
        rate_limited(server, headers={"Retry-After": "7"}),
        server.error(503, "Overloaded.", headers={"Retry-After": "3"}),
    )
    assert (await model.ask(PROMPT)).text == "[]"
    assert clock.sleeps == [20.5 + 2, 7 + 4, 3 + 8]


async def test_a_wait_may_be_asked_for_as_a_date(model, gemini_server, clock):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    scripted(gemini_server, rate_limited(gemini_server, headers={"Retry-After": date}))
    await model.ask(PROMPT)
    assert 85 < clock.sleeps[0] - 2 <= 90


@pytest.mark.parametrize("said", ["soon", "-5", "NaN", ""])
async def test_a_wait_that_is_none_is_passed_over(model, gemini_server, clock, said):
    scripted(gemini_server, rate_limited(gemini_server, headers={"Retry-After": said}))
    await model.ask(PROMPT)
    assert clock.sleeps == [2]


async def test_while_one_waits_because_asked_to_all_do(model, gemini_server, clock):
    scripted(gemini_server, rate_limited(gemini_server, details=retry_info("30s")))
    await model.ask(PROMPT)
    assert model.limiter._hold_until == 30


async def test_a_wait_of_hours_is_told_and_ends_the_run(model, gemini_server, clock):
    answer = rate_limited(gemini_server, details=retry_info("7400s"))
    gemini_server.answer = lambda _: answer
    error = await failure(model)
    assert str(error).startswith("the service asks to wait 2 h 3 min (429 RESOURCE_EXHAUSTED")
    assert error.fatal
    assert error.fault.retry_after == 7400
    assert len(gemini_server.asked) == 1


def quota(name):
    kind = "type.googleapis.com/google.rpc.QuotaFailure"
    return [{"@type": kind, "violations": [{"quotaId": name}]}, *retry_info("12s")]


async def test_the_quota_of_the_day_is_not_waited_for(model, gemini_server):
    details = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
    gemini_server.answer = lambda _: rate_limited(gemini_server, details=details)
    error = await failure(model)
    assert (error.fault.kind, error.fatal) == ("daily quota", True)
    assert re.search(r"renewed at midnight Pacific time \(\d\d:\d\d here, in \d+ ", str(error))
    assert len(gemini_server.asked) == 1


async def test_a_quota_of_the_minute_is(model, gemini_server):
    details = quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")
    scripted(gemini_server, rate_limited(gemini_server, details=details))
    assert (await model.ask(PROMPT)).faults == ("rate limit",)


WAITS_IN_VAIN = {
    "no quota": ("Quota exceeded for metric: x, limit: 0, model: m\nPlease retry", "access"),
    "cap": ("Your project has exceeded its monthly spending cap.", "billing"),
    "credit": ("Your prepayment credits are depleted.", "billing"),
    "a day, by the message": ("Quota exceeded: requests per day.", "daily quota"),
}


@pytest.mark.parametrize(("message", "kind"), WAITS_IN_VAIN.values(), ids=WAITS_IN_VAIN)
async def test_no_wait_brings_back_what_money_must(model, gemini_server, message, kind):
    gemini_server.answer = lambda _: gemini_server.error(429, message, "RESOURCE_EXHAUSTED")
    error = await failure(model)
    assert (error.fault.kind, error.fatal, len(gemini_server.asked)) == (kind, True, 1)


def test_midnight_in_california_follows_its_summer_time():
    winter = renewal(datetime(2026, 12, 1, 6, 0, tzinfo=UTC))
    summer = renewal(datetime(2026, 7, 1, 6, 30, tzinfo=UTC))
    assert "in 2 h 0 min)" in winter or "in 120 min)" in winter
    assert "in 30 min)" in summer


def test_durations_in_words():
    assert [duration(s) for s in (0.4, 94, 720, 18_200)] == ["0 s", "94 s", "12 min", "5 h 3 min"]


async def test_cancelling_ends_a_wait_at_once(gemini_server):
    model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url)
    gemini_server.answer = lambda _: rate_limited(gemini_server, details=retry_info("60s"))
    task = asyncio.create_task(model.ask(PROMPT))
    while not gemini_server.asked:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    begin = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begin < 0.5
    await model.close()


async def test_a_window_that_was_halved_recovers(model, gemini_server):
    scripted(gemini_server, *[rate_limited(gemini_server)] * 4)
    await asyncio.gather(*(model.ask(PROMPT) for _ in range(4)))
    assert model.limiter.window < 4
    assert model.limiter.in_flight == 0
    for _ in range(30):
        await model.ask(PROMPT)
    assert model.limiter.window > 4


async def test_a_long_answer_is_not_continued_unseen(model, gemini_server):
    candidate = {
        "content": {"parts": [{"text": "[1, "}]},
        "finishReason": "CONTINUATION",
        "continuationToken": "dG9rZW4=",
    }
    gemini_server.answer = lambda _: gemini_server.text("", candidates=[candidate])
    reply = await model.ask(PROMPT)
    assert (reply.text, reply.cut) == ("[1, ", True)
    assert len(gemini_server.asked) == 1


async def test_a_redirect_is_not_followed(model, gemini_server):
    target = gemini_server.url + "/elsewhere"
    answer = Answer(b"", 307, headers={"Location": target})
    gemini_server.answer = lambda _: answer
    error = await failure(model)
    assert (error.fault.kind, error.fatal) == ("redirect", True)
    assert sum(gemini_server.counts.paths.values()) == 1
