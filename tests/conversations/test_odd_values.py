"""Whatever stands where in a conversation, its verification ends with findings, never an error."""

import copy
import json
from pathlib import Path

import pytest

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.checks import STAGES
from workbench.core.samples import from_item

FILE = Path(__file__).with_name("review.json")
ODD = [
    None,
    True,
    "1",
    "x" * 5000,
    "",
    10**400,
    -1,
    1e308,
    2.5,
    [],
    [1, "a"],
    {},
    {"a": {"b": [1]}},
]
FUEL = {
    "name": "getIntArrayProperty",
    "arguments": {"propertyName": "INFO_FUEL_TYPE", "areaId": 0},
}
MAKE = {"name": "getStringProperty", "arguments": {"propertyName": "INFO_MAKE", "areaId": 0}}


@pytest.fixture(scope="module")
def verifier():
    return load_verifier(CatalogFiles(), STAGES).ready()


def items():
    return json.loads(FILE.read_text(encoding="utf-8"))


def places(value, place=()):
    """Yield where there are values in an item."""
    if place:
        yield place
    if isinstance(value, dict):
        pairs = list(value.items())
    else:
        pairs = list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in pairs:
        yield from places(inner, (*place, key))


def with_odd_values():
    """Yield samples of which one value is odd, those that can be read."""
    for item in items():
        for place in places(item):
            for odd in ODD:
                broken = copy.deepcopy(item)
                inner = broken
                for key in place[:-1]:
                    inner = inner[key]
                inner[place[-1]] = odd
                try:
                    yield from_item(broken)
                except ValueError:
                    continue


@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_any_value_may_be_odd(verifier, step):
    samples = list(with_odd_values())[::step]
    assert len(samples) > 2000 // step
    assert {verifier.verify(sample).status for sample in samples} == {"pass", "warn", "fail"}


@pytest.mark.parametrize("call", [FUEL, MAKE], ids=["a list", "text"])
def test_any_read_may_be_of_a_list_or_of_text(verifier, call):
    for item in items():
        for step in (item, *item.get("then", ())):
            step["answers"] = [call for _ in step.get("answers", ())]
            for option in step.get("reply", {}).get("options", ()):
                option[:] = [call]
        verifier.verify(from_item(item))
