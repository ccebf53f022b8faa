"""What the requests of batch jobs may cost, reserved until the jobs' answers are here."""

from collections.abc import Iterable

from workbench.adapters.models import ModelError, Prompt, Reply
from workbench.jobs.spending.asking import Asker
from workbench.jobs.spending.budget import Reservation


class JobReservations:
    """The reservations of one run, by the number of the request."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._reserved: dict[int, Reservation] = {}

    def reserve(self, number: int, prompt: Prompt) -> bool:
        """Reserve a request; False where there is no money left for it."""
        found = self._asker.reserve(prompt)
        if found is not None:
            self._reserved[number] = found
        return found is not None

    def release(self, numbers: Iterable[int] | None = None) -> None:
        """Take back what was not settled: not sent, or to be collected by a later run."""
        for number in list(self._reserved if numbers is None else numbers):
            if reservation := self._reserved.pop(number, None):
                self._asker.budget.release(reservation)

    def settle(self, number: int, came: Reply | ModelError) -> str:
        """Count what came of a request; see `Asker.settle`."""
        found = self._reserved.pop(number, None)
        # A job of an earlier run was within the limit of that run, and its bill is not in this one.
        return self._asker.settle(found, came, earlier=found is None)
