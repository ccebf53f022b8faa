"""Verdicts found by a review's helper, for the export process; each is sent once."""

from collections.abc import Callable, Iterator

from workbench.jobs.analyst import Analyst
from workbench.jobs.exporter.wire import Know
from workbench.jobs.review import Review

_BATCH = 2000
"""Verdicts sent at once: some milliseconds of work for the screen's process."""


class Known:
    """Verdicts of a review's samples as they are in the file. analyst: returns its helper."""

    def __init__(self, review: Review, analyst: Callable[[], Analyst | None]) -> None:
        self._review = review
        self._analyst = analyst
        self._teller: Analyst | None = None
        self._told = bytearray()

    def forget(self) -> None:
        """Note that the receiver is gone."""
        self._told = bytearray()

    def news(self) -> Iterator[Know]:
        """Return what has not been sent yet."""
        analyst, facets = self._analyst(), self._review.facets
        if analyst is None or not analyst.basis:
            return
        if analyst is not self._teller:
            self._teller, self._told = analyst, bytearray()
        self._told.extend(bytes(len(facets) - len(self._told)))
        batch = []
        for row in range(min(len(facets), len(analyst.taken_in))):
            found = facets[row]
            # Another helper may have used other word lists.
            if self._told[row] or not analyst.taken_in[row] or found is None or not found.id:
                continue
            self._told[row] = 1
            batch.append((found.id, found.codes))
            if len(batch) == _BATCH:
                yield Know(analyst.basis, batch)
                batch = []
        if batch:
            yield Know(analyst.basis, batch)
