"""Whoever pays asks in one way: reserved, sent, kept, settled; and waits for room in the budget."""

import asyncio
from decimal import Decimal

import pytest
from test_budget import budget

from workbench.adapters.models import Fault, ModelError, ModelReply, Prompt
from workbench.core.spending.usage import Usage
from workbench.jobs.spending.asking import Asker

PROMPT = Prompt("x" * 1500, max_output=1000)
"""1,000 tokens and 1,000 to write: $0.11 at the most, and $0.02 as it is answered here."""
USED = Usage(1000, 100)


class Service:
    """Answers when it is let; keeps how many were in flight together at the most."""

    def __init__(self, came=None):
        self.came = came or ModelReply("text", USED)
        self.in_flight = self.most = self.sent = 0
        self.go_on = asyncio.Event()

    async def send(self, prompt):
        self.sent += 1
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await self.go_on.wait()
            prompt.arrived and prompt.arrived(b"body")
            if isinstance(self.came, ModelError):
                raise self.came
            return self.came
        finally:
            self.in_flight -= 1


def outcome(came, unsure):
    return came, unsure


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_each_step_is_told_in_its_order():
    service, steps = Service(), []
    service.go_on.set()
    asker = Asker(budget(1), lambda: steps.append("record") or 7)

    def ended(came, unsure):
        steps.append((came.text, unsure, asker.budget.tally.replies))
        return "line"

    for _ in range(2):
        line = await asker.ask(
            PROMPT, service.send, ended, arrived=steps.append, begun=steps.append
        )
        assert (line, asker.record) == ("line", 7)
    assert steps[:4] == ["record", "0.11", b"body", ("text", "", 1)]
    assert steps[4:] == ["0.111", b"body", ("text", "", 2)], "a tenth more than was counted"
    assert (asker.how, asker.why) == ("done", "")


async def test_a_request_waits_for_what_is_in_flight_and_goes_on_where_that_leaves_room():
    service = Service()
    asker = Asker(budget("0.24"))
    tasks = [asyncio.create_task(asker.ask(PROMPT, service.send, outcome)) for _ in range(5)]
    await settle()
    assert (service.in_flight, asker.stopped) == (2, False)
    service.go_on.set()
    came = await asyncio.gather(*tasks)
    assert [answer is not None for answer in came].count(True) == service.sent >= 4
    assert service.most == 2
    assert asker.budget.spent <= Decimal("0.24")


async def test_all_give_up_once_nothing_in_flight_could_leave_room():
    service = Service()
    asker = Asker(budget("0.12"))
    tasks = [asyncio.create_task(asker.ask(PROMPT, service.send, outcome)) for _ in range(4)]
    await settle()
    service.go_on.set()
    came = await asyncio.gather(*tasks)
    assert [answer is None for answer in came] == [False, True, True, True]
    assert "is spent" in asker.spent
    assert asker.how == "budget"
    assert await asker.ask(PROMPT, service.send, outcome) is None
    assert service.sent == 1


async def test_a_fatal_failure_is_settled_and_ends_the_asking_of_all_that_wait():
    service = Service(ModelError("no key", fatal=True, fault=Fault("key")))
    asker = Asker(budget("0.12"))
    tasks = [asyncio.create_task(asker.ask(PROMPT, service.send, outcome)) for _ in range(3)]
    await settle()
    service.go_on.set()
    (came, unsure), *others = await asyncio.gather(*tasks)
    assert (came is service.came, unsure, others) == (True, "", [None, None])
    assert (asker.fatal, asker.how, asker.budget.tally.failures) == ("no key", "fatal", 1)


async def test_a_send_that_is_cut_off_stays_reserved_until_it_is_given_up():
    service = Service()
    asker = Asker(budget("0.12"))
    task = asyncio.create_task(asker.ask(PROMPT, service.send, outcome))
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asker.budget.in_flight == Decimal("0.11")
    asker.budget.abandon()
    assert (asker.budget.tally.unsure, asker.budget.tally.unsure_cost) == (1, Decimal("0.11"))


async def test_what_cannot_be_written_down_ends_the_request_and_lets_others_go_on():
    service = Service()
    service.go_on.set()
    asker = Asker(budget("0.24"))

    def full(body):
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        await asker.ask(PROMPT, service.send, outcome, arrived=full)
    assert await asker.ask(PROMPT, service.send, outcome) is not None
