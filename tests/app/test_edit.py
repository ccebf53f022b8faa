"""The edit screen, by its keys."""

import json
from contextlib import asynccontextmanager

import pytest
from background import until
from edit_app import NASTY, THREE, WRONG_NUMBER, WRONG_SEAT, WRONG_SWITCH, EditApp, call
from textual import events
from textual.widgets import Static, TextArea

from workbench.app.bars import KeyBar
from workbench.app.choosing import best_match
from workbench.app.edit import EditScreen, external
from workbench.app.edit.card import CallCard
from workbench.app.edit.form import EditForm
from workbench.app.edit.json_view import JsonView
from workbench.app.edit.leave import LeaveDialog
from workbench.app.edit.option_row import OptionRow
from workbench.app.edit.picker import PropertyPicker
from workbench.app.edit.value_input import ValueInput
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.plain import visible


def more(*values, id):
    """One of the cases that are much like others: run with the exhaustive tests."""
    return pytest.param(*values, id=id, marks=pytest.mark.exhaustive)


WIDE = (120, 40)
NO_DOOR = Sample(
    "Turn the AC on for me, open the passenger door and put the headlights to auto.",
    (
        call("setBooleanProperty", "HVAC_AC_ON", 1, True),
        call("setIntProperty", "HEADLIGHTS_SWITCH", 0, 256),
    ),
)
UNKNOWN = Sample("x", (call("setFloatProperty", "NOPE", 1, 2.0),))


@asynccontextmanager
async def opened(sample, catalog, size=WIDE, **options):
    app = EditApp(sample, catalog, **options)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        yield app, pilot


def text_of(app, selector):
    return str(app.screen.query_one(selector, Static).content)


def screen_text(app):
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def toasts(app):
    return [note.message for note in app._notifications]


@pytest.mark.parametrize(
    ("sample", "keys", "argument", "value"),
    [
        pytest.param(WRONG_SEAT, ["right", "ctrl+s"], "areaId", 64, id="place by arrow"),
        more(WRONG_SEAT, ["r", "r", "ctrl+s"], "areaId", 64, id="place by initials"),
        more(WRONG_SEAT, ["6", "4", "f10"], "areaId", 64, id="place by id"),
        pytest.param(WRONG_NUMBER, ["5", "f10"], "value", 5, id="number"),
        more(WRONG_NUMBER, ["right", "right", "ctrl+r"], "value", 5, id="number by arrow"),
        more(WRONG_NUMBER, ["5", "enter"], "value", 5, id="enter on the last field"),
        pytest.param(WRONG_SWITCH, ["space", "f10"], "value", True, id="switch"),
        more(WRONG_SWITCH, ["t", "enter"], "value", True, id="switch by name"),
    ],
)
async def test_the_commonest_repair_takes_at_most_four_keys(worded, sample, keys, argument, value):
    assert len(keys) <= 3  # the fourth opens the screen
    async with opened(sample, worded) as (app, pilot):
        await pilot.press(*keys)
    assert app.result.answers[0].arguments == sample.answers[0].arguments | {argument: value}
    assert app.result.meta == sample.meta
    assert type(app.result.answers[0].arguments[argument]) is type(value)


async def test_verdict_effect_and_diff_follow_what_is_typed(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        assert "warn" in text_of(app, "#bar")
        assert text_of(app, "#diff") == "none"
        await pilot.press("5")
        assert "pass" in text_of(app, "#bar")
        assert "level 5" in text_of(app, "#effects")
        assert text_of(app, "#diff").splitlines() == ["call 1", "  value: 3 → 5"]
        await pilot.press("9")
        assert "fail" in text_of(app, "#bar")
        assert "out of range" in text_of(app, "#findings")


async def test_a_value_that_cannot_be_read_is_said_and_not_saved(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("x")
        assert "can't be read" in text_of(app, "#bar")
        assert 'value: "x" is not a whole number' in text_of(app, "#findings")
        await pilot.press("f10")
        assert app.result == "open"
        assert "Fix the value of call 1 first" in toasts(app)[-1]
        await pilot.press("backspace", "5", "f10")
    assert app.result.answers[0].arguments["value"] == 5


async def test_what_is_not_touched_stays_as_it_is(worded):
    odd = Sample("fan to 3", (call("setIntProperty", "HVAC_FAN_SPEED", 1, "3"),))
    async with opened(odd, worded) as (app, pilot):
        field = app.screen.query_one(ValueInput)
        assert field.value == '"3"'
        await pilot.press("x", "backspace", *'"3"', "f10")
    assert app.result == odd


async def test_the_query_is_edited_with_hidden_characters_escaped(worded):
    odd = Sample("fan\u200b to\\3", WRONG_NUMBER.answers)
    async with opened(odd, worded) as (app, pilot):
        field = app.screen.query_one("#query", TextArea)
        assert field.text == "fan\\u200b to\\\\3"
        field.focus()
        await pilot.press("end", "!")
        await pilot.press("f10")
    assert app.result.query == "fan\u200b to\\3!"


async def test_enter_in_the_query_goes_on(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        app.screen.query_one("#query").focus()
        await pilot.press("enter")
        assert app.screen.focused.id == "property"
        assert app.edit.draft == WRONG_NUMBER


async def test_pasted_text_is_made_visible(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        field = app.screen.query_one("#query", TextArea)
        field.focus()
        app.copy_to_clipboard("a\u202e\\\nb ")
        await pilot.press("home", "ctrl+v")
        assert field.text.startswith("a\\u202e\\\\ b Set")
        assert app.edit.draft.query.startswith("a\u202e\\ b Set")
        app.screen.query_one(ValueInput).focus()
        app.copy_to_clipboard("\x1b[31m")
        await pilot.press("ctrl+v")
        assert app.screen.query_one(ValueInput).value == "\\u001b[31m"


async def test_a_property_is_picked_by_typing(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        app.screen.query_one("#property").focus()
        await pilot.press("t", "e", "m", "p")
        assert isinstance(app.screen, PropertyPicker)
        await pilot.press("enter")
        await pilot.pause()
        made = app.edit.draft.answers[0]
        assert made.name == "setFloatProperty"
        assert made.arguments["propertyName"] == "HVAC_TEMPERATURE_SET"
        areas = app.screen.query_one("#area", OptionRow).options
        assert areas[0] == "front left seat"
        await pilot.press("d", "escape")
        assert app.edit.draft.answers[0] == made
        await pilot.press("f9")
        assert app.edit.draft == WRONG_NUMBER


async def test_keys_pressed_before_the_form_or_the_picker_is_there_are_not_lost(worded):
    app = EditApp(WRONG_NUMBER, worded)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        again = EditScreen(WRONG_NUMBER, worded)
        app.push_screen(again)
        for key in ("5", "0"):  # the screen is on its way; it has no cursor yet
            app.post_message(events.Key(key, key))
        await pilot.pause()
        await pilot.pause()
        assert again.draft.answers[0].arguments["value"] == 50
        app.simulate_key("f7")
        await until(lambda: isinstance(app.screen, PropertyPicker))
        for key in ("f", "a", "n"):
            app.post_message(events.Key(key, key))
        await pilot.pause()
        await pilot.pause()
        assert app.screen.query_one(ValueInput).value == "fan"


async def test_nothing_below_the_picker_is_said_beside_it(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("f9")
        assert toasts(app) == ["Nothing to undo."]
        await pilot.press("f7")
        assert isinstance(app.screen, PropertyPicker)
        assert toasts(app) == []
        bar = app.edit.query_one(KeyBar)
        assert not bar.visible
        await pilot.press("escape")
        assert bar.visible


async def test_texts_name_the_keys_that_the_settings_give(worded):
    app = EditApp(WRONG_SEAT, worded)
    app.set_keymap({"edit.fix": "f11", "edit.undo": "ctrl+z"})
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.pause()
        assert "f11: areaId: 64" in text_of(app, "#findings")
        assert "f11: areaId: 64" in text_of(app, "#bar")
        await pilot.press("f11")
        assert toasts(app)[-1] == "Fixed: areaId: 64 · ctrl+z to undo"


async def test_one_key_makes_the_fix_of_a_finding(worded):
    async with opened(WRONG_SEAT, worded) as (app, pilot):
        assert "f3: areaId: 64" in text_of(app, "#findings")
        await pilot.press("f3")
        assert app.edit.draft.answers[0].arguments["areaId"] == 64
        assert app.screen.focused.id == "area"
        assert "Fixed: areaId: 64 · f9 to undo" in toasts(app)[-1]
        await pilot.press("f3")
        assert "No automatic fix here" in toasts(app)[-1]
        await pilot.press("f9")
        assert app.edit.draft == WRONG_SEAT
        await pilot.press("f3", "f10")
    assert app.result.answers[0].arguments["areaId"] == 64


async def test_the_fixes_of_the_call_with_the_cursor_are_made_first(worded):
    two = Sample("x", (call("setFloatProperty", "HVAC_FAN_SPEED", 1, 3.0),) * 2)
    async with opened(two, worded) as (app, pilot):
        app.screen.query(CallCard)[1].focus_part("value")
        await pilot.pause()
        await pilot.press("f3")
        assert [c.name for c in app.edit.draft.answers] == ["setFloatProperty", "setIntProperty"]
        await pilot.press("f3")
        assert [c.name for c in app.edit.draft.answers] == ["setIntProperty"] * 2


@pytest.mark.exhaustive
async def test_every_change_can_be_taken_back_and_none_is_lost_by_that(worded):
    async with opened(THREE, worded) as (app, pilot):
        app.screen.query_one("#query").focus()
        await pilot.press("ctrl+end", "!", "!")
        app.screen.query(CallCard)[0].focus_part("value")
        await pilot.pause()
        await pilot.press("f8")  # a call
        app.screen.query_one("#query").focus()
        await pilot.press("ctrl+end", "?")  # the query, after it
        await pilot.press("f2")
        editor = app.screen.query_one("#json", TextArea)
        editor.text = editor.text.replace("sunroof", "window")
        await pilot.pause()
        await pilot.press("f2")
        seen = [app.edit.draft]
        for _ in range(4):
            await pilot.press("f9")
            await pilot.pause()
            seen.append(app.edit.draft)
        await pilot.press("f9")
        assert "Nothing to undo" in toasts(app)[-1]
    queries = [sample.query.replace(THREE.query, "") for sample in seen[1:]]
    assert "window" in seen[0].query
    assert queries == ["!!?", "!!", "!!", ""]
    assert [len(sample.answers) for sample in seen] == [2, 2, 2, 3, 3]
    assert seen[-1] == THREE


async def test_taking_back_a_query_leaves_its_field_where_it_is(worded):
    """Another field in its place could be drawn before it is styled, which raises."""
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        field = app.screen.query_one("#query", TextArea)
        field.focus()
        await pilot.press("ctrl+end", "!", "f9")
        assert app.screen.query_one("#query") is field
        assert field.text == WRONG_NUMBER.query
        assert app.edit.draft == WRONG_NUMBER


async def test_what_cannot_be_read_is_taken_back_first(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("5", "x", "f9")
        assert app.screen.query_one(ValueInput).value == "5"
        await pilot.press("f9")
        assert app.edit.draft == WRONG_NUMBER


@pytest.mark.exhaustive
async def test_half_a_character_in_the_query_is_refused(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        app.screen.query_one("#query").focus()
        await pilot.press("home", *"\\ud83d", "f10")
        assert app.result == "open"
        assert "is half a character" in toasts(app)[-1]
        assert "is half a character" in screen_text(app)
        await pilot.press(*"\\ude00", "f10")
    assert app.result.query.startswith("\U0001f600Set")


@pytest.mark.exhaustive
async def test_up_and_down_move_between_fields_and_change_nothing(worded):
    short = Sample("Open up", THREE.answers)
    async with opened(short, worded, size=(80, 24)) as (app, pilot):
        app.screen.query_one("#query").focus()
        await pilot.pause()
        seen = []
        for _ in range(13):
            seen.append(app.screen.focused.id)
            await pilot.press("down")
        assert seen == [
            "query",
            *("property", "access", "area", "value-input"),
            *("property", "access", "area", "value-input"),
            *("property", "access", "area", "value-choice"),
        ]
        assert app.screen.focused.id == seen[-1]  # there it ends
        for name in [*reversed(seen[:-1]), "query"]:
            await pilot.press("up")
            assert app.screen.focused.id == name
        assert app.edit.draft == short


async def test_up_and_down_go_through_a_long_query_first(worded):
    long = Sample("word " * 40, WRONG_NUMBER.answers)
    async with opened(long, worded) as (app, pilot):
        app.screen.query_one("#query").focus()
        await pilot.pause()
        rows = app.screen.query_one("#query", TextArea).wrapped_document.height
        await pilot.press(*["down"] * (rows - 1))
        assert app.screen.focused.id == "query"
        await pilot.press("down")
        assert app.screen.focused.id == "property"


async def test_only_the_row_with_the_cursor_has_a_pointer(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        for field in ("value-input", "area", "access", "property"):
            assert app.screen.focused.id == field
            (row,) = [line for line in screen_text(app).splitlines() if "▸" in line]
            assert field.split("-")[0].replace("access", "does") in row.lower()
            await pilot.press("up")
        assert "▸" not in screen_text(app)


@pytest.mark.exhaustive
async def test_letters_change_a_choice_only_once_enter_takes_what_they_find(worded):
    async with opened(WRONG_SEAT, worded) as (app, pilot):
        before = app.edit.draft
        row = app.screen.query_one("#area", OptionRow)
        await pilot.press("f", "r")
        assert "▸ front right seat" in screen_text(app)
        assert "fr: Enter takes it" in screen_text(app)
        assert app.edit.draft == before
        await pilot.press("escape")
        assert not row.typed
        await pilot.press("f", "r", "down")
        assert app.edit.draft == before
        assert "Nothing changed: Enter takes what “fr” finds." in toasts(app)
        await pilot.press("up", *"front", "space", "r", "enter")
        assert app.edit.draft.answers[0].arguments["areaId"] == 4
        assert app.screen.focused.id == "value-input"
        await pilot.press("up", *"rc", "backspace", "c", "ctrl+s")
    assert app.result.answers[0].arguments["areaId"] == 32


async def test_q_leaves_where_it_is_no_letter(worded):
    async with opened(WRONG_SEAT, worded) as (app, pilot):
        app.screen.query_one("#query").focus()
        await pilot.press("end", "q")
        assert app.edit.draft.query.endswith("q")
        await pilot.press("f9", "down", "q")
        assert app.result is None


async def test_left_and_right_step_a_number_until_something_is_typed(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        field = app.screen.query_one(ValueInput)
        await pilot.press("right", "right", "left")
        assert (field.value, app.edit.draft.answers[0].arguments["value"]) == ("4", 4)
        await pilot.press("1", "left", "2")
        assert field.value == "21"


async def test_read_and_set_and_back(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        app.screen.query_one("#access").focus()
        await pilot.press("r", "enter")
        assert app.edit.draft.answers[0] == call("getIntProperty", "HVAC_FAN_SPEED", 1)
        assert not app.screen.query_one("#value-row").display
        await pilot.press("up", "s", "enter")
        assert app.edit.draft == WRONG_NUMBER


@pytest.mark.exhaustive
async def test_calls_are_added_copied_moved_and_deleted(worded):
    first, second, third = THREE.answers
    async with opened(THREE, worded) as (app, pilot):
        await pilot.press("f6")
        assert app.edit.draft.answers == (second, first, third)
        await pilot.press("ctrl+up")
        assert app.edit.draft.answers == (first, second, third)
        await pilot.press("f5")
        assert app.edit.draft.answers == (first, first, second, third)
        assert app.screen.focused.id == "area"
        await pilot.press("f8")
        assert app.edit.draft.answers == (first, second, third)
        await pilot.press("f9")
        assert app.edit.draft.answers == (first, first, second, third)
        await pilot.press("f8", "f7", *"fan", "enter")
        await pilot.pause()
        await pilot.press("f10")
        assert "has no value yet" in toasts(app)[-1]  # nothing in the query says which
        await pilot.press("3")
        assert len(app.edit.draft.answers) == 4
        assert "HVAC_FAN_SPEED" in {c.arguments["propertyName"] for c in app.edit.draft.answers}
        await pilot.press("f10")
    assert len(app.result.answers) == 4


@pytest.mark.exhaustive
async def test_a_sample_without_calls_gets_one(worded):
    async with opened(Sample("Fan to 3", ()), worded) as (app, pilot):
        await pilot.press("f8")
        assert "f7 adds one" in toasts(app)[-1]
        await pilot.press("f7", *"fan s", "enter")
        await pilot.pause()
        await pilot.press("3", "enter")
    assert app.result.answers == (call("setIntProperty", "HVAC_FAN_SPEED", 1, 3),)


@pytest.mark.exhaustive
async def test_an_added_call_is_the_one_that_the_request_asks_for(worded):
    async with opened(NO_DOOR, worded) as (app, pilot):
        assert "no call for DOOR_POS" in text_of(app, "#bar")
        await pilot.press("f7")
        await pilot.pause()
        assert "the request asks for it" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        first, second = NO_DOOR.answers
        door = call("setIntProperty", "DOOR_POS", 4, 1)
        assert app.edit.draft.answers == (first, door, second)  # in the order of the words
        assert app.edit._form.spot == (("answers", 1), "value")
        assert "pass  was warn" in text_of(app, "#bar")
        await pilot.press("f9", "f3", "ctrl+s")
    assert app.result.answers == (first, door, second)


@pytest.mark.parametrize(
    ("query", "name", "area", "value"),
    [
        ("Don't keep the door on my side closed, please", "DOOR_POS", 1, 1),
        ("Let the front passenger window down", "WINDOW_POS", 64, 10),
        more("Could you get the passenger's door closed?", "DOOR_POS", 4, 0, id="shut"),
    ],
)
async def test_a_read_becomes_a_change_to_what_the_words_or_the_policy_say(
    worded, query, name, area, value
):
    async with opened(Sample(query, (call("getIntProperty", name, area),)), worded) as (app, pilot):
        app.screen.query_one(CallCard).focus_part("access")
        await pilot.press("right", "ctrl+s")
    assert app.result.answers == (call("setIntProperty", name, area, value),)


async def test_a_value_that_nothing_says_is_asked_for_not_made_up(worded):
    louder = Sample("Turn the fan up", (call("getIntProperty", "HVAC_FAN_SPEED", 1),))
    async with opened(louder, worded) as (app, pilot):
        await pilot.press("right")
        assert app.edit.draft.answers == (call("setIntProperty", "HVAC_FAN_SPEED", 1),)
        assert text_of(app, "#effects") == "no change"
        await pilot.press("ctrl+s")
        assert app.result == "open"
        assert toasts(app)[-1] == "Call 1 has no value yet."
        assert app.screen.focused.id == "value-input"
        await pilot.press("6", "ctrl+s")
    assert app.result.answers == (call("setIntProperty", "HVAC_FAN_SPEED", 1, 6),)


async def test_a_fix_gives_a_number_the_value_of_the_policy(worded):
    shut = Sample("Let the window down", (call("setIntProperty", "WINDOW_POS", 16, 0),))
    async with opened(shut, worded) as (app, pilot):
        await pilot.press("f3", "ctrl+s")
    assert app.result.answers[0].arguments["value"] == 10


async def test_what_the_policy_says_is_shown_and_made_by_the_same_key(worded):
    cold = Sample("I'm freezing", (call("setFloatProperty", "HVAC_TEMPERATURE_SET", 1, 23.0),))
    async with opened(cold, worded) as (app, pilot):
        assert "f3: value: 25.0" in text_of(app, "#findings")
        assert "pass" in text_of(app, "#bar")
        await pilot.press("f3", "ctrl+s")
    assert app.result.answers[0].arguments["value"] == 25.0


async def test_what_a_save_leaves_is_said_above_and_beside_its_key(worded):
    right = Sample("Set the driver's fan to 5", (call("setIntProperty", "HVAC_FAN_SPEED", 1, 5),))
    async with opened(right, worded) as (app, pilot):
        assert "warning" not in screen_text(app)
        await pilot.press("3")
        assert "warn  1 warning  was pass  changed" in text_of(app, "#bar")
        assert "ctrl+s save with 1 warning" in screen_text(app)
        await pilot.press("backspace", "5")
        assert "ctrl+s save  " in screen_text(app)


async def test_that_there_is_no_fix_is_said_where_the_cursor_is(worded):
    async with opened(WRONG_SEAT, worded) as (app, pilot):
        await pilot.press("f3", "f3")
        assert "No automatic fix here." in text_of(app, "#findings")
        await pilot.press("right")
        assert "No automatic fix" not in text_of(app, "#findings")


async def test_changes_show_what_stood_there_before(worded):
    async with opened(WRONG_SEAT, worded) as (app, pilot):
        await pilot.press("f3", "f5")
        assert text_of(app, "#diff").splitlines() == [
            "call 1",
            "  area: 16 (rear left seat) → 64 (rear right seat)",
            "+ call 2",
            "+   setFloatProperty",
            "+   property: HVAC_TEMPERATURE_SET",
            "+   area: 64 (rear right seat)",
            "+   value: 22.0 °C",
        ]


async def test_all_calls_can_be_deleted(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("f8")
        assert app.edit.draft.answers == ()
        await pilot.press("f9")
        assert app.edit.draft == WRONG_NUMBER


@pytest.mark.exhaustive
async def test_json_shows_errors_at_their_line_and_is_taken_over(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("f2")
        view = app.screen.query_one(JsonView)
        assert json.loads(view.text)["query"] == WRONG_NUMBER.query
        found = "1 warning" if "1 warning" in text_of(app, "#bar") else "1 error"
        valid = f"Valid JSON for a sample. Verification found {found}."
        assert text_of(app, "#json-error") == valid
        assert "call 1: " in text_of(app, "#verdict")
        good = view.text
        editor = app.screen.query_one("#json", TextArea)
        editor.text = good.replace('"areaId": 1', '"areaId" 1')
        await pilot.pause()
        assert "line 8, column 18: a colon is missing here" in text_of(app, "#json-error")
        await pilot.press("f2")
        assert app.screen.has_class("-json")
        assert editor.cursor_location == (7, 17)
        await pilot.press("f10")
        assert app.result == "open"
        await pilot.press("f7")
        assert "f2 goes back" in toasts(app)[-1]
        editor.text = good.replace('"value": 3', '"value": 5')
        await pilot.pause()
        assert "pass" in text_of(app, "#bar")
        assert text_of(app, "#json-error").endswith("found nothing wrong.")
        await pilot.press("f2")
        assert app.screen.query_one(ValueInput).value == "5"
        await pilot.press("f10")
    assert app.result.answers[0].arguments["value"] == 5


async def test_escape_leaves_at_once_where_nothing_changed(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("5", "backspace", "3", "escape")
    assert app.result is None


@pytest.mark.parametrize(
    ("key", "left", "value"),
    [("s", True, 5), ("d", True, None), ("g", False, None), ("escape", False, None)],
)
async def test_escape_asks_where_something_changed(worded, key, left, value):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("5", "escape")
        assert isinstance(app.screen, LeaveDialog)
        await pilot.press(key)
        assert (app.result != "open") == left
        if value:
            assert app.result.answers[0].arguments["value"] == value
        elif left:
            assert app.result is None
        else:
            assert app.edit.draft.answers[0].arguments["value"] == 5


async def test_escape_asks_for_json_that_cannot_be_read(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("f2", "x", "escape")
        assert isinstance(app.screen, LeaveDialog)
        await pilot.press("s")
        assert app.result == "open"
        assert not isinstance(app.screen, LeaveDialog)


async def test_an_integer_made_a_float_is_a_change(worded):
    sample = Sample("x", (call("setFloatProperty", "HVAC_TEMPERATURE_SET", 1, 22),))
    async with opened(sample, worded) as (app, pilot):
        app.screen.query_one(ValueInput).focus()
        await pilot.press(*"22.0", "escape")
        assert isinstance(app.screen, LeaveDialog)


async def test_the_diff_is_against_the_original(worded):
    async with opened(WRONG_NUMBER, worded, original=WRONG_SEAT) as (app, pilot):
        assert "- query: I'm sitting" in text_of(app, "#diff")
        await pilot.press("escape")
    assert app.result is None


async def test_an_editor_outside(worded, monkeypatch):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.delenv("EDITOR", raising=False)
        await pilot.press("f4")
        assert "set the environment variable EDITOR" in toasts(app)[-1]
        monkeypatch.setenv("EDITOR", "true")
        await pilot.press("f4")
        assert "can't show another" in toasts(app)[-1]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        more("'unclosed", "can't be read as a command", id="no command"),
        pytest.param("/no/such/editor", "can't be started", id="not there"),
        pytest.param("false", "ended with status 1", id="status"),
        more("sh -c 'kill -9 $$'", "ended by signal 9", id="signal"),
        pytest.param("rm", "can't be read: no such file", id="file gone"),
        more("sh -c 'printf x\\\\377 > $0'", "isn't UTF-8 text (line 1)", id="bytes"),
        more("truncate -s 2000000", "too many for a sample", id="too much"),
        more("true", "Nothing was changed in the editor", id="nothing"),
    ],
)
async def test_an_editor_that_fails_says_why(worded, monkeypatch, command, reason):
    monkeypatch.setenv("VISUAL", command)
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        monkeypatch.setattr(app, "suspend", app.batch_update)
        await pilot.press("f4")
        await pilot.pause()
        assert reason in toasts(app)[-1]


async def test_what_an_editor_leaves_is_taken_over(worded, monkeypatch):
    left = iter(['{"query": "x", "answers": []}', "{"])

    async def edit(app, text):
        return next(left)

    monkeypatch.setattr("workbench.app.edit.screen.edit_outside", edit)
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("f4")
        assert app.edit.draft.query == "x"
        assert app.screen.query_one(EditForm).cards == []
        await pilot.press("f4")
        assert app.screen.has_class("-json")
        assert "line 1" in text_of(app, "#json-error")
    assert external.edit_outside is not edit


@pytest.mark.exhaustive
@pytest.mark.parametrize("size", [WIDE, (80, 24)])
async def test_nasty_text_is_visible_and_harmless(worded, size):
    async with opened(NASTY, worded, size=size) as (app, pilot):
        for key in ("tab",) * 10:
            await pilot.press(key)
            shown = screen_text(app)
            assert visible(shown.replace("\n", "")) == shown.replace("\n", "")
        await pilot.press("f2")
        await pilot.pause()
        shown = screen_text(app)
        assert "\\u202e" in shown
        assert visible(shown.replace("\n", "")) == shown.replace("\n", "")
        await pilot.press("f2", "f10")
    assert app.result == NASTY


@pytest.mark.exhaustive
async def test_nasty_clicks_do_nothing(worded):
    async with opened(NASTY, worded) as (app, pilot):
        for y in range(1, 30, 2):
            await pilot.click(offset=(5, y))
            if isinstance(app.screen, PropertyPicker):
                await pilot.press("escape")
        assert app.is_running
        assert app.edit.draft == NASTY


async def test_a_click_picks_an_option(worded):
    async with opened(WRONG_SEAT, worded) as (app, pilot):
        await pilot.click("#area", offset=(2, 1))
        assert app.edit.draft.answers[0].arguments["areaId"] == 64


@pytest.mark.exhaustive
async def test_an_unknown_property_is_replaced(worded):
    async with opened(UNKNOWN, worded) as (app, pilot):
        assert app.screen.focused.id == "property"
        await pilot.press(*"fan", "enter")
        await pilot.pause()
        await pilot.press("f10")
    assert app.result.answers == (call("setIntProperty", "HVAC_FAN_SPEED", 1, 2),)


async def test_the_same_property_again_drops_odd_arguments(worded):
    odd = Sample("x", (ToolCall("setFloat", WRONG_NUMBER.answers[0].arguments | {"speed": 1}),))
    async with opened(odd, worded) as (app, pilot):
        app.screen.query_one("#property").focus()
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert app.edit.draft.answers == WRONG_NUMBER.answers


async def test_plain_signs(worded):
    app = EditApp(WRONG_SEAT, worded)
    app.ascii = True
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        shown = screen_text(app)
        assert "(*) rear left seat" in shown
        assert "●" not in shown
        assert "→" not in shown


@pytest.mark.exhaustive
async def test_the_palette_has_the_keys(worded):
    async with opened(WRONG_NUMBER, worded) as (app, pilot):
        await pilot.press("ctrl+p", *"copy")
        await app.workers.wait_for_complete()
        assert screen_text(app).count("Duplicate this call") == 1
        await pilot.press("down", "enter")
        await pilot.pause()
        assert len(app.edit.draft.answers) == 2
        for binding in app.edit.BINDINGS:
            assert binding.id
            assert binding.tooltip


@pytest.mark.parametrize(
    ("typed", "found"),
    {
        **{"fl": 0, "fr": 1, "rl": 2, "rr": 3, "rc": 4, "FR": 1},
        **{"f": 0, "fro": 0, "front r": 1, "rig": 1, "s": 5, "16": 2, "6": 3, "z": None},
    }.items(),
)
def test_options_are_found_by_what_is_typed(typed, found):
    seats = [f"{place} window" for place in ("front left", "front right", "rear left")]
    seats += ["rear right window", "rear centre window", "sunroof"]
    assert best_match(typed, seats, ("1", "4", "16", "64", "32", "128")) == found


SHOTS = {
    "place": (WRONG_SEAT, (), {}),
    "three": (THREE, ("9",), {}),
    "light": (THREE, (), {"theme": "workbench-light"}),
    "picker": (WRONG_NUMBER, ("up", "up", "up", "t", "e", "m"), {}),
    "search": (WRONG_SEAT, ("f", "r"), {}),
    "json": (WRONG_NUMBER, ("f2", "down", "end", "backspace"), {}),
    "leave": (WRONG_NUMBER, ("5", "escape"), {}),
    "nasty": (NASTY, (), {}),
    "unread": (THREE, ("9", "x"), {}),
    "wrong-json": (WRONG_NUMBER, ("f2", "ctrl+end", "comma", "f10"), {}),
}


BASE = {"place-wide", "three-narrow", "picker-narrow", "json-wide"}


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (pytest.param if f"{name}-{width}" in BASE else more)(name, size, id=f"{name}-{width}")
        for name in SHOTS
        for width, size in (("wide", WIDE), ("narrow", (80, 24)))
    ],
)
def test_looks(snap_compare, worded, name, size):
    sample, keys, options = SHOTS[name]
    app = EditApp(sample, worded, **options)
    assert snap_compare(app, press=keys, terminal_size=size)
