"""Ask a service within a budget: each request is reserved, sent, put on record and settled here.

The caller says how to send and what to write down. The order is always the same: a request is
reserved before it is sent, the body of its answer is on disk before anything reads it, and its
outcome is counted and written down before anyone sees it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from workbench.adapters.models import ModelError, ModelReply, Prompt
from workbench.adapters.runs import End
from workbench.jobs.spending.budget import Budget, Reservation

T = TypeVar("T")

NOTHING_SENT = Prompt("", max_output=0)
"""The prompt of a request that costs nothing."""


class Asker:
    """The requests of one run.

    begin: called before the first one; returns the number of the run's record, which is `record`
    from then on. fatal, spent: why nothing more can be asked, "" if that is not so: the service
    refuses, the budget is spent.
    """

    def __init__(self, budget: Budget, begin: Callable[[], int] | None = None) -> None:
        self.budget = budget
        self.record = 0
        self.fatal = self.spent = ""
        self._begin = begin
        self._in_flight = 0
        self._ended = asyncio.Event()

    @property
    def stopped(self) -> bool:
        """Whether nothing more can be asked."""
        return bool(self.fatal or self.spent)

    @property
    def how(self) -> End:
        """How a run of these requests ends."""
        return "fatal" if self.fatal else "budget" if self.spent else "done"

    @property
    def why(self) -> str:
        """Why it ends early, "" if it does not."""
        return self.fatal or self.spent

    def begin(self) -> None:
        """Begin the run, unless it has begun."""
        if self._begin is not None:
            begin, self._begin = self._begin, None
            self.record = begin()

    async def ask(
        self,
        prompt: Prompt,
        send: Callable[[Prompt], Awaitable[ModelReply]],
        ended: Callable[[ModelReply | ModelError, str], T],
        *,
        arrived: Callable[[bytes], None] | None = None,
        begun: Callable[[str], None] | None = None,
    ) -> T | None:
        """Ask once there is money for it; None if nothing more can be asked.

        send: sends the prompt it is given, which asks before it is sent again. begun: called before
        that, with what the request may cost at most, see `Budget.at_most`. arrived: see `Prompt`.
        ended: takes what came and the US dollars that are unsure, as a journal has them; what it
        returns is returned. What these raise ends the request.
        """
        self.begin()
        reservation = await self._reserved(prompt)
        if reservation is None:
            return None
        try:
            if begun is not None:
                begun(self.budget.at_most(reservation))
            may_resend = partial(self.budget.resend, reservation)
            allowed = replace(prompt, may_resend=may_resend, arrived=arrived)
            came: ModelReply | ModelError
            try:
                came = await send(allowed)
            except ModelError as error:
                came = error
                if error.fatal:
                    self.fatal = str(error)
            return ended(came, self.settle(reservation, came))
        finally:
            self._in_flight -= 1
            self._ended.set()

    async def _reserved(self, prompt: Prompt) -> Reservation | None:
        """Reserve a request, waiting for what is in flight: that may leave room."""
        while not self.stopped:
            reservation = self.reserve(prompt)
            if reservation is not None:
                self._in_flight += 1
                return reservation
            if self._in_flight:
                self._ended.clear()
                await self._ended.wait()
            else:
                self.give_up()
                self._ended.set()
        return None

    def reserve(self, prompt: Prompt) -> Reservation | None:
        """Reserve a request at the most it may cost; None if there is no money for it now."""
        size = len(prompt.text)
        tokens = self.budget.prompt_tokens(prompt.text)
        return self.budget.reserve(tokens, prompt.max_output, characters=size)

    def give_up(self) -> None:
        """Ask no more: there is no money for the request that was refused last."""
        self.spent = self.budget.why_refused()

    def refused(self, error: ModelError) -> str:
        """Count a request that failed before anything could be reserved or sent; see `settle`."""
        if error.fatal:
            self.fatal = str(error)
        return self.settle(None, error)

    def settle(
        self,
        reservation: Reservation | None,
        came: ModelReply | ModelError,
        *,
        earlier: bool = False,
    ) -> str:
        """Count a request's outcome; returns the US dollars that are unsure, for a journal.

        reservation: None for a request that nothing was reserved for. earlier: see `Budget.settle`.
        """
        reservation = reservation or Reservation(None)
        if isinstance(came, ModelError):
            fault = came.fault
            faults = fault.faults or (fault.kind,)
            outcome = self.budget.settle(
                reservation, fault.usage, answered=False, faults=faults, earlier=earlier
            )
        else:
            outcome = self.budget.settle(
                reservation, came.usage, version=came.version, faults=came.faults, earlier=earlier
            )
        return outcome.unsure_text
