"""What a judge says of a conversation, and what a repairer makes of it: where objections belong,
what is read, and what a fix changes.
"""

import json
from itertools import product

import msgspec
import pytest
from conversation_faults import RIGHT, broken
from conversations import EVERY, SEAT, TOO_WARM, WARMER
from readers import fine, fine_talk, fixed_talk, steps_of, wrong, wrong_talk
from verifying import verifier_of

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.car.catalog import with_lists
from workbench.core.editing.fixing import fix_sample
from workbench.core.judge.answers import as_conversation, read_attempts, read_votes
from workbench.core.judge.cases import conversation_values, requests_for, shown_whole
from workbench.core.judge.edits import edits_between
from workbench.core.judge.findings import best_repair, judge_findings
from workbench.core.judge.schema import judge_conversation_schema, judge_schema
from workbench.core.judge.votes import CODE_OF, CONVERSATION_QUESTIONS, Judgement, questions_about
from workbench.core.samples import Reply, Step, ToolCall, from_item, to_item
from workbench.core.verdicts import Finding, Fix, apply_fixes

CATALOG = load_catalog(CatalogFiles())
VERIFIER = verifier_of(CATALOG)
ITEMS = json.loads(RIGHT.read_text("utf-8"))


def found(sample, item):
    vote = read_votes(json.dumps([item]), ["aa"], 1, "", conversations=True).found["aa"]
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


def nesting(schema):
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [schema["items"]] if "items" in schema else []
    return (schema.get("type") in ("array", "object")) + max(map(nesting, inner), default=0)


def test_the_schema_about_conversations_is_nested_no_deeper_than_that_about_single_requests():
    """The service refuses what is too deep; how deep that is, it doesn't say."""
    call = {"type": "object", "properties": {"arguments": {"type": "object"}}}
    assert nesting(judge_conversation_schema()) <= nesting(judge_schema(call))


def test_a_call_that_lists_properties_is_shown_as_that():
    car = with_lists(CATALOG)
    call = ToolCall(car.lists.function, {car.lists.parameter: "HVAC_SYSTEM"})
    sample = msgspec.structs.replace(WARMER, answers=(call,))
    [shown] = conversation_values("aa", sample, car)["steps"][0]["calls"]
    assert shown["words"] == "list properties, category HVAC_SYSTEM"
    assert shown["effect"].startswith("told: the properties of this category, ")


def test_requests_are_counted_by_kind():
    ids = [*(f"1:{n}" for n in range(9)), *(f"2:{n}" for n in range(5))]
    assert [requests_for(ids), requests_for(ids[:8]), requests_for(ids[9:13])] == [4, 1, 1]
    assert requests_for([]) == 0


# ---------------------------------------------------------------- what a model writes


WARM = {"name": "setFloatProperty", "arguments": {"propertyName": "X", "areaId": 1, "value": 2.0}}
WRITTEN = {
    "as asked": ([{"query": "q", "answers": [WARM]}, {"reply": {"kind": "tell", "text": "t"}}], 2),
    "empty parts": (
        [
            {"query": "q", "answers": [WARM], "reply": None},
            {
                "query": "",
                "answers": [],
                "reply": {"kind": "tell", "text": "t", "because": "", "wanted": [], "options": []},
            },
        ],
        2,
    ),
    "odd calls": (
        [
            {"query": "q", "answers": {"function": {"name": "f", "args": WARM["arguments"]}}},
            {"reply": {"kind": "refuse", "because": "x", "wanted": json.dumps(WARM), "text": "t"}},
        ],
        2,
    ),
    "texts of JSON": (
        [
            json.dumps({"query": "q", "answers": [WARM]}),
            '```json\n{"reply": {"kind": "tell", "text": "t",}}\n```',
        ],
        2,
    ),
    "no JSON": (["q"], 0),
    "other keys": ([{"n": 1, "query": "q", "answers": [{**WARM, "id": 4}]}], 1),
    "nothing": ([], 0),
    "no list": ("q", 0),
    "no words at first": ([{"answers": [WARM]}], 0),
    "a call without arguments": ([{"query": "q"}, {"answers": [{"name": "f"}]}], 0),
    "a reply without a kind": ([{"query": "q", "reply": {"text": "t"}}], 0),
    "half a character": ([{"query": "\ud800", "answers": [WARM]}], 0),
    "words for a reply": ([{"query": "q", "reply": "no"}], 0),
    "a number for options": ([{"query": "q", "reply": {"kind": "ask", "options": 3}}], 0),
}


@pytest.mark.parametrize(("steps", "count"), WRITTEN.values(), ids=WRITTEN)
def test_a_conversation_is_read_whole_or_not_at_all(steps, count):
    sample = as_conversation(steps)
    assert (len(sample.steps) if sample else 0) == count
    if sample:
        assert from_item(to_item(sample)) == sample
        assert sample.extra is None
        assert all(call.extra is None for call in sample.calls)
        answers = read_attempts(
            json.dumps([{"id": "aa", "steps": steps}]), ["aa"], conversations=True
        )
        assert answers.found == {"aa": sample}


def test_a_correction_begins_in_the_state_of_the_conversation_and_is_offered_if_it_verifies():
    right = to_item(WARMER)
    ill = from_item(json.loads(json.dumps(right).replace('"value": 20.0', '"value": 19.0')))
    for steps, offered in (
        (steps_of(right), True),
        (steps_of(to_item(ill)), False),
        (steps_of(json.loads(json.dumps(right).replace("21.0", "99.0"))), False),
    ):
        [finding] = found(ill, wrong_talk("aa", step=6, call=1, corrected_steps=steps))
        assert (finding.fix is not None) is offered
        if finding.fix:
            [edit] = finding.fix.edits
            assert edit.path == ("then", 4, "answers", 0, "arguments", "value")
            assert apply_fixes(ill, [finding.fix]) == WARMER


def test_a_conversation_that_was_not_shown_whole_is_not_corrected():
    long = msgspec.structs.replace(WARMER, then=(*WARMER.then, *[Step("again", ())] * 80))
    assert not shown_whole(long)
    assert shown_whole(WARMER)
    steps = steps_of(to_item(WARMER))
    [finding] = found(long, wrong_talk("aa", corrected_steps=steps))
    assert finding.fix is None


def test_the_best_attempt_at_a_conversation_keeps_its_words_and_its_state():
    ill = from_item(json.loads(json.dumps(to_item(WARMER)).replace("21.0", "51.0")))
    right = steps_of(to_item(WARMER))
    said = [{**right[0], "query": "warmer by one degree for me, please"}, *right[1:]]
    written = json.dumps([fixed_talk("aa", {"then": right}), fixed_talk("bb", {"then": said})])
    assert not read_attempts(written, ["aa", "bb"], conversations=True).found  # no words at first
    tries = [as_conversation(steps) for steps in (steps_of(to_item(ill)), said, right)]
    repair = best_repair(ill, "fail", tries, VERIFIER)
    assert (repair.attempt, repair.sample, repair.verdict.status) == (3, WARMER, "pass")
    assert best_repair(ill, "fail", tries[:1], VERIFIER) is None


# ---------------------------------------------------------------- what a fix changes


def turned(before, after):
    """Apply the edits between two as a fix, alone and with others; check that both come to this."""
    fix = Fix("", edits_between(before, after))
    alone = apply_fixes(before, [fix]) if fix.edits else before
    [together] = {alone.id, fix_sample(before, [Finding("repair.offered", "", (), fix)]).sample.id}
    assert together == msgspec.structs.replace(after, state=before.state).id
    return fix.edits


def test_edits_lead_from_any_conversation_to_any_other():
    for before, after in product(EVERY, EVERY):
        assert bool(turned(before, after)) is (before is not after)


@pytest.mark.exhaustive
def test_edits_lead_from_every_fault_to_what_is_right_and_back():
    samples = [from_item(item) for item in ITEMS]
    for before, after in product(samples, samples):
        turned(before, after)
    for item in ITEMS:
        for _, _, ill in broken(item, CATALOG):
            turned(ill, from_item(item))
            turned(from_item(item), ill)


def changed(at, **change):
    """The conversation with one step changed."""
    then = list(WARMER.then)
    then[at] = msgspec.structs.replace(then[at], **change)
    return msgspec.structs.replace(WARMER, then=tuple(then))


def without(at):
    return msgspec.structs.replace(WARMER, then=(*WARMER.then[:at], *WARMER.then[at + 1 :]))


def with_step(at, step):
    return msgspec.structs.replace(WARMER, then=(*WARMER.then[:at], step, *WARMER.then[at:]))


READ = WARMER.answers
TEXT = Reply("tell", "It is 21 now.")
SMALL = {
    "a reply's words": (changed(1, reply=TEXT), [("replace", ("then", 1, "reply", "text"))]),
    "a reply's kind": (
        changed(1, reply=Reply("chat", WARMER.then[1].reply.text)),
        [("replace", ("then", 1, "reply", "kind"))],
    ),
    "what is said": (changed(2, query="and hers"), [("replace", ("then", 2, "query"))]),
    "calls for a reply": (
        changed(1, answers=READ, reply=None),
        [("add", ("then", 1, "answers")), ("remove", ("then", 1, "reply"))],
    ),
    "one step more": (with_step(2, Step(answers=READ)), [("add", ("then", 2))]),
    "a step more at the end": (with_step(5, Step(reply=TEXT)), [("add", ("then", 5))]),
    "one step less": (without(1), [("remove", ("then", 1))]),
    "two steps less": (
        msgspec.structs.replace(WARMER, then=WARMER.then[:3]),
        [("remove", ("then", 4)), ("remove", ("then", 3))],
    ),
}


@pytest.mark.parametrize(("after", "edits"), SMALL.values(), ids=SMALL)
def test_a_fix_of_a_conversation_replaces_only_what_changed(after, edits):
    assert [(edit.op, edit.path) for edit in turned(WARMER, after)] == edits


def test_what_a_refusal_wants_and_a_question_offers_is_changed_in_its_place():
    wanted = json.dumps(to_item(TOO_WARM)).replace("50.0", "60.0")
    [edit] = turned(TOO_WARM, from_item(json.loads(wanted)))
    assert edit.path == ("reply", "wanted", 0, "arguments", "value")
    options = json.dumps(to_item(SEAT)).replace('"areaId": 64', '"areaId": 4')
    [edit] = turned(SEAT, from_item(json.loads(options)))
    assert edit.path == ("reply", "options", 1, 0, "arguments", "areaId")


def test_keys_of_other_programs_stay_when_a_conversation_is_repaired():
    item = to_item(WARMER) | {"note": 1}
    item["then"] = [{**step, "own": at} for at, step in enumerate(item["then"])]
    item["then"][1]["reply"] = {**item["then"][1]["reply"], "tone": "calm"}
    before = from_item(item)
    edits = edits_between(before, changed(1, reply=TEXT))
    after = to_item(apply_fixes(before, [Fix("", edits)]))
    assert after["then"][1] == {
        "own": 1,
        "reply": {"kind": "tell", "text": TEXT.text, "tone": "calm"},
    }
    assert after["note"] == 1


def test_22_and_22_0_differ():
    item = json.dumps(to_item(WARMER))
    [edit] = turned(WARMER, from_item(json.loads(item.replace('"value": 20.0', '"value": 20'))))
    assert (edit.value, type(edit.value)) == (20, int)
