"""Spoil a sample as language models do: one thing wrong, the rest sound."""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from workbench.core.car.catalog import Catalog

_Call = dict[str, Any]


def spoil(item: dict[str, Any], catalog: Catalog, draw: Random) -> dict[str, Any]:
    """Give the sample with one thing wrong in it."""
    spoilt = copy.deepcopy(item)
    if len(spoilt["answers"]) > 1 and draw.random() < 0.25:
        del spoilt["answers"][draw.randrange(len(spoilt["answers"]))]
        return spoilt
    call = draw.choice(spoilt["answers"])
    ways: list[Callable[[_Call, Catalog, Random], None]] = [_area, _property]
    if "value" in call["arguments"]:
        ways += [_value, _type]
    draw.choice(ways)(call, catalog, draw)
    return spoilt


def _area(call: _Call, catalog: Catalog, draw: Random) -> None:
    """Another place of the property, or none that it has."""
    arguments = call["arguments"]
    others = list(catalog.properties[arguments["propertyName"]].areas)
    arguments["areaId"] = draw.choice([a for a in (*others, 2, 3) if a != arguments["areaId"]])


def _property(call: _Call, _catalog: Catalog, draw: Random) -> None:
    """A name that no property has: a part is missing, or one too many is there."""
    name = call["arguments"]["propertyName"]
    shorter = name.rsplit("_", 1)[0]
    call["arguments"]["propertyName"] = draw.choice([shorter, f"{name}_LEVEL"])


def _value(call: _Call, _catalog: Catalog, draw: Random) -> None:
    """Another value: out of range, or the opposite."""
    value = call["arguments"]["value"]
    if isinstance(value, bool):
        value = not value
    elif isinstance(value, int | float):
        value = draw.choice([value + 1, value * 10 + 100])
    elif isinstance(value, list):
        value = value[:-1]
    call["arguments"]["value"] = value


def _type(call: _Call, _catalog: Catalog, _draw: Random) -> None:
    """The value as a string."""
    call["arguments"]["value"] = str(call["arguments"]["value"])
