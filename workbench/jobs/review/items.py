"""The samples of an open dataset, each with its label and its verdict, and their counts."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from workbench.adapters.dataset import BadItem, read_item
from workbench.adapters.labels import LabelStore
from workbench.core.checks import Verifier
from workbench.core.editing.fixing import Fixed
from workbench.core.judge.votes import Judgement
from workbench.core.review.dismissals import weighed
from workbench.core.review.facets import Facets, engine_of, facets_of
from workbench.core.review.labels import Dismissal, Label, stale
from workbench.core.review.search import Search, Vocabulary, parse_search
from workbench.core.samples import Sample
from workbench.core.text.excerpts import is_large
from workbench.core.training.model_results import ModelResult
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.review.model_answers import ModelAnswers
from workbench.jobs.review.tally import ReviewProgress, ReviewTally
from workbench.jobs.second_opinion.opinions import Opinions, best_fixes

_PARSED = 2048
_VERIFIED = 512
_IDS = 4096

NOT_YET = Verdict()
"""Stands for a large sample's verdict until the helper process has reported it."""


class _Altered(NamedTuple):
    """The facets of a sample that a label alters, and what they were found by."""

    label: Label
    content: str
    dismissed: tuple[Dismissal, ...]
    facets: Facets


class Items:
    """The rows of a dataset file, kept as bytes and parsed when looked at.

    raw: the bytes of each. facets: what a helper has found out about each, None before that.
    Whatever needs the whole file (all verdicts, similarity) comes from elsewhere. opinions: what
    models said about them. answers: what evaluated models answered to them. vocabulary: what
    searches call what calls do.

    The verdict of a row is the one in force: of its sample as edited, without the findings that
    someone marked wrong. Lists, searches, orders and counts all go by it. Only `verdict` and
    `facets` are about samples as they are, whatever a label says.
    """

    def __init__(
        self, raw: list[bytes], verifier: Verifier, catalog_hash: str, store: LabelStore
    ) -> None:
        self.raw = raw
        self.verifier = verifier
        self.catalog = verifier.catalog
        self.catalog_hash = catalog_hash
        self.store = store
        self.facets: list[Facets | None] = [None] * len(raw)
        self.opinions = Opinions()
        self.answers = ModelAnswers(self.catalog)
        self.item = lru_cache(_PARSED)(self._parse)
        self._verdicts: dict[str, Verdict] = {}
        self._altered: dict[str, _Altered] = {}
        self._ids: dict[int, tuple[Sample, str]] = {}
        self._left_out: dict[str, int] = {}
        self._policy: tuple[Sample, tuple[Finding, ...]] | None = None
        self.vocabulary = Vocabulary(verifier.catalog)
        self.tally = ReviewTally(store, self.status)
        self._known = 0
        self._unusable = 0
        self._early: set[int] = set()
        self.tally.recount()

    def _parse(self, row: int) -> Sample | BadItem:
        """Return a row's sample, or why it isn't one."""
        return read_item(row, self.raw[row])

    def sample(self, row: int) -> Sample | None:
        """Return a row's sample as it is in the file, None for an unusable item."""
        item = self.item(row)
        return item if isinstance(item, Sample) else None

    def in_force(self, row: int) -> Sample | None:
        """Return a row's sample, as edited if it is."""
        sample, label = self.sample(row), self.label(row)
        return label.in_force(sample) if sample and label else sample

    def sample_id(self, row: int) -> str:
        """Return the id of a row's sample, "" for an unusable item."""
        facets = self.facets[row]
        if facets is not None:
            return facets.id
        sample = self.sample(row)
        return self.id_of(sample) if sample else ""

    def id_of(self, sample: Sample) -> str:
        """Return a sample's id; cached, because a large one's takes long to compute."""
        known = self._ids.get(id(sample))
        if known is None or known[0] is not sample:
            if len(self._ids) >= _IDS:
                self._ids.clear()
            known = self._ids[id(sample)] = (sample, sample.id)
        return known[1]

    def label(self, row: int) -> Label | None:
        """Return the label of a row's sample."""
        sample_id = self.sample_id(row)
        return self.store.get(sample_id) if sample_id else None

    def is_stale(self, row: int) -> bool:
        """Whether sample or catalogue have changed since the decision."""
        label = self.label(row)
        return bool(label and stale(label, self.sample_id(row), self.catalog_hash))

    def verdict(self, sample: Sample) -> Verdict:
        """Return a sample's verdict, all its findings included; `NOT_YET` for a large one.

        The helper process verifies those; the verdict arrives by `know_verdict`.
        """
        sample_id = self.id_of(sample)
        known = self._verdicts.get(sample_id)
        if known is None:
            if is_large(sample):
                return NOT_YET
            known = self.verifier.verify(sample)
            self.know_verdict(sample, known)
        return known

    def know_verdict(self, sample: Sample, verdict: Verdict, left_out: int = 0) -> None:
        """Record a sample's verdict. left_out: how many more findings it has."""
        if len(self._verdicts) >= _VERIFIED:
            self._verdicts.clear()
            self._left_out.clear()
        self._verdicts[self.id_of(sample)] = verdict
        if left_out:
            self._left_out[self.id_of(sample)] = left_out

    def findings_left_out(self, sample: Sample) -> int:
        """Return how many more findings a large sample has than its verdict lists."""
        return self._left_out.get(self.id_of(sample), 0) if self._left_out else 0

    def verdict_in_force(self, row: int) -> Verdict:
        """Return a row's verdict: see the class. `NOT_YET` while a large one is being verified."""
        sample = self.in_force(row)
        if sample is None:
            return NOT_YET
        verdict = self.verdict(sample)
        return weighed(verdict, self.id_of(sample), self.label(row))

    def second_verdict(self, row: int) -> Verdict:
        """Return what judge and repairer say about a row's sample in force.

        It never weighs on the row's verdict, which is from the rules only.
        """
        sample = self.in_force(row)
        if sample is None:
            return NOT_YET
        return weighed(self.second_opinion(row), self.id_of(sample), self.label(row))

    def second_opinion(self, row: int) -> Verdict:
        """Return the same with nothing marked wrong left out."""
        sample = self.in_force(row)
        if sample is None or is_large(sample):
            return NOT_YET  # they would be computed while drawing the screen
        found = self.opinions.findings(sample, self.verdict_in_force(row), self.verifier)
        return Verdict(tuple(found))

    def policy_findings(self, row: int) -> tuple[Finding, ...]:
        """Return what the labelling policy says of a row's sample in force, for information.

        Without fixes: those offered are for what weighs on the verdict.
        """
        sample = self.in_force(row)
        if sample is None or is_large(sample) or not self.verifier.reads_words:
            return ()
        if self._policy is None or self._policy[0] is not sample:
            found = self.verifier.policy(sample)
            self._policy = sample, tuple(replace(finding, fix=None) for finding in found)
        return self._policy[1]

    def judgement(self, sample: Sample) -> Judgement | None:
        """Return a judge's latest judgement of a sample."""
        return self.opinions.judgement(self.id_of(sample)) if self.opinions else None

    def model_result(self, row: int) -> ModelResult | None:
        """Return an evaluated model's answer to a row's sample, None if none counts."""
        result = self.answers.result(self.sample_id(row), self.label(row))
        if result is None or not result.step:
            return result
        sample = self.in_force(row)
        return result if sample is not None and result.step < len(sample.steps) else None

    def fixed(self, row: int) -> Fixed | None:
        """Return a row's sample with the fixes that verify best: see `opinions.best_fixes`.

        None for an unusable item.
        """
        sample = self.in_force(row)
        if sample is None:
            return None
        return best_fixes(
            sample,
            self.verdict_in_force(row),
            self.second_verdict(row).findings,
            lambda fixed: self.verdict(fixed).status,
        )

    def status(self, row: int) -> str:
        """Return a row's verdict in a word, "" while unknown."""
        facets = self.facets_in_force(row)
        if facets is None:
            return ""
        return facets.status if facets.id else "fail"

    def read_search(self, text: str) -> Search:
        """Read a search, which may use the catalogue's words. Raises `SearchError`."""
        return parse_search(text, self.vocabulary, datetime.now(UTC))

    @property
    def altered(self) -> AbstractSet[str]:
        """Ids of the samples whose label changes what is verified, or what of that weighs."""
        return self.tally.altered

    def facets_in_force(self, row: int) -> Facets | None:
        """Return a row's facets as its label lets the sample stand; the id is the row's.

        None while nothing is known of it.
        """
        if not self.tally.altered:
            return self.facets[row]
        sample_id = self.sample_id(row)
        label = self.store.get(sample_id) if sample_id in self.tally.altered else None
        if label is None or (sample := self.sample(row)) is None:
            return self.facets[row]
        known = self._altered.get(sample_id)
        if known is not None and known.label is label:
            return known.facets
        altered = label.in_force(sample)
        content = self.id_of(altered)
        if known is not None and (known.content, known.dismissed) == (content, label.dismissed):
            self._altered[sample_id] = known._replace(label=label)
            return known.facets
        found = self.verdict(altered)
        if found is NOT_YET:
            return msgspec.structs.replace(
                facets_of(altered), id=sample_id, engine=engine_of(sample)
            )
        facets = facets_of(altered, weighed(found, content, label))
        facets = msgspec.structs.replace(facets, id=sample_id, engine=engine_of(sample))
        self._altered[sample_id] = _Altered(label, content, label.dismissed, facets)
        return facets

    def codes_dismissed(self, row: int) -> AbstractSet[str]:
        """Return the codes of the rules' findings that someone marked wrong in a row's sample."""
        if not self.tally.altered or self.sample_id(row) not in self.tally.altered:
            return frozenset()
        return frozenset(one.finding.code for one in self.verdict_in_force(row).dismissed)

    def content_id(self, row: int) -> str:
        """Return the id of a row's sample in force, "" for an unusable item."""
        sample_id = self.sample_id(row)
        if sample_id not in self.tally.altered:
            return sample_id
        sample = self.in_force(row)
        return self.id_of(sample) if sample else ""

    def matches(self, row: int, search: Search) -> bool:
        """Whether a row matches a search: its sample in force, with the verdict in force."""
        facets = self.facets_in_force(row) or facets_of(self.sample(row))
        label = self.store.get(facets.id) if facets.id else None
        if self.opinions:
            facets = self._with_opinions(row, facets, label)
        facets = self.answers.facets(facets, label)
        changed = bool(label and stale(label, facets.id, self.catalog_hash))
        if (label is None or label.edited is None) and not search.may_match(facets, self.raw[row]):
            return False
        return search.matches(facets, label, changed, lambda: self.in_force(row), row)

    def _with_opinions(self, row: int, facets: Facets, label: Label | None) -> Facets:
        """Add what a judge says of a row's sample in force."""
        judgement = self.opinions.judgement(self.content_id(row)) if facets.id else None
        if judgement is None:
            return facets
        codes: Iterable[str] = judgement.codes if facets.status else ()
        if label and label.dismissed:
            standing = {finding.code for finding in self.second_verdict(row).findings}
            codes = (code for code in codes if code in standing)
        return msgspec.structs.replace(
            facets, judge=judgement.opinion, codes=(*facets.codes, *codes)
        )

    def extend(self, raw: Sequence[bytes]) -> range:
        """Add items after those known; returns their rows."""
        rows = range(len(self.raw), len(self.raw) + len(raw))
        self.raw.extend(raw)
        self.facets.extend([None] * len(raw))
        return rows

    def reset(self, raw: Sequence[bytes]) -> None:
        """Replace all items."""
        self.raw = list(raw)
        self.facets = [None] * len(self.raw)
        self.item.cache_clear()
        self.tally = ReviewTally(self.store, self.status)
        self._known = self._unusable = 0
        self._early.clear()
        self.tally.recount()

    def know(self, row: int, facets: Facets) -> None:
        """Record what a helper found out about a row."""
        if self.facets[row] is None:
            self._place(row, facets.id)
            self._early.discard(row)
            self._known += 1
            self._unusable += not facets.id
        self.facets[row] = facets
        self.tally.settle(row, facets.id, facets.status)

    def _place(self, row: int, sample_id: str) -> None:
        """Record which row a sample has, once; a decision may come before the helper's report."""
        if sample_id and self.facets[row] is None and row not in self._early:
            self.tally.place(row, sample_id)
            self._early.add(row)

    @property
    def all_known(self) -> bool:
        """Whether a helper has reported on every row."""
        return 0 < self._known == len(self.raw)

    def recount(self) -> None:
        """Recount decisions: all labels, each for its known rows."""
        self.tally.complete = self.all_known
        self.tally.recount()

    def progress(self) -> ReviewProgress:
        """Count decisions; see `ReviewProgress`."""
        return self.tally.progress(len(self.raw), self._unusable)

    def elsewhere(self) -> int:
        """Count the labels of samples that are not in the dataset; 0 until all rows are known."""
        return self.tally.elsewhere() if self.all_known else 0
