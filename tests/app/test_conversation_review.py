"""Conversations in the review: lines of the list, step by step in full, and what keys do there."""

import json
import re
from pathlib import Path

import pytest

from workbench.adapters.config.settings import Settings
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.app.main import WorkbenchApp
from workbench.app.review.decider import _finding_words
from workbench.app.review.describe.line import row_lines
from workbench.core.checks import PLAIN_STAGES
from workbench.core.review.facets import facets_of
from workbench.core.samples import from_item
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.review import open_review
from workbench.jobs.review.orders import arranged, group_name

pytestmark = pytest.mark.usefixtures("unverified")

FILE = Path(__file__).parents[1] / "conversations/review.json"
(
    WARMER,
    TOO_HOT,
    KIDS_SEAT,
    JOKE,
    NO_CLIMATE,
    STATED,
    TWICE,
    WINDOWS,
    LONG,
    STRING,
    _,
    QUEEN,
    MIXED,
) = range(13)


@pytest.fixture(scope="session")
def worded():
    """Only what the car itself says: what is read out of words is tested elsewhere."""
    return load_verifier(CatalogFiles(), PLAIN_STAGES).ready()


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "data.json"
    path.write_bytes(FILE.read_bytes())
    return path


def only(dataset, *rows):
    """Keep these rows of the dataset."""
    items = json.loads(FILE.read_text(encoding="utf-8"))
    dataset.write_text(json.dumps([items[row] for row in rows]), encoding="utf-8")


def know(review):
    """Have all verdicts, as a helper process would report them."""
    for row in range(len(review.raw)):
        sample = review.sample(row)
        review.know(row, facets_of(sample, review.verifier.verify(sample)))


def detail(pilot):
    """The lines of the sample in full, blanks joined."""
    return [" ".join(line.split()) for line in pilot.app.screen.detail.plain.splitlines() if line]


def told(pilot):
    return [notification.message for notification in pilot.app._notifications]


async def go(pilot, row):
    await pilot.press("number_sign", *str(row), "enter")
    await pilot.pause()


async def test_a_conversation_is_read_from_top_to_bottom_with_what_the_car_answers(open_app):
    async with open_app(size=(200, 40)) as pilot:
        assert [line.split(" ┌")[0] for line in detail(pilot)][:15] == [
            "#0 undecided ✓ pass conversation, 3 turns, 6 steps",
            "At the start temperature FL: 20 °C",
            "1 One degree warmer for me, please",
            "▔▔▔▔▔▔ ▔▔▔▔▔▔",
            "read temperature FRONT LEFT seat 1 → 20 °C",
            "2 set temperature FRONT LEFT seat 1 20 → 21 °C ▮▮▯▯▯▯▯▯▯▯ 17.5–32.5",
            "3 tell “It's 21 degrees on your side now.”",
            "4 Same for my wife",
            "set temperature FRONT RIGHT seat 4 22 → 21 °C ▮▮▯▯▯▯▯▯▯▯ 17.5–32.5",
            "5 tell “Done, 21 on the right as well.”",
            "6 No, put mine back to where it was",
            "set temperature FRONT LEFT seat 1 21 → 20 °C ▮▮▯▯▯▯▯▯▯▯ 17.5–32.5",
            "Effect in the car",
            "temperature FL: 20 °C, as at the start │ 26 4 │",
            "temperature FR: 22 °C → 21 °C ▼1 │ ◌ ◌ ◌ │",
        ]
        await pilot.press("z")
        assert '→ {"propertyName":"HVAC_TEMPERATURE_SET","areaId":1,"value":20.0}' in detail(pilot)


SAID_BELOW = {
    TOO_HOT: [
        "refuse “I can only go up to 32.5 degrees.”",
        "because: value out of range",
        "set temperature FRONT LEFT seat 1 50 °C outside 17.5–32.5",
        "→ the car refuses it: value: 50.0 is out of range for HVAC_TEMPERATURE_SET: 17.5 to 32.5"
        " °C",
    ],
    KIDS_SEAT: [
        "ask “The left one or the right one?”",
        "1✓ set seat heating or cooling REAR LEFT seat 16 level 1 ▯▯│▮▯ -2 to 2",
        "2 set seat heating or cooling REAR RIGHT seat 64 level 1 ▯▯│▮▯ -2 to 2",
    ],
    NO_CLIMATE: [
        "→ refused by the car: HVAC_FAN_SPEED isn't available in area 1 (front left seat):"
        " HVAC_POWER_ON isn't true there",
        "2 refuse “The climate control is off on your side, so there's no fan to turn up. Shall I"
        " switch it on?”",
        "because: unavailable, as just seen",
    ],
    TWICE: [
        "2 set fan speed FRONT LEFT seat 1 level 9 outside 1–7",
        "→ refused by the car",
        "✗ value: 9 is out of range for HVAC_FAN_SPEED: 1 to 7 execution.value_out_of_range",
        "4 tell “Both are on 6 now.”",
    ],
}


@pytest.mark.parametrize("row", SAID_BELOW)
async def test_a_step_shows_what_is_refused_offered_or_found_at_its_place(open_app, row):
    async with open_app(size=(400, 60)) as pilot:
        await go(pilot, row)
        lines, expected = detail(pilot), SAID_BELOW[row]
        at = lines.index(expected[0])
        assert lines[at : at + len(expected)] == expected


@pytest.mark.parametrize(
    ("width", "when"), [(200, r", \d{4}-\d\d-\d\d \d\d:\d\d"), (80, r", \d{4}-\d\d-\d\d"), (60, "")]
)
async def test_the_head_is_one_line_and_says_when_if_there_is_room(open_app, width, when):
    async with open_app(size=(width, 40)) as pilot:
        await pilot.press("a", "k")
        await pilot.pause()
        head, below = detail(pilot)[:2]
        by = r"( by \w+)" if when else ".*"
        assert re.fullmatch(f"#0 ● accepted{by}{when} ✓ pass conversation, 3 turns, 6 steps", head)
        assert below.startswith("At the start")


async def test_kinds_are_filters_with_counts_an_order_and_in_the_summary(open_app, dataset):
    async with open_app(size=(120, 40)) as pilot:
        know(pilot.app.review)
        assert len(list(arranged(pilot.app.review, "kind", range(13)))[-1]) == 13
        names = [group_name(pilot.app.review, "kind")(row) for row in (WARMER, KIDS_SEAT, JOKE)]
        assert names == ["conversation", "ask", "no-call"]
        await pilot.press("F", *"asks")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen.finder.last_search == "kind:ask"
        assert set(pilot.app.review.view) >= {KIDS_SEAT, MIXED}
        await pilot.press("escape", "S")
        await pilot.pause()
        shown = str(pilot.app.screen.query_one("#kinds").content)
        assert "conversation" in shown
        assert " 0 of " in shown


async def test_conversations_are_rejected_for_reasons_of_their_own(open_app):
    async with open_app() as pilot:
        await go(pilot, KIDS_SEAT)
        await pilot.press("r")
        await pilot.pause()
        await pilot.press("5")
        assert pilot.app.review.label(KIDS_SEAT).reason == "needless question"


async def test_where_not_all_fits_a_line_tells_the_changes_first(open_app):
    async with open_app() as pilot:
        [line] = row_lines(pilot.app.review, STATED, 90, plain=False).lines
        assert "seat heating or cooling FL 2 +1" in line[-1][0]


async def test_a_refusal_that_the_car_would_have_served_shows_that_it_would(open_app, dataset):
    items = json.loads(FILE.read_text(encoding="utf-8"))
    items[TOO_HOT]["reply"]["wanted"][0]["arguments"]["value"] = 28.0
    dataset.write_text(json.dumps([items[TOO_HOT]]), encoding="utf-8")
    async with open_app() as pilot:
        assert "→ the car would do it" in detail(pilot)


def marked(pilot):
    """The lines in sight that have the mark of the current step."""
    view = pilot.app.screen.detail
    drawn = [view.render_line(y).text for y in range(view.size.height)]
    return [" ".join(line[1:].split()) for line in drawn if line.startswith("▌")]


async def test_keys_walk_the_steps_and_bring_them_into_sight(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await go(pilot, LONG)
        view = pilot.app.screen.detail
        assert marked(pilot)[0] == "1 Lock everything up and tell me whether the boot's shut"
        await pilot.press("right_parenthesis")
        assert marked(pilot) == ["2 tell “All four doors are locked, and the boot is shut.”"]
        for _ in range(8):
            await pilot.press("right_parenthesis")
        assert view.scroll_offset.y > 0
        assert marked(pilot)[0].startswith("10 refuse “The limit is at 90 percent.")
        await pilot.press("right_parenthesis")
        assert told(pilot)[-1] == "This is the last step."
        await pilot.press(*["left_parenthesis"] * 9)
        assert view.scroll_offset.y < 3
        assert marked(pilot)[0].startswith("1 Lock")
        await pilot.press("left_parenthesis")
        assert told(pilot)[-1] == "This is the first step."
        await go(pilot, 13)
        assert marked(pilot) == []
        await pilot.press("right_parenthesis")
        assert told(pilot)[-1] == "This is the only step."


@pytest.mark.exhaustive
async def test_the_form_opens_at_the_step_that_one_has_gone_to(open_app, dataset):
    only(dataset, MIXED)
    for steps, path in {
        0: ("then", 3, "answers", 0),  # where something is wrong
        1: ("then", 0, "answers", 0),
        2: ("then", 1, "reply"),
    }.items():
        async with open_app() as pilot:
            await pilot.press(*["right_parenthesis"] * steps, "e")
            await pilot.pause()
            assert pilot.app.screen._form.spot.path == path


async def test_a_step_in_which_nothing_happens_is_gone_to_as_well(open_app, dataset):
    nothing = {"query": "", "answers": [], "then": [{}, {"query": ""}, {"query": "Well?"}]}
    dataset.write_text(json.dumps([nothing]), encoding="utf-8")
    async with open_app() as pilot:
        found = [marked(pilot)]
        for _ in range(3):
            await pilot.press("right_parenthesis")
            found.append(marked(pilot))
        assert [one[0].partition(" ")[0] for one in found] == ["1", "2", "3", "4"]


async def test_a_conversation_is_seen_to_its_end_before_it_is_accepted(open_app, dataset):
    only(dataset, LONG, JOKE)
    async with open_app(size=(80, 24)) as pilot:
        review, view = pilot.app.review, pilot.app.screen.detail
        last = view.render_line(view.size.height - 1).text
        assert "2 requests, 4 calls, 3 replies" in last
        for _ in range(6):
            await pilot.press("a")
            if review.label(0):
                break
            assert told(pilot)[-1].startswith("Now in sight: ")
        assert review.label(0).decision == "accepted"
        assert view.scroll_offset.y == 0
        await pilot.press("a")
        assert review.label(1).decision == "accepted"


LINES = {
    WARMER: "temperature FL get→21°C · FR 21°C · FL 20°C …3",
    TOO_HOT: "× temperature FL 28°C …2",
    KIDS_SEAT: "? seat heating or cooling RL 1 …2",
    JOKE: "~ chat",
    QUEEN: "× out of scope",
    MIXED: '? × temperature FL get→21°C · seat heating or cooling RR "1" …4',
}


async def test_a_line_says_what_a_conversation_comes_to(open_app):
    async with open_app() as pilot:
        for row, end in LINES.items():
            [line] = row_lines(pilot.app.review, row, 170, plain=False).lines
            assert line[-1][0].strip() == end
            [line] = row_lines(pilot.app.review, row, 170, plain=True).lines
            assert "".join(text for text, _ in line).replace("°", "").isascii()


async def test_the_code_of_a_reason_stands_with_the_details(open_app):
    async with open_app(size=(200, 40)) as pilot:
        await go(pilot, TOO_HOT)
        assert "execution." not in pilot.app.screen.detail.plain
        await pilot.press("z")
        assert "because: value out of range execution.value_out_of_range" in detail(pilot)


async def test_alone_the_list_tells_all_of_a_conversation_turn_by_turn(open_app):
    async with open_app() as pilot:
        found = row_lines(pilot.app.review, NO_CLIMATE, 119, plain=False, most=4)
        lines = ["".join(text for text, _ in line)[5:].strip() for line in found.lines]
        assert lines[0].startswith("#4  [climate system FL off] Turn the fan up a bit → fan speed")
        assert lines[-1] == (
            "› Yes, and put the fan on 5 → climate system FL on → fan speed FL 5 → “The climate is "
            "on, with the fan at 5.”"
        )
        assert found.whole
        assert not row_lines(pilot.app.review, LONG, 119, plain=False, most=4).whole
        assert not row_lines(pilot.app.review, NO_CLIMATE, 119, plain=False).whole


async def test_the_screen_is_accepted_without_conversations_that_are_cut(open_app, dataset):
    only(dataset, WARMER, LONG, JOKE)
    async with open_app(size=(120, 24)) as pilot:
        review = pilot.app.review
        know(review)
        await pilot.press("l", "A")
        await pilot.pause()
        assert [bool(review.label(row)) for row in range(3)] == [True, False, True]
        assert told(pilot)[-1].startswith("Accepted 2 here; the last one needs a look")


async def test_a_fix_at_an_inner_step_says_what_it_changes_and_is_accepted(open_app, dataset):
    only(dataset, MIXED, JOKE)
    async with open_app() as pilot:
        assert 'f value: "1" → level 1' in detail(pilot)
        await pilot.press("f")
        await pilot.pause()
        shown = str(pilot.app.screen._text())
        assert '• value: "1" → level 1' in shown
        assert (
            '\n+setIntProperty(propertyName="HVAC_SEAT_TEMPERATURE", areaId=64, value=1)' in shown
        )
        assert "\n The one on the right\n" in shown
        assert "one degree warmer" not in shown  # far from what changes
        assert "\n …\n" in shown
        await pilot.press("a")
        edited = pilot.app.review.label(0).edited
        assert edited.then[3].answers[0].arguments["value"] == 1
        assert edited.then[4].reply.kind == "refuse"
        await pilot.press("u")
        assert pilot.app.review.label(0) is None or pilot.app.review.label(0).edited is None


async def test_a_finding_at_an_inner_step_is_called_wrong_and_stays_there(
    open_app, dataset, worded, monkeypatch
):
    only(dataset, WARMER)
    found = Finding("grounding.place", "the wrong side", ("then", 2, "answers", 0, "arguments"))
    monkeypatch.setattr(worded, "verify", lambda _: Verdict((found,)))
    async with open_app() as pilot:
        lines = detail(pilot)
        at = next(n for n, line in enumerate(lines) if line.startswith("! the wrong side"))
        assert lines[at - 1].startswith("set temperature FRONT RIGHT")
        await pilot.press("exclamation_mark")
        await pilot.pause()
        lines = detail(pilot)
        wrong = next(n for n, line in enumerate(lines) if "marked wrong by ann" in line)
        assert wrong == at
        assert pilot.app.review.verdict_in_force(0).status == "pass"
        assert _finding_words(found, "").startswith("step 4: grounding.place")


@pytest.mark.exhaustive
async def test_what_is_shown_of_conversations_is_ascii_where_that_is_asked_for(open_app):
    async with open_app(settings=Settings(ascii=True), size=(80, 24)) as pilot:
        for row in (KIDS_SEAT, JOKE, NO_CLIMATE, TWICE, WINDOWS, LONG, QUEEN):
            await go(pilot, row)
            view = pilot.app.screen.detail
            drawn = [view.render_line(y).text for y in range(view.size.height)]
            assert "".join(drawn).replace("°", "").isascii()


@pytest.fixture
def app(dataset, monkeypatch, worded):
    monkeypatch.setattr("workbench.jobs.review.load_verifier", lambda *_: worded)
    opened = []

    def make(**settings):
        review = open_review(dataset, CatalogFiles(), reviewer="ann")
        opened.append(review)
        know(review)
        return WorkbenchApp(review, Settings(**settings))

    yield make
    for review in opened:
        review.close()


def pressing(*keys):
    async def run_before(pilot):
        pilot.app.screen.helper.checked = len(pilot.app.review.raw)
        await pilot.press(*keys)
        await pilot.pause()
        pilot.app.clear_notifications()
        await pilot.pause()

    return run_before


PICTURED = {
    "120x40": ((120, 40), {}),
    "80x24": ((80, 24), {}),
    "200x60": ((200, 60), {}),
    "ascii": ((80, 24), {"ascii": True}),
    "light": ((120, 40), {"theme": "workbench-light"}),
}


@pytest.mark.parametrize(
    "name",
    [
        "120x40",
        "80x24",
        *(pytest.param(one, marks=pytest.mark.exhaustive) for one in ("200x60", "ascii", "light")),
    ],
)
def test_picture(snap_compare, app, name):
    size, settings = PICTURED[name]
    keys = ("number_sign", *str(MIXED), "enter", *["right_parenthesis"] * 4)
    assert snap_compare(app(**settings), terminal_size=size, run_before=pressing(*keys))


def test_the_list_alone(snap_compare, app):
    assert snap_compare(app(), terminal_size=(120, 40), run_before=pressing("l"))


def test_every_item_of_the_file_is_a_sample():
    items = json.loads(FILE.read_text(encoding="utf-8"))
    assert sum(from_item(item).is_conversation for item in items) == 13
