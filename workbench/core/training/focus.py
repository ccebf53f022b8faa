"""Where a model fails: which cells (property, area, read or changed) new samples should cover."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.coverage import sample_cells
from workbench.core.kind_shares import KindShares
from workbench.core.kinds import SampleKind
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.scoring.matching import same_call

_PULL = 8
"""A cell that always fails gets up to nine times the samples of one that never does, and a kind up
to nine times its share.
"""


class CellFailures(NamedTuple):
    """How often a model should have called a cell, and how often it didn't; or of a kind of
    samples, how many it was asked, and how many it got wrong.
    """

    wanted: int
    failed: int


@dataclass(frozen=True)
class Focus:
    """Cells by how often a model fails at them. report: the file this was read from.

    kinds: the kinds of whole samples, as far as the report has conversations.
    """

    report: str
    cells: Mapping[Cell, CellFailures]
    kinds: Mapping[SampleKind, CellFailures] = field(default_factory=dict)

    @property
    def failing(self) -> list[Cell]:
        """The cells it failed at, the worst first."""
        found = [cell for cell, tried in self.cells.items() if tried.failed]
        return sorted(found, key=self.weight, reverse=True)

    def weight(self, cell: Cell) -> float:
        """Return how many samples a cell should have, relative to one that never fails.

        One failure of one try says less than ten of ten.
        """
        return _weight(self.cells.get(cell))

    def steered(self, shares: KindShares) -> KindShares:
        """Return shares of kinds, in percent, with more for those at which the model fails.

        They stay as they are if there are none, or the report has no kinds.
        """
        if not shares or not self.kinds:
            return shares
        weighed = {kind: share * _weight(self.kinds.get(kind)) for kind, share in shares}
        total = sum(weighed.values())
        return tuple(
            (kind, max(0.1, round(100 * share / total, 1))) for kind, share in weighed.items()
        )


def _weight(tried: CellFailures | None) -> float:
    wanted, failed = tried or CellFailures(0, 0)
    return 1 + _PULL * failed / (wanted + 1)


def tried_cells(
    results: Iterable[tuple[Sample, Sequence[ToolCall], bool]], catalog: Catalog
) -> dict[Cell, CellFailures]:
    """Count wanted and failed cells. results: the signed sample, the answer, and whether that is
    right.

    In a wrong answer, only the missing calls count as failed.
    """
    counts: dict[Cell, CellFailures] = {}
    for gold, given, right in results:
        left = list(given)
        for call in gold.calls:
            found = next((one for one in left if same_call(call, one, catalog)), None)
            if found is not None:
                left.remove(found)
            for cell in sample_cells(Sample(gold.query, (call,)), catalog):
                wanted, failed = counts.get(cell, CellFailures(0, 0))
                counts[cell] = CellFailures(wanted + 1, failed + (found is None and not right))
    return counts
