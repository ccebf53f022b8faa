"""What a judge says of a conversation: where its objections belong."""

import json

import pytest
from conversations import EVERY, SEAT, TOO_WARM, WARMER
from readers import fine, fine_talk, wrong, wrong_talk
from small_car import small_catalog
from verifying import verifier_of

from workbench.core.judge.answers import read_votes
from workbench.core.judge.cases import requests_for
from workbench.core.judge.findings import judge_findings
from workbench.core.judge.votes import CODE_OF, CONVERSATION_QUESTIONS, Judgement, questions_about

VERIFIER = verifier_of(small_catalog())


def found(sample, item):
    questions = questions_about(sample.id)
    vote = read_votes(json.dumps([item]), ["aa"], 1, "", questions).found["aa"]
    judgement = Judgement(id=sample.id, model="m", prompt="p", votes=(vote,))
    return judge_findings(sample, judgement, VERIFIER)


PLACES = {
    "a call": (WARMER, ("calls_follow", 2, 1), ("then", 0, "answers", 0)),
    "a call of the first step": (WARMER, ("nothing_unasked", 1, 1), ("answers", 0)),
    "a call that isn't there": (WARMER, ("calls_follow", 4, 7), ("then", 2, "query")),
    "what is said": (WARMER, ("natural", 4, 1), ("then", 2, "query")),
    "a reply": (WARMER, ("replies_true", 3, 0), ("then", 1, "reply")),
    "a refusal": (TOO_WARM, ("refusals_right", 1, 0), ("reply",)),
    "the words that are refused": (TOO_WARM, ("natural", 1, 0), ("query",)),
    "a question": (SEAT, ("no_needless_question", 1, 0), ("reply",)),
    "calls without words": (WARMER, ("replies_true", 2, 0), ("then", 0)),
    "no step": (WARMER, ("nothing_left_undone", 0, 1), ()),
    "a step that isn't there": (WARMER, ("nothing_left_undone", 9, 1), ()),
}


@pytest.mark.parametrize(("sample", "objection", "path"), PLACES.values(), ids=PLACES)
def test_an_objection_belongs_to_its_step_and_call(sample, objection, path):
    question, step, call = objection
    [finding] = found(sample, wrong_talk("aa", question, step, call))
    assert (finding.code, finding.path, finding.fix) == (CODE_OF[question], path, None)
    assert finding.severity == "warning"


def test_every_question_has_a_code_and_conversations_have_their_own():
    assert len({CODE_OF[question] for question in CONVERSATION_QUESTIONS}) == 7
    assert {len(questions_about(sample.id)) for sample in EVERY} == {7}
    for item in (
        wrong("aa", "replies_true"),
        fine("aa", objections=[{"question": "replies_true"}]),
    ):
        assert read_votes(json.dumps([item]), ["aa"], 1, "").found["aa"].objections == ()
    assert found(SEAT, fine_talk("aa")) == []


def test_requests_are_counted_by_kind():
    ids = [*(f"1:{n}" for n in range(9)), *(f"2:{n}" for n in range(5))]
    assert [requests_for(ids), requests_for(ids[:8]), requests_for(ids[9:13])] == [4, 1, 1]
    assert requests_for([]) == 0
