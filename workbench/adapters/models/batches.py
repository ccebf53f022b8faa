"""Batch jobs of a service: many prompts handed in at once, answered within a day, for less."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol, get_args

from workbench.adapters.models import ModelError, ModelReply, Prompt

JobState = Literal[
    "waiting", "running", "stopping", "done", "failed", "cancelled", "expired", "gone"
]
"""Where a job stands. gone: the service knows it no longer."""

ENDED: frozenset[str] = frozenset(get_args(JobState)[3:])
"""States that nothing follows after."""


class BatchService(Protocol):
    """A service that takes batch jobs. Methods raise `ModelError`, never with a key in it."""

    async def submit(self, name: str, prompts: Mapping[int, Prompt]) -> str:
        """Submit prompts, by request number, under a name of our own; returns the job's name.

        Sent once: an error of a kind in `UNSURE` leaves open whether the job was made.
        """
        ...

    async def find(self, name: str) -> str | None:
        """Look for a job by the name that we gave it; returns its own name, None for none."""
        ...

    async def look(self, job: str) -> JobState:
        """Tell where a job stands."""
        ...

    async def collect(
        self,
        job: str,
        requests: Sequence[int],
        arrived: Callable[[bytes], None] = lambda _: None,
    ) -> dict[int, ModelReply | ModelError]:
        """Return what came of a job that has ended, as far as there is something, by request.

        requests: the numbers handed in, in that order. arrived: given what came, keys taken out,
        before it is read.
        """
        ...

    def read(self, output: bytes, requests: Sequence[int]) -> dict[int, ModelReply | ModelError]:
        """Read again what `arrived` was given."""
        ...


UNSURE: frozenset[str] = frozenset({"timeout", "connection", "server", "unreadable", "other"})
"""Kinds of faults after which nobody knows whether a job was made."""
