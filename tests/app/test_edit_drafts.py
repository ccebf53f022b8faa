"""The edit in progress: kept on disk while one types, and offered when the dataset opens again."""

import json

import msgspec
import pytest
from textual.widgets import Static

from workbench.adapters.files.beside import draft_beside
from workbench.adapters.labels import labels_path
from workbench.adapters.labels.edit_drafts import MOST_DRAFTS, EditDraft, read_drafts, write_draft
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.dialogs import DraftPrompt
from workbench.app.edit import EditScreen
from workbench.app.review.screen import ReviewScreen
from workbench.jobs.review import open_review

FIRST = "Set my side to 22 degrees, please"


@pytest.fixture
def path(dataset):
    return draft_beside(labels_path(dataset))


async def typed(pilot, until_true, path, *keys):
    """Type into the query of the sample under the cursor, until that is kept."""
    await pilot.press("e")
    await until_true(pilot, lambda: isinstance(pilot.app.screen, EditScreen))
    pilot.app.screen.query_one("#query").focus()
    await pilot.press(*keys)
    await until_true(pilot, path.exists)


async def reopened(pilot, until_true):
    await until_true(pilot, lambda: isinstance(pilot.app.screen, DraftPrompt))


@pytest.mark.exhaustive
async def test_what_is_typed_is_kept_and_what_is_saved_is_not(open_app, until_true, path):
    async with open_app() as pilot:
        await typed(pilot, until_true, path, "O", "h", "space")
        await until_true(pilot, lambda: "Oh Set" in read_drafts(path)[0].text)
        await pilot.press("f10")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        assert not path.exists()
        assert pilot.app.review.in_force(0).query == f"Oh {FIRST}"


@pytest.mark.parametrize("back", [("f9",), ("escape", "d")])
async def test_what_is_taken_back_or_discarded_is_kept_no_longer(open_app, until_true, path, back):
    async with open_app() as pilot:
        await typed(pilot, until_true, path, "x")
        await pilot.press(*back)
        await until_true(pilot, lambda: not path.exists())


async def test_a_kept_edit_goes_on_where_it_was(open_app, until_true, path):
    async with open_app() as pilot:
        await pilot.press("j")
        await typed(pilot, until_true, path, "O", "h", "space", "f12")
        pilot.app.screen.keep_draft()
        kept = read_drafts(path)[0]
    async with open_app() as pilot:
        await reopened(pilot, until_true)
        assert "#1" in str(pilot.app.screen.query_one(".title", Static).content)
        await pilot.press("enter")
        await until_true(
            pilot, lambda: isinstance(pilot.app.screen, EditScreen) and pilot.app.screen.changed
        )
        edit = pilot.app.screen
        assert edit.draft.query.startswith("Oh 22.5")
        assert len(edit.also_right.answers) == len(kept.accept) == 1
        assert path.exists()
        await pilot.press("f10")
        await until_true(pilot, lambda: not path.exists())


@pytest.mark.exhaustive
async def test_text_that_is_no_sample_is_kept_as_it_is(open_app, until_true, path):
    async with open_app() as pilot:
        await pilot.press("e", "f2")
        await until_true(pilot, lambda: pilot.app.screen.has_class("-json"))
        await pilot.press("x", "y")
        await until_true(
            pilot, lambda: path.exists() and read_drafts(path)[0].text.startswith("xy")
        )
    async with open_app() as pilot:
        await reopened(pilot, until_true)
        await pilot.press("enter")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, EditScreen))
        await until_true(pilot, lambda: pilot.app.screen.has_class("-json"))
        assert pilot.app.screen.query_one("JsonView").text.startswith("xy{")


@pytest.mark.exhaustive
async def test_a_draft_is_kept_by_escape_and_gone_once_discarded(open_app, until_true, path):
    async with open_app() as pilot:
        await typed(pilot, until_true, path, "x")
    async with open_app() as pilot:
        await reopened(pilot, until_true)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert path.exists()
        told = [one.message for one in pilot.app._notifications]
        assert told == ["Draft kept; e on the sample continues it."]
    async with open_app() as pilot:
        await reopened(pilot, until_true)
        await pilot.press("d")
        await until_true(pilot, lambda: not path.exists())
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert [one.message for one in pilot.app._notifications] == ["Draft of #0 discarded."]


@pytest.mark.exhaustive
async def test_each_sample_has_a_draft_of_its_own(open_app, until_true, path):
    async with open_app() as pilot:
        await typed(pilot, until_true, path, "x")
    async with open_app() as pilot:
        await reopened(pilot, until_true)
        await pilot.press("escape", "j")
        await typed(pilot, until_true, path, "y")
        await until_true(pilot, lambda: len(read_drafts(path)) == 2)
    async with open_app() as pilot:
        await reopened(pilot, until_true)
        title = str(pilot.app.screen.query_one(".title", Static).content)
        assert "sample #1" in title
        assert title.endswith("and 1 more draft.")
        await pilot.press("escape", "g", "e")
        assert "sample #0" in str(pilot.app.screen.query_one(".title", Static).content)
        await pilot.press("enter")
        await until_true(
            pilot, lambda: isinstance(pilot.app.screen, EditScreen) and pilot.app.screen.changed
        )
        await pilot.press("f10")
        assert [draft.row for draft in read_drafts(path)] == [1]
        await pilot.press("g", "j", "e", "d")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, EditScreen))
        assert not pilot.app.screen.changed
        assert not path.exists()


def draft(row, text="{}"):
    return EditDraft(row=row, sample=f"1:{row}", time="2026-01-02T03:04:05Z", text=text)


def test_a_draft_by_an_earlier_version_is_read_and_stays_with_later_ones(path):
    old = draft(3)
    path.write_bytes(msgspec.json.encode(old))
    assert read_drafts(path) == [old]
    write_draft(path, draft(4))
    assert read_drafts(path) == [draft(4), old]


def test_only_so_much_is_kept_and_the_latest_draft_always(path):
    for row in range(MOST_DRAFTS + 5):
        write_draft(path, draft(row))
    assert [one.row for one in read_drafts(path)] == list(range(MOST_DRAFTS + 4, 4, -1))
    write_draft(path, large := draft(5, "x" * 6_000_000))
    assert read_drafts(path) == [large]


@pytest.mark.exhaustive
async def test_a_draft_finds_its_sample_where_that_is_now(open_app, until_true, path, dataset):
    async with open_app() as pilot:
        await typed(pilot, until_true, path, "x")
    items = json.loads(dataset.read_text())
    dataset.write_text(json.dumps([items[3], *items]))
    async with open_app() as pilot:
        await reopened(pilot, until_true)
        assert "#1" in str(pilot.app.screen.query_one(".title", Static).content)


async def test_a_draft_whose_sample_has_gone_is_left_on_disk(open_app, until_true, path, dataset):
    async with open_app() as pilot:
        await typed(pilot, until_true, path, "x")
    dataset.write_text(json.dumps(json.loads(dataset.read_text())[1:]))
    async with open_app() as pilot:
        await pilot.pause(0.2)
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        *(
            pytest.param(one, marks=pytest.mark.exhaustive)
            for one in (b"{", b"[]", b'{"row": -1}', b'{"row": 1e400}', b"[" * 90_000)
        ),
    ],
)
async def test_a_draft_that_cannot_be_read_is_none(open_app, path, content):
    path.write_bytes(content)
    async with open_app() as pilot:
        await pilot.pause(0.2)
        assert isinstance(pilot.app.screen, ReviewScreen)


@pytest.mark.exhaustive
async def test_a_review_that_only_reads_lets_the_drafts_of_others_alone(
    open_app, until_true, path, dataset
):
    async with open_app() as pilot:
        await typed(pilot, until_true, path, "x")
    with open_review(dataset, CatalogFiles(), reviewer="bob"):
        async with open_app() as pilot:
            assert pilot.app.review.store.read_only
            await pilot.pause(0.2)
            assert isinstance(pilot.app.screen, ReviewScreen)
            assert path.exists()
