"""Samples in records that show no catalogue: the model looks up what it needs, by category."""

from collections.abc import Iterator

from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import MOST_ROUNDS
from workbench.core.samples import Reply, Sample, Step, ToolCall, turns, with_steps
from workbench.core.training.records.shape import RecordShape


def recorded(sample: Sample, catalog: Catalog, shape: RecordShape) -> Sample:
    """Return a sample as its records of a shape tell it; the sample itself in most shapes.

    Where properties are looked up, a turn begins with the calls that list the categories of all
    that it reads, changes, refuses or offers, except those that were listed before.
    """
    if not shape.looked_up:
        return sample
    steps, made = sample.steps, list[Step]()
    for turn, calls in zip(turns(sample), _lookups(sample, catalog), strict=True):
        first, *others = (steps[index] for index in turn)
        if calls:
            made.append(Step(first.query, calls))
            first = Step(None, first.answers, first.reply, first.extra)
        made += [first, *others]
    return sample if len(made) == len(steps) else with_steps(sample, made)


def count_lookups(sample: Sample, catalog: Catalog, shape: RecordShape) -> int:
    """Return how many steps of a sample's records look properties up."""
    return sum(map(bool, _lookups(sample, catalog))) if shape.looked_up else 0


def too_many_rounds(sample: Sample, catalog: Catalog, shape: RecordShape) -> bool:
    """Whether a turn takes more rounds than the car allows, once it begins with a lookup."""
    if not shape.looked_up:
        return False
    longest = max(map(len, turns(sample)))
    if longest < MOST_ROUNDS:
        return False
    looked_up = zip(turns(sample), _lookups(sample, catalog), strict=True)
    return any(calls and len(turn) >= MOST_ROUNDS for turn, calls in looked_up)


def meant_calls(step: Step) -> Iterator[ToolCall]:
    """Yield all calls of a step: made, refused, or offered in a question."""
    yield from step.answers
    if step.reply is not None:
        yield from _meant_by(step.reply)


def _meant_by(reply: Reply) -> Iterator[ToolCall]:
    yield from reply.wanted
    for option in reply.options:
        yield from option


def _lookups(sample: Sample, catalog: Catalog) -> Iterator[tuple[ToolCall, ...]]:
    """Yield the calls with which each turn of a sample begins."""
    lists = catalog.lists
    known: set[str] = set()
    steps = sample.steps
    for turn in turns(sample):
        if lists is None:
            yield ()
            continue
        names = []
        for call in (call for index in turn for call in meant_calls(steps[index])):
            named = call.arguments.get("propertyName")
            if call.name == lists.function:  # the sample does it itself
                asked = call.arguments.get(lists.parameter, lists.every)
                everything = asked in (None, lists.every)
                known.update(name for name in lists.by_name if everything or name == asked)
            elif isinstance(named, str):
                names.append(named)
        needed = lists.needed(names, known)
        known.update(needed)
        yield tuple(ToolCall(lists.function, {lists.parameter: name}) for name in needed)
