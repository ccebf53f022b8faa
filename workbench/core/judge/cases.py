"""Samples as a model sees them: the query, the calls in words, and what they do in the car."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from math import ceil
from typing import Any

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.vehicle import CallOutcome, Vehicle, run_sample
from workbench.core.car.words import value_words
from workbench.core.judge.tasks import is_conversation_id
from workbench.core.samples import Reply, Sample, StateValue, ToolCall, to_item, without_extras
from workbench.core.text.excerpts import excerpt, left_out
from workbench.core.text.prompt_text import MOST_CALLS, call_shown, line, sample_shown
from workbench.core.verdicts import Finding, Verdict

BATCH = 8
"""Samples in a request: enough to share the brief's cost, few enough that none gets overlooked."""
CONVERSATION_BATCH = 4
"""Conversations in a request: each is as long as several requests and their calls."""

_TAG = 4
_MOST_FINDINGS = 50


def tagged(samples: Sequence[Sample]) -> dict[str, Sample]:
    """Return the samples of a request by a short tag.

    The tag depends on the content, not the place, so a model that skips one sample cannot shift the
    answers of the others. Equal samples share a tag.
    """
    tags: dict[str, Sample] = {}
    for sample in samples:
        digest = blake2b(sample.id.encode(), digest_size=16).hexdigest()
        length = _TAG
        while tags.get(digest[:length], sample).id != sample.id:
            length += 1
        tags[digest[:length]] = sample
    return tags


def in_batches(
    samples: Iterable[Sample], size: int, seed: int, turn: int
) -> Iterator[tuple[Sample, ...]]:
    """Shuffle and cut into requests: a sample's neighbours differ from turn to turn."""
    shuffled = list(samples)
    random.Random(f"{seed} {turn}").shuffle(shuffled)
    for start in range(0, len(shuffled), size):
        yield tuple(shuffled[start : start + size])


def in_requests(
    samples: Iterable[Sample], most: int, seed: int, turn: int
) -> Iterator[tuple[Sample, ...]]:
    """Cut into requests as `in_batches` does, single requests first: none holds both kinds.

    most: samples in a request.
    """
    found = list(samples)
    for conversations, size in ((False, most), (True, min(most, CONVERSATION_BATCH))):
        alike = [sample for sample in found if sample.is_conversation is conversations]
        yield from in_batches(alike, size, seed, turn)


def requests_for(sample_ids: Iterable[str]) -> int:
    """Return how many requests it takes to ask about contents once."""
    ids = list(sample_ids)
    conversations = sum(map(is_conversation_id, ids))
    return ceil((len(ids) - conversations) / BATCH) + ceil(conversations / CONVERSATION_BATCH)


def case_values(tag: str, sample: Sample, catalog: Catalog) -> dict[str, Any]:
    """Return what a template says of a sample: tag, query, and calls, raw, in words and as run."""
    vehicle = Vehicle(catalog)
    calls = []
    for call in sample.answers[:MOST_CALLS]:
        outcome = vehicle.run(call)
        calls.append(
            {
                "raw": call_shown(call),
                "words": line(call_in_words(call, catalog)),
                "effect": line(_effect(call, outcome, catalog)),
            }
        )
    return {"tag": tag, "query": sample_shown(sample)["query"], "calls": calls}


def conversation_values(tag: str, sample: Sample, catalog: Catalog) -> dict[str, Any]:
    """Return what a template says of a conversation: its tag, the state before it, raw and in
    words, and its steps as they run on the car.

    A step has `query` and `reply`, None where there is none, and calls as in `case_values`. Beside
    the reply stands what it refuses or offers, in words. more: how many steps are left out.
    """
    part = excerpt(without_extras(sample))
    item = to_item(part)
    items = [item, *item.get("then", ())]
    steps = []
    for step, raw, done in zip(part.steps, items, run_sample(sample, catalog), strict=False):
        state = [StateValue(*place, value) for place, value in done.state.items()]
        calls = zip(step.answers, done.outcomes, strict=False)
        steps.append(
            {
                "query": step.query,
                "calls": [_call_values(call, outcome, catalog) for call, outcome in calls],
                "more": len(done.outcomes) - len(step.answers),
                "reply": raw.get("reply"),
                "about": [*_about(step.reply, state, catalog)] if step.reply else [],
            }
        )
    return {
        "tag": tag,
        "state": item.get("state", []),
        "state_words": [_state_words(one, catalog) for one in part.state],
        "steps": steps,
        "more": left_out(sample, part),
    }


def _call_values(call: ToolCall, outcome: CallOutcome, catalog: Catalog) -> dict[str, Any]:
    return {
        "raw": {"name": call.name, "arguments": call.arguments},
        "words": line(call_in_words(call, catalog)),
        "effect": line(_effect(call, outcome, catalog)),
    }


def _state_words(one: StateValue, catalog: Catalog) -> str:
    prop = catalog.properties.get(one.property)
    area = prop.areas.get(one.area) if prop else None
    if prop is None or area is None:
        return "a value that this car doesn't have"
    return line(f"{prop.label}, {area.words}: {value_words(one.value, prop)}")


def _about(reply: Reply, state: Sequence[StateValue], catalog: Catalog) -> Iterator[str]:
    """Say in words what a reply refuses, with what the car says to it, or what it offers.

    state: the car's then.
    """
    for call in reply.wanted:
        refused = Vehicle(catalog, state).run(call).refused
        came = f"the car refuses it: {refused}" if refused else "the car would do it"
        yield line(f"refused: {call_in_words(call, catalog)}; {came}")
    for number, option in enumerate(reply.options, start=1):
        words = "; ".join(call_in_words(call, catalog) for call in option)
        yield line(f"option {number}: {words or 'nothing'}")


def repair_values(
    tag: str, sample: Sample, verdict: Verdict, attempts: Sequence[tuple[Sample, Verdict]]
) -> dict[str, Any]:
    """Return what a template says of a sample to repair, and of earlier attempts."""
    tried = [
        sample_shown(attempt)
        | {"findings": _objections(said) or [_SAME if attempt.id == sample.id else _NOTHING]}
        for attempt, said in attempts
    ]
    return {"tag": tag, **sample_shown(sample), "findings": _objections(verdict), "attempts": tried}


def conversation_repair_values(
    tag: str,
    sample: Sample,
    verdict: Verdict,
    attempts: Sequence[tuple[Sample, Verdict]],
    catalog: Catalog,
) -> dict[str, Any]:
    """Return what a template says of a conversation to repair, and of earlier attempts."""
    tried = [
        {
            "steps": _step_items(attempt),
            "findings": _objections(said, steps=True)
            or [_SAME if attempt.id == sample.id else _NOTHING],
        }
        for attempt, said in attempts
    ]
    shown = conversation_values(tag, sample, catalog)
    return {**shown, "findings": _objections(verdict, steps=True), "attempts": tried}


def _step_items(sample: Sample) -> list[dict[str, Any]]:
    """Return the steps of a conversation as a repairer writes them, as far as they are shown."""
    part = excerpt(without_extras(sample))
    item = to_item(part)
    first = {name: item[name] for name in ("query", "answers", "reply") if item.get(name)}
    return [first, *item.get("then", ())]


def shown_whole(sample: Sample) -> bool:
    """Whether a prompt shows all of a conversation: of a very long one it shows the beginning."""
    bare = without_extras(sample)
    return excerpt(bare) is bare


_SAME = "it is the same as before"
_NOTHING = "it is no better"


def _objections(verdict: Verdict, *, steps: bool = False) -> list[str]:
    """Say what is wrong, a line for each finding. steps: name the step too, of a conversation."""
    return [
        _place_words(finding, steps) + line(finding.message)
        for finding in verdict.findings[:_MOST_FINDINGS]
        if finding.severity != "info"
    ]


def _place_words(finding: Finding, steps: bool) -> str:
    step = f"step {finding.step + 1}" if steps and finding.path else ""
    call = f"call {finding.call + 1}" if finding.call is not None else ""
    words = ", ".join(filter(None, (step, call)))
    return f"{words}: " if words else ""


def call_in_words(call: ToolCall, catalog: Catalog) -> str:
    """Return what a call asks the car for: `set temperature (…), front left seat, to 22.0 °C`."""
    if lists := catalog.lists_by(call.name):
        return f"list properties, category {call.arguments.get(lists.parameter, lists.every)}"
    prop, area = _target(call.arguments, catalog)
    function = catalog.functions.get(call.name)
    if prop is None:
        return "a call to a property that this car doesn't have"
    verb = "read" if function and function.kind == "get" else "set"
    place = area.words if area else "a place that it doesn't have"
    words = f"{verb} {prop.label} ({prop.name}), {place}"
    if "value" in call.arguments:
        words += f", to {value_words(call.arguments['value'], prop)}"
    return words


def _effect(call: ToolCall, outcome: CallOutcome, catalog: Catalog) -> str:
    if outcome.refused:
        return f"refused: {outcome.refused}"
    if outcome.listed is not None:
        return f"told: the properties of this category, {len(outcome.listed):,} in number"
    prop, _ = _target(call.arguments, catalog)
    if prop is None:
        return "refused"
    before, after = (value_words(value, prop) for value in (outcome.before, outcome.after))
    if "value" in outcome.answer:
        return f"told: {after}"
    return f"{before} → {after}" if before != after else f"stays {after}"


def _target(arguments: Mapping[str, Any], catalog: Catalog) -> tuple[Property | None, Area | None]:
    name, area_id = arguments.get("propertyName"), arguments.get("areaId")
    prop = catalog.properties.get(name) if isinstance(name, str) else None
    area = prop.areas.get(area_id) if prop and type(area_id) is int else None
    return prop, area
