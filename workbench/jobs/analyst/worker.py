"""The helper's work, in steps short enough to answer questions in between."""

from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from time import perf_counter

from workbench.adapters.dataset import BadItem, read_item
from workbench.core.checks import Verifier
from workbench.core.likeness.similar import TWINS, SimilarQueries
from workbench.core.review.dismissals import without
from workbench.core.review.facets import Facets, facets_of
from workbench.core.review.labels import Dismissal
from workbench.core.samples import Sample
from workbench.core.text.excerpts import LARGE, short
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.analyst.wire import (
    STATUSES,
    AskAlike,
    AskNear,
    AskOrder,
    AskVerdict,
    Begun,
    FacetsFound,
    FacetsRow,
    Nearest,
    Ordered,
    Report,
    Revise,
    Told,
    Underway,
)
from workbench.jobs.helpers.pipes import OutOfTimeError, time_limit
from workbench.jobs.verifying.verify import verify_item

STEP_SECONDS = 0.02
ITEM_SECONDS = 5.0
"""Seconds that the checks of one item may take."""
_MOST_FINDINGS = 200
"""The most findings of one item that are reported: a screen shows fewer."""
_RANK = {"error": 0, "warning": 1, "info": 2}
_TELL_SECONDS = 0.25
"""Seconds between two progress reports on a long answer."""
_MOST_ROWS = 1024
"""This many facets at once keep the parent busy for a millisecond or two."""


class Worker:
    """Works through items: first reads them all, which is quick, then verifies them all.

    Preferred items are verified before any others; questions about all items wait until all are
    read.
    """

    def __init__(
        self, raw: list[bytes], verifier: Verifier, passed_over: Iterable[int] = ()
    ) -> None:
        self._raw = raw
        self._passed_over = frozenset(passed_over)
        self._begun: int | None = None
        self._verifier = verifier
        self._statuses = bytearray(len(raw))  # places in STATUSES
        self._preferred: list[int] = []
        self._revised: dict[int, Revise] = {}
        self._to_revise: deque[int] = deque()
        self._read = 0
        self._questions: deque[AskAlike | AskNear | AskOrder | AskVerdict] = deque()
        self._told = 0.0
        self._similar = SimilarQueries()
        self._values: dict[str | tuple[str | int, ...], int] = {(): 0}
        self._columns = {
            name: array("I", bytes(4 * len(raw)))
            for name in ("codes", "properties", "functions", "areas")
        }

    def append(self, raw: list[bytes]) -> None:
        """Add items after those known."""
        self._raw += raw
        self._statuses += bytes(len(raw))
        for column in self._columns.values():
            column.frombytes(bytes(4 * len(raw)))

    def prefer(self, rows: Sequence[int]) -> None:
        """Verify these first; unknown ones are ignored."""
        self._preferred = [row for row in rows if 0 <= row < len(self._raw)]

    def revise(self, revision: Revise) -> None:
        """Have orders go by what a label makes of an item, from the next step on."""
        if 0 <= revision.index < len(self._raw):
            self._revised[revision.index] = revision
            self._to_revise.append(revision.index)

    def ask(self, question: AskAlike | AskNear | AskOrder | AskVerdict) -> None:
        """Add a question; a step will answer it."""
        self._questions.append(question)

    def forget(self, number: int) -> None:
        """Drop a question that nobody is waiting for any more; results so far are kept."""
        self._questions = deque(q for q in self._questions if q.number != number)

    @property
    def busy(self) -> bool:
        """Whether there is anything to do."""
        waiting = self._questions or self._to_revise
        return bool(waiting) or 0 in self._statuses or self._read < len(self._raw)

    def step(self) -> Report | None:
        """Do what is most urgent for some hundredths of a second, and return the result."""
        if self._questions and isinstance(self._questions[0], AskVerdict):
            return self._tell_verdict(self._questions[0])
        self._preferred = [row for row in self._preferred if not self._statuses[row]]
        if self._preferred:
            return self._verify(iter(self._preferred))
        if self._read < len(self._raw):
            return self._read_some()
        if self._to_revise:
            return self._revise_some()
        if self._questions:
            return self._answer()
        return self._verify(self._unverified())

    def _unverified(self) -> Iterator[int]:
        at = self._statuses.find(0)
        while at >= 0:
            yield at
            at = self._statuses.find(0, at + 1)

    def _begin(self, index: int, raw: bytes) -> Begun | None:
        """Report once what is begun, if it may take long."""
        if len(raw) <= LARGE or index == self._begun or index in self._passed_over:
            return None
        self._begun = index
        return Begun(index)

    def _verdict(self, index: int, raw: bytes) -> tuple[Sample | None, Verdict]:
        """Verify an item, within the time limit for one."""
        item = read_item(index, raw)
        sample = item if isinstance(item, Sample) else None
        if index in self._passed_over:
            return sample, _unfinished("its checks crashed the process that ran them")
        try:
            with time_limit(ITEM_SECONDS):
                return verify_item(item, self._verifier)
        except OutOfTimeError:
            reason = f"it took longer than {ITEM_SECONDS:.0f} s"
        except (MemoryError, RecursionError) as error:
            reason = type(error).__name__
        return sample, _unfinished(reason)

    def _tell_verdict(self, question: AskVerdict) -> Report:
        index = question.index
        raw = self._raw[index] if 0 <= index < len(self._raw) else question.raw
        if begun := self._begin(index, raw):
            return begun
        self._begun = None
        self._questions.popleft()
        _, verdict = self._verdict(index, raw)
        worst = sorted(verdict.findings, key=lambda finding: _RANK[finding.severity])
        findings = [(f.code, short(f.message), [*f.path[:8]]) for f in worst[:_MOST_FINDINGS]]
        return Told(question.number, findings, len(worst) - len(findings))

    def _verify(self, indices: Iterator[int]) -> FacetsFound | Begun:
        table, rows, end = len(self._values), list[FacetsRow](), perf_counter() + STEP_SECONDS
        for index in islice(indices, _MOST_ROWS):
            if begun := self._begin(index, self._raw[index]):
                if not rows:
                    return begun
                self._begun = None
                break
            sample, verdict = self._verdict(index, self._raw[index])
            facets = facets_of(sample, verdict)
            rows.append(self._row(index, facets))
            self._statuses[index] = STATUSES.index(facets.status)
            if index in self._revised:
                self._to_revise.append(index)
            else:
                self._place(index, facets)
            if perf_counter() > end:
                break
        return FacetsFound(list(islice(self._values, table, None)), rows)

    def _read_some(self) -> FacetsFound:
        table, rows, end = len(self._values), list[FacetsRow](), perf_counter() + STEP_SECONDS
        for index in range(self._read, min(self._read + _MOST_ROWS, len(self._raw))):
            item = self._item(index)
            sample = item if isinstance(item, Sample) else None
            # Anything too large to be spoken resembles nothing else; masking its values takes long.
            self._similar.add(sample if len(self._raw[index]) <= LARGE else None)
            if not self._statuses[index]:  # a verdict already sent must not be withdrawn
                facets = facets_of(sample)
                rows.append(self._row(index, facets))
                self._place(index, facets)
            self._read += 1
            if perf_counter() > end:
                break
        return FacetsFound(list(islice(self._values, table, None)), rows)

    def _item(self, index: int) -> Sample | BadItem:
        return read_item(index, self._raw[index])

    def _revise_some(self) -> FacetsFound | Begun:
        """Verify items as their labels let them stand, for a while."""
        table, end = len(self._values), perf_counter() + STEP_SECONDS
        while self._to_revise and perf_counter() < end:
            index = self._to_revise[0]
            if not self._statuses[index]:
                self._to_revise.popleft()  # it comes again once the item itself is verified
                continue
            revision = self._revised[index]
            raw = revision.raw or self._raw[index]
            if begun := self._begin(index, raw):
                if len(self._values) == table:
                    return begun
                self._begun = None
                break
            self._begun = None
            self._to_revise.popleft()
            sample, verdict = self._verdict(index, raw)
            if sample is not None:
                content = sample.id
                dismissed = (
                    Dismissal(content=content, code=code, path=path, nth=nth)
                    for code, path, nth in revision.dismissed
                )
                verdict = without(verdict, content, dismissed)
            facets = facets_of(sample, verdict)
            self._statuses[index] = STATUSES.index(facets.status)
            self._place(index, facets)
        return FacetsFound(list(islice(self._values, table, None)), [])

    def _place(self, index: int, facets: Facets) -> None:
        """Note what orders go by."""
        for name, column in self._columns.items():
            column[index] = self._number(getattr(facets, name))

    def _row(self, index: int, facets: Facets) -> FacetsRow:
        numbers = [self._number(getattr(facets, name)) for name in self._columns]
        codes, properties, functions, areas = numbers
        status = STATUSES.index(facets.status)
        engine, kind = self._number(facets.engine), self._number(facets.kind)
        named = codes, functions, properties, areas
        return index, facets.id, status, *named, facets.calls, engine, kind

    def _number(self, value: str | tuple[str | int, ...]) -> int:
        return self._values.setdefault(value, len(self._values))

    def _answer(self) -> Report | None:
        question = self._questions[0]
        assert not isinstance(question, AskVerdict), "those come first"
        if isinstance(question, AskNear):
            answer: Report = Nearest(
                question.number, self._similar.near(question.index, question.limit)
            )
        elif isinstance(question, AskAlike):
            answer = Nearest(question.number, self._alike(question))
        elif question.by == "similarity":
            if self._group_some():
                # The others need not wait for this one, which may take seconds.
                self._questions.rotate(-1)
                return self._underway(question.number)
            answer = Ordered(question.number, self._similar.order().tobytes())
        else:
            # Imported when an order is made: numpy takes 0.1 s and 20 MB.
            from workbench.jobs.analyst.orders import by_calls, by_verdict

            values, columns = list(self._values), self._columns
            if question.by == "verdict":
                order = by_verdict(self._statuses, values, columns["codes"])
            else:
                keys = ("properties", "functions", "areas")
                order = by_calls(values, [columns[key] for key in keys])
            answer = Ordered(question.number, order)
        self._questions.popleft()
        return answer

    def _alike(self, question: AskAlike) -> list[tuple[int, float]]:
        """Return the nearest of some samples: twins, then those with the most properties shared."""
        values, column = list(self._values), self._columns["properties"]
        if not 0 <= question.index < len(column):
            return []
        mine = _names(values[column[question.index]])
        shares: dict[int, float] = {}
        found: dict[float, list[int]] = {}
        for row, (counts, value) in enumerate(zip(question.among, column, strict=False)):
            if counts and row != question.index:
                share = shares.get(value)
                if share is None:
                    share = shares[value] = _share(mine, _names(values[value]))
                found.setdefault(share, []).append(row)
        everyone = [row for rows in found.values() for row in rows]
        nearest = self._similar.among(question.index, everyone, question.limit, TWINS)
        for share in sorted(found, reverse=True):
            if share and len(nearest) < question.limit:
                known = {row for row, _ in nearest}
                rows = [row for row in found[share] if row not in known]
                nearest += self._similar.among(
                    question.index, rows, question.limit - len(nearest), 0.0
                )
        return nearest

    def _underway(self, number: int) -> Underway | None:
        now = perf_counter()
        if now - self._told < _TELL_SECONDS:
            return None
        self._told = now
        return Underway(number, self._similar.grouped, len(self._similar))

    def _group_some(self) -> bool:
        """Group queries for a while; False when all are grouped."""
        end = perf_counter() + STEP_SECONDS
        while self._similar.group_next():
            if perf_counter() > end:
                return True
        return False


def _names(value: str | tuple[str | int, ...]) -> frozenset[str | int]:
    return frozenset(value) if isinstance(value, tuple) else frozenset()


def _share(one: frozenset[str | int], other: frozenset[str | int]) -> float:
    """Return how much of two sets is common to both."""
    return len(one & other) / len(one | other) if one or other else 0.0


def _unfinished(reason: str) -> Verdict:
    return Verdict((Finding("format.unchecked", f"the checks were not finished: {reason}"),))
