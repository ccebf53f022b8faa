"""Plan a request: how many samples, for which thin cells, shown which examples."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.coverage import thin_cells
from workbench.core.checks import Verifier
from workbench.core.samples import Sample
from workbench.core.training.focus import Focus

_EXAMPLES = 8
_TRIES = 40


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """What one request asks for. Journaled, so that it can be asked again after a crash."""

    count: int
    seed: int
    thin: tuple[Cell, ...]


def plan_request(
    count: int,
    seed: int,
    catalog: Catalog,
    coverage: Counter[Cell],
    in_flight: Sequence[RequestPlan],
    focus: Focus | None = None,
) -> RequestPlan:
    """Plan a request for `count` samples, steered to the least covered spoken cells.

    Cells that requests in flight are steered to count as covered by them. focus: cells where a
    model fails are to have more.
    """
    expected = coverage.copy()
    for plan in in_flight:
        expected.update(plan.thin)
    if focus is None:
        return RequestPlan(count, seed, thin_cells(catalog, expected, count))
    return RequestPlan(count, seed, thin_cells(catalog, expected, count, focus.weight))


def draw_examples(
    samples: Sequence[Sample], verifier: Verifier, seed: int, number: int
) -> tuple[Sample, ...]:
    """Draw examples for a request: passing samples, without replacement, keyed by its number."""
    key = blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()
    rng = random.Random(key)
    drawn = rng.sample(range(len(samples)), min(_TRIES, len(samples)))
    passing = (samples[i] for i in drawn if verifier.verify(samples[i]).status == "pass")
    return tuple(sample for sample, _ in zip(passing, range(_EXAMPLES), strict=False))
