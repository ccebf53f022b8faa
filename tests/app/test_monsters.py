"""One item that is larger than anyone says: the review goes on beside it, and says what it is."""

import json

import pytest
from monsters import call, item, monsters

from workbench.app.toasts import say
from workbench.core.samples import from_item
from workbench.jobs.analyst import client
from workbench.jobs.review import NOT_YET

SMALL = monsters(scale=20)


def detail(pilot):
    return pilot.app.screen.detail.plain


def told(pilot):
    return [n.message for n in pilot.app._notifications][-1]


async def test_beside_monsters_samples_are_read_and_decided_as_ever(open_app, dataset):
    dataset.write_text(json.dumps([item("One"), *SMALL.values(), item("Last")]), encoding="utf-8")
    async with open_app() as pilot:
        for row in range(1, len(SMALL) + 1):
            await pilot.press("j")
            await pilot.pause()
            assert f"#{row}" in detail(pilot)
            assert len(detail(pilot)) < 40_000
            assert max(map(len, detail(pilot).splitlines())) < 200
        await pilot.press("g", "a", "x", "x", "s", "a", "u")
        assert pilot.app.review.progress().reviewed == 2


async def test_what_is_left_out_is_said(open_app, dataset):
    many = item("Warmer", *[call()] * 50)
    many["answers"].append(call(value="y" * 5_000_000))
    dataset.write_text(json.dumps([item("x" * 5_000_000), many]), encoding="utf-8")
    async with open_app() as pilot:
        assert "… 5.0 MB more" in " ".join(detail(pilot).split())
        await pilot.press("j")
        await pilot.pause()
        assert "… and 39 more calls" in detail(pilot)
        assert "not worked out: the sample is too large" in detail(pilot)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("e", "too large to edit here (5.0 MB): x rejects it"),
        ("f", "too large to edit here (5.0 MB)"),
        ("y", "too large to copy (5.0 MB)"),
    ],
)
async def test_what_cannot_be_done_with_it_is_said(key, words, open_app, dataset):
    dataset.write_text(json.dumps([item("x" * 5_000_000)]), encoding="utf-8")
    async with open_app() as pilot:
        await pilot.press(key)
        assert words in told(pilot)


async def test_the_helper_process_verifies_it(open_app, dataset, until_true):
    odd = item("Warmer", *(call(value=i) for i in range(3000)))
    dataset.write_text(json.dumps([odd, item("Two")]), encoding="utf-8")
    async with open_app(verified=True) as pilot:
        review = pilot.app.review
        await until_true(pilot, lambda: review.verdict(review.sample(0)) is not NOT_YET)
        await pilot.pause()
        assert "fail" in detail(pilot)
        assert "more findings" in detail(pilot)


async def test_before_it_has_nothing_is_called_right(open_app, dataset):
    dataset.write_text(json.dumps([item("Warmer", *[call()] * 3000)]), encoding="utf-8")
    async with open_app() as pilot:
        review = pilot.app.review
        assert "large; being verified" in detail(pilot)
        assert review.verdict(review.sample(0)) is NOT_YET
        assert review.status(0) == ""


@pytest.mark.exhaustive
async def test_an_item_that_a_process_hangs_on_is_passed_over(
    open_app, dataset, monkeypatch, until_true
):
    odd = item("Warmer", call(value=list(range(100_000))))
    dataset.write_text(json.dumps([odd, item("Two")]), encoding="utf-8")
    monkeypatch.setattr(client, "STUCK_SECONDS", 0.0)  # so it is taken for hanging at once
    async with open_app(verified=True) as pilot:
        review = pilot.app.review
        await until_true(pilot, lambda: review.status(0) == "fail" and review.status(1))
        assert pilot.app.screen.helper.passed_over == {0}
        assert "format.unchecked" in review.facets[0].codes
        assert review.status(1) != "fail"
        await until_true(pilot, lambda: "checks were not finished" in detail(pilot))


async def test_an_edit_stays_small_enough_to_go_on_with(open_app, dataset):
    dataset.write_text(json.dumps([item("Warmer")]), encoding="utf-8")
    async with open_app() as pilot:
        await pilot.press("e")
        await pilot.pause()
        form = pilot.app.screen
        form.query_one("#query")._insert("word " * 100_000)
        await pilot.pause()
        assert len(form.draft.query) <= 3_000
        assert "the rest was cut" in told(pilot)
        await pilot.press("f2")
        form.query_one("JsonEditor")._insert("x" * 100_000)
        await pilot.pause()
        assert "nothing was pasted" in told(pilot)
        assert from_item(json.loads(form.query_one("JsonEditor").text)) == form.draft


async def test_a_notification_is_no_longer_than_a_screen(open_app):
    async with open_app() as pilot:
        say(pilot.app.screen, "z" * 5_000_000)
        await pilot.pause()
        assert len(told(pilot)) < 1_100
        assert "5.0 MB more" in told(pilot)
