"""Ask an engine within a budget; what comes of it is journaled before anything else is done.

The body of a service's answer is on disk before it is read, and before its bill is counted.
"""

from dataclasses import replace

from workbench.adapters.journal import (
    ArrivedLine,
    FailureLine,
    ReplyLine,
    RunJournal,
    body_text,
    now,
)
from workbench.adapters.models import ModelError
from workbench.adapters.models.engine import Engine, Request
from workbench.core.spending.usage import Usage
from workbench.jobs.spending.budget import Budget, Reservation


class Asking:
    """The requests of one run, each reserved before it is sent."""

    def __init__(self, engine: Engine, journal: RunJournal, budget: Budget, run: int) -> None:
        self._engine = engine
        self._journal = journal
        self._budget = budget
        self._run = run

    async def ask(self, request: Request) -> ReplyLine | ModelError | None:
        """Ask the engine; gives its reply, or why there is none, and None where no money is left.

        Raises `InputError` where the journal cannot be written.
        """
        try:
            reservation = self._reserve(request)
        except ModelError as error:  # nothing was sent
            self._fail(request, error, self._budget.reserve(0, 0) or Reservation(None))
            return error
        if reservation is None:
            return None

        def may_resend(fault: str) -> bool:
            return self._budget.resend(reservation, fault)

        def arrived(body: bytes) -> None:
            self._arrived(request, body)

        allowed = replace(request, may_resend=may_resend, arrived=arrived)
        try:
            reply = await self._engine.ask(allowed)
        except ModelError as error:
            self._fail(request, error, reservation)
            return error
        outcome = self._budget.settle(
            reservation, reply.usage, version=reply.version, faults=reply.faults
        )
        # Until this line is there, the one of the body stands for it.
        line = ReplyLine(
            run=self._run,
            request=request.number,
            engine=self._engine.name,
            model=self._engine.model,
            asked=request.count,
            reply=reply.text,
            finish=reply.finish,
            usage=_counts(reply.usage),
            time=now(),
            version=reply.version,
            faults=reply.faults,
            unsure=outcome.unsure_text,
        )
        self._journal.append(line)
        return line

    def _reserve(self, request: Request) -> Reservation | None:
        prompt = self._engine.prompt(request)
        if prompt is None:
            return self._budget.reserve(0, 0)
        tokens = self._budget.prompt_tokens(prompt.text)
        return self._budget.reserve(tokens, prompt.max_output, characters=len(prompt.text))

    def _arrived(self, request: Request, body: bytes) -> None:
        """Put an answer on disk as it came. Raises `InputError`."""
        self._journal.append(
            ArrivedLine(
                run=self._run,
                request=request.number,
                engine=self._engine.name,
                model=self._engine.model,
                asked=request.count,
                body=body_text(body),
                time=now(),
            )
        )

    def _fail(self, request: Request, error: ModelError, reservation: Reservation) -> None:
        fault = error.fault
        faults = fault.faults or (fault.kind,)
        outcome = self._budget.settle(reservation, fault.usage, answered=False, faults=faults)
        self._journal.append(
            FailureLine(
                run=self._run,
                request=request.number,
                error=str(error),
                time=now(),
                usage=_counts(fault.usage),
                faults=faults,
                unsure=outcome.unsure_text,
            )
        )


def _counts(usage: Usage | None) -> dict[str, int] | None:
    return usage.as_dict() if usage is not None else None
