"""Plan a request: how many samples, of which kinds, for which thin cells, shown which examples."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from workbench.adapters.journal import AskLine
from workbench.adapters.models import ModelError
from workbench.adapters.models.engine import Engine, Request
from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.coverage import thin_cells
from workbench.core.checks import Verifier
from workbench.core.errors import InputError
from workbench.core.kind_shares import due_kinds
from workbench.core.kinds import SampleKind
from workbench.core.request_styles import StyleShares, parse_styles
from workbench.core.samples import Sample, from_item, to_item
from workbench.core.shares import shares_text
from workbench.core.training.focus import Focus
from workbench.jobs.generating.kind_coverage import KindCoverage
from workbench.jobs.generating.options import GenerateOptions

_EXAMPLES = 8
_TRIES = 40


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """What one request asks for. Journaled, so that it can be asked again after a crash.

    kinds: of each sample, where they are given. plans: what is to be said in other words. styles:
    their shares, where they are given.
    """

    count: int
    seed: int
    thin: tuple[Cell, ...]
    kinds: tuple[SampleKind, ...] = ()
    plans: tuple[Sample, ...] = ()
    styles: StyleShares = ()

    def cut(self, count: int) -> "RequestPlan":
        """Return the plan for the first `count` of its samples."""
        if count >= self.count:
            return self
        kinds, plans = self.kinds[:count], self.plans[:count]
        return RequestPlan(count, self.seed, self.thin, kinds, plans, self.styles)

    def request(self, number: int, examples: tuple[Sample, ...] = ()) -> Request:
        """Return the request for it."""
        return Request(
            number,
            self.count,
            self.seed,
            examples,
            self.thin,
            self.kinds,
            self.plans,
            self.styles,
        )

    def line(self, run: int, number: int, engine: str) -> AskLine:
        """Return the journal's line of it."""
        return AskLine(
            run=run,
            request=number,
            engine=engine,
            count=self.count,
            seed=self.seed,
            thin=tuple((cell.property, cell.area, cell.access) for cell in self.thin),
            kinds=self.kinds,
            plans=tuple(map(to_item, self.plans)),
            styles=shares_text(self.styles),
        )


def plan_of(ask: AskLine) -> RequestPlan:
    """Return the plan that the journal has of a request."""
    thin = tuple(Cell(name, area, access) for name, area, access in ask.thin)
    styles = parse_styles(ask.styles) if ask.styles else ()
    return RequestPlan(ask.count, ask.seed, thin, ask.kinds, plans_of(ask), styles)


def plans_of(ask: AskLine | None) -> tuple[Sample, ...]:
    """Return the samples that a request was to say in other words."""
    return tuple(map(from_item, ask.plans)) if ask else ()


def plan_request(
    count: int,
    seed: int,
    catalog: Catalog,
    coverage: Counter[Cell],
    in_flight: Sequence[RequestPlan],
    focus: Focus | None = None,
    styles: StyleShares = (),
) -> RequestPlan:
    """Plan a request for `count` samples, steered to the least covered spoken cells.

    Cells that requests in flight are steered to count as covered by them. focus: cells where a
    model fails are to have more.
    """
    expected = coverage.copy()
    for plan in in_flight:
        expected.update(plan.thin)
    if focus is None:
        thin = thin_cells(catalog, expected, count)
    else:
        thin = thin_cells(catalog, expected, count, focus.weight)
    return RequestPlan(count, seed, thin, styles=styles)


def plan_kinds(
    options: GenerateOptions,
    engine: Engine,
    catalog: Catalog,
    reached: KindCoverage,
    in_flight: Iterable[RequestPlan],
    number: int,
    count: int,
) -> RequestPlan:
    """Plan a request whose kinds bring the dataset nearest to the shares that are asked for.

    Raises `InputError` if the engine can't plan one of them.
    """
    have = reached.samples.copy()
    for plan in in_flight:
        have.update(plan.kinds)
    kinds = due_kinds(options.kinds, have, options.num_samples, count, engine.apart)
    thin = reached.thin(catalog, number, kinds, options.focus)
    plain = all(kind == "calls" for kind in kinds)
    try:
        plans = () if plain else engine.plans(options.seed, number, thin, kinds)
    except ModelError as error:
        raise InputError(f"--kinds: {error}.") from None
    plan = RequestPlan(len(kinds), options.seed, thin, kinds, plans, options.styles)
    reached.steer(number, kinds, thin)
    return plan


def draw_examples(
    samples: Sequence[Sample], verifier: Verifier, seed: int, number: int
) -> tuple[Sample, ...]:
    """Draw examples for a request: passing samples, without replacement, keyed by its number.

    Conversations are none: an example shows a query and its calls.
    """
    key = blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()
    rng = random.Random(key)
    drawn = rng.sample(range(len(samples)), min(_TRIES, len(samples)))
    plain = (samples[i] for i in drawn if not samples[i].is_conversation)
    passing = (sample for sample in plain if verifier.verify(sample).status == "pass")
    return tuple(sample for sample, _ in zip(passing, range(_EXAMPLES), strict=False))
