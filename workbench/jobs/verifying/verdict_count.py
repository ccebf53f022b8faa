"""Count the verdicts of a dataset as it grows, in helper processes if that pays. Reading a query
takes as long as writing one offline, so doing one after the other would double the time. So helpers
verify samples while more are written, and this process helps with what is left at the end.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool

from workbench.adapters.dataset import read_item
from workbench.core.checks import Verifier
from workbench.core.samples import Sample
from workbench.core.verdicts import Status
from workbench.jobs.helpers.shards import end_pool, helper_pool, submit_shard
from workbench.jobs.verifying.verify import prepare, prepared

_SHARD = 100
"""Samples sent at once: a few hundredths of a second of work, so that the last ones are shared."""
WORTH_A_HELPER = 400
"""Samples that take as long to read as a helper takes to start, while they are being written."""
_EACH = 4000
"""Samples for each further helper."""
_MOST = 4
_WORTH_RULES = 500


class VerdictCount:
    """Verdicts by status: of the samples added, as far as they have been verified."""

    def __init__(
        self, verifier: Verifier, expected: int, known: Mapping[Status, int] | None = None
    ) -> None:
        """expected: how many samples will be added, at least. known: counted before."""
        self._verifier = verifier
        self._counts: Counter[Status] = Counter(known)
        self._waiting: list[bytes] = []
        self._sent: dict[Future[list[Status]], list[bytes]] = {}
        spare = (os.cpu_count() or 1) - 1
        self._helpers = 0
        if expected >= WORTH_A_HELPER:
            self._helpers = min(spare, _MOST, 1 + expected // _EACH)
        self._pool = helper_pool(self._helpers, prepare, (verifier,)) if self._helpers else None

    def add(self, sample: Sample, raw: bytes) -> None:
        """Count a sample. raw: its bytes in the file."""
        if self._pool is None:
            self._counts[self._verifier.verify(sample).status] += 1
            return
        self._waiting.append(raw)
        if len(self._waiting) >= _SHARD or not self._sent:
            self._collect()

    def _send(self) -> None:
        """Send the helpers enough to work on; the rest waits, because this process may take it."""
        while self._pool and self._waiting and len(self._sent) <= self._helpers:
            shard, self._waiting = self._waiting[:_SHARD], self._waiting[_SHARD:]
            try:
                self._sent[submit_shard(self._pool, _statuses_of, shard)] = shard
            except BrokenProcessPool:
                self._waiting += shard
                return

    @property
    def statuses(self) -> Counter[Status]:
        """The counts so far; what is with a helper is not among them."""
        self._collect()
        return self._counts.copy()

    def _collect(self) -> None:
        for future in [future for future in self._sent if future.done()]:
            shard = self._sent.pop(future)
            try:
                self._counts.update(future.result())
            except BrokenProcessPool:  # killed from outside: do it here
                self._waiting += shard
        self._send()

    def settle(self) -> None:
        """Count all that was added, and share what is left with the helpers."""
        self._collect()
        # Making rules ready takes this process as long as a helper takes for half a thousand.
        share = len(self._waiting) >= _WORTH_RULES
        while self._waiting or self._sent:
            if self._waiting and (share or not self._sent):
                shard, self._waiting = self._waiting[-_SHARD:], self._waiting[:-_SHARD]
                self._counts.update(_statuses(shard, self._verifier))
            else:
                wait(list(self._sent), return_when=FIRST_COMPLETED)
            self._collect()

    def close(self) -> None:
        """End the helpers, whatever they are doing."""
        if self._pool is not None:
            end_pool(self._pool)


def _statuses(shard: Iterable[bytes], verifier: Verifier) -> list[Status]:
    samples = (read_item(0, raw) for raw in shard)
    return [verifier.verify(one).status for one in samples if isinstance(one, Sample)]


def _statuses_of(shard: list[bytes]) -> list[Status]:
    """Verify in a helper."""
    return _statuses(shard, prepared())
