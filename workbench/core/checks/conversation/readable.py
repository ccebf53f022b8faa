"""Whether the words of a conversation can be held against what is done in it.

Where a call names what the car doesn't have, or a value isn't of its property's type, that is found
by other stages; rules that compare values with words would have nothing to compare.
"""

from collections.abc import Iterator
from typing import Any

from workbench.core.car.call_rules import json_type
from workbench.core.car.catalog import Catalog, Property
from workbench.core.checks.conversation.session import Session, call_spot, target
from workbench.core.samples import ToolCall

_LARGEST = 2**53


def is_readable(session: Session) -> bool:
    """Whether all calls and the state at the start have names, places and values of the right kind.

    Calls that are made must be for places that the car has; those that are refused or offered may
    name others.
    """
    catalog = session.catalog
    made = (call for step in session.steps for call in step.answers)
    return (
        all(_is_usable(call, catalog) and _target(call, catalog) for call in made)
        and all(_is_usable(call, catalog) for call in _spoken_of(session))
        and all(
            (found := target((one.property, one.area), catalog)) and _fits(one.value, found[0])
            for one in session.sample.state
        )
    )


def _spoken_of(session: Session) -> Iterator[ToolCall]:
    for step in session.steps:
        if step.reply is not None:
            yield from step.reply.wanted
            for option in step.reply.options:
                yield from option


def _target(call: ToolCall, catalog: Catalog) -> bool:
    spot = call_spot(call)
    return spot is not None and target(spot, catalog) is not None


def _is_usable(call: ToolCall, catalog: Catalog) -> bool:
    spot = call_spot(call)
    if spot is None or abs(spot[1]) > _LARGEST or call.name not in catalog.functions:
        return False
    prop = catalog.properties.get(spot[0])
    if "value" not in call.arguments:
        return catalog.functions[call.name].kind == "get"
    return prop is None or _fits(call.arguments["value"], prop)


def _fits(value: Any, prop: Property) -> bool:
    match json_type(prop):
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return type(value) is int and abs(value) <= _LARGEST
        case "number":
            return type(value) in (int, float) and abs(value) <= _LARGEST
        case "string":
            return isinstance(value, str)
    return isinstance(value, list)
