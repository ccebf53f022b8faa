"""What isn't English isn't read, and that is said; nothing is objected to for words by chance.

German has word lists for the commonest properties: see `test_german.py`.

`other_languages.json` has right requests: `requests`, which the word lists were written with, and
`terse` ones by the same writer, which they weren't changed for afterwards.
"""

import json
from pathlib import Path

import pytest

from tests.conversation_faults import RIGHT
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.checks import STAGES
from workbench.core.checks.grounding.evidence import evidence
from workbench.core.checks.grounding.explain import explain
from workbench.core.checks.verifier import Verifier
from workbench.core.samples import Sample, ToolCall, from_item

OTHER = json.loads((Path(__file__).parent / "other_languages.json").read_text(encoding="utf-8"))
CALLS = [ToolCall(call["name"], call["arguments"]) for call in OTHER["calls"]]
NOT_READ = {"grounding.not_read"}


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return load_verifier(CatalogFiles(), STAGES)


def codes(verifier: Verifier, query: str, *calls: ToolCall) -> set[str]:
    return {finding.code for finding in verifier.verify(Sample(query, calls)).findings}


UNREAD = [language for language in OTHER["requests"] if language != "German"]


@pytest.mark.parametrize("language", UNREAD)
def test_right_requests_in_other_languages_are_not_read(verifier: Verifier, language: str) -> None:
    requests = OTHER["requests"][language]
    assert {
        q: codes(verifier, q, c) for q, c in zip(requests, CALLS, strict=True)
    } == dict.fromkeys(requests, NOT_READ)


def test_nor_are_terse_ones_whose_words_are_in_no_list(verifier: Verifier) -> None:
    terse = [
        pair
        for language, some in OTHER["terse"].items()
        if language != "German"
        for pair in zip(some, CALLS, strict=True)
    ]
    found = {query: codes(verifier, query, call) for query, call in terse}
    read = [query for query, codes in found.items() if not codes]

    assert read == ["Warnings"]  # in French, the hazard lights
    assert all(codes <= NOT_READ for codes in found.values())
    assert len(terse) >= 140


def test_nor_are_mixtures_of_english_and_another_language(verifier: Verifier) -> None:
    found = {query: codes(verifier, query, CALLS[at]) for query, at in OTHER["mixed"]}
    assert {query: codes for query, codes in found.items() if codes - NOT_READ} == {}
    assert sum(codes == NOT_READ for codes in found.values()) >= 15


def test_a_wrong_call_is_not_objected_to_for_words_that_are_not_read(verifier: Verifier) -> None:
    requests = [query for language in UNREAD for query in OTHER["requests"][language]]
    wrong = [codes(verifier, query, call) for query in requests for call in CALLS[:2]]
    assert set().union(*wrong) == NOT_READ


def window(area: int) -> ToolCall:
    arguments = {"propertyName": "WINDOW_POS", "areaId": area, "value": 10}
    return ToolCall("setIntProperty", arguments)


READ = {
    "names": "Les, Al and Rosa want the driver's window open",
    "a borrowed word": "I'm at the café with my fiancée, open the driver's window",
    "a name in Spanish": "we're in El Paso, open the driver's window all the way",
    "politely": "open the driver's window, por favor",
    "in Scots": "och, open the driver's windae, it's roastin in here",
    "in Patois": "open up di driver window deh, mi hot",
    "signs": "open the driver's window ½… no: 100 % — it's 30 °C ☀",
    "full-width letters": "ｏｐｅｎ the driver's window",
    "an emoji and a flag": "open the driver's window 🚗🇩🇪",
}


@pytest.mark.parametrize("query", READ.values(), ids=READ)
def test_english_with_a_word_from_elsewhere_is_read(verifier: Verifier, query: str) -> None:
    assert "isn't read as English" not in str(verifier.verify(Sample(query, (window(16),))))
    assert codes(verifier, query, window(1024)) - NOT_READ


def test_the_words_are_quoted_by_which_it_is_not_read(verifier: Verifier) -> None:
    query = "okay, apri il finestrino del guidatore fino in fondo please"
    [finding] = verifier.verify(Sample(query, (window(16),))).findings

    assert "“apri il finestrino del guid…”" in finding.message
    assert finding.path == ("query",)
    assert explain(query, verifier.rules).unread == ("apri il finestrino del guidatore",)


def test_no_word_is_underlined_that_is_not_read(verifier: Verifier) -> None:
    sample = Sample("把driver的window全部打开 now", (window(16),))
    assert [one.all for one in evidence(sample, verifier.rules)] == [()]


SAID = {"German": "Mach es bitte wie beim letzten Mal", "Chinese": "请帮我弄一下这个"}


@pytest.mark.parametrize("words", SAID.values(), ids=SAID)
def test_no_turn_of_a_conversation_is_objected_to_for_words_that_are_not_read(
    verifier: Verifier, words: str
) -> None:
    for item in json.loads(RIGHT.read_text(encoding="utf-8")):
        plain = verifier.verify(from_item(item)).findings
        other = verifier.verify(from_item(with_words(item, words))).findings
        new = {finding.code for finding in other} - {finding.code for finding in plain}
        assert new <= NOT_READ, item
        turns = sum("query" in step for step in (item, *item.get("then", ())))
        assert sum(finding.code in NOT_READ for finding in other) == turns


def with_words(value: object, words: str) -> object:
    """Put the same words in place of all that is said to the assistant."""
    if isinstance(value, dict):
        return {k: words if k == "query" else with_words(v, words) for k, v in value.items()}
    return [with_words(one, words) for one in value] if isinstance(value, list) else value
