"""A language model within a budget, for whoever asks it one thing at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from workbench.adapters.models import ModelError, Prompt, Reply, TextModel
from workbench.jobs.budget import Budget, Reservation


class Budgeted:
    """A `TextModel` whose requests are reserved before they are sent, at the most they may cost."""

    def __init__(self, inner: TextModel, budget: Budget) -> None:
        self.budget = budget
        self._inner = inner
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
        return [*self._inner.notes, *cost]

    async def close(self) -> None:
        """Close the connections; what is in flight counts as given up."""
        self.budget.abandon()
        await self._inner.close()

    async def ask(self, prompt: Prompt) -> Reply:
        """Send a prompt once there is money for it. Raises `ModelError`, fatal with none left."""
        reservation = await self._reserve(prompt)
        try:
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
                    why = self.budget.why_refused()
                    raise ModelError(
                        f"stopped at --max-cost: {why}; a higher one goes on from here", fatal=True
                    )
                await self._room.wait()

    async def _send(self, prompt: Prompt, reservation: Reservation) -> Reply:
        budget = self.budget
        allowed = replace(prompt, may_resend=lambda fault: budget.resend(reservation, fault))
        try:
            reply = await self._inner.ask(allowed)
        except ModelError as error:
            faults = error.fault.faults or (error.fault.kind,)
            budget.settle(reservation, error.fault.usage, answered=False, faults=faults)
            raise
        budget.settle(reservation, reply.usage, version=reply.version, faults=reply.faults)
        return reply
