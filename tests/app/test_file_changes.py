"""The dataset changes while it is reviewed: it is noticed, said, and nothing decided on what went.

What another program does to the file is done to a real one; a key after it must know.
"""

import json
import os
import shutil

import pytest
from conftest import ITEMS, temperature
from textual.widgets import Static

from workbench.adapters.dataset import write_dataset
from workbench.adapters.files.durable import file_signature
from workbench.adapters.labels import labels_path, open_labels

MORE = temperature("And now 21 degrees", value=21.0)


def lay_out(path, items):
    write_dataset(path, [json.dumps(item).encode() for item in items])


def by_rename(path, items):
    lay_out(path, items)


def in_place(path, items):
    path.write_text(json.dumps(items, indent=2), encoding="utf-8")


def told(pilot):
    return [n.message for n in pilot.app._notifications] or [""]


def bar(pilot):
    return str(pilot.app.screen.query_one("TopBar", Static).render())


def query_here(pilot):
    review = pilot.app.review
    return review.sample(review.row).query


def decided(dataset):
    with open_labels(labels_path(dataset), read_only=True) as store:
        return store.counts().total


@pytest.fixture(
    params=["as we write it", pytest.param("as others do", marks=pytest.mark.exhaustive)]
)
def opened(request, open_app, dataset):
    """The app on a dataset file that is laid out in one way or another."""
    if request.param == "as we write it":
        lay_out(dataset, ITEMS)
    return open_app


def remove(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def truncate(path):
    os.truncate(path, 40)


def fold(path):
    path.unlink()
    path.mkdir()


def junk(path):
    path.write_text("this is no JSON", encoding="utf-8")


def other_list(path):
    lay_out(path, [temperature("Quite another one")])


def not_a_list(path):
    path.write_text('{"query": 1}', encoding="utf-8")


def all_but_the_first(path):
    lay_out(path, ITEMS[1:])


@pytest.mark.parametrize(
    "change",
    [
        *(remove, junk, all_but_the_first),
        *(
            pytest.param(change, marks=pytest.mark.exhaustive)
            for change in (empty, truncate, fold, other_list, not_a_list)
        ),
    ],
    ids=lambda change: change.__name__,
)
async def test_on_a_sample_that_has_gone_nothing_is_decided(opened, dataset, change, until_true):
    async with opened() as pilot:
        change(dataset)
        await pilot.press("a")
        assert pilot.app.review.progress().reviewed == 0
        assert "Nothing was saved." in told(pilot)[-1] or "reads it again" in told(pilot)[-1]
        await until_true(pilot, lambda: "the file has changed; ctrl+r" in bar(pilot))
        await pilot.press("x", "r", "c")
        assert pilot.app.screen.is_current
        assert pilot.app.review.progress().reviewed == 0
    assert decided(dataset) == 0


async def test_what_is_still_there_is_decided_on(opened, dataset):
    async with opened() as pilot:
        all_but_the_first(dataset)
        await pilot.press("j", "a")
        assert pilot.app.review.label(1).decision == "accepted"
        assert decided(dataset) == 1


@pytest.mark.parametrize("write", [by_rename, in_place])
async def test_samples_that_are_added_come_in(opened, dataset, write, until_true):
    async with opened() as pilot:
        write(dataset, [*ITEMS, MORE])
        await until_true(pilot, lambda: len(pilot.app.review.raw) == 8)
        await pilot.pause()
        assert told(pilot)[-1].startswith(("New in the file", "The dataset was rewritten"))
        await pilot.press("a", "G", "a")
        assert pilot.app.review.progress().accepted == 2


@pytest.mark.parametrize("write", [by_rename, in_place])
async def test_the_same_samples_in_another_order_keep_cursor_marks_and_decisions(
    opened, dataset, write, until_true
):
    async with opened() as pilot:
        await pilot.press("a", "space")
        here = query_here(pilot)
        write(dataset, [MORE, *reversed(ITEMS)])
        await until_true(pilot, lambda: len(pilot.app.review.raw) == 8)
        review = pilot.app.review
        assert query_here(pilot) == here
        assert [review.sample(row).query for row in review.marks] == [ITEMS[1]["query"]]
        assert review.progress().accepted == 1
        assert review.label(7).decision == "accepted"
        await until_true(pilot, lambda: "8 samples" in told(pilot)[-1])


async def test_a_key_reads_the_file_again(opened, dataset, until_true):
    async with opened() as pilot:
        await pilot.press("j")
        here = query_here(pilot)
        all_but_the_first(dataset)
        await until_true(pilot, lambda: "1 sample is no longer in it" in told(pilot)[-1])
        await pilot.press("ctrl+r")
        await until_true(pilot, lambda: len(pilot.app.review.raw) == 6)
        assert "has changed" not in bar(pilot)
        assert query_here(pilot) == here
        await pilot.press("a")
        assert pilot.app.review.progress().accepted == 1


async def test_a_file_that_comes_back_is_gone_on_with(opened, dataset, until_true, tmp_path):
    async with opened() as pilot:
        shutil.move(dataset, tmp_path / "aside.json")
        await until_true(pilot, lambda: "there is no such file" in told(pilot)[-1])
        await pilot.press("ctrl+r")
        await until_true(pilot, lambda: "there is no such file" in told(pilot)[-1])
        shutil.move(tmp_path / "aside.json", dataset)
        await until_true(pilot, lambda: "has changed" not in bar(pilot))
        await pilot.press("a")
        assert pilot.app.review.progress().accepted == 1


async def test_an_edit_under_way_is_kept_and_saved_where_its_sample_is_still_there(
    opened, dataset, until_true
):
    async with opened() as pilot:
        await pilot.press("e")
        await pilot.pause()
        form = pilot.app.screen
        form.query_one("#query").text = "Make it 22 on my side"
        await pilot.pause()
        all_but_the_first(dataset)
        await pilot.press("f10")
        await pilot.pause()
        assert pilot.app.screen is form
        assert "Nothing was saved." in told(pilot)[-1]
        assert form.draft.query == "Make it 22 on my side"
        in_place(dataset, [MORE, *reversed(ITEMS)])
        await pilot.press("f10")
        await until_true(pilot, lambda: pilot.app.screen is not form)
        await until_true(pilot, lambda: len(pilot.app.review.raw) == 8)
        assert pilot.app.review.label(7).edited.query == "Make it 22 on my side"


async def test_a_change_that_leaves_size_and_time_as_they_were_is_noticed(open_app, dataset):
    lay_out(dataset, ITEMS)
    async with open_app() as pilot:
        before = dataset.stat()
        content = dataset.read_bytes().replace(b"22 degrees, please", b"23 degrees, please")
        with dataset.open("r+b") as file:
            file.write(content)
        os.utime(dataset, ns=(before.st_atime_ns, before.st_mtime_ns))
        # As on a file system whose clock is too coarse to tell.
        pilot.app.review.source.signature = file_signature(dataset)
        assert not pilot.app.review.source.changed
        await pilot.press("a")
        assert pilot.app.review.progress().reviewed == 0
        assert "Nothing was saved." in told(pilot)[-1]


async def test_many_are_not_decided_on_where_some_have_gone(opened, dataset):
    async with opened() as pilot:
        await pilot.press("asterisk")
        all_but_the_first(dataset)
        await pilot.press("A")
        await pilot.pause()
        assert "some of these samples are no longer in it" in told(pilot)[-1]
        assert pilot.app.review.progress().reviewed == 0


@pytest.mark.exhaustive
async def test_the_helper_process_verifies_what_was_read_again(open_app, dataset, until_true):
    async with open_app(verified=True) as pilot:
        other_list(dataset)
        await until_true(pilot, lambda: bool(pilot.app.screen.file.problem))
        await pilot.press("ctrl+r")
        await until_true(pilot, lambda: len(pilot.app.review.raw) == 1)
        await until_true(
            pilot, lambda: pilot.app.review.all_known and pilot.app.screen.helper.all_verified
        )


@pytest.mark.exhaustive
async def test_the_order_stays_when_the_file_is_read_again(open_app, dataset, until_true):
    async with open_app(verified=True) as pilot:
        finder, review = pilot.app.screen.finder, pilot.app.review
        await pilot.press("o", "3")
        await until_true(pilot, lambda: finder.order == "verdict")
        all_but_the_first(dataset)
        await until_true(pilot, lambda: bool(pilot.app.screen.file.problem))
        await pilot.press("ctrl+r")
        await until_true(pilot, lambda: len(review.raw) == 6)
        await until_true(pilot, lambda: finder.order == "verdict" and review.groups is not None)
        assert len(review.view) == 6
