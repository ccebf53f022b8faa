"""The manual as a screen: its list, its links, the way back."""

import pytest
from background import app_on, shown, until
from textual.widgets import Input, Markdown, OptionList

from workbench.adapters.manual import Page, pages
from workbench.app.manual import ManualScreen

FIRST = """# The manual

Two pages:

- [Review](review.md): the screen where you accept, edit and reject
- [Cost](cost.md#limit): estimate, cap and look up what a run costs

| key | what it does |
|---|---|
| `a` | accept, and go on to the next sample |

![A picture](picture.svg)

More on [the web](https://example.org).
"""
COST = "# Cost\n\nThe bill.\n\n" + "A line.\n\n" * 60 + "## Limit\n\nHere it stops.\n"
PAGES = (
    Page("index", "Manual", "all pages", FIRST),
    Page("review", "Review", "the screen where you accept, edit and reject", "# Review\n\nKeys.\n"),
    Page("cost", "Cost", "estimate, cap and look up what a run costs", COST),
)


@pytest.fixture
def app(tmp_path):
    return app_on(tmp_path / "dataset.json")


def listed(app):
    options = app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]


async def laid_out(pilot):
    """Wait until a page is there as a whole."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


async def press(pilot, *keys):
    await pilot.press(*keys)
    await laid_out(pilot)


async def follow(pilot, href):
    markdown = pilot.app.screen.query_one(Markdown)
    markdown.post_message(Markdown.LinkClicked(markdown, href))
    await laid_out(pilot)


@pytest.mark.exhaustive
async def test_the_key_opens_it_also_in_the_help_and_escape_leads_back(app):
    async with app.run_test(size=(80, 24)) as pilot:
        first = app.screen
        await press(pilot, "M")
        assert listed(app) == [page.title for page in pages()]
        await press(pilot, "escape")
        assert app.screen is first
        await press(pilot, "f1", "f1")
        assert isinstance(app.screen, ManualScreen)
        await press(pilot, "escape", "escape")
        assert app.screen is first


@pytest.mark.exhaustive
async def test_a_page_is_opened_from_the_list_and_left_for_the_one_before(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ManualScreen(PAGES))
        await press(pilot, "down", "enter")
        assert "the screen where you accept" in shown(app)
        await press(pilot, "right_square_bracket")
        assert "The bill." in shown(app)
        await press(pilot, "backspace", "backspace", "backspace")
        assert "Two pages:" in shown(app)


@pytest.mark.exhaustive
async def test_a_search_names_pages_first_that_are_called_so(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ManualScreen(PAGES))
        await press(pilot, "slash", *"bill")
        assert listed(app) == ["Cost"]
        app.screen.query_one(Input).value = "accept"
        await laid_out(pilot)
        assert listed(app) == ["Review", "Manual"]
        await press(pilot, "enter")
        assert "Keys." in shown(app)
        await press(pilot, "escape")
        assert listed(app) == ["Manual", "Review", "Cost"]
        await press(pilot, "slash", *"nothing such", "enter", "escape", "escape")
        assert not isinstance(app.screen, ManualScreen)


async def test_a_link_is_followed_by_keys(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ManualScreen(PAGES))
        await press(pilot, "l", "j", "enter")
        await until(lambda: "Here it stops." in shown(app))


async def test_it_opens_on_the_page_about_the_screen_below(app, tmp_path):
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "D", "f1", "f1")
        assert "# Doctor" in app.screen.query_one(Markdown).source
        await press(pilot, "escape", "escape", "escape", "M")
        assert "# The manual" in app.screen.query_one(Markdown).source


@pytest.mark.exhaustive
async def test_links_lead_to_pages_and_their_parts_and_those_to_the_web_are_named(app, monkeypatch):
    monkeypatch.setattr(app, "open_url", None)
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ManualScreen(PAGES))
        await laid_out(pilot)
        await follow(pilot, "cost.md#limit")
        await until(lambda: "Here it stops." in shown(app))
        await follow(pilot, "index.md")
        assert "Two pages:" in shown(app)
        await follow(pilot, "https://example.org")
        assert [note.message for note in app._notifications] == [
            "Not a page of the manual: https://example.org"
        ]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_as_it_did(snap_compare, app, size):
    async def run_before(pilot):
        pilot.app.push_screen(ManualScreen(PAGES))
        await laid_out(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run_before)
