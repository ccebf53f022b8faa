"""The helper process: it verifies the whole file, finds orders and near-duplicates."""

import asyncio
from collections.abc import Sequence
from time import monotonic

from textual.message import Message
from textual.screen import Screen

from workbench.adapters.dataset import encode_sample
from workbench.app.generate.running import running_of
from workbench.app.review.owner import BREATH, Owner, What
from workbench.app.toasts import announce
from workbench.core.review.labels import Dismissal
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.analyst import Analyst, Failure
from workbench.jobs.review import CHUNK, NOT_YET, Review

_RESTARTS = 5
"""Times that the process is started again after an item has ended it."""
_REDRAW = 0.5
"""Seconds between two redraws while verdicts arrive."""
_LOOK = 0.05
"""Seconds between two looks at whether the process has begun."""


class Helper(Owner):
    """Starts the process, gives it what has come to the file, takes in what it finds out.

    analyst: the process, None before it is there. there: set while it is. checked: how many
    samples were verified when the screen was last told. passed_over: rows that have ended a
    process; the next one goes on without them.
    """

    class Verified(Message, bubble=False):
        """Every sample has its verdict."""

    def __init__(self, screen: Screen[None], review: Review) -> None:
        super().__init__(screen, review)
        self.analyst: Analyst | None = None
        self.there = asyncio.Event()
        self.checked = 0
        self.passed_over: set[int] = set()
        self._in_sight: Sequence[int] = ()
        self._given = 0
        self._restarts = 0
        self._asked: Sample | None = None
        self._said_elsewhere = False
        self._revised: dict[str, tuple[str, tuple[Dismissal, ...]]] = {}
        self._revised_by: Analyst | None = None

    @property
    def all_verified(self) -> bool:
        return self.analyst is not None and self.analyst.checked >= len(self.review.raw)

    # ------------------------------------------------------------ starting and ending

    def start(self) -> None:
        """Let a process verify the whole file, what is in sight first."""
        self.run(self._verify(), "analysis", alone=True)

    async def _verify(self) -> None:
        review = self.review
        if not review.raw:
            return
        self._given, self.checked = len(review.raw), 0
        self.analyst = await Analyst.start(
            review.path,
            review.files,
            digest=review.digest,
            prefer=self._in_sight,
            passed_over=self.passed_over,
        )
        self.there.set()
        self.ask_verdict()
        await self._take_in(self.analyst)

    async def _take_in(self, analyst: Analyst) -> None:
        review, drawn, done = self.review, 0.0, False
        async for batch in analyst.results():
            for row, facets in batch:
                review.know(row, facets)
            finished = analyst.checked == len(review.raw)
            if finished and not done:
                review.recount()
                self._say_elsewhere()
                self.screen.post_message(self.Verified())
            done = finished
            if finished or monotonic() - drawn >= _REDRAW:
                drawn = monotonic()
                self.checked = analyst.checked
                self.changed(What.LINES)
        if analyst.failure is not None and analyst.begun is not None:
            self._pass_over(analyst.begun)
        # A file that grew before it was read is no failure: see `append`.
        elif analyst.failure is not None and self._given == len(review.raw):
            self.say(f"Verification stopped: {analyst.failure.message}", warn=True)

    def _pass_over(self, row: int) -> None:
        """Go on without the item that a process has ended with, or could not end."""
        if row >= 0:
            self.say(f"#{row} can't be verified: the helper process has stopped.", warn=True)
            self.passed_over.add(row)
        self._restarts += 1
        if self._restarts <= _RESTARTS:
            self.start()

    def _say_elsewhere(self) -> None:
        """Say once that there are labels whose samples are not in this dataset."""
        count = self.review.elsewhere()
        if count and not self._said_elsewhere:
            labels = (
                "1 label is for a sample" if count == 1 else f"{count:,} labels are for samples"
            )
            announce(
                self.screen,
                f"{labels} no longer in this dataset; all are kept. `workbench labels carry` "
                "carries decisions over to regenerated answers.",
            )
        self._said_elsewhere = True

    def restart(self) -> None:
        """Begin again, because rows have changed."""
        if self.analyst is not None:
            self.run(self.analyst.close(), "closing", alone=False)
            self.analyst = None
        self.passed_over.clear()
        self._asked, self._said_elsewhere = None, False
        self.there.clear()
        self.start()

    async def close(self) -> None:
        """End the process."""
        if self.analyst is not None:
            await self.analyst.close()

    # ------------------------------------------------------------ what it is given

    def prefer(self, rows: Sequence[int]) -> None:
        """Have these verified first, as they are in sight, while not all are."""
        self._in_sight = rows
        if self.analyst is not None and not self.all_verified:
            self.analyst.prefer(rows)

    def append(self) -> None:
        """Have new samples verified, those added since the process was given the file."""
        self.run(self._append(), "growing", alone=False)

    async def _append(self) -> None:
        if not self._given:
            self.start()
            return
        while (analyst := self.analyst) is None or not (analyst.total or analyst.failure):
            await asyncio.sleep(_LOOK)  # it is on its way
        new = self.review.raw[self._given :]
        running = running_of(self.app)
        if analyst.failure and new and not (running and running.alive):
            # It gave up, such as over a file that grew before it was read; now that stands still.
            self.analyst = None
            self.start()
        elif new and not analyst.failure:
            self._given += len(new)
            await analyst.append(new)

    async def revise(self, analyst: Analyst) -> None:
        """Tell what labels make of the samples, before an order is made that goes by it."""
        review = self.review
        if self._revised_by is not analyst:
            self._revised_by, self._revised = analyst, {}
        for count, sample_id in enumerate(
            [*review.altered, *(self._revised.keys() - review.altered)]
        ):
            if count % CHUNK == CHUNK - 1:
                await asyncio.sleep(BREATH)
            label = review.store.get(sample_id)
            edited, dismissed = (label.edited, label.dismissed) if label else (None, ())
            content = review.id_of(edited) if edited else sample_id
            known = content, dismissed
            if self._revised.get(sample_id, (sample_id, ())) == known:
                continue
            self._revised[sample_id] = known
            raw = encode_sample(edited) if edited else b""
            called_wrong = [(d.code, d.path, d.nth) for d in dismissed if d.content == content]
            for row in review.rows_of([sample_id]):
                analyst.revise(row, raw, called_wrong)

    # ------------------------------------------------------------ what it is asked

    def ask_verdict(self) -> None:
        """Have the sample under the cursor verified where it is too large to be verified here."""
        row = self.review.row
        sample = None if row is None else self.review.in_force(row)
        if row is None or sample is None or self.analyst is None or self._asked is sample:
            return
        if self.review.verdict(sample) is NOT_YET:
            self._asked = sample
            self.run(self._ask_verdict(self.analyst, row, sample), "verdict", alone=False)

    async def _ask_verdict(self, analyst: Analyst, row: int, sample: Sample) -> None:
        review = self.review
        edited = sample is not review.sample(row)
        raw = encode_sample(sample) if edited else b""
        answer = await analyst.verdict(-1 if edited else row, raw)
        if isinstance(answer, Failure):
            words = f"the checks were not finished: {answer.message}"
            answer = Verdict((Finding("format.unchecked", words),)), 0
        review.know_verdict(sample, *answer)
        self._asked = None
        same = review.row is not None and review.in_force(review.row) is sample
        self.changed(What.LINES | What.SAMPLE if same else What.LINES)
