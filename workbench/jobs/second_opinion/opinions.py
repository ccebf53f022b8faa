"""What models said about a dataset's samples, as a review shows it: the latest of each, by content.
It never changes a verdict, which comes from the rules: a judge's opinion is shown beside it, with
how often that judge has agreed with people so far.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workbench.adapters.judgements import judge_path, read_judgements
from workbench.adapters.labels import LabelStore
from workbench.core.checks import Verifier
from workbench.core.editing.fixing import Fixed, fix_sample
from workbench.core.errors import WorkbenchError
from workbench.core.judge.findings import best_repair, judge_findings, repair_finding
from workbench.core.judge.report import JudgeReport, Pair, judge_report, pair
from workbench.core.judge.tasks import is_conversation_id
from workbench.core.judge.votes import Judgement
from workbench.core.review.labels import stale
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Verdict

_CHUNK, _QUICK = 50, 1000
"""Judgements in a piece of work: compared with people, or only looked at."""
_RANK = {"pass": 0, "warn": 1, "fail": 2}


_Judge = tuple[str, str]
"""A model, and the hash of what it is asked."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """A repairer's attempts on one content."""

    model: str
    attempts: tuple[Sample, ...]


class Opinions:
    """Judgements and repairs in memory, after `load`. loaded: whether that has happened. problem:
    why they could not be read, "" if they could. reports: how reliable the latest judge of single
    requests is, and that of conversations; none before `weigh` and `count` are done.
    """

    def __init__(self) -> None:
        self.loaded = False
        self.problem = ""
        self.reports: tuple[JudgeReport, ...] = ()
        self._judgements: dict[str, Judgement] = {}
        self._first: dict[str, str] = {}
        self._offers: dict[str, _Offer] = {}
        self._pairs: dict[_Judge, list[tuple[Judgement, Pair | None]]] = {}

    def __bool__(self) -> bool:
        return bool(self._judgements)

    def load(self, dataset: Path) -> None:
        """Read what is kept beside a dataset; may run in a thread, because all is set at once."""
        try:
            self._load(dataset)
        except WorkbenchError as error:
            self.problem = str(error)
        self.loaded = True

    def _load(self, dataset: Path) -> None:
        known = read_judgements(judge_path(dataset))
        judgements: dict[str, Judgement] = {}
        first: dict[str, str] = {}
        offers: dict[str, _Offer] = {}
        for sample_id in known.judged():
            entry = known.latest("judge", sample_id)
            if entry is not None:
                judgements[sample_id] = entry.judgement
                first[sample_id] = known.first_time(sample_id)
        for sample_id in known.repaired():
            entry = known.latest("repair", sample_id)
            if entry is not None:
                attempts = tuple(one.sample for one in entry.attempts)
                offers[sample_id] = _Offer(entry.model, attempts)
        self._judgements, self._first, self._offers = judgements, first, offers

    def add(self, judgements: Iterable[Judgement]) -> None:
        """Take in what a judge has just said."""
        for judgement in judgements:
            self._judgements[judgement.id] = judgement
            self._first.setdefault(judgement.id, judgement.first_time)

    def judgement(self, sample_id: str) -> Judgement | None:
        """Return what was last said about a content."""
        return self._judgements.get(sample_id)

    def ids(self) -> Iterable[str]:
        """Return the ids of all contents that were judged."""
        return self._judgements.keys()

    def findings(self, sample: Sample, verdict: Verdict, verifier: Verifier) -> list[Finding]:
        """Return what judge and repair say about a sample. verdict: the rules'."""
        sample_id = sample.id
        judgement, offer = self._judgements.get(sample_id), self._offers.get(sample_id)
        found = judge_findings(sample, judgement, verifier) if judgement else []
        if offer:
            repair = best_repair(sample, verdict.status, offer.attempts, verifier)
            if repair:
                found.append(repair_finding(sample, repair, offer.model))
        return found

    # ------------------------------------------------------------ how reliable the judge is

    def weigh(self, store: LabelStore, catalog: str, there: Iterable[str]) -> Iterator[None]:
        """Compare the latest judges with people, a piece at a time, for `count` to report on.

        catalog: the catalogue's hash. there: ids of the dataset's judged samples.
        """
        latest: dict[bool, tuple[str, _Judge]] = {}
        for place, judgement in enumerate(list(self._judgements.values()), start=1):
            time, kind = judgement.time, is_conversation_id(judgement.id)
            if kind not in latest or latest[kind][0] < time:
                latest[kind] = (time, _judge_of(judgement))
            if place % _QUICK == 0:
                yield
        self._pairs = {latest[kind][1]: [] for kind in sorted(latest)}
        done = 0
        for sample_id in list(there):
            found = self._judgements.get(sample_id)
            if found is None or (pairs := self._pairs.get(_judge_of(found))) is None:
                continue
            label = store.get(sample_id)
            old = label is not None and bool(stale(label, sample_id, catalog))
            pairs.append((found, pair(found, label, self._first[sample_id], old)))
            done += 1
            if done % _CHUNK == 0:
                yield

    def count(self) -> None:
        """Set `reports` from what `weigh` has found; may run in a thread."""
        pairs = self._pairs
        if any(pairs.values()):
            self.reports = tuple(
                judge_report(*judge, found) for judge, found in pairs.items() if found
            )

    def report_on(self, judgement: Judgement) -> JudgeReport | None:
        """Return how reliable the judge is that said this; None unless it is one of the latest."""
        judge = _judge_of(judgement)
        return next((one for one in self.reports if (one.model, one.prompt) == judge), None)


def _judge_of(judgement: Judgement) -> _Judge:
    return judgement.model, judgement.prompt


def best_fixes(
    sample: Sample, verdict: Verdict, more: Iterable[Finding], status_of: "StatusOf"
) -> Fixed:
    """Fix a sample by the rules' fixes, the repairer's or the judge's: whichever verifies.

    Of equally good ones the rules' come first. more: what judge and repairer found.
    """
    more = list(more)
    groups = [
        [*verdict.findings],
        [finding for finding in more if finding.stage == "repair"],
        [finding for finding in more if finding.stage == "judge"],
    ]
    offers = [fixed for group in groups if (fixed := fix_sample(sample, group)).used]
    if not offers:
        return Fixed(sample, (), ())
    return min(offers, key=lambda fixed: _RANK[status_of(fixed.sample)])


class StatusOf(Protocol):
    """Gives a sample's verdict in a word."""

    def __call__(self, sample: Sample, /) -> str: ...
