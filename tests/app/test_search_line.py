"""The search line: the list follows it, and Escape brings back what was there before."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from textual.widgets import Input, Static

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.main import WorkbenchApp
from workbench.jobs.review import open_review

pytestmark = pytest.mark.usefixtures("unverified")


def below(app) -> str:
    return str(app.screen.query_one("#search Static", Static).render())


def listed(app) -> list[int]:
    return list(app.review.view)


@pytest.mark.exhaustive
async def test_the_list_follows_what_is_typed_and_escape_restores_it(open_app):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("j", "j", "slash", *"lights")
        await pilot.pause()
        assert (listed(pilot.app), review.row) == ([2, 3, 6], 2)
        assert "3 of 7  “lights” in the query or a call" in below(pilot.app)
        assert pilot.app.screen.finder.filtered == "lights"
        await pilot.press(*" off", "down")
        await pilot.pause()
        assert listed(pilot.app) == [3]
        await pilot.press("escape", "j")
        assert len(listed(pilot.app)) == 7
        assert review.row == 3
        assert pilot.app.screen.finder.last_search == ""


@pytest.mark.exhaustive
async def test_what_is_unfinished_filters_as_far_as_it_is_right(open_app):
    async with open_app() as pilot:
        for typed, rows in (
            ("lights", [2, 3, 6]),
            (" verdict:", [2, 3, 6]),
            (" OR off", [2, 3, 6]),
        ):
            await pilot.press(*([] if pilot.app.screen.query("#search") else ["slash"]), *typed)
            await pilot.pause()
            assert listed(pilot.app) == rows, typed
        await pilot.press("enter")
        assert pilot.app.screen.query("#search")


@pytest.mark.exhaustive
async def test_escape_restores_the_filter_that_was_there_before(open_app):
    async with open_app() as pilot:
        await pilot.press("slash", *"lights", "enter", "j", "slash", *" off", "escape")
        await pilot.pause()
        assert (listed(pilot.app), pilot.app.review.row) == ([2, 3, 6], 3)
        assert pilot.app.screen.finder.filtered == "lights"


@pytest.mark.exhaustive
async def test_enter_keeps_the_filter_and_goes_to_the_first_match(open_app):
    async with open_app() as pilot:
        await pilot.press("G", "slash", *"degrees", "enter", "a")
        assert pilot.app.review.label(0).decision == "accepted"
        assert listed(pilot.app) == [0, 1]
        await pilot.press("escape", "G", "N")
        assert pilot.app.review.row == 1


@pytest.mark.exhaustive
async def test_words_on_the_screen_are_found(open_app):
    async with open_app() as pilot:
        await pilot.press("slash", *'area:"front left" value:>22', "enter")
        assert listed(pilot.app) == [1]


@pytest.mark.exhaustive
async def test_a_number_goes_to_that_sample_and_filters_nothing(open_app, until_true):
    async with open_app() as pilot:
        await pilot.press("slash", *"#6")
        await pilot.pause()
        assert "Enter goes to #6" in below(pilot.app)
        assert len(listed(pilot.app)) == 7
        await pilot.press("enter")
        assert pilot.app.review.row == 6
        await pilot.press("slash", *"degrees", "enter", "slash")
        await pilot.press(*["backspace"] * 7, *"#2", "enter")
        await until_true(pilot, lambda: pilot.app.review.row == 2)
        assert len(listed(pilot.app)) == 7


@pytest.mark.exhaustive
async def test_no_match_is_said_below_the_line_with_what_was_meant(open_app):
    async with open_app() as pilot:
        await pilot.press("slash", *"property:HVAC_FAN_SPEDE")
        await pilot.pause()
        assert listed(pilot.app) == []
        assert (
            "No matches.  There is no property “HVAC_FAN_SPEDE”; did you mean HVAC_FAN_SPEED?"
            in (below(pilot.app))
        )


@pytest.mark.exhaustive
async def test_tab_completes_and_goes_on_with_the_next(open_app):
    async with open_app() as pilot:
        line = lambda: pilot.app.screen.query_one("#search Input", Input).value  # noqa: E731
        await pilot.press("slash", *"-re")
        await pilot.pause()
        assert "Tab: reply:  reviewer:  reason:" in below(pilot.app)
        await pilot.press("tab")
        assert line() == "-reply:"
        await pilot.press("tab")
        assert line() == "-reviewer:"
        await pilot.press("tab")
        assert line() == "-reason:"
        await pilot.press(*["backspace"] * 8, *"code:grounding.pla")
        await pilot.pause()
        await pilot.press("tab", "enter")
        assert pilot.app.screen.finder.filtered == "code:grounding.place"


@pytest.mark.exhaustive
async def test_what_reviewers_wrote_is_suggested(open_app, until_true):
    async with open_app() as pilot:
        await pilot.press("t", *"night drive,fog", "enter", "j", "r", *"wrong seat", "enter")
        await pilot.press("slash", *"tag:")
        await until_true(pilot, lambda: "Tab: night drive  fog" in below(pilot.app))
        await pilot.press("tab", "enter")
        assert listed(pilot.app) == [0]
        await pilot.press("escape", "slash", *"reason:w")
        await until_true(pilot, lambda: "Tab: wrong seat" in below(pilot.app))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_the_list_of_terms_is_not_cut(open_app, size):
    async with open_app(size=size) as pilot:
        await pilot.press("slash")
        await pilot.pause()
        lines = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
        shown = " ".join(line.strip() for line in lines)
        for part in ("verdict:", "reviewer:", "engine:", "a OR b", "Tab completes"):
            assert part in shown, part


@pytest.fixture
def many(tmp_path):
    """The app on so many samples that a search takes longer than a key."""
    calls = {"name": "setIntProperty", "arguments": {"propertyName": "X", "areaId": 0, "value": 1}}
    items = [{"query": f"Sample {n}", "answers": [calls]} for n in range(6_000)]
    path = tmp_path / "many.json"
    path.write_text(json.dumps(items), encoding="utf-8")

    @asynccontextmanager
    async def opened():
        review = open_review(path, CatalogFiles(), reviewer="ann")
        app = WorkbenchApp(review)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            yield pilot
        review.close()

    return opened


@pytest.mark.exhaustive
async def test_the_latest_text_counts_and_escape_restores_at_once(many, until_true):
    async with many() as pilot:
        review = pilot.app.review
        await pilot.press("G", "slash", *"sample 59")
        await until_true(pilot, lambda: review.view and review.view[0] == 59)
        await until_true(pilot, lambda: not pilot.app.screen.finder.doing)
        assert list(review.view) == [n for n in range(6_000) if "59" in str(n)]
        await pilot.press("escape")
        assert len(review.view) == 6_000
        assert review.row == 5_999
        await asyncio.sleep(0)
        assert len(review.view) == 6_000


@pytest.mark.exhaustive
async def test_steps_to_far_matches_are_taken_in_their_order(many, until_true):
    async with many() as pilot:
        review = pilot.app.review
        await pilot.press("slash", *'"sample 5000"|"sample 5500"', "enter")
        await until_true(pilot, lambda: list(review.view) == [5000, 5500])
        await pilot.press("escape", "g", "n", "n")
        await until_true(pilot, lambda: review.row == 5500)
        await pilot.press("n", "g", "N")
        assert review.row == 0


@pytest.mark.parametrize(
    "typed",
    [
        "zzz",
        *(pytest.param(s, marks=pytest.mark.exhaustive) for s in ("", "#5", "vedict:x", "lights")),
    ],
)
async def test_tab_never_leaves_the_line_so_that_typing_never_decides(open_app, typed):
    async with open_app() as pilot:
        for tab in ("tab", "shift+tab"):
            await pilot.press("slash", *typed, tab, "x", "a", "escape")
        await pilot.pause()
        assert pilot.app.review.progress().reviewed == 0


async def test_shift_tab_completes_with_the_one_before(open_app):
    async with open_app() as pilot:
        await pilot.press("slash", *"-re", "tab", "tab", "shift+tab")
        assert pilot.app.screen.query_one("#search Input", Input).value == "-reply:"


@pytest.mark.parametrize(
    "typed",
    [
        ["v", ":"],
        [*"#6"],
        [*"fan", *["backspace"] * 3],
        *(
            pytest.param(typed, marks=pytest.mark.exhaustive)
            for typed in ([*"verdict:"], [*"xx:"], [*"lights", *["backspace"] * 6])
        ),
    ],
    ids="".join,
)
async def test_escape_goes_back_to_the_sample_whatever_was_typed(open_app, typed):
    async with open_app() as pilot:
        await pilot.press("j", "j", "slash", *typed)
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert (pilot.app.review.row, len(listed(pilot.app))) == (2, 7)


async def test_the_bar_of_keys_tells_those_of_the_line_and_of_nothing_below_a_dialog(open_app):
    async with open_app() as pilot:
        bar = pilot.app.screen.query_one("KeyBar", Static)
        at_first = str(bar.render())
        await pilot.press("slash")
        await pilot.pause()
        assert str(bar.render()) == "enter filter   esc cancel   tab complete   up/down move"
        await pilot.press("escape")
        await pilot.pause()
        assert str(bar.render()) == at_first
        await pilot.press("o")
        await pilot.pause()
        assert not bar.visible
        await pilot.press("escape")
        await pilot.pause()
        assert bar.visible


async def test_what_was_said_before_a_dialog_does_not_lie_over_it(open_app):
    async with open_app() as pilot:
        await pilot.press("v", "G", "d")
        await pilot.pause()
        assert [one.message for one in pilot.app._notifications]
        await pilot.press("o")
        await pilot.pause()
        assert not list(pilot.app._notifications)
        assert not any(
            rack.display for s in pilot.app.screen_stack for rack in s.query("ToastRack")
        )
