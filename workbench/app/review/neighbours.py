"""The nearest samples that are already decided, asked of the helper process once a cursor rests."""

import asyncio
from collections.abc import Sequence

from textual.message import Message
from textual.screen import Screen

from workbench.app.review.helper import Helper
from workbench.app.review.owner import Owner
from workbench.core.samples import Sample
from workbench.core.text.excerpts import is_large
from workbench.jobs.analyst import Analyst, Failure
from workbench.jobs.review import Review

_MOST = 3
"""Samples that are shown."""
_REST = 0.08
"""Seconds that a cursor must rest: holding a key down asks for nothing."""


class Neighbours(Owner):
    """Finds similar decided samples, a moment after the cursor has come to a sample."""

    class Found(Message, bubble=False):
        """The nearest decided samples of one are known. rows: theirs, the nearest first."""

        def __init__(self, sample: Sample, rows: Sequence[int]) -> None:
            self.sample = sample
            self.rows = rows
            super().__init__()

    def __init__(self, screen: Screen[None], review: Review, helper: Helper) -> None:
        super().__init__(screen, review)
        self._helper = helper

    def look(self) -> None:
        """Look for those of the sample under the cursor; no more for an earlier one's."""
        row, analyst = self.review.row, self._helper.analyst
        sample = None if row is None else self.review.in_force(row)
        if row is None or sample is None or analyst is None or is_large(sample):
            self.screen.workers.cancel_group(self.screen, "neighbours")
        elif self.review.progress().reviewed:
            self.run(self._find(analyst, row, sample), "neighbours", alone=True)

    async def _find(self, analyst: Analyst, row: int, sample: Sample) -> None:
        await asyncio.sleep(_REST)
        found = await analyst.alike(row, _MOST, bytes(self.review.tally.decided))
        if not isinstance(found, Failure) and found:
            self.screen.post_message(self.Found(sample, [other for other, _ in found]))
