"""What the requests of batch jobs may cost, and what they came to: reserved, settled, journaled."""

from collections.abc import Iterable, Mapping

from workbench.adapters.journal import AskLine, BatchLine, FailureLine, ReplyLine, now
from workbench.adapters.models import Fault, FaultKind, ModelError, Prompt, Reply
from workbench.adapters.models.batches import JobState
from workbench.core.spending.usage import Usage
from workbench.jobs.generating.batches.desk import WORDS
from workbench.jobs.spending.budget import Budget, Reservation

_KINDS: Mapping[str, FaultKind] = {"failed": "server", "expired": "server"}
"""What a job's end means for its requests; of other ends nobody knows whether they are billed."""


class Billing:
    """The bill of one run's jobs. Reservations hold until a job's answers are here."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._reserved: dict[int, Reservation] = {}

    def reserve(self, number: int, prompt: Prompt) -> bool:
        """Reserve a request; False where there is no money left for it."""
        tokens = self.budget.prompt_tokens(prompt.text)
        found = self.budget.reserve(tokens, prompt.max_output, characters=len(prompt.text))
        if found is not None:
            self._reserved[number] = found
        return found is not None

    def release(self, numbers: Iterable[int] | None = None) -> None:
        """Take back what was not settled: not sent, or to be collected by a later run."""
        for number in list(self._reserved if numbers is None else numbers):
            if reservation := self._reserved.pop(number, None):
                self.budget.release(reservation)

    def entry(
        self, line: BatchLine, ask: AskLine, answer: Reply | ModelError
    ) -> ReplyLine | FailureLine:
        """Settle a request and give the journal's line of it."""
        found = self._reserved.pop(ask.request, None)
        # A job of an earlier run was within the limit of that run, and its bill is not in this one.
        reservation, earlier = found or Reservation(None), found is None
        if isinstance(answer, ModelError):
            faults = (answer.fault.kind,)
            usage = answer.fault.usage
            outcome = self.budget.settle(
                reservation, usage, answered=False, faults=faults, earlier=earlier
            )
            return FailureLine(
                run=line.run,
                request=ask.request,
                error=str(answer),
                time=now(),
                usage=_counts(usage),
                faults=faults,
                unsure=outcome.unsure_text,
            )
        self.budget.settle(reservation, answer.usage, version=answer.version, earlier=earlier)
        return ReplyLine(
            run=line.run,
            request=ask.request,
            engine=line.engine,
            model=line.model,
            asked=ask.count,
            reply=answer.text,
            finish=answer.finish,
            usage=_counts(answer.usage),
            time=now(),
            version=answer.version,
        )


def nothing_came(state: JobState) -> ModelError:
    """Say why a request has no answer of its own in a job that has ended."""
    if state == "done":
        return ModelError(
            "the batch job is done without an answer to this request", fault=Fault("empty")
        )
    kind = _KINDS.get(state, "other")
    return ModelError(f"the batch job was {WORDS[state]}", fault=Fault(kind))


def _counts(usage: Usage | None) -> dict[str, int] | None:
    return usage.as_dict() if usage is not None else None
