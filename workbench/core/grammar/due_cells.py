"""Which cell a sample is due for: a third of the samples are spread evenly over all cells."""

from collections.abc import Sequence
from math import gcd

from workbench.core.car.catalog import Cell
from workbench.core.grammar.draw import keyed

BATCH = 20
EVERY = 3


def due_cell(
    cells: Sequence[Cell], seed: int, number: int, index: int, thin: Sequence[Cell] = ()
) -> Cell | None:
    """Return the cell that item `index` of request `number` is for, or None if use decides.

    Each third item takes the next of the thin cells, or, without any, of a cycle through all.
    """
    place = number * BATCH + index
    if place % EVERY:
        return None
    known = frozenset(cells) if thin else frozenset()
    wanted = [cell for cell in thin if cell in known]
    nth = place // EVERY - -(-number * BATCH // EVERY)
    return wanted[nth] if nth < len(wanted) else _cycle(cells, seed, place // EVERY)


def due_places(number: int, count: int) -> tuple[int, ...]:
    """Return the items of a request that are for a certain cell, in order."""
    return tuple(index for index in range(count) if (number * BATCH + index) % EVERY == 0)


def _cycle(cells: Sequence[Cell], seed: int, ordinal: int) -> Cell:
    """Walk all cells in golden steps, so that any stretch of the walk is spread out."""
    size = len(cells)
    start = keyed("cells", seed).randrange(size)
    step = next(s for s in range(max(1, int(size * 0.618)), size + 2) if gcd(s, size) == 1)
    return cells[(start + ordinal * step) % size]
