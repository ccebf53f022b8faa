"""Samples as a model sees them: the query, the calls in words, and what they do in the car."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.vehicle import CallOutcome, Vehicle
from workbench.core.car.words import value_words
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.prompt_text import MOST_CALLS, call_shown, line, sample_shown
from workbench.core.verdicts import Verdict

BATCH = 8
"""Samples in a request: enough to share the brief's cost, few enough that none gets overlooked."""

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


_SAME = "it is the same as before"
_NOTHING = "it is no better"


def _objections(verdict: Verdict) -> list[str]:
    return [
        (f"call {finding.call + 1}: " if finding.call is not None else "") + line(finding.message)
        for finding in verdict.findings[:_MOST_FINDINGS]
        if finding.severity != "info"
    ]


def call_in_words(call: ToolCall, catalog: Catalog) -> str:
    """Return what a call asks the car for: `set temperature (…), front left seat, to 22.0 °C`."""
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
