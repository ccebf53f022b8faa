"""Where a model fails: which cells (property, area, read or changed) new samples are to be for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.coverage import sample_cells
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.scoring.matching import same_call

_PULL = 8
"""A cell that always fails is to have up to nine times the samples of one that never does."""


class Tried(NamedTuple):
    """How often a cell was wanted of a model, and how often its call was not given."""

    wanted: int
    failed: int


@dataclass(frozen=True)
class Focus:
    """Cells by how often a model fails at them. report: where that was read."""

    report: str
    cells: Mapping[Cell, Tried]

    @property
    def failing(self) -> list[Cell]:
        """The cells at which it failed, the worst first."""
        found = [cell for cell, tried in self.cells.items() if tried.failed]
        return sorted(found, key=self.weight, reverse=True)

    def weight(self, cell: Cell) -> float:
        """Return how many samples a cell is to have, in those of one that never fails.

        One failure of one try says less than ten of ten.
        """
        wanted, failed = self.cells.get(cell, Tried(0, 0))
        return 1 + _PULL * failed / (wanted + 1)


def tried_cells(
    results: Iterable[tuple[Sample, Sequence[ToolCall], bool]], catalog: Catalog
) -> dict[Cell, Tried]:
    """Count wanted and failed cells. results: what is signed, the answer, whether that is right.

    Of an answer that is wrong only the calls that it lacks count as failed.
    """
    counts: dict[Cell, Tried] = {}
    for gold, given, right in results:
        left = list(given)
        for call in gold.answers:
            found = next((one for one in left if same_call(call, one, catalog)), None)
            if found is not None:
                left.remove(found)
            for cell in sample_cells(Sample(gold.query, (call,)), catalog):
                wanted, failed = counts.get(cell, Tried(0, 0))
                counts[cell] = Tried(wanted + 1, failed + (found is None and not right))
    return counts
