"""The list: what a line tells, groups, and what is accepted with the screen."""

import asyncio
import json
import random

import pytest
from conftest import switch
from msgspec.structs import replace
from rich.cells import cell_len
from textual import events
from textual.geometry import Region

from workbench.adapters.config.settings import Settings
from workbench.adapters.review_memory import read_memory
from workbench.app.review.describe.line import _wrapped
from workbench.app.review.owner import What
from workbench.app.review.sample_list import SampleList
from workbench.core.review.facets import facets_of

pytestmark = pytest.mark.usefixtures("unverified")

LONG = "Before we set off for the mountains, where it will be cold, " * 3


def fan(query, area, value, *more):
    calls = switch(query, "HVAC_FAN_SPEED", value, area)
    return calls | {"answers": [*calls["answers"], *(one for m in more for one in m["answers"])]}


ITEMS = [
    fan("Fan to 5 in the back on the right", 64, 5),
    switch("Switch the headlights on", "HEADLIGHTS_SWITCH", 1),
    fan("Fan to 5 on both sides in the back", 16, 5, fan("", 64, 5)),
    fan("Fan to 2 for the driver", 1, 2),
    fan("Fan to 3 for the driver", 1, 2),
    switch("Turn the headlights off", "HEADLIGHTS_SWITCH", 0),
    fan("Fan to 99 for the driver", 1, 99),
    {"query": 5},
]
"""#4 has a warning, #6 an error; #7 is no sample."""


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    return path


def lines(app):
    """The list's lines, as drawn."""
    samples = app.screen.samples
    drawn = [samples.render_line(y).text.rstrip() for y in range(samples.size.height)]
    return [line for line in drawn if line]


def told(app):
    return [notification.message for notification in app._notifications]


def decided(app):
    """The rows that are decided, each with how."""
    review = app.review
    found = {row: review.label(row) for row in range(len(review.raw))}
    return {row: label.decision for row, label in found.items() if label}


async def take_order(pilot, until_true, number, order):
    await pilot.press("o", str(number))
    await until_true(pilot, lambda: pilot.app.screen.finder.order == order)
    await pilot.pause()


def below(line):
    """A line without its signs, its words joined by single spaces."""
    return " ".join(line[4:].split())


async def test_by_property_each_group_has_a_heading_and_lines_say_what_calls_do(
    open_app, until_true, verifying
):
    async with open_app(size=(240, 40), verified=True) as pilot:
        await take_order(pilot, until_true, 2, "property")
        shown = [line.replace("─", "") for line in lines(pilot.app)]
        assert [" ".join(line.split()) for line in shown] == [
            "HEADLIGHTS_SWITCH 0 of 2",
            "▸#1 Switch the headlights on on",
            "#5 Turn the headlights off off",
            "HVAC_FAN_SPEED 0 of 5",
            "#3 Fan to 2 for the driver FL 2",
            "! #4 Fan to 3 for the driver FL 2",
            "✗ #6 Fan to 99 for the driver FL 99",
            "#2 Fan to 5 on both sides in the back RL RR 5",
            "#0 Fan to 5 in the back on the right RR 5",
            "no property 0 of 1",
            "✗ #7 (no sample: unusable item)",
        ]


@pytest.mark.exhaustive
async def test_the_cursor_passes_headings_and_clicks_on_them_go_to_the_group(
    open_app, until_true, verifying
):
    async with open_app(verified=True) as pilot:
        await take_order(pilot, until_true, 2, "property")
        review = pilot.app.review
        assert review.row == 1  # the first of the order that needs a decision
        await pilot.press("j", "j")
        assert review.row == 3
        await pilot.click("#samples", offset=(5, 2))
        assert review.row == 5
        await pilot.click("#samples", offset=(5, 3))
        assert review.row == 3
        await pilot.press("G")
        assert review.row == 7


@pytest.mark.exhaustive
async def test_keys_typed_while_an_order_is_made_act_on_the_new_one(
    open_app, until_true, verifying, monkeypatch
):
    async with open_app(verified=True) as pilot:
        app = pilot.app
        order = app.screen.helper.analyst.order

        async def slow(*args):
            await asyncio.sleep(0.6)
            return await order(*args)

        monkeypatch.setattr(app.screen.helper.analyst, "order", slow)
        for key in ("o", "2", "j", "x"):
            app.post_message(events.Key(key, key))
        await until_true(pilot, lambda: decided(app))
        assert app.screen.finder.order == "property"
        assert decided(app) == {5: "rejected"}  # the second of the order


@pytest.mark.exhaustive
async def test_headings_count_decisions_and_their_undo(open_app, until_true, verifying):
    async with open_app(verified=True) as pilot:
        await take_order(pilot, until_true, 2, "property")
        bar = pilot.app.screen.bar
        await pilot.press("a")
        await pilot.pause()
        assert lines(pilot.app)[0].endswith("1 of 2")
        assert str(bar.render()).endswith("by property ▸ HEADLIGHTS_SWITCH 1 of 2")
        await pilot.press("u")
        await pilot.pause()
        assert lines(pilot.app)[0].endswith("0 of 2")


async def test_a_accepts_what_can_be_read_and_leaves_what_needs_a_second_look(open_app, verifying):
    async with open_app(verified=True) as pilot:
        await pilot.press("j", "s", "l", "A")
        await pilot.pause()
        assert decided(pilot.app) == {
            1: "skipped",
            **dict.fromkeys((0, 2, 3, 5), "accepted"),
        }
        assert told(pilot.app) == [
            "Accepted 4 here; the 3 left need a closer look (1 lists them) · u to undo"
        ]
        assert pilot.app.review.row == 1
        assert pilot.app.review.label(0).how == "bulk"
        await pilot.press("u")
        assert decided(pilot.app) == {1: "skipped"}
        await pilot.press("A", "A")
        assert told(pilot.app) == [
            "Nothing here can be accepted at once: 1 skipped, 1 warned, 1 failing."
        ]


async def test_what_is_left_out_is_named_with_the_keys_that_list_it(open_app, dataset, monkeypatch):
    items = [fan(f"Fan to 5, number {number}", 64, 5) for number in range(100)]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    statuses = {3: "warn", 5: "fail", 7: "warn"}
    async with open_app(size=(80, 24)) as pilot:
        monkeypatch.setattr(
            type(pilot.app.review), "status", lambda _, row: statuses.get(row, "pass")
        )
        await pilot.press("l", "A")
        await pilot.pause()
        assert told(pilot.app) == [
            "Accepted 17 here; left out 2 warned, 1 failing (2, 3 list them) · u to undo"
        ]
        [toast] = pilot.app.screen.query("Toast")
        assert toast.size.height == 1


@pytest.mark.exhaustive
async def test_when_no_screenful_can_take_more_it_is_told_and_the_first_of_the_rest_is_gone_to(
    open_app, dataset, until_true
):
    items = [fan(f"Fan to 5, number {number}", 64, 5) for number in range(50)]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    async with open_app(size=(80, 24)) as pilot:
        review = pilot.app.review
        for row in range(50):
            status = "warn" if row in (4, 40) else "pass"
            review.know(row, replace(facets_of(review.sample(row)), status=status))
        await pilot.press("l")
        for _ in range(3):
            await pilot.press("A")
            await pilot.pause()
        words = "the 2 left need a closer look (1 lists them)"
        assert told(pilot.app) == [f"Accepted 9 here; {words} · u to undo"]
        assert review.row == 4
        await pilot.press("A")
        assert told(pilot.app) == [f"T{words[1:]}."]
        await pilot.press("1")
        await until_true(pilot, lambda: list(review.view) == [4, 40])


async def test_a_line_under_a_message_was_not_seen(open_app, dataset, monkeypatch):
    items = [fan(f"Fan to 5, number {number}", 64, 5) for number in range(100)]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    async with open_app(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        monkeypatch.setattr(type(pilot.app.review), "status", lambda *_: "pass")
        await pilot.press("l")
        await pilot.pause()
        assert max(screen.samples.places_seen) == 19
        screen.decider.say("short")
        await pilot.pause()
        assert max(screen.samples.places_seen) == 19
        screen.decider.say("long " * 40)
        await pilot.pause()
        [toast] = screen.query("Toast")
        assert toast.size.height == 3
        assert max(screen.samples.places_seen) == 17
        await pilot.press("A")
        assert pilot.app.review.progress().accepted == 18
        assert pilot.app.review.row == 18


@pytest.mark.exhaustive
async def test_beside_a_sample_the_list_first_takes_the_screen_where_requests_are_cut(
    open_app, dataset, verifying
):
    query = "Set the fan to 5 in the back on the right, please, and take your time"
    items = [fan(query, 64, 5), ITEMS[4]]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    async with open_app(size=(120, 30), verified=True) as pilot:
        assert query not in lines(pilot.app)[0]
        await pilot.press("A")
        await pilot.pause()
        assert decided(pilot.app) == {}
        assert query in lines(pilot.app)[0]
        await pilot.press("A")
        await pilot.pause()
        assert decided(pilot.app) == {0: "accepted"}
        await pilot.press("escape", "l")  # from the summary: nothing is left
        await pilot.pause()
        assert pilot.app.screen.detail.display


@pytest.mark.parametrize(
    "item",
    [
        fan(LONG * 4, 64, 5),
        fan("Much at once", 64, 5, *(fan("", area, area % 7) for area in (1, 4, 16, 32, 64, 1))),
    ],
    ids=["a request that is cut", "calls that there is no room for"],
)
async def test_what_is_not_told_in_full_is_not_accepted_with_the_screen(
    open_app, dataset, monkeypatch, item
):
    dataset.write_text(json.dumps([item]), encoding="utf-8")
    async with open_app(size=(80, 24)) as pilot:
        monkeypatch.setattr(type(pilot.app.review), "status", lambda *_: "pass")
        await pilot.press("l", "A")
        await pilot.pause()
        assert decided(pilot.app) == {}
        assert told(pilot.app) == ["Nothing here can be accepted at once: 1 not fully shown."]


async def test_one_is_accepted_from_its_line_only_if_that_tells_everything(open_app, verifying):
    async with open_app(verified=True) as pilot:
        await pilot.press("l", "a")
        assert decided(pilot.app) == {0: "accepted"}
        await pilot.press("number_sign", "4", "enter", "a")
        await pilot.pause()
        assert decided(pilot.app) == {0: "accepted"}
        assert pilot.app.screen.detail.display
        assert told(pilot.app) == ["Now in sight: the whole sample. a again to accept."]
        await pilot.press("a")
        assert decided(pilot.app) == {0: "accepted", 4: "accepted"}


async def test_samples_that_were_never_drawn_are_not_accepted(open_app, dataset, monkeypatch):
    items = [fan(f"Fan to 5, number {number}", 64, 5) for number in range(100)]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    async with open_app() as pilot:
        review, screen = pilot.app.review, pilot.app.screen
        monkeypatch.setattr(type(review), "status", lambda *_: "pass")
        await pilot.press("l")
        await pilot.pause()
        screen.action_accept_all()
        assert review.progress().accepted == 36
        screen.action_accept_all()  # before anything is drawn
        assert review.progress().accepted == 36
        await pilot.pause()
        assert told(pilot.app)[-1] == "The list has just changed: look at it first."
        assert screen.samples.scroll_offset.y == 36
        await pilot.press("A", "A")
        assert review.progress().accepted == 100


async def test_lines_that_only_move_are_not_drawn_again_and_look_as_if_they_were(
    open_app, dataset, until_true, monkeypatch, verifying
):
    items = [fan(f"Fan to {number % 7}, number {number}", 64, number % 7) for number in range(400)]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    drawn = []
    render_line = SampleList.render_line
    monkeypatch.setattr(
        SampleList, "render_line", lambda own, y: drawn.append(y) or render_line(own, y)
    )
    async with open_app(verified=True) as pilot:
        samples = pilot.app.screen.samples
        bar = samples.vertical_scrollbar
        everything = Region(0, 0, *samples.outer_size)

        async def scroll(by):
            samples.scroll_relative(y=by, animate=False)

        async def press(key):
            await pilot.press(key)

        async def grow(by):
            pilot.app.review.append([json.dumps(item).encode() for item in items[:by]])
            pilot.app.screen.finder.changed(What.LINES)

        async def check(act, what):
            await act(what)
            await pilot.pause()
            shown = samples.render_lines(everything)
            at = bar.render_lines(Region(0, 0, *bar.outer_size))
            bar.position = samples.scroll_y
            samples.refresh()
            bar.refresh()
            assert samples.render_lines(everything) == shown, what
            assert bar.render_lines(Region(0, 0, *bar.outer_size)) == at, what
            await pilot.pause()

        for key in ("ctrl+d", "ctrl+d", "ctrl+d", "ctrl+d", *"jjkkajxjv", "ctrl+u", *"GkkgjGaa"):
            await check(press, key)
        for act, what in ((grow, 3), (press, "ctrl+t"), (press, "tab"), (press, "tab")):
            await check(act, what)
        await check(press, "g")
        drawn.clear()
        await press("a")
        await grow(5)
        await pilot.pause()
        assert 1 < len(drawn) <= 4
        assert samples.virtual_size.height == bar.window_virtual_size == 408
        await check(press, "l")
        for by in (-3, 40, -1, 1, 400, -7):
            await check(scroll, by)
        await check(press, "l")
        await take_order(pilot, until_true, 2, "property")
        for key in (*"GkkjjkaG", "ctrl+u", "j"):
            await check(press, key)
        await pilot.press("G")
        for _ in range(samples.size.height + 5):
            await pilot.press("k")
        await pilot.pause()
        drawn.clear()
        await pilot.press("k")
        await pilot.pause()
        assert 1 < len(drawn) <= 4


async def test_the_next_sample_is_read_before_a_key_comes_to_it(open_app, until_true):
    async with open_app() as pilot:
        review = pilot.app.review
        for key, following in (("j", 2), ("j", 3), ("k", 0)):
            await pilot.press(key)
            sample = review.sample(following)
            await until_true(pilot, lambda: review.id_of(sample) in review._verdicts)  # noqa: B023


async def test_a_passing_sample_has_no_sign_and_a_decided_one_is_dimmed(open_app, verifying):
    async with open_app(verified=True) as pilot:
        await pilot.press("a")
        await pilot.pause()
        samples = pilot.app.screen.samples
        muted = samples.get_component_rich_style("samples--secondary", partial=True).color
        strips = [samples.render_line(y) for y in (0, 2, 4, 6)]  # of the fan
        assert [strip.text[:4] for strip in strips] == [" ●  ", "    ", "  ! ", "  ✗ "]
        dimmed = [
            any("Fan" in text and style.color == muted for text, style, _ in strip)
            for strip in strips
        ]
        assert dimmed == [True, False, False, False]


@pytest.mark.exhaustive
async def test_digits_pick_filters_that_show_their_counts(open_app, until_true, verifying):
    async with open_app(verified=True) as pilot:
        review = pilot.app.review

        def bar():
            return str(pilot.app.screen.bar.render()).splitlines()[1]

        await pilot.press("x")
        await pilot.pause()
        assert bar().startswith(" 1 to do 6  2 failing 1  3 warned 1  [4 all 8]  6 rejected 1"[1:])
        for key, rows in {"2": [6], "3": [4], "6": [0], "1": [1, 2, 3, 4, 5, 6]}.items():
            await pilot.press(key)
            await until_true(pilot, lambda rows=rows: list(review.view) == rows)
            await pilot.pause()
            assert f"[{key} " in bar()
        await pilot.press("4")
        await until_true(pilot, lambda: len(review.view) == 8)


@pytest.mark.exhaustive
async def test_a_number_is_gone_to_and_a_filter_that_hides_it_is_cleared(
    open_app, until_true, verifying
):
    async with open_app(verified=True) as pilot:
        review = pilot.app.review
        await pilot.press("number_sign", *"#3", "enter")
        await pilot.pause()
        assert review.row == 3
        await pilot.press("number_sign")
        for wrong, words in {"8": "There is no #8", "x": "x is not a number"}.items():
            await pilot.press(wrong, "enter")  # the wrong text is selected: typing replaces it
            await pilot.pause()
            assert str(pilot.app.screen.query_one(".hint").render()).startswith(words)
        await pilot.press("1", "enter")
        await pilot.pause()
        assert review.row == 1
        await pilot.press("2")
        await until_true(pilot, lambda: list(review.view) == [6])
        await pilot.press("number_sign", "5", "enter")
        await until_true(pilot, lambda: review.row == 5)
        assert len(review.view) == 8
        assert told(pilot.app) == ["#5 was not in the filter, so all samples are shown again."]


@pytest.mark.exhaustive
async def test_order_filter_sample_layout_and_theme_are_as_they_were_left(
    open_app, until_true, verifying
):
    async with open_app(verified=True) as pilot:
        await take_order(pilot, until_true, 2, "property")
        await pilot.press("slash", *"Fan", "enter")
        await until_true(pilot, lambda: len(pilot.app.review.view) == 5)
        await pilot.press("G", "k", "l", "ctrl+t")
        assert pilot.app.review.row == 2
    async with open_app(verified=True) as pilot:
        finder, review = pilot.app.screen.finder, pilot.app.review
        await until_true(pilot, lambda: (finder.order, len(review.view)) == ("property", 5))
        assert (review.row, finder.filtered) == (2, "Fan")
        assert pilot.app.screen.samples.alone
        assert pilot.app.theme == "workbench-light"
        assert "Filter from last time: Fan. esc shows all." in told(pilot.app)
    async with open_app(settings=Settings(theme="workbench-light"), verified=True) as pilot:
        assert pilot.app.theme == "workbench-light"  # which the settings have asked for since
        await pilot.press("ctrl+t", "escape", "4", "l")
        await take_order(pilot, until_true, 1, "file")
    async with open_app(settings=Settings(theme="workbench-light")) as pilot:
        assert pilot.app.theme == "workbench-dark"
        assert len(pilot.app.review.view) == 8
        assert not pilot.app.screen.samples.alone


async def test_the_place_is_on_disk_soon_after_a_key_for_whoever_is_killed(
    open_app, dataset, until_true, monkeypatch
):
    monkeypatch.setattr("workbench.app.review.recall._NOTE", 0.01)
    async with open_app() as pilot:
        await pilot.press("j", "a")
        row = pilot.app.review.row
        assert row
        await until_true(pilot, lambda: read_memory(dataset, "ann").row == row)


async def test_where_the_sample_that_was_left_is_gone_the_first_one_to_do_is_shown(
    open_app, dataset
):
    async with open_app() as pilot:
        await pilot.press("a", "j", "j")
    items = json.loads(dataset.read_text(encoding="utf-8"))
    dataset.write_text(json.dumps(items[1:]), encoding="utf-8")
    async with open_app() as pilot:
        assert pilot.app.review.row == 0


@pytest.mark.exhaustive
async def test_in_ascii_nothing_of_ours_is_drawn_that_ascii_lacks(open_app, until_true, verifying):
    async with open_app(verified=True, settings=Settings(ascii=True)) as pilot:
        await pilot.press("a", "space")
        await take_order(pilot, until_true, 2, "property")
        assert all(line.isascii() for line in lines(pilot.app))
        assert str(pilot.app.screen.bar.render()).isascii()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_every_line_fits_beside_a_sample_and_alone(open_app, dataset, size):
    items = [*ITEMS, fan(LONG, 1, 3), fan("温度を" * 40, 1, 3), *[ITEMS[0]] * 60]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    async with open_app(size=size) as pilot:
        samples = pilot.app.screen.samples
        for _ in range(2):
            for key in ("G", "g", "j", "ctrl+d"):
                await pilot.press(key)
                await pilot.pause()
                width = samples.size.width
                assert {samples.render_line(y).cell_length for y in range(samples.size.height)} == {
                    width
                }
                assert pilot.app.review.row in samples.rows_in_sight
            await pilot.press("l")
            await pilot.pause()


def test_a_request_in_lines_has_all_its_words_or_says_that_it_has_not():
    letters = random.Random(7)
    for _ in range(2000):
        words = ["温" * letters.randint(1, 9), "a" * letters.randint(1, 30), "be", "c,", "é"]
        text = " ".join(letters.choices(words, k=letters.randint(0, 12)))
        widths = [letters.randint(1, 30) for _ in range(letters.randint(1, 4))]
        parts, whole = _wrapped(text, widths, plain=letters.random() < 0.5)
        assert all(cell_len(part) <= width for part, width in zip(parts, widths, strict=False))
        assert len(parts) <= len(widths)
        if whole:
            assert "".join(parts).replace(" ", "") == text.replace(" ", "")
        else:
            assert parts[-1].endswith(("…", ".")) or widths[len(parts) - 1] == 0


async def test_the_cursors_sign_stands_once_where_a_request_takes_several_lines(open_app, dataset):
    dataset.write_text(json.dumps([fan(LONG, 64, 5), ITEMS[0]]), encoding="utf-8")
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("l")
        await pilot.pause()
        drawn = lines(pilot.app)
        assert "mountains" in drawn[1]  # the request goes on
        assert [line.count("▸") for line in drawn[:3]] == [1, 0, 0]


async def test_a_query_that_cannot_be_seen_is_named_in_the_list_and_beside_it(open_app, dataset):
    dataset.write_text(json.dumps([switch(" ", "HEADLIGHTS_SWITCH", 1)]))
    async with open_app() as pilot:
        assert "(empty query)" in lines(pilot.app)[0]
        assert "(empty query)" in pilot.app.screen.detail.plain
