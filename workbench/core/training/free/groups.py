"""Driven conversations by what they are: which kinds of them does a model get right?"""

from collections.abc import Iterator, Sequence

from workbench.core.car.catalog import Catalog
from workbench.core.kinds import KINDS
from workbench.core.likeness.contrast import PROPERTY_ARGUMENT
from workbench.core.stats.intervals import Share, wilson
from workbench.core.training.free.course import Course

FREE_GROUPS = ("sample", "turns", "property")
"""How whole conversations are broken down. sample: by kind (`core.kinds`). turns: how often
something is said to the assistant. property: each that is called in it.
"""
_MANY = 5


def grouped_courses(
    courses: Sequence[Course], right: Sequence[bool], catalog: Catalog
) -> dict[str, dict[str, Share]]:
    """Return, for each of `FREE_GROUPS` and each name in it, how many conversations are right.

    right: for each course, whether all its turns are. A course is counted under each property.
    """
    made: dict[str, dict[str, Share]] = {}
    for group in FREE_GROUPS:
        counts: dict[str, list[bool]] = {}
        for course, one in zip(courses, right, strict=True):
            for name in dict.fromkeys(_names(course, group, catalog)):
                counts.setdefault(name, []).append(one)
        order = [kind for kind in KINDS if kind in counts] if group == "sample" else sorted(counts)
        made[group] = {name: wilson(sum(counts[name]), len(counts[name])) for name in order}
    return made


def _names(course: Course, group: str, catalog: Catalog) -> Iterator[str]:
    if group == "sample":
        yield course.kind
    elif group == "turns":
        number = len(course.turns)
        yield str(number) if number < _MANY else f"{_MANY} or more"
    else:
        for call in course.sample.calls:
            name = call.arguments.get(PROPERTY_ARGUMENT)
            if isinstance(name, str) and name in catalog.properties:
                yield name
