"""What a review has come to: who decided what, and how, in which time, and what is left to do.

Made a few milliseconds at a time, because it looks at every sample. What is left to do are
searches: each is counted as the list would show it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

from workbench.core.kinds import KINDS
from workbench.core.review.facets import facets_of
from workbench.core.review.labels import Label
from workbench.core.review.search import parse_search
from workbench.jobs.review.pace import ActiveClock, ActiveTime
from workbench.jobs.review.review import Review
from workbench.jobs.review.tally import ReviewProgress

_BETWEEN_LOOKS = 16
"""Samples looked at between two checks of the clock."""
_STALE = "decision:stale"
_LEFT = {
    "decision:none": "undecided",
    "decision:skipped": "skipped for now",
    "decision:accepted verdict:fail": "accepted although they fail verification",
    "decision:accepted verdict:warn": "accepted although they have warnings",
    "decision:accepted judge:wrong": "accepted although the judge calls them wrong",
    _STALE: "stale: sample or catalogue changed after the decision",
}
"""What may be left to do, by the search that lists it."""
_MAY_BE: Mapping[str | None, tuple[str, ...]] = {
    None: ("decision:none",),
    "skipped": ("decision:skipped", _STALE),
    "accepted": (
        "decision:accepted verdict:fail",
        "decision:accepted verdict:warn",
        "decision:accepted judge:wrong",
        _STALE,
    ),
    "rejected": (_STALE,),
}
"""Which of these can list a sample, by its decision."""


@dataclass(frozen=True, slots=True)
class LeftToDo:
    """Samples to look at again. words: what is the matter with them."""

    search: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class PropertyRecord:
    """The decided samples that call a property. changed: edited, or rejected."""

    name: str
    decided: int
    changed: int


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """The samples that a rule objects to. wrong: of those, where its finding was marked wrong."""

    code: str
    samples: int
    wrong: int


@dataclass(frozen=True, slots=True)
class KindRecord:
    """The samples of a kind. decided: accepted or rejected. changed: edited or rejected."""

    name: str
    samples: int
    decided: int
    changed: int


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What has been counted, sample by sample of the file. read: samples so far.

    unverified: of those, without a verdict yet. methods: accepted and rejected ones by how that was
    decided (see `DecisionMethod`). reviewers: the same by who did. fixed: accepted as a fix left
    them. reasons: rejections, by reason, "" without one. notes: samples with a comment.
    properties: the most changed first. rules: whose findings were marked wrong, the most often
    first. kinds: in their own order. time: what your own decisions took.
    """

    progress: ReviewProgress
    read: int
    unverified: int
    methods: Mapping[str, int]
    reviewers: Mapping[str, int]
    fixed: int
    edited: int
    reasons: Mapping[str, int]
    notes: int
    properties: tuple[PropertyRecord, ...]
    rules: tuple[RuleRecord, ...]
    kinds: tuple[KindRecord, ...]
    time: ActiveTime
    left: tuple[LeftToDo, ...]


class Summing:
    """Looks at the samples of a review; call `work` until nothing is left."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._next = self._unverified = self._fixed = self._edited = self._notes = 0
        self._methods: Counter[str] = Counter()
        self._reviewers: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._called: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self._objections: Counter[str] = Counter()
        self._kinds: Counter[tuple[str, str]] = Counter()
        self._searches = {text: parse_search(text) for text in _LEFT}
        self._clock = ActiveClock(review.store.reviewer)
        self._timed: set[str] = set()

    def work(self, seconds: float) -> bool:
        """Go on for this long; returns whether there is more to do."""
        until = perf_counter() + seconds
        while self._next < len(self._review.raw):
            end = min(self._next + _BETWEEN_LOOKS, len(self._review.raw))
            for row in range(self._next, end):
                self._look(row)
            self._next = end
            if perf_counter() >= until:
                break
        return self._next < len(self._review.raw)

    def summary(self) -> ReviewSummary:
        """Return what has been counted so far."""
        return ReviewSummary(
            self._review.progress(),
            self._next,
            self._unverified,
            self._methods,
            self._reviewers,
            self._fixed,
            self._edited,
            self._reasons,
            self._notes,
            self._properties(),
            self._rules(),
            self._kind_records(),
            self._clock.total(),
            tuple(
                LeftToDo(text, words, self._left[text])
                for text, words in _LEFT.items()
                if self._left[text]
            ),
        )

    def _look(self, row: int) -> None:
        review = self._review
        facets = review.facets[row]
        self._unverified += facets is None or bool(facets.id and not facets.status)
        in_force = review.facets_in_force(row)
        wrong = review.codes_dismissed(row)
        self._wrong.update(wrong)
        self._objections.update({*wrong, *(in_force.codes if in_force else ())})
        label = review.label(row)
        for text in _MAY_BE[label.decision if label else None]:
            self._left[text] += review.matches(row, self._searches[text])
        if label is not None:
            facets = facets or facets_of(review.sample(row))
            self._count(label, facets.properties)
        self._count_kind((in_force or facets_of(review.sample(row))).kind, label)

    def _count_kind(self, kind: str, label: Label | None) -> None:
        self._kinds[kind, "samples"] += 1
        if label is not None and label.decision in ("accepted", "rejected"):
            self._kinds[kind, "decided"] += 1
            changed = label.decision == "rejected" or label.edited is not None
            self._kinds[kind, "changed"] += changed

    def _kind_records(self) -> tuple[KindRecord, ...]:
        parts = ("samples", "decided", "changed")
        found = (KindRecord(kind, *(self._kinds[kind, part] for part in parts)) for kind in KINDS)
        return tuple(one for one in found if one.samples)

    def _rules(self) -> tuple[RuleRecord, ...]:
        ranked = sorted(self._wrong.items(), key=lambda item: (-item[1], item[0]))
        return tuple(RuleRecord(code, self._objections[code], wrong) for code, wrong in ranked)

    def _properties(self) -> tuple[PropertyRecord, ...]:
        found = [
            PropertyRecord(name, self._called[name], changed)
            for name, changed in self._changed.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.changed, one.decided, one.name)))

    def _count(self, label: Label, properties: Iterable[str]) -> None:
        self._notes += bool(label.note)
        if label.id not in self._timed:
            self._timed.add(label.id)
            self._clock.add(label)
        if label.decision not in ("accepted", "rejected"):
            return
        self._methods[label.how] += 1
        self._reviewers[label.reviewer] += 1
        self._called.update(properties)
        if label.decision == "rejected" or label.edited is not None:
            self._changed.update(properties)
        if label.decision == "rejected":
            self._reasons[label.reason] += 1
        elif label.edited is not None:
            self._edited += 1
            self._fixed += label.how == "fix"
