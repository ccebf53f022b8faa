"""What makes the calls of two samples different: everything but the size of a number.

"Set it to 22" and "set it to 24" are one lesson; "the left seat" and "the right seat" are two.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

from workbench.core.car.catalog import Catalog, Property
from workbench.core.samples import Sample, ToolCall

PROPERTY_ARGUMENT = "propertyName"
AREA_ARGUMENT = "areaId"

_NUMBER = ("number",)  # a tuple, because it must not equal any string in a call


def enumerated_properties(catalog: Catalog) -> frozenset[str]:
    """Names of the properties whose numbers are names: values listed or named, not measured."""
    return frozenset(name for name, prop in catalog.properties.items() if _enumerated(prop))


def _enumerated(prop: Property) -> bool:
    return bool(prop.value_names) or any(area.values for area in prop.areas.values())


def calls_shape(calls: Iterable[ToolCall], enumerated: frozenset[str]) -> Hashable:
    """Reduce calls to what distinguishes them; equal for calls that differ only in numbers.

    Function, property, area, strings, booleans, and numbers of `enumerated` properties count, the
    order of calls does not. Of a list of free numbers, only the length counts.
    """
    shapes = [_call_shape(call, enumerated) for call in calls]
    return shapes[0] if len(shapes) == 1 else frozenset(Counter(shapes).items())


def course_of(sample: Sample) -> str:
    """Return how a conversation goes, step by step: how many calls, or which reply and why."""
    course = []
    for step in sample.steps:
        spoken = "" if step.query is None else ">"
        reply = f"{step.reply.kind} {step.reply.because}" if step.reply else ""
        course.append(f"{spoken}{len(step.answers) or reply}")
    return " ".join(course)


def _call_shape(call: ToolCall, enumerated: frozenset[str]) -> Hashable:
    prop = call.arguments.get(PROPERTY_ARGUMENT)
    counts = isinstance(prop, str) and prop in enumerated
    parts: list[Hashable] = [call.name]
    for name in sorted(call.arguments):
        parts.append(name)
        parts += _value_shape(call.arguments[name], counts or name == AREA_ARGUMENT)
    return tuple(parts)


def _value_shape(value: Any, numbers_count: bool) -> list[Hashable]:
    """Flatten a value, without recursion: a hostile file may nest it arbitrarily deep."""
    parts: list[Hashable] = []
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, bool):
            parts.append((item,))  # bare, True would equal 1
        elif isinstance(item, (int, float)):
            parts.append(item if numbers_count else _NUMBER)
        elif isinstance(item, (list, tuple)):
            parts.append((list, len(item)))
            pending.extend(item)
        elif isinstance(item, dict):
            keys = sorted(item)
            parts.append((dict, *keys))
            pending.extend(item[key] for key in keys)
        else:
            parts.append(item)
    return parts
