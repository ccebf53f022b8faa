"""Conversations: right ones pass, and a fault that can be proved is found, with its fix."""

import json

import pytest

from tests.conversation_faults import FAULTS, RIGHT, broken
from tests.verifying import verifier_of
from workbench.core.checks import DEFAULT_STAGES, Verifier
from workbench.core.codes import CODES
from workbench.core.samples import Sample, ToolCall, from_item
from workbench.core.verdicts import apply_fixes

ITEMS = json.loads(RIGHT.read_bytes())
STAGES = ("format", "execution", "conversation")


@pytest.fixture(scope="module")
def verifier(catalog):
    return verifier_of(catalog, STAGES)


@pytest.fixture(scope="module")
def faults(catalog):
    return [(item, *fault) for item in ITEMS for fault in broken(item, catalog)]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["query"])
def test_a_right_conversation_passes(verifier, item):
    assert verifier.verify(from_item(item)).findings == ()


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_a_kind_is_found(verifier, faults, name):
    own = [(code, sample) for _, kind, code, sample in faults if kind == name]
    assert own
    missed = [
        sample
        for code, sample in own
        if code not in [finding.code for finding in verifier.verify(sample).findings]
    ]
    assert missed == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fix_removes_what_it_is_for(verifier, faults, name):
    for _, kind, code, sample in faults:
        if kind != name:
            continue
        for finding in verifier.verify(sample).findings:
            if finding.code == code and finding.fix is not None:
                fixed = verifier.verify(apply_fixes(sample, [finding.fix]))
                assert (finding.code, finding.path) not in [
                    (f.code, f.path) for f in fixed.findings
                ]


SIGHT = [
    "a place set twice for one request",
    "a read of what has just been read",
    "a change before its question is answered",
    "a relative wish that reads nothing",
    "undoing to another value",
    "undoing with something else besides",
    "a refusal without having tried",
]


@pytest.mark.parametrize("name", SIGHT)
def test_the_fix_of_what_was_broken_gives_back_the_right_conversation(verifier, faults, name):
    for item, kind, code, sample in faults:
        if kind == name:
            found = [one for one in verifier.verify(sample).findings if one.code == code]
            assert apply_fixes(sample, [found[0].fix]).id == from_item(item).id


def test_what_the_car_proves_is_an_error_and_what_words_say_is_a_warning(catalog, faults):
    reading = verifier_of(catalog, ("conversation",))
    blind = Verifier(catalog, lambda: pytest.fail("words were read"), ("conversation",))
    for _, _, _, sample in faults[::5]:
        findings = reading.verify(sample).findings
        assert blind.errors(sample) == [one for one in findings if one.severity == "error"]


def test_errors_of_conversations_are_facts():
    own = {code: told for code, told in CODES.items() if code.startswith("conversation.")}
    assert all(told.dismissible == (told.severity == "warning") for told in own.values())


def test_the_stage_is_one_of_those_that_make_a_verdict_and_leaves_single_calls_alone(catalog):
    assert "conversation" in DEFAULT_STAGES
    blind = Verifier(catalog, lambda: pytest.fail("words were read"), ("conversation",))
    arguments = {"propertyName": "HVAC_AC_ON", "areaId": 1}
    sample = Sample("is the AC on?", (ToolCall("getBooleanProperty", arguments),))
    assert blind.verify(sample).findings == ()


def test_a_conversation_that_is_too_long_is_not_run(verifier):
    item = ITEMS[0]
    long = from_item(item | {"then": item["then"] * 60})
    codes = [one.code for one in verifier.verify(long).findings]
    assert codes.count("conversation.not_read") == 1


def test_a_picked_option_is_carried_out_before_it_is_told(verifier):
    left, right = (
        {
            "name": "setIntProperty",
            "arguments": {"propertyName": "WINDOW_POS", "areaId": area, "value": 10},
        }
        for area in (256, 1024)
    )
    item = {
        "query": "open one of the rear windows please",
        "answers": [],
        "reply": {"kind": "ask", "options": [[left], [right]], "text": "Left or right?"},
        "then": [
            {"query": "the left", "reply": {"kind": "tell", "text": "Then that's done already."}}
        ],
    }

    def codes(item):
        return {one.code for one in verifier.verify(from_item(item)).findings}

    assert "conversation.other_answer" in codes(item)
    done = {"answers": [left], "query": "the left"}
    told = {"reply": {"kind": "tell", "text": "It's open."}}
    assert "conversation.other_answer" not in codes(item | {"then": [done, told]})
    chat = {"query": "never mind", "reply": {"kind": "chat", "text": "All right."}}
    assert "conversation.other_answer" not in codes(item | {"then": [chat]})
