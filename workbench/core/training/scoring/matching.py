"""When two calls are the same, and which call of an answer corresponds to which gold one."""

from collections.abc import Sequence
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.likeness.contrast import AREA_ARGUMENT, PROPERTY_ARGUMENT
from workbench.core.samples import ToolCall

PARTS = ("function", "property", "area", "value")
"""The parts of a call. A read has no value; its absence must match as well."""

_MISSING = object()


def same_value(left: Any, right: Any, kind: str) -> bool:
    """Whether two JSON values are equal to a car. kind: the parameter's declared type.

    `true` isn't 1; 22 equals 22.0 only if a fraction is allowed (`number`). Arrays and objects are
    compared element by element, by the same rule.
    """
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            same_value(a, b, kind) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same_value(left[key], right[key], kind) for key in left
        )
    if type(left) is type(right):
        return bool(left == right)
    numbers = {type(left), type(right)} == {int, float}
    return kind == "number" and numbers and bool(left == right)


def same_call(left: ToolCall, right: ToolCall, catalog: Catalog) -> bool:
    """Whether two calls are the same: function and arguments, by the rule of `same_value`."""
    if left.name != right.name or left.arguments.keys() != right.arguments.keys():
        return False
    return all(
        same_value(left.arguments[key], right.arguments[key], _kind(left.name, key, catalog))
        for key in left.arguments
    )


def peer_equal(gold: Sequence[ToolCall], given: Sequence[ToolCall]) -> bool:
    """Compare as CarTool-Instruct does: in order, with Python's `==`, to which `true` is 1."""
    return [(c.name, c.arguments) for c in gold] == [(c.name, c.arguments) for c in given]


def matched(gold: Sequence[ToolCall], given: Sequence[ToolCall], catalog: Catalog) -> int:
    """Count the calls that are in both, in any order; each is matched with only one other."""
    left = list(gold)
    count = 0
    for call in given:
        for index, other in enumerate(left):
            if same_call(other, call, catalog):
                del left[index]
                count += 1
                break
    return count


def right_parts(gold: ToolCall, given: ToolCall, catalog: Catalog) -> tuple[bool, ...]:
    """Return which of `PARTS` are right in a call."""

    def part(name: str) -> bool:
        left = gold.arguments.get(name, _MISSING)
        right = given.arguments.get(name, _MISSING)
        if left is _MISSING or right is _MISSING:
            return left is right
        return same_value(left, right, _kind(gold.name, name, catalog))

    return (
        gold.name == given.name,
        part(PROPERTY_ARGUMENT),
        part(AREA_ARGUMENT),
        part("value"),
    )


def aligned(
    gold: Sequence[ToolCall], given: Sequence[ToolCall], catalog: Catalog
) -> list[tuple[ToolCall, ToolCall, tuple[bool, ...]]]:
    """Pair calls so that as many parts as possible are right, with the parts of each pair.

    The best pair first, and of equal ones the earliest: an answer has few calls, and swapped ones
    are recognised either way.
    """
    if not gold or not given:
        return []
    import numpy as np  # see `core.focus`, which needs none of it

    parts = [[right_parts(left, right, catalog) for right in given] for left in gold]
    scores = np.array([[sum(cell) + (cell[1] and 0.5) for cell in row] for row in parts])
    pairs = []
    for _ in range(min(len(gold), len(given))):
        row, column = divmod(int(scores.argmax()), len(given))
        pairs.append((gold[row], given[column], parts[row][column]))
        scores[row, :] = -1
        scores[:, column] = -1
    return pairs


def _kind(function: str, parameter: str, catalog: Catalog) -> str:
    known = catalog.functions.get(function)
    schema = known.parameters.get(parameter, {}) if known else {}
    kind = str(schema.get("type", "")).lower()
    if kind == "array":
        return str((schema.get("items") or {}).get("type", "")).lower()
    return kind
