"""A fix leaves the calls in their order: planted faults of place, each put right again.

Where a fix gives the calls that were right, they are in the order that they had; a comparison that
minds the order would else fail a model that is right.
"""

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.verifying import verify
from workbench.core.car.catalog import Catalog
from workbench.core.editing.fixing import fix_sample
from workbench.core.json.text import dumps
from workbench.core.samples import Sample, ToolCall, from_item

FOLDER = Path(__file__).parent
STAGES = ("format", "execution", "grounding")
OWN_ORDER = {"Turn on the reading lights for all the rear seats."}
"""Right calls in an order that neither the words nor the car gives."""
SETS = sorted([*FOLDER.glob("samples_*.json"), *FOLDER.glob("unseen_*.json")])


def right_samples(path: Path) -> Iterator[Sample]:
    """Samples with two calls or more that differ in nothing but their place."""
    for item in json.loads(path.read_text(encoding="utf-8")):
        sample = from_item(item)
        if any(alike(one, other) for one, other in combinations(sample.answers, 2)):
            yield sample


def alike(one: ToolCall, other: ToolCall) -> bool:
    return moved(one, 0) == moved(other, 0)


def moved(call: ToolCall, area: object) -> ToolCall:
    return replace_arguments(call, {**call.arguments, "areaId": area})


def replace_arguments(call: ToolCall, arguments: dict[str, object]) -> ToolCall:
    return ToolCall(call.name, arguments)


def planted(sample: Sample, catalog: Catalog) -> Iterator[Sample]:
    """Break one place: the call of another one made twice, one elsewhere, one left out."""
    calls = sample.answers
    for at, call in enumerate(calls):
        others = [c for c in calls if c is not call and alike(c, call)]
        for other in others:
            yield replace(sample, answers=(*calls[:at], other, *calls[at + 1 :]))
        if others:
            yield replace(sample, answers=(*calls[:at], *calls[at + 1 :]))
            prop = catalog.properties[str(call.arguments["propertyName"])]
            taken = {c.arguments.get("areaId") for c in calls}
            for area in sorted(set(prop.areas) - taken)[:1]:
                yield replace(sample, answers=(*calls[:at], moved(call, area), *calls[at + 1 :]))


def keys(sample: Sample) -> list[bytes]:
    return [dumps([call.name, call.arguments], sort_keys=True) for call in sample.answers]


@pytest.mark.parametrize(
    "path",
    [SETS[0], *(pytest.param(path, marks=pytest.mark.exhaustive) for path in SETS[1:])],
    ids=lambda path: path.stem,
)
def test_calls_that_a_fix_puts_right_are_in_their_order(path, catalog):
    restored, reordered = 0, 0
    for right in right_samples(path):
        if right.query in OWN_ORDER or verify(right, catalog, STAGES).status != "pass":
            continue
        for broken in planted(right, catalog):
            fixed = fix_sample(broken, verify(broken, catalog, STAGES).findings).sample
            if sorted(keys(fixed)) == sorted(keys(right)):
                restored += 1
                reordered += keys(fixed) != keys(right)
    assert restored > 50
    assert reordered == 0
