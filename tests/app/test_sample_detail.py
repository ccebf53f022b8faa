"""The sample in full: evidence, calls at a glance, and what must be seen before it is accepted."""

import json

import pytest

from workbench.adapters.config.settings import Settings
from workbench.app.review.describe.calls import fix_words
from workbench.app.review.describe.car_map import car_map
from workbench.app.review.describe.gauge import gauge
from workbench.core.checks.grounding.evidence import CallEvidence
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import Edit, Finding, Fix

STYLES = dict.fromkeys(("muted", "warning", "accent"), "")


def fan(area, value=None):
    kind = "get" if value is None else "set"
    arguments = {"propertyName": "HVAC_FAN_SPEED", "areaId": area}
    arguments |= {} if value is None else {"value": value}
    return ToolCall(f"{kind}IntProperty", arguments)


def item(query, *calls):
    return {"query": query, "answers": [{"name": c.name, "arguments": c.arguments} for c in calls]}


def write(dataset, *items):
    dataset.write_text(json.dumps(items), encoding="utf-8")


def detail(pilot):
    return pilot.app.screen.detail.plain.splitlines()


def told(pilot):
    return [notification.message for notification in pilot.app._notifications]


def underlined(pilot):
    """The underlined words of the sample that is shown."""
    lines = pilot.app.screen.detail._lines
    spans = ((line.text, span) for line in lines for span in line.text.spans)
    return [text.plain[s.start : s.end] for text, s in spans if "underline" in str(s.style)]


SEVERAL = item(
    "Fan at the back left on 5, and what is the fan set to for the passenger?", fan(16, 5), fan(4)
)
SEATS = (1, 4, 16, 32, 64)
EVERY_SEAT = [*(fan(area, 3) for area in SEATS), *(fan(area) for area in SEATS)]


async def test_the_words_behind_a_call_are_underlined(open_app, dataset):
    write(dataset, item("Put the fan at the back left on 3", fan(16, 3)))
    async with open_app() as pilot:
        assert underlined(pilot) == ["fan", "back left", "3"]


@pytest.mark.parametrize(("plain", "sign"), [(False, "▔"), (True, "^")])
async def test_marks_say_which_call_words_are_for(open_app, dataset, plain, sign):
    write(dataset, SEVERAL)
    async with open_app(settings=Settings(ascii=plain)) as pilot:
        lines = detail(pilot)
        at = next(n for n, line in enumerate(lines) if "back left" in line)
        where, numbered = lines[at].index("back left"), lines[at + 1]
        assert numbered[where : where + 9] == "1" + sign * 8
        assert "2" + sign in "".join(lines[at + 1 : at + 4])


async def test_a_call_has_its_place_in_capitals_and_its_value_on_a_scale(open_app, dataset):
    write(dataset, SEVERAL)
    async with open_app(size=(150, 40)) as pilot:
        text = "\n".join(detail(pilot))
        assert "1  set  fan speed  REAR LEFT seat 16   level 5  ▮▮▮▮▮▯▯ 1–7" in text
        assert "2  read fan speed  FRONT RIGHT seat 4  → level 3" in text
        assert "fan speed RL: level 3 → level 5 ▲2" in text
        assert "everything else unchanged" in text
        assert "setIntProperty" not in text
        await pilot.press("z")
        text = "\n".join(detail(pilot))
        assert 'setIntProperty(propertyName="HVAC_FAN_SPEED", areaId=16, value=5)' in text
        await pilot.press("z")
        assert "setIntProperty" not in "\n".join(detail(pilot))


async def test_a_fix_says_what_was_and_what_would_be(open_app, dataset):
    write(dataset, item("Put the fan at the back left on 3", fan(1, 3)))
    async with open_app() as pilot:
        text = "\n".join(detail(pilot))
        assert "f area: front left seat → rear left seat" in text
        assert underlined(pilot) == ["fan", "back left", "3"]
        assert "▔▔▔        ?▔▔▔▔▔▔▔▔    ▔" in text
        assert "? no call" in text
        assert "! not said" in text


async def test_what_does_not_fit_is_said_and_seen_before_it_is_accepted(open_app, dataset):
    write(dataset, item("Fan on 3 in every seat, and is it on?", *EVERY_SEAT), SEVERAL)
    async with open_app(size=(80, 18)) as pilot:
        app = pilot.app
        last = app.screen.detail.render_line(app.screen.detail.size.height - 1).text
        assert last.startswith("▼ ")
        assert "4 calls" in last
        await pilot.press("a")
        assert app.review.label(0) is None
        assert told(pilot) == ["Now in sight: 4 calls. a again to accept."]
        assert app.screen.detail.scroll_offset.y > 0
        await pilot.press("a")
        assert app.review.label(0).decision == "accepted"
        assert app.screen.detail.scroll_offset.y == 0


async def test_keys_typed_ahead_accept_nothing_unseen(open_app, dataset):
    write(dataset, SEVERAL, item("Fan on 3 in every seat, and is it on?", *EVERY_SEAT), SEVERAL)
    async with open_app(size=(80, 18)) as pilot:
        await pilot.press("a", "a")
        review = pilot.app.review
        assert review.label(0).decision == "accepted"
        assert review.label(1) is None
        await pilot.press("x")  # it was told already
        assert review.label(1).decision == "rejected"


async def test_what_was_scrolled_to_has_been_seen(open_app, dataset):
    write(dataset, item("Fan on 3 in every seat, and is it on?", *EVERY_SEAT), SEVERAL)
    async with open_app(size=(80, 18)) as pilot:
        screen = pilot.app.screen
        await pilot.press("tab", "j", "j", "j", "j")
        assert pilot.app.review.cursor == 0
        assert "j k scroll" in screen.detail.render_line(0).text
        assert not screen.detail.unseen()
        await pilot.press("ctrl+u", "ctrl+u")
        assert screen.detail.scroll_offset.y == 0
        await pilot.press("ctrl+f")
        assert screen.detail.scroll_offset.y > 0
        await pilot.press("a")
        assert pilot.app.review.label(0).decision == "accepted"


async def test_it_is_drawn_in_ascii_where_that_is_asked_for(open_app, dataset):
    wrong = item("Put the fan at the back left on 9", fan(1, 9))
    write(dataset, wrong, SEVERAL, item("Fan on 3 in every seat", *EVERY_SEAT))
    async with open_app(settings=Settings(ascii=True), size=(80, 24)) as pilot:
        for _ in range(3):
            sight = pilot.app.screen.detail
            drawn = [sight.render_line(y).text for y in range(sight.size.height)]
            assert "".join(drawn).isascii()
            assert "\n".join(detail(pilot)).isascii()
            await pilot.press("j")


async def test_words_are_selected_with_the_mouse(open_app, dataset):
    write(dataset, SEVERAL)
    async with open_app() as pilot:
        await pilot.mouse_down("#detail", offset=(3, 2))
        await pilot.hover("#detail", offset=(16, 2))
        await pilot.mouse_up("#detail", offset=(16, 2))
        assert pilot.app.screen.get_selected_text().startswith("Fan at the ba")


async def test_similar_decided_samples_come_in_beside(open_app, dataset, until_true, verifying):
    write(
        dataset,
        item("Put the fan on 3 please", fan(1, 3)),
        item("Put the fan on 4 please", fan(1, 4)),
        item("Put the fan on 5 please", fan(4, 5)),
        item("Is the boot open", fan(4)),
    )
    async with open_app(verified=True) as pilot:
        assert "Decided like this one" not in "\n".join(detail(pilot))
        await pilot.press("a")
        await until_true(pilot, lambda: "Decided like this one" in "\n".join(detail(pilot)))
        text = " ".join("\n".join(detail(pilot)).split())
        assert "same properties, values differ" in text
        assert "● #0 “Put the fan on 3 please” FL 3" in text
        await pilot.press("x")
        await until_true(pilot, lambda: "○ #1" in "\n".join(detail(pilot)))


SCALES = {
    "each step of a short range has a cell": ("HVAC_FAN_SPEED", 1, 3, "▮▮▮▯▯▯▯ 1–7"),
    "the last lights all": ("HVAC_FAN_SPEED", 1, 7, "▮▮▮▮▮▮▮ 1–7"),
    "nothing is lit at zero": ("HVAC_SEAT_VENTILATION", 1, 0, "▯▯▯ 0–3"),
    "a long range has ten": ("HVAC_TEMPERATURE_SET", 1, 25.0, "▮▮▮▮▮▯▯▯▯▯ 17.5–32.5"),
    "below zero it goes the other way": ("HVAC_SEAT_TEMPERATURE", 1, -2, "▮▮│▯▯ -2 to 2"),
    "beyond its ends that is said": ("HVAC_FAN_SPEED", 1, 9, "outside 1–7"),
    "a switch has no scale": ("HVAC_AC_ON", 1, True, ""),
    "text has no scale": ("HVAC_FAN_SPEED", 1, "3", ""),
}


@pytest.mark.parametrize("case", SCALES)
def test_a_number_is_drawn_on_its_scale(worded, case):
    name, area, value, expected = SCALES[case]
    prop = worded.catalog.properties[name]
    assert gauge(value, prop, prop.areas[area], plain=False) == expected
    assert gauge(value, prop, prop.areas[area], plain=True).isascii()


def drawn(worded, *calls, named=None, code=None, plain=False):
    found = [CallEvidence(named=frozenset(named or ())) for _ in calls]
    findings = [Finding(code, "")] if code else []
    lines = car_map(calls, found, findings, worded.catalog, STYLES, plain)
    return [line.plain.rstrip() for line in lines]


def test_the_called_seats_are_lit(worded):
    assert drawn(worded, fan(16, 3)) == ["┌─ front ─┐", "│ ◌     ◌ │", "│ ◉  ◌  ◌ │", "└── rear ─┘"]
    assert drawn(worded, fan(16, 3), plain=True)[2] == "| @  .  . |"


def test_calls_for_different_seats_are_told_apart_by_number(worded):
    assert drawn(worded, fan(1, 3), fan(64, 5))[1:3] == ["│ 1     ◌ │", "│ ◌  ◌  2 │"]


def test_a_place_that_is_only_in_the_query_is_marked_where_a_finding_is_about_that(worded):
    wrong = drawn(worded, fan(1, 3), named={16}, code="grounding.place")
    assert wrong[1:3] == ["│ ◉!    ◌ │", "│ ?  ◌  ◌ │"]
    assert wrong[4:] == ["? no call", "! not said"]
    assert drawn(worded, fan(1, 3), named={16})[1:3] == ["│ ◉     ◌ │", "│ ◌  ◌  ◌ │"]


def test_what_has_no_place_in_the_car_has_no_map(worded):
    whole = ToolCall("getFloatProperty", {"propertyName": "ENV_OUTSIDE_TEMPERATURE", "areaId": 0})
    assert drawn(worded, whole) == []
    assert drawn(worded, fan(999, 3)) == []
    assert drawn(worded, ToolCall("x", {"propertyName": [], "areaId": {}})) == []


def test_a_fix_that_only_changes_the_type_of_a_value_shows_both_as_they_are_written(catalog):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": "23.0"}
    sample = Sample("23 degrees", (ToolCall("setFloatProperty", arguments),))
    path = ("answers", 0, "arguments", "value")
    fix = Fix("value: 23.0", (Edit("replace", path, 23.0),))
    assert fix_words(fix, sample, catalog, plain=False) == 'value: "23.0" → 23 °C'
