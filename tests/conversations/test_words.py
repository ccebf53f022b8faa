"""What only the words of conversations tell: right ones raise nothing, broken ones are found.

`tuning.json` is what the rules were tuned with: `{sample, expect}`, the codes that must be among
the findings, none for conversations that are right.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.verifying import verifier_of
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.car.catalog import Catalog
from workbench.core.checks import STAGES
from workbench.core.samples import Sample, from_item
from workbench.core.verdicts import Finding, apply_fixes

TUNING = json.loads((Path(__file__).parent / "tuning.json").read_text())
RIGHT = [one["sample"] for one in TUNING if not one["expect"]]
BROKEN = [one for one in TUNING if one["expect"]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(CatalogFiles())


def found(item: dict[str, Any] | Sample, catalog: Catalog) -> list[Finding]:
    sample = item if isinstance(item, Sample) else from_item(item)
    findings = verifier_of(catalog, STAGES).verify(sample).findings
    return [finding for finding in findings if finding.severity != "info"]


def told(item: dict[str, Any]) -> str:
    steps = [item, *item.get("then", [])]
    return " / ".join(step["query"] for step in steps if "query" in step)


@pytest.mark.exhaustive
def test_a_right_conversation_raises_nothing(catalog: Catalog) -> None:
    alarms = [(told(item), one.code) for item in RIGHT for one in found(item, catalog)]
    assert alarms == []
    assert len(RIGHT) >= 200


def test_a_broken_conversation_is_found_by_what_is_wrong_with_it(catalog: Catalog) -> None:
    missed = [
        (told(one["sample"]), one["expect"])
        for one in BROKEN
        if not set(one["expect"]) <= {finding.code for finding in found(one["sample"], catalog)}
    ]
    assert missed == []
    assert len(BROKEN) >= 60


def test_a_finding_points_at_something_that_is_there(catalog: Catalog) -> None:
    for one in BROKEN:
        for finding in found(one["sample"], catalog):
            place: Any = one["sample"]
            for key in finding.path:
                place = place[key]


def test_a_fix_takes_its_finding_away(catalog: Catalog) -> None:
    fixed = 0
    for one in BROKEN:
        sample = from_item(one["sample"])
        for finding in found(sample, catalog):
            if finding.fix is not None and finding.code in one["expect"]:
                after = apply_fixes(sample, [finding.fix])
                again = [(f.code, f.path) for f in found(after, catalog)]
                assert (finding.code, finding.path) not in again, told(one["sample"])
                fixed += 1
    assert fixed >= 25


def test_only_conversations_are_held_against_what_was_before(catalog: Catalog) -> None:
    """A single call is read as before: a wish for more states no start, and may be set blind."""
    call = {"propertyName": "HVAC_FAN_SPEED", "areaId": 1, "value": 4}
    item = {"query": "turn the fan up", "answers": [{"name": "setIntProperty", "arguments": call}]}
    assert not [one for one in found(item, catalog) if one.stage == "conversation"]


def conversation(words: str, text: str, value: float) -> dict[str, Any]:
    """A reading of the temperature, and a reply."""
    call = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1}
    return {
        "query": words,
        "answers": [{"name": "getFloatProperty", "arguments": call}],
        "state": [["HVAC_TEMPERATURE_SET", 1, value]],
        "then": [{"reply": {"kind": "tell", "text": text}}],
    }


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("It's set to 21 and a half.", True),
        ("21.5 degrees.", True),
        ("It's on 70.7 Fahrenheit.", True),
        ("About 22 degrees.", True),
        ("Your side's at 21.5.", True),
        ("It's set to 24.", False),
        ("19 degrees on your side.", False),
        ("It's 21.5 for your passenger's seat.", False),
    ],
)
def test_numbers_and_places_of_a_reply_are_held_against_the_result(
    text: str, true: bool, catalog: Catalog
) -> None:
    codes = {one.code for one in found(conversation("what's mine set to?", text, 21.5), catalog)}
    assert ("conversation.untrue_reply" not in codes) is true


def test_a_message_gives_the_right_fact(catalog: Catalog) -> None:
    [finding] = found(conversation("what's mine set to?", "It's on 25 degrees.", 21.5), catalog)
    assert "HVAC_TEMPERATURE_SET is 21.5 °C" in finding.message


@pytest.mark.parametrize("value", [None, [1.5, "a"], "on", {}])
def test_values_of_another_type_are_left_to_other_stages(value: Any, catalog: Catalog) -> None:
    [item] = [one for one in RIGHT if one["query"] == "turn the fan up two"]
    broken = json.loads(json.dumps(item))
    broken["then"][0]["answers"][0]["arguments"]["value"] = value
    stages = {one.stage for one in found(broken, catalog)}
    assert stages & {"format", "execution"}
    assert "conversation" not in stages
