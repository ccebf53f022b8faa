"""Samples as a model should learn them."""

from collections.abc import Mapping
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.samples import Sample, ToolCall


def canonical(sample: Sample, catalog: Catalog) -> Sample:
    """Return the sample as a model should learn it: Floats with a fraction, arguments in order.

    Arguments are in the order of the function's parameters, unknown ones last. Returns the sample
    itself if nothing changes.
    """
    answers = tuple(_canonical_call(call, catalog) for call in sample.answers)
    if all(new is old for new, old in zip(answers, sample.answers, strict=True)):
        return sample
    return Sample(sample.query, answers, sample.meta)


def _canonical_call(call: ToolCall, catalog: Catalog) -> ToolCall:
    function = catalog.functions.get(call.name)
    if function is None:
        return call
    arguments = call.arguments
    names = [name for name in function.parameters if name in arguments]
    names += [name for name in arguments if name not in function.parameters]
    changed = names != list(arguments)
    ordered: dict[str, Any] = {}
    for name in names:
        value = arguments[name]
        ordered[name] = _as_declared(value, function.parameters.get(name, {}))
        changed = changed or ordered[name] is not value
    return ToolCall(call.name, ordered) if changed else call


def _as_declared(value: Any, schema: Mapping[str, Any]) -> Any:
    wanted = str(schema.get("type", "")).lower()
    if wanted == "number" and type(value) is int and abs(value) < 2**53:
        return float(value)
    if wanted == "array" and isinstance(value, list):
        elements = [_as_declared(element, schema.get("items") or {}) for element in value]
        if any(new is not old for new, old in zip(elements, value, strict=True)):
            return elements
    return value
