"""An overview of a dataset under review: its contents, the decisions, its coverage.

All of it is about the samples in force: as edited, and with the verdict that a review shows.

Made a few milliseconds at a time, because it reads every sample; the results so far are available
at any time, as plain data with the search that lists the samples behind each figure.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from workbench.adapters.dataset import read_item
from workbench.core.car.catalog import Cell
from workbench.core.car.coverage import sample_cells
from workbench.core.kinds import kind_of
from workbench.core.likeness.scripts import word_count
from workbench.core.request_styles import style_of
from workbench.core.review.labels import Label, stale
from workbench.core.review.search import searchable
from workbench.core.samples import Sample
from workbench.jobs.review import Review
from workbench.jobs.review.overview_grid import Grid, make_grid
from workbench.jobs.review.overview_plots import Plot, Tallies, make_plots

__all__ = ["Counting", "Overview"]

_BETWEEN_LOOKS = 16
"""Samples counted between two checks of the clock."""
_WATCHED = ("read", "fix", "edit")
"""Kinds of decision whose seconds say how long someone looked."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What has been counted. read: samples so far. total: all there are. unverified: of those read.

    plots: by name, in the order of `make_plots`. median: seconds per decision, None without any.
    """

    read: int
    total: int
    unverified: int
    plots: Mapping[str, Plot]
    grid: Grid
    median: float | None


class Counting:
    """Counts the samples of a review; call `work` until nothing is left to do."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._next = 0
        self._unverified: list[int] = []
        self._looked = 0
        self._seen: set[str] = set()
        self._tallies = Tallies()
        self._cells: Counter[Cell] = Counter()
        self._accepted: Counter[Cell] = Counter()

    @property
    def done(self) -> bool:
        """Whether every sample has been read; verdicts may still be missing."""
        return self._next >= len(self._review.raw)

    @property
    def verified(self) -> bool:
        """Whether every sample read has a verdict."""
        return not self._unverified

    def work(self, seconds: float) -> bool:
        """Count for this long; returns whether there is more to do now."""
        until = perf_counter() + seconds
        total = len(self._review.raw)
        while self._next < total:
            end = min(self._next + _BETWEEN_LOOKS, total)
            for row in range(self._next, end):
                self._read(row)
            self._next = end
            if perf_counter() >= until:
                return self._next < total
        return False

    def catch_up(self, seconds: float) -> bool:
        """Look for missing verdicts for this long; returns whether there is more to do."""
        until = perf_counter() + seconds
        missing = self._unverified
        while self._looked < len(missing):
            row = missing[self._looked]
            facets = self._review.facets[row]
            if facets is not None and self._verdict(row):
                # Swapped out: the order doesn't matter, and this is quick.
                missing[self._looked] = missing[-1]
                missing.pop()
            else:
                self._looked += 1
            if self._looked % _BETWEEN_LOOKS == 0 and perf_counter() >= until:
                return True
        self._looked = 0
        return False

    def overview(self) -> Overview:
        """Return what has been counted so far."""
        catalog = self._review.catalog
        return Overview(
            self._next,
            len(self._review.raw),
            len(self._unverified),
            make_plots(self._tallies, len(self._unverified)),
            make_grid(catalog, self._cells, self._accepted),
            self._tallies.median_seconds,
        )

    def _read(self, row: int) -> None:
        facets = self._review.facets[row]
        # Not through the review's own cache, which is for what's on the screen.
        item = read_item(row, self._review.raw[row])
        sample = item if isinstance(item, Sample) else None
        if facets is None or not self._verdict(row):
            self._unverified.append(row)
        if sample is None:
            return
        sample_id = facets.id if facets is not None else sample.id
        label = self._review.store.get(sample_id)
        self._decision(sample_id, label)
        if label is not None:
            sample = label.in_force(sample)
        self._tallies.calls[len(sample.calls)] += 1
        self._tallies.kinds[kind_of(sample)] += 1
        if (style := style_of(sample)) is not None:
            self._tallies.styles[style] += 1
        self._tallies.words[word_count(searchable(sample.words))] += 1
        cells = dict.fromkeys(sample_cells(sample, self._review.catalog))
        self._cells.update(cells.keys())
        if label is not None and label.decision == "accepted":
            self._accepted.update(cells.keys())

    def _verdict(self, row: int) -> bool:
        """Count a row's verdict in force; returns False if there isn't one yet."""
        facets = self._review.facets_in_force(row)
        if facets is None or (facets.id and not facets.status):
            return False
        self._tallies.verdicts[facets.status if facets.id else "unusable"] += 1
        self._tallies.codes.update(facets.codes)
        wrong = self._review.codes_dismissed(row)
        self._tallies.dismissed.update(wrong)
        self._tallies.in_both.update(wrong & set(facets.codes))
        return True

    def _decision(self, sample_id: str, label: Label | None) -> None:
        tallies = self._tallies
        decision = label.decision if label is not None else None
        tallies.decisions[decision or "none"] += 1
        if label is None or decision is None:
            return
        tallies.decisions["edited"] += label.edited is not None
        tallies.decisions["stale"] += bool(stale(label, sample_id, self._review.catalog_hash))
        if sample_id in self._seen:
            return  # equal samples share one decision
        self._seen.add(sample_id)
        tallies.hours[label.time[:13]] += 1
        if label.how in _WATCHED and label.seconds > 0:
            tallies.seconds[round(label.seconds, 1)] += 1
