"""A dataset under review, without a screen."""

import json
from hashlib import sha256

import pytest

from workbench.adapters.dataset import write_dataset
from workbench.adapters.labels import journal_path, labels_path
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import InputError
from workbench.core.review.facets import facets_of
from workbench.core.review.search import parse_search
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.review import EVERYTHING, open_review


def item(query, area=1, value=22.0):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": area, "value": value}
    return {
        "query": query,
        "answers": [{"name": "setFloatProperty", "arguments": arguments}],
    }


ITEMS = [
    item("Set my side to 22 degrees"),
    item("22 degrees for the front passenger", area=1),
    {"query": 7},
    item("99 degrees for me", value=99.0),
    item("Make it 22 on my side"),
]


@pytest.fixture
def path(tmp_path):
    dataset = tmp_path / "data.json"
    dataset.write_text(json.dumps(ITEMS), encoding="utf-8")
    return dataset


@pytest.fixture
def review(path):
    opened = open_review(path, CatalogFiles(), reviewer="ann")
    yield opened
    opened.close()


UNUSABLE = Verdict((Finding("format.unusable", "the item is not a sample"),))


def know_all(review):
    for row in range(len(review.raw)):
        sample = review.sample(row)
        verdict = review.verdict(sample) if sample else UNUSABLE
        review.know(row, facets_of(sample, verdict))
    review.recount()


def found_by(review, text):
    *_, found = review.make_view(review.read_search(text), None)
    return found


def test_samples_are_parsed_when_looked_at_and_bad_items_stay(review):
    assert review.sample(0).query == "Set my side to 22 degrees"
    assert review.sample(2) is None
    assert review.item(2).reason


def test_a_decision_is_counted_and_the_next_unreviewed_sample_is_found(review):
    review.decide(0, "accepted")
    review.decide(1, "rejected", reason="wrong place")
    progress = review.progress()
    assert (progress.accepted, progress.rejected, progress.left) == (1, 1, 3)
    assert review.next_unreviewed(start=0) == 3  # row 2 is no sample
    assert review.next_unreviewed(start=0, most=2) is None
    assert review.next_unreviewed(-1, start=1) is None
    assert review.label(1).reason == "wrong place"


def test_undo_takes_decisions_back_and_brings_the_cursor_to_them(review):
    review.decide(0, "accepted")
    review.decide(3, "rejected")
    review.move(1)
    assert review.undo() == [3]
    assert review.row == 3
    assert review.undo() == [0]
    assert review.row == 0
    assert review.progress().reviewed == 0
    assert review.redo() == [0]
    assert review.progress().accepted == 1


def test_undo_goes_on_after_a_restart(path):
    first = open_review(path, CatalogFiles(), reviewer="ann")
    first.decide(3, "accepted")
    first.close()
    again = open_review(path, CatalogFiles(), reviewer="ann")
    assert again.progress().accepted == 1
    assert again.undo() == [3]
    assert again.label(3) is None
    again.close()
    assert labels_path(path).exists()


def test_many_decisions_are_one_action(review):
    assert review.decide_all([0, 1, 2, 4], "accepted") == 3
    assert review.progress().accepted == 3
    assert review.undo() == [0, 1, 4]
    assert review.progress().accepted == 0


def test_an_edit_is_in_force_and_its_verdict_counts(review):
    fixed = review.sample(0)
    review.decide(3, "accepted", "edit", edited=fixed)
    know_all(review)
    assert review.in_force(3).query == "Set my side to 22 degrees"
    assert review.status(3) == "pass"
    assert review.progress().edited == 1


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("degrees", [0, 1, 3]),
        ("verdict:fail", [2, 3]),
        ("code:execution.*", [3]),
        ("decision:accepted", [0]),
        ("decision:none", [1, 3, 4]),
        ("-degrees", [4]),
        ("22 decision:none", [1, 4]),
        ("code:format.unusable", [2]),
        ("words:<9", [0, 1, 3, 4]),
    ],
)
def test_a_search_finds_rows(review, text, rows):
    review.decide(0, "accepted")
    know_all(review)
    assert found_by(review, text) == rows


def test_a_view_keeps_the_cursor_on_its_sample_or_near_it(review):
    know_all(review)
    review.move(3)
    review.show(found_by(review, "degrees"), parse_search("degrees"))
    assert (review.row, review.cursor) == (3, 2)
    review.show([0], parse_search("degrees"))
    assert review.row == 0
    review.show(range(5), EVERYTHING)
    assert review.row == 0
    review.show([], parse_search("nothing"))
    assert review.row is None


def test_equal_samples_share_a_label_and_are_counted_each(tmp_path):
    dataset = tmp_path / "twins.json"
    dataset.write_text(json.dumps([ITEMS[0], ITEMS[0], ITEMS[1]]), encoding="utf-8")
    review = open_review(dataset, CatalogFiles(), reviewer="ann")
    know_all(review)
    review.decide(0, "accepted")
    assert review.label(1).decision == "accepted"
    assert review.progress().accepted == 2
    assert review.next_unreviewed(start=0) == 2
    review.close()


def test_a_decision_is_stale_once_the_catalogue_has_changed(path, review):
    review.decide(0, "accepted")
    assert not review.is_stale(0)
    review.catalog_hash = "another"
    assert review.is_stale(0)


def written(path, *items):
    write_dataset(path, [json.dumps(i).encode() for i in items])


@pytest.mark.parametrize("laid_out", [True, False])
def test_a_review_follows_its_file_as_it_grows(path, laid_out):
    if laid_out:
        written(path, *ITEMS)
    review = open_review(path, CatalogFiles(), reviewer="ann")
    review.move(3)
    assert review.follow() == range(5, 5)
    written(path, *ITEMS, item("Warm my seat"), item("And theirs"))
    assert review.follow() == range(5, 7)
    assert (review.cursor, len(review.view), review.progress().total) == (3, 7, 7)
    assert review.sample(6).query == "And theirs"
    assert review.digest == sha256(path.read_bytes()).hexdigest()
    review.close()


def test_a_review_of_nothing_follows_too(tmp_path):
    path = tmp_path / "empty.json"
    written(path)
    review = open_review(path, CatalogFiles(), reviewer="ann")
    assert review.row is None
    written(path, ITEMS[0])
    assert review.follow() == range(1)
    assert review.row == 0
    review.close()


@pytest.mark.parametrize("items", [ITEMS[1:], [ITEMS[3], *ITEMS[1:]], ITEMS[:2]])
def test_a_file_that_is_another_now_is_not_followed(path, review, items):
    written(path, *items)
    with pytest.raises(InputError, match="another program changed the file"):
        review.follow()
    assert len(review.raw) == 5


def test_new_samples_join_an_order_at_its_end_and_the_next_view_of_a_search(review):
    know_all(review)
    review.show([4, 3, 2, 1, 0], EVERYTHING)
    review.move(1)
    review.append([json.dumps(item("30 degrees, please")).encode()])
    assert (list(review.view), review.row) == ([4, 3, 2, 1, 0, 5], 3)
    review.show(found_by(review, "degrees"), parse_search("degrees"))
    review.append([json.dumps(item(q)).encode() for q in ("no match", "31 degrees")])
    assert (list(review.view), review.row) == ([0, 1, 3, 5], 3)
    assert found_by(review, "degrees") == [0, 1, 3, 5, 7]


def test_a_search_under_way_sees_what_comes_meanwhile(review):
    looking = review.make_view(parse_search("degrees"), None)
    next(looking)
    review.append([json.dumps(item(f"{n} degrees")).encode() for n in range(500)])
    assert len(list(looking)[-1]) == 503


def test_what_is_unusable_is_not_left_to_decide(review):
    know_all(review)
    assert review.progress().left == 4
    assert review.decide_all(range(5), "accepted") == 4
    assert review.progress().left == 0


def test_counts_hold_while_it_becomes_known_which_rows_have_a_sample(tmp_path):
    dataset = tmp_path / "twins.json"
    dataset.write_text(json.dumps([ITEMS[0], ITEMS[0], ITEMS[0]]), encoding="utf-8")
    review = open_review(dataset, CatalogFiles(), reviewer="ann")
    review.decide(0, "accepted")
    assert review.progress().accepted == 1
    for row in (1, 2):
        review.know(row, facets_of(review.sample(row)))
    assert review.progress().accepted == 3
    review.undo()
    assert (review.progress().accepted, review.progress().left) == (0, 3)
    review.close()


def test_labels_of_samples_that_are_gone_are_told_once_all_is_known(path):
    with open_review(path, CatalogFiles(), reviewer="ann") as first:
        first.decide_all([0, 1, 3], "accepted")
    path.write_text(json.dumps([ITEMS[0], item("Another one")]), encoding="utf-8")
    with open_review(path, CatalogFiles(), reviewer="ann") as review:
        assert (review.progress().left, review.elsewhere()) == (0, 0)
        know_all(review)
        assert (review.progress().accepted, review.progress().left) == (1, 1)
        assert review.elsewhere() == 2


def test_a_second_review_follows_what_the_first_decides(path):
    with open_review(path, CatalogFiles(), reviewer="ann") as first:
        first.decide(0, "accepted")
        with open_review(path, CatalogFiles(), reviewer="bo") as second:
            assert second.follow_labels() == []
            first.decide(1, "rejected", reason="odd")
            first.decide(3, "accepted")
            assert second.follow_labels() == [1, 3]
            assert (second.label(1).reason, second.progress().reviewed) == ("odd", 3)
            first.undo()
            assert second.follow_labels() == [3]
            assert (second.label(3), second.progress().reviewed) == (None, 2)
            assert second.follow_labels() == []


def test_a_second_review_waits_for_an_action_to_be_whole(path):
    with open_review(path, CatalogFiles(), reviewer="ann") as first:
        first.decide(0, "accepted")
        with open_review(path, CatalogFiles(), reviewer="bo") as second:
            first.decide_all([1, 3], "accepted")
            journal = journal_path(labels_path(path))
            whole = journal.read_bytes()
            journal.write_bytes(whole[:-30])
            assert second.follow_labels() == []
            journal.write_bytes(whole)
            assert second.follow_labels() == [1, 3]
            journal.write_bytes(whole[:50])
            with pytest.raises(InputError, match="cut, replaced or removed"):
                second.follow_labels()
            journal.write_bytes(whole)
