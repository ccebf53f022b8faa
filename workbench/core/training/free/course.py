"""A record's conversation as a course to be driven: what is said in it, and what was right."""

from typing import Any

import msgspec

from workbench.core.car.catalog import Catalog, with_lists, without_lists
from workbench.core.kinds import SampleKind
from workbench.core.samples import Sample, turns
from workbench.core.training.gold import kind_told, read_golds
from workbench.core.training.records import DialogStep, SplitName, read_dialog, sample_told
from workbench.core.training.records.reading import said_alone


class Course(msgspec.Struct, frozen=True):
    """A conversation whose words are put to a model, one turn after the other.

    number: of its record's line, from 1. kind, sample: the conversation as its record tells it,
    with the state at the start that its results tell. developer: the message with the catalogue.
    tools: the functions that a model is shown. turns: the signed steps, from something said to the
    step before the next.
    """

    number: int
    split: SplitName
    kind: SampleKind
    sample: Sample
    developer: dict[str, Any]
    tools: list[dict[str, Any]]
    turns: tuple[tuple[DialogStep, ...], ...]


def car_of(course: Course, catalog: Catalog) -> Catalog:
    """Return the car that a course is driven in: it lists its properties if the record says so."""
    shown = {tool["function"]["name"] for tool in course.tools}
    lists = catalog.lists
    return with_lists(catalog) if lists and lists.function in shown else without_lists(catalog)


def read_course(
    line: bytes, number: int, catalog: Catalog, wanted: SplitName | None = None
) -> Course | None:
    """Read a record of a whole conversation, or of one request; None for another split.

    Raises `ValueError` with the reason if it isn't one.
    """
    golds = read_golds(line, number, wanted)
    if not golds:
        return None
    split, steps = read_dialog(line)
    if len(steps) > 1 and said_alone(line):
        raise ValueError("it is one step of a conversation, not the whole")
    sample = sample_told(steps, catalog)
    first = golds[0]
    signed = tuple(tuple(steps[index] for index in turn) for turn in turns(sample))
    return Course(number, split, kind_told(steps), sample, first.messages[0], first.tools, signed)
