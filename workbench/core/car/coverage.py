"""Coverage: which cells of a catalogue (property, area, read or changed) samples reach."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from workbench.core.car.catalog import Catalog, Cell
from workbench.core.samples import Sample


def sample_cells(sample: Sample, catalog: Catalog) -> list[Cell]:
    """Return the cell of each call; calls of unknown functions or without an area have none."""
    cells = []
    for call in sample.calls:
        function = catalog.functions.get(call.name)
        name, area = call.arguments.get("propertyName"), call.arguments.get("areaId")
        # A bool is an int in Python, but not an area of a car.
        if function and isinstance(name, str) and type(area) is int:
            cells.append(Cell(name, area, function.kind))
    return cells


def meant_cells(sample: Sample, catalog: Catalog) -> list[Cell]:
    """Return the cells that a sample is about: of its calls, and of those that a reply refuses or
    offers.
    """
    replies = [step.reply for step in sample.steps if step.reply is not None]
    meant = [call for reply in replies for call in reply.wanted]
    meant += [call for reply in replies for option in reply.options for call in option]
    return [*sample_cells(sample, catalog), *sample_cells(Sample("", tuple(meant)), catalog)]


def count_cells(samples: Iterable[Sample], catalog: Catalog) -> Counter[Cell]:
    """Count the samples that reach each cell; a sample counts once per cell."""
    counts: Counter[Cell] = Counter()
    for sample in samples:
        counts.update(list(dict.fromkeys(sample_cells(sample, catalog))))
    return counts


def thin_cells(
    catalog: Catalog,
    counts: Mapping[Cell, int],
    limit: int,
    weight: Callable[[Cell], float] = lambda _: 1.0,
) -> tuple[Cell, ...]:
    """Return at most `limit` spoken cells, the least covered first; ties in catalogue order.

    weight: how many samples a cell should have, relative to others.
    """

    def thickness(cell: Cell) -> float:
        return (counts.get(cell, 0) + 1) / weight(cell)

    return tuple(sorted(catalog.spoken_cells, key=thickness)[: max(limit, 0)])


def covered(catalog: Catalog, counts: Mapping[Cell, int]) -> int:
    """Count the spoken cells that have a sample."""
    return sum(counts.get(cell, 0) > 0 for cell in catalog.spoken_cells)
