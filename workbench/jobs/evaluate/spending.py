"""A language model within a budget, for whoever asks it one thing at a time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.adapters.models import ModelError, Prompt, Reply, TextModel
from workbench.jobs.spending.budget import Budget, Reservation


class Budgeted:
    """A `TextModel` whose requests are reserved before they are sent, at the most they may cost.

    begin: called before the first request. settled: after each. fatal, spent: why no more can be
    asked, "" where that is not so. notices: what else a user should know.
    """

    def __init__(
        self,
        inner: TextModel,
        budget: Budget,
        begin: Callable[[], object] = lambda: None,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        self.budget = budget
        self.fatal = self.spent = ""
        self.notices: list[str] = []
        self._inner = inner
        self._begin: Callable[[], object] | None = begin
        self._changed = changed
        self._in_flight = 0
        self._room = asyncio.Condition()

    @property
    def name(self) -> str:
        """The service."""
        return self._inner.name

    @property
    def model(self) -> str:
        """The model asked for."""
        return self._inner.model

    @property
    def notes(self) -> Sequence[str]:
        """What a user should know of what happened, and what it cost, in sentences."""
        tally = self.budget.tally
        cost = [f"cost: {tally.cost_words(self.model)}"] if tally.requests else []
        return [*self._inner.notes, *self.notices, *cost]

    async def close(self) -> None:
        """Close the connections; what is in flight counts as given up."""
        self.budget.abandon()
        await self._inner.close()

    async def ask(self, prompt: Prompt) -> Reply:
        """Send a prompt once there is money for it. Raises `ModelError`, fatal with none left."""
        if self._begin is not None:
            begin, self._begin = self._begin, None
            begin()
        reservation = await self._reserve(prompt)
        try:
            self._changed()
            return await self._send(prompt, reservation)
        finally:
            async with self._room:
                self._in_flight -= 1
                self._room.notify_all()

    async def _reserve(self, prompt: Prompt) -> Reservation:
        """Reserve what it may cost, waiting for what is in flight: that may leave room."""
        async with self._room:
            while True:
                tokens = self.budget.prompt_tokens(prompt.text)
                found = self.budget.reserve(tokens, prompt.max_output, characters=len(prompt.text))
                if found is not None:
                    self._in_flight += 1
                    return found
                if not self._in_flight:
                    self.spent = self.budget.why_refused()
                    raise ModelError(f"stopped at --max-cost: {self.spent}", fatal=True)
                await self._room.wait()

    async def _send(self, prompt: Prompt, reservation: Reservation) -> Reply:
        budget = self.budget
        allowed = replace(prompt, may_resend=lambda fault: budget.resend(reservation, fault))
        try:
            reply = await self._inner.ask(allowed)
        except ModelError as error:
            faults = error.fault.faults or (error.fault.kind,)
            budget.settle(reservation, error.fault.usage, answered=False, faults=faults)
            if error.fatal:
                self.fatal = str(error)
            self._changed()
            raise
        budget.settle(reservation, reply.usage, version=reply.version, faults=reply.faults)
        self._changed()
        return reply
