"""German requests: the commonest properties are read by word lists alone, all others aren't."""

import json
from pathlib import Path

import pytest

from tests.grounding.test_grounding import call
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.checks import STAGES
from workbench.core.checks.grounding.evidence import evidence
from workbench.core.checks.grounding.explain import explain
from workbench.core.checks.verifier import Verifier
from workbench.core.samples import Sample, ToolCall

FOLDER = Path(__file__).parent
NOT_READ = {"grounding.not_read"}


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return load_verifier(CatalogFiles(), STAGES)


def codes(verifier: Verifier, query: str, *calls: tuple[object, ...]) -> set[str]:
    made = tuple(call(verifier.catalog, *one) for one in calls)
    return {finding.code for finding in verifier.verify(Sample(query, made)).findings}


@pytest.mark.parametrize(
    ("query", "right", "wrong", "code"),
    [
        (
            "Stell die Temperatur auf zweiundzwanzig Grad",
            ("HVAC_TEMPERATURE_SET", 1, 22.0),
            ("HVAC_TEMPERATURE_SET", 1, 24.0),
            "grounding.number",
        ),
        (
            "Mach das Fenster hinten links auf",
            ("WINDOW_POS", 256, 10),
            ("WINDOW_POS", 1024, 10),
            "grounding.place",
        ),
        (
            "Mach bitte das Beifahrerfenster zu",
            ("WINDOW_POS", 64, 0),
            ("WINDOW_POS", 64, 10),
            "grounding.value",
        ),
        (
            "Ist die Fahrertür abgeschlossen?",
            ("DOOR_LOCK", 1),
            ("DOOR_LOCK", 1, True),
            "grounding.access",
        ),
        (
            "Schalte die Umluft aus",
            ("HVAC_RECIRC_ON", 1, False),
            ("HVAC_AC_ON", 1, False),
            "grounding.property",
        ),
        (
            "Öffne den Kofferraum",
            ("DOOR_POS", 536870912, 1),
            ("DOOR_POS", 1, 1),
            "grounding.place",
        ),
    ],
)
def test_german_requests_are_held_against_the_calls(
    verifier: Verifier, query: str, right: tuple, wrong: tuple, code: str
) -> None:
    assert codes(verifier, query, right) == set()
    assert code in codes(verifier, query, wrong)


def test_what_the_german_lists_lack_is_not_read(verifier: Verifier) -> None:
    pressure = ("TIRE_PRESSURE", 1)
    for made in (pressure, ("TIRE_PRESSURE", 4)):
        found = codes(verifier, "Wie hoch ist der Reifendruck vorne links?", made)
        assert found == NOT_READ


def test_no_right_german_request_of_those_at_hand_is_objected_to(verifier: Verifier) -> None:
    other = json.loads((FOLDER / "other_languages.json").read_text(encoding="utf-8"))
    calls = [ToolCall(one["name"], one["arguments"]) for one in other["calls"]]
    for some in (other["requests"]["German"], other["terse"]["German"]):
        for query, made in zip(some, calls, strict=True):
            findings = verifier.verify(Sample(query, (made,))).findings
            assert {one.code for one in findings if one.severity != "info"} == set(), query


def test_the_words_behind_a_call_are_shown_in_german_too(verifier: Verifier) -> None:
    query = "Mach das Fenster hinten links auf"
    made = call(verifier.catalog, "WINDOW_POS", 256, 10)
    [behind] = evidence(Sample(query, (made,)), verifier.rules)
    said = [query[begin:end] for begin, end in behind.all]

    assert "Fenster hinten links auf" in " ".join(said)
    assert explain(query, verifier.rules).places == (("hinten links", "rear left"),)
