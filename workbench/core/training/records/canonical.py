"""Samples as a model should learn them."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.samples import Reply, Sample, Step, ToolCall, with_steps

_Calls = tuple[ToolCall, ...]


def canonical(sample: Sample, catalog: Catalog) -> Sample:
    """Return the sample as a model should learn it: Floats with a fraction, arguments in order.

    Arguments are in the order of the function's parameters, unknown ones last. Returns the sample
    itself if nothing changes.
    """
    if sample.is_conversation:
        before = sample.steps
        steps = tuple(_canonical_step(step, catalog) for step in before)
        return sample if _same(steps, before) else with_steps(sample, steps)
    answers = _canonical_calls(sample.answers, catalog)
    if answers is sample.answers:
        return sample
    return Sample(sample.query, answers, sample.meta)


def _canonical_calls(calls: _Calls, catalog: Catalog) -> _Calls:
    """Return the calls in canonical form; the same tuple if nothing changes."""
    made = tuple(_canonical_call(call, catalog) for call in calls)
    return calls if _same(made, calls) else made


def _canonical_step(step: Step, catalog: Catalog) -> Step:
    answers = _canonical_calls(step.answers, catalog)
    reply = step.reply and _canonical_reply(step.reply, catalog)
    if answers is step.answers and reply is step.reply:
        return step
    return Step(step.query, answers, reply, step.extra)


def _canonical_reply(reply: Reply, catalog: Catalog) -> Reply:
    wanted = _canonical_calls(reply.wanted, catalog)
    options = tuple(_canonical_calls(option, catalog) for option in reply.options)
    if wanted is reply.wanted and _same(options, reply.options):
        return reply
    return Reply(reply.kind, reply.text, reply.because, wanted, options, reply.extra)


def _same(new: Sequence[Any], old: Sequence[Any]) -> bool:
    """Whether these are the very same objects: equal ones may differ, as 22 and 22.0 do."""
    return all(one is other for one, other in zip(new, old, strict=True))


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
