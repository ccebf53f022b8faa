"""What the summary of a review counts."""

import json

import pytest

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.review.facets import facets_of
from workbench.jobs.review import open_review
from workbench.jobs.review.summary import KindRecord, RuleRecord, Summing


def item(query, area=1, prop="HVAC_AC_ON"):
    arguments = {"propertyName": prop, "areaId": area, "value": True}
    return {"query": query, "answers": [{"name": "setBooleanProperty", "arguments": arguments}]}


@pytest.fixture
def review(tmp_path):
    path = tmp_path / "data.json"
    items = [item(f"AC on for the driver, number {n}") for n in range(6)]
    items += [item("AC on for nobody", area=77), "no sample"]
    path.write_text(json.dumps(items), encoding="utf-8")
    with open_review(path, CatalogFiles(), reviewer="ann") as opened:
        yield opened


def verify(review):
    for row in range(len(review.raw)):
        sample = review.sample(row)
        review.know(row, facets_of(sample, review.verdict(sample) if sample else None))


def summed(review):
    summing = Summing(review)
    while summing.work(1.0):
        pass
    return summing.summary()


def test_kinds_are_counted_with_what_was_decided_of_them(tmp_path):
    path = tmp_path / "data.json"
    joke = {"query": "tell me a joke", "answers": [], "reply": {"kind": "chat", "text": "No."}}
    items = [item("AC on"), item("AC on, please", area=4), joke, "no sample"]
    path.write_text(json.dumps(items), encoding="utf-8")
    with open_review(path, CatalogFiles(), reviewer="ann") as opened:
        opened.decide(0, "accepted")
        opened.decide(1, "rejected")
        assert summed(opened).kinds == (
            KindRecord("calls", 2, 2, 1),
            KindRecord("no-call", 1, 0, 0),
        )
        verify(opened)
        assert summed(opened).kinds == (
            KindRecord("calls", 2, 2, 1),
            KindRecord("no-call", 1, 0, 0),
        )


def left(found):
    return {one.search: one.count for one in found.left}


def test_it_counts_decisions_as_they_were_made(review):
    verify(review)
    other = review.sample(1)
    review.decide(0, "accepted")
    review.decide(2, "accepted", "fix", edited=other)
    review.decide(3, "accepted", "edit", edited=other)
    review.decide(4, "rejected", reason="wrong place")
    review.decide(5, "rejected")
    review.annotate(5, note="ask Ann")
    review.decide_all([1], "accepted")
    found = summed(review)
    assert found.methods == {"read": 3, "fix": 1, "edit": 1, "bulk": 1}
    assert (found.edited, found.fixed, found.notes) == (2, 1, 1)
    assert found.reasons == {"wrong place": 1, "": 1}
    assert found.reviewers == {"ann": 6}
    (only,) = found.properties
    assert (only.name, only.decided, only.changed) == ("HVAC_AC_ON", 6, 4)


def test_what_is_left_is_what_its_search_lists(review):
    verify(review)
    review.decide(0, "skipped")
    review.decide(6, "accepted")
    found = summed(review)
    expected = {"decision:none": 5, "decision:skipped": 1, "decision:accepted verdict:fail": 1}
    assert left(found) == expected
    assert found.unverified == 0


def test_failing_and_warned_ones_that_were_accepted_are_listed_apart(tmp_path):
    path = tmp_path / "data.json"
    items = [item("AC on for the driver", area) for area in (1, 4, 77)]
    path.write_text(json.dumps(items), encoding="utf-8")
    with open_review(path, CatalogFiles(), reviewer="ann") as review:
        verify(review)
        review.decide_all(range(3), "accepted")
        assert left(summed(review)) == {
            "decision:accepted verdict:fail": 1,
            "decision:accepted verdict:warn": 1,
        }


def test_what_was_called_wrong_is_counted_by_rule(review):
    [row] = review.append([json.dumps(item("AC on for the passenger")).encode()])
    verify(review)
    [finding] = review.verdict(review.sample(row)).findings
    assert summed(review).rules == ()
    review.dismiss(row, finding)
    assert summed(review).rules == (RuleRecord(finding.code, 1, 1),)


def test_a_sample_that_a_fix_has_put_right_does_not_fail_any_more(review):
    verify(review)
    review.decide(6, "accepted", "fix", edited=review.sample(0))
    assert "decision:accepted verdict:fail" not in left(summed(review))


def test_without_verdicts_it_says_how_many_are_missing(review):
    review.decide(6, "accepted")
    found = summed(review)
    assert "decision:accepted verdict:fail" not in left(found)
    assert found.unverified == len(review.raw)


def test_undecided_are_neither_skipped_nor_unusable(review):
    verify(review)
    for row in range(6):
        review.decide(row, "accepted")
    assert review.progress().undecided == 1
    review.decide(6, "skipped")
    assert review.progress().undecided == 0
    assert review.progress().left == 1
