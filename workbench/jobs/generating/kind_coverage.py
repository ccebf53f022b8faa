"""Coverage by kind: which cells the samples of each kind are about, and which are due."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.coverage import meant_cells, thin_cells
from workbench.core.grammar.due_cells import due_places
from workbench.core.kinds import SampleKind, kind_of
from workbench.core.samples import Sample
from workbench.core.training.focus import Focus


@dataclass
class KindCoverage:
    """What a dataset has of each kind: samples, and samples for each cell. steered: the cells that
    requests were steered to, whatever came of it, so that what can't be had isn't asked for always.
    """

    samples: Counter[SampleKind] = field(default_factory=Counter)
    cells: Counter[tuple[SampleKind, Cell]] = field(default_factory=Counter)
    steered: Counter[tuple[SampleKind, Cell]] = field(default_factory=Counter)

    def add(self, sample: Sample, catalog: Catalog) -> None:
        """Count a sample."""
        kind = kind_of(sample)
        self.samples[kind] += 1
        self.cells.update((kind, cell) for cell in set(meant_cells(sample, catalog)))

    def steer(self, number: int, kinds: Sequence[SampleKind], thin: Sequence[Cell]) -> None:
        """Note what a request of these kinds is steered to."""
        pairs = zip(due_places(number, len(kinds)), thin, strict=False)
        self.steered.update((kinds[place], cell) for place, cell in pairs)

    def thin(
        self, catalog: Catalog, number: int, kinds: Sequence[SampleKind], focus: Focus | None
    ) -> tuple[Cell, ...]:
        """Return a cell for each sample of a request that is for a certain one: the least covered
        of its kind.
        """
        rows: dict[SampleKind, list[Cell]] = {}
        found = []
        for place in due_places(number, len(kinds)):
            kind = kinds[place]
            if kind not in rows:
                counts = Counter(
                    {
                        cell: self.cells[kind, cell] + self.steered[kind, cell]
                        for cell in catalog.spoken_cells
                    }
                )
                limit = len(kinds)
                rows[kind] = list(
                    thin_cells(catalog, counts, limit, focus.weight)
                    if focus
                    else thin_cells(catalog, counts, limit)
                )
            if rows[kind]:
                found.append(rows[kind].pop(0))
        return tuple(found)
