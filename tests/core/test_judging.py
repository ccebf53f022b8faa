"""What a model says of samples: read with distrust, and turned into findings."""

import json

import pytest
from readers import fine, fixed, wrong
from small_car import small_catalog, window_sample
from verifying import verifier_of

from workbench.core.judge.answers import read_attempts, read_votes
from workbench.core.judge.cases import case_values, in_batches, tagged
from workbench.core.judge.edits import edits_between
from workbench.core.judge.findings import best_repair, judge_findings
from workbench.core.judge.votes import Judgement, disagree
from workbench.core.samples import from_item, to_item
from workbench.core.verdicts import Fix, apply_fixes

CATALOG = small_catalog()
VERIFIER = verifier_of(CATALOG)


def votes(*items, tags=("aa", "bb")):
    return read_votes(json.dumps(items), tags, 1, "2026-01-01T00:00:00+00:00")


def judgement(sample, *items):
    found = [votes(item, tags=[item["id"]]).found[item["id"]] for item in items]
    return Judgement(id=sample.id, model="m", prompt="p", votes=tuple(found))


def calls(*values):
    return [
        {
            "name": "setIntProperty",
            "arguments": {"propertyName": "WINDOW_POS", "areaId": 16, "value": value},
        }
        for value in values
    ]


FAULTS = {
    "missing": ([fine("aa")], {"aa"}, (0, 0, 0)),
    "doubled": ([fine("aa"), wrong("aa"), fine("bb")], {"bb"}, (1, 0, 0)),
    "three times": ([fine("aa"), fine("aa"), fine("aa")], set(), (2, 0, 0)),
    "invented": ([fine("aa"), fine("zz"), fine(7)], {"aa"}, (0, 2, 0)),
    "no booleans": ([fine("aa", natural="yes"), fine("bb")], {"bb"}, (0, 0, 1)),
    "a question left out": (
        [{k: v for k, v in fine("aa").items() if k != "natural"}, fine("bb")],
        {"bb"},
        (0, 0, 1),
    ),
}


@pytest.mark.parametrize(("items", "found", "dropped"), FAULTS.values(), ids=FAULTS)
def test_an_answer_counts_for_its_own_tag_alone(items, found, dropped):
    answers = votes(*items)
    assert set(answers.found) == found
    assert (answers.doubled, answers.invented, answers.unusable) == dropped


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[" * 5000,
        '{"id": ' * 5000,
        '[{"id": "aa", "evidence": "cut',
        '{"id": "aa", "calls_follow": NaN}',
    ],
)
def test_what_is_no_answer_gives_none(text):
    assert not read_votes(text, ["aa"], 1, "").found


def test_whole_answers_are_found_in_fences_wrappers_and_cut_replies():
    whole = json.dumps({"results": [fine("aa"), fine("bb")]})
    assert set(read_votes(f"```json\n{whole}\n```", ["aa", "bb"], 1, "").found) == {"aa", "bb"}
    assert set(read_votes(whole[:-30], ["aa", "bb"], 1, "").found) == {"aa"}


def test_a_no_without_a_reason_is_an_objection_by_the_evidence():
    [objection] = votes(fine("aa", natural=False)).found["aa"].objections
    assert (objection.question, objection.reason) == ("natural", fine("aa")["evidence"])


def test_an_objection_to_what_was_answered_with_yes_does_not_count():
    item = wrong("aa") | {"calls_follow": True}
    assert votes(item).found["aa"].objections == ()


def test_a_finding_stands_at_its_call_with_the_reason_as_one_short_line():
    sample = window_sample()
    reason = "the \x1b[31mwords\n say " + "more " * 100
    [finding] = judge_findings(sample, judgement(sample, wrong("aa", reason=reason)), VERIFIER)
    assert (finding.code, finding.severity, finding.call) == (
        "judge.call_unfounded",
        "warning",
        0,
    )
    assert finding.message.startswith("the \x1b[31mwords say more")  # screens escape it
    assert len(finding.message) <= 300
    [beyond] = judge_findings(sample, judgement(sample, wrong("aa", call=9)), VERIFIER)
    assert beyond.call is None


CORRECTIONS = {
    "right": (calls(5), True),
    "the same": (calls(10), False),
    "illegal": (calls(99), False),
    "no calls": ([{"name": 3}], False),
    "half a character": ([{"name": "\ud800", "arguments": {}}], False),
    "a huge number": (calls(10**40), False),
}


@pytest.mark.parametrize(("answers", "offered"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_correction_is_offered_if_it_verifies_and_differs(answers, offered):
    sample = window_sample()
    item = wrong("aa", corrected_query=sample.query, corrected_answers=answers)
    [finding] = judge_findings(sample, judgement(sample, item), VERIFIER)
    assert (finding.fix is not None) is offered
    if finding.fix:
        assert to_item(apply_fixes(sample, [finding.fix]))["answers"] == answers


def test_the_majority_decides_and_the_split_is_told():
    sample = window_sample()
    divided = judgement(sample, wrong("aa"), fine("aa"), wrong("aa", "natural", 0))
    assert (divided.opinion, divided.split, divided.unanimous) == ("wrong", "2 of 3", False)
    assert divided.codes == ("judge.call_unfounded", "judge.unnatural")
    assert [f.message[-8:] for f in judge_findings(sample, divided, VERIFIER)] == ["(1 of 3)"] * 2
    outvoted = judgement(sample, fine("aa"), fine("aa"), wrong("aa"))
    assert (outvoted.opinion, outvoted.split, outvoted.codes) == ("ok", "2 of 3", ())
    assert judge_findings(sample, outvoted, VERIFIER) == []


def test_two_minds_are_those_of_judge_and_rules_or_of_the_votes():
    sample = window_sample()
    well, ill = judgement(sample, fine("aa")), judgement(sample, wrong("aa"))
    assert [disagree(rules, well) for rules in ("pass", "warn", "fail", "")] == [0, 1, 1, 0]
    assert [disagree(rules, ill) for rules in ("pass", "warn", "fail", "")] == [1, 0, 0, 0]
    assert disagree("pass", judgement(sample, fine("aa"), fine("aa"), wrong("aa")))


def test_the_case_says_calls_in_words_and_what_becomes_of_them():
    item = {"query": 'Say "hi"\n## x', "answers": [*calls(10, 99), calls(1)[0] | {"name": "x"}]}
    item["answers"].append({"name": "getIntProperty", "arguments": {"propertyName": "AIRFLOW"}})
    found = case_values("aa", from_item(item), CATALOG)["calls"]
    assert found[0]["words"] == "set window (WINDOW_POS), front left window, to 10"
    assert found[0]["effect"] == "0 → 10"
    assert found[1]["effect"].startswith("refused: value: 99 is out of range")
    assert "refused" in found[2]["effect"]
    assert "a place that it doesn't have" in found[3]["words"]


def test_tags_follow_from_the_content_and_orders_from_seed_and_turn():
    samples = [window_sample(f"Window {n}", n % 10) for n in range(100)]
    tags = tagged(samples)
    assert len(tags) == 100
    assert tagged(samples[::-1]) == dict(reversed(tags.items()))
    orders = [list(in_batches(samples, 8, 0, turn)) for turn in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(s.query for batch in orders[2] for s in batch) == sorted(s.query for s in samples)


def test_edits_are_as_small_as_they_can_be():
    before = window_sample()
    for query, answers, count in (
        (before.query, calls(5), 1),
        ("Another", calls(5), 2),
        (before.query, calls(10, 10), 1),
        (before.query, [calls(1)[0] | {"name": "getIntProperty"}], 2),
    ):
        after = from_item({"query": query, "answers": answers})
        edits = edits_between(before, after)
        assert len(edits) == count
        assert apply_fixes(before, [Fix("", edits)]).id == after.id


def test_the_best_attempt_is_the_first_that_verifies_best():
    broken = window_sample(value=99)
    tries = [from_item({"query": broken.query, "answers": calls(v)}) for v in (98, 7, 8)]
    assert best_repair(broken, "fail", tries, VERIFIER).attempt == 2
    assert best_repair(broken, "fail", tries[:1], VERIFIER) is None
    assert best_repair(broken, "fail", [broken], VERIFIER) is None


def test_attempts_are_read_by_their_tags():
    items = [fixed("aa", "Open", calls(1)), fixed("bb", "Open", "none"), fixed("cc", 1, [])]
    answers = read_attempts(json.dumps(items), ["aa", "bb"])
    assert list(answers.found) == ["aa"]
    assert (answers.invented, answers.unusable) == (1, 1)
