"""Findings that a reviewer calls wrong: what they weigh, and how labels keep them."""

import json

import pytest

from workbench.core.codes import CODES
from workbench.core.review.choices import Choice, DecidedBy, carried, decided, dismissing
from workbench.core.review.dismissals import can_dismiss, dismissal, toggled, weighed, why_not
from workbench.core.review.labels import Label, read_label, to_document
from workbench.core.review.merging import merge
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import Finding, Verdict

ANN = DecidedBy("ann", "2026-01-02T03:04:05+00:00")
PLACE = Finding("grounding.place", "wrong place", ("answers", 0, "arguments", "areaId"))
FIRST = Finding("grounding.missing_place", "none for the rear", ("answers",))
SECOND = Finding("grounding.missing_place", "none for the front", ("answers",))
NUMBER = Finding("grounding.number", "22 is asked for", ("answers", 0, "arguments", "value"))
VERDICT = Verdict((PLACE, FIRST, SECOND, NUMBER))


def sample(value=1):
    return Sample("Warmer", (ToolCall("set", {"value": value}),))


def calling_wrong(finding, one=None, before=None):
    one = one or sample()
    about = dismissal(VERDICT, finding, one.id, "ann", ANN.time)
    return dismissing(one, before, ANN, toggled(before, about))


def test_what_is_called_wrong_no_longer_weighs_and_stays_known():
    found = weighed(VERDICT, sample().id, calling_wrong(NUMBER))
    assert found.findings == (PLACE, FIRST, SECOND)
    assert [(one.finding, one.reviewer) for one in found.dismissed] == [(NUMBER, "ann")]
    alone = weighed(Verdict((NUMBER,)), sample().id, calling_wrong(NUMBER))
    assert (Verdict((NUMBER,)).status, alone.status) == ("warn", "pass")


def test_of_two_findings_at_one_place_only_the_one_meant_is_called_wrong():
    label = calling_wrong(SECOND)
    found = weighed(VERDICT, sample().id, label)
    assert SECOND not in found.findings
    assert FIRST in found.findings
    assert calling_wrong(SECOND, before=label) is None, "a second time takes it back"


def test_an_edit_drops_it_and_undoing_the_edit_brings_it_back():
    label = calling_wrong(PLACE)
    edited = decided(Choice(sample(), "accepted", edited=sample(2)), label, ANN)
    assert weighed(VERDICT, sample(2).id, edited) == VERDICT
    unedited = decided(Choice(sample(), "accepted", edited=None), edited, ANN)
    assert PLACE not in weighed(VERDICT, sample().id, unedited).findings


def test_a_dismissal_in_an_edit_goes_with_the_edit():
    edited = decided(Choice(sample(), "accepted", edited=sample(2)), None, ANN)
    label = calling_wrong(PLACE, sample(2), edited)
    again = decided(Choice(sample(), "accepted", edited=sample(3)), label, ANN)
    assert len(label.dismissed) == 1
    assert again.dismissed == ()


def test_decisions_keep_what_is_called_wrong():
    label = decided(Choice(sample(), "rejected"), calling_wrong(PLACE), ANN)
    assert PLACE not in weighed(VERDICT, sample().id, label).findings


def test_other_calls_for_the_same_request_carry_nothing_over():
    label = decided(Choice(sample(), "accepted"), calling_wrong(PLACE), ANN)
    [other] = carried([label], [sample(2)])
    assert other.dismissed == ()


def test_labels_with_it_are_written_and_read_and_others_stay_as_they_were():
    label = calling_wrong(PLACE)
    assert read_label(json.dumps(to_document(label))) == label
    assert "dismissed" not in to_document(decided(Choice(sample(), "accepted"), None, ANN))


@pytest.mark.parametrize("wrong", ['[{"code": 3}]', '[{"content": "1:a", "code": "x", "nth": -1}]'])
def test_a_dismissal_that_is_none_makes_no_label(wrong):
    with pytest.raises(ValueError, match="dismissed"):
        read_label(f'{{"id": "1:a", "query": "q", "decision": null, "dismissed": {wrong}}}')


def test_a_merge_has_what_either_calls_wrong():
    mine, theirs = calling_wrong(PLACE), calling_wrong(NUMBER)
    merged = merge({mine.id: mine}, [theirs])
    [label] = merged.filled
    assert {one.code for one in label.dismissed} == {PLACE.code, NUMBER.code}
    assert merge({label.id: label}, [theirs]).agreed == 1
    accepted = decided(Choice(sample(), "accepted"), theirs, ANN)
    [taken] = merge({mine.id: mine}, [accepted]).added
    assert len(taken.dismissed) == 2


@pytest.mark.parametrize(
    "code", ["format.unknown_function", "execution.value_out_of_range", "format.chat_marker"]
)
def test_a_fact_cannot_be_called_wrong_and_a_label_that_does_weighs_nothing(code):
    fact = Finding(code, "no such thing", ("answers", 0, "name"))
    verdict = Verdict((fact,))
    about = dismissal(verdict, fact, sample().id)
    label = Label(id=sample().id, query="Warmer", decision=None, dismissed=(about,))
    assert not can_dismiss(fact)
    assert why_not(fact)
    assert weighed(verdict, sample().id, label) == verdict


def test_opinions_may_be_called_wrong_and_what_makes_the_car_refuse_a_call_may_not():
    for code, meaning in CODES.items():
        stage = code.partition(".")[0]
        if meaning.severity == "error":
            assert not meaning.dismissible, code
        elif meaning.severity == "warning" and stage != "format":
            assert meaning.dismissible, code
