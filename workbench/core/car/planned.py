"""A planned conversation as a prompt shows it: who speaks, and between it calls and results."""

from typing import Any

from workbench.core.car import results
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import CallOutcome, run_sample
from workbench.core.car.words import value_words
from workbench.core.samples import Reply, Sample, ToolCall
from workbench.core.text.prompt_text import line


def plan_shown(plan: Sample, catalog: Catalog) -> dict[str, Any]:
    """Return a plan's lines, and how many sentences are to be written for it.

    A line is `{says, text, kind}`, a sentence to be written, or `{does}`, a call and its result,
    which nobody `says`.
    """
    shown: list[dict[str, Any]] = []
    count = 0
    for done in run_sample(plan, catalog):
        step = done.step
        if step.query is not None:
            shown.append({"says": "passenger", "text": line(step.query), "kind": ""})
            count += 1
        for call, outcome in zip(step.answers, done.outcomes, strict=True):
            shown.append({"says": "", "does": _call_words(call, outcome, catalog)})
        if step.reply is not None:
            text, kind = line(step.reply.text), _kind_words(step.reply, catalog)
            shown.append({"says": "assistant", "text": text, "kind": kind})
            count += 1
    return {"lines": shown, "count": count}


def _call_words(call: ToolCall, outcome: CallOutcome, catalog: Catalog) -> str:
    said = _wish_words(call, catalog)
    prop = catalog.properties.get(str(call.arguments.get("propertyName")))
    answer = outcome.answer
    if outcome.refused:
        came = f"the car refuses: {line(outcome.refused)}"
    elif "value" in answer and prop:
        came = f"the car answers {value_words(answer['value'], prop)}"
    else:
        came = results.SUCCESS
    return f"{said}: {came}"


def _wish_words(call: ToolCall, catalog: Catalog) -> str:
    name, area = str(call.arguments.get("propertyName")), call.arguments.get("areaId")
    prop = catalog.properties.get(name)
    if prop is None:
        return line(f"{call.name} {name}")
    found = prop.areas.get(area) if type(area) is int else None
    where = found.words if found else f"area {line(str(area))}, which it hasn't got"
    label = prop.label or name
    if "value" not in call.arguments:
        return f"reads {label}, {where}"
    return f"sets {label}, {where}, to {value_words(call.arguments['value'], prop)}"


def _kind_words(reply: Reply, catalog: Catalog) -> str:
    if reply.kind == "refuse":
        wanted = "; ".join(_wish_words(call, catalog) for call in reply.wanted)
        return f"refuses ({reply.because}){f': {wanted}' if wanted else ''}"
    if reply.kind == "ask":
        options = (", ".join(_wish_words(c, catalog) for c in option) for option in reply.options)
        return f"asks back, offering: {' | '.join(options)}"
    return {"tell": "tells", "chat": "small talk"}.get(reply.kind, line(reply.kind))
