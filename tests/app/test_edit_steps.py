"""The edit screen on conversations, by its keys."""

import json
import re

import pytest
from background import until
from conversations import JOKE, SEAT, TEMPERATURE, TOO_WARM, WARMER, call, heat, warm
from edit_app import EditApp
from msgspec.structs import replace
from test_edit import opened, screen_text, text_of, toasts
from textual.widgets import TextArea

from workbench.adapters.files.beside import draft_beside
from workbench.adapters.labels import labels_path
from workbench.app.dialogs import DraftPrompt, Menu
from workbench.app.edit import EditScreen
from workbench.app.edit.part_card import Fold, PartCard
from workbench.app.edit.picker import PropertyPicker
from workbench.app.edit.value_input import ValueInput
from workbench.app.review.screen import ReviewScreen
from workbench.core.editing.parts import QUERY, FieldSpot, parts
from workbench.core.samples import Reply, Sample, StateValue, Step, to_item

NARROW = (80, 24)


async def at(app, pilot, path, field="value"):
    """Put the cursor into a field."""
    form = app.edit._form
    form.focus_spot(FieldSpot(path, field))
    await until(lambda: form.spot.path == path)
    await pilot.pause()


async def arrived(app, path):
    """Wait until the cursor is in a part, and what is there counts."""
    form = app.edit._form
    await until(lambda: app.screen is app.edit and form.spot.path == path)
    await until(lambda: app.edit.draft == form.sample)


async def picked(pilot, number):
    """Pick from the menu of steps."""
    await pilot.press("ctrl+o")
    await pilot.pause()
    await pilot.press(str(number))
    await pilot.pause()


def folded(app):
    return [str(one.content) for one in app.screen.query(Fold) if one.display]


async def test_a_conversation_stands_there_whole_with_one_card_open(worded):
    async with opened(WARMER, worded, size=NARROW) as (app, pilot):
        await at(app, pilot, ("then", 0, "answers", 0))
        assert folded(app) == [
            "at the start: temperature, front left seat: 20 °C",
            "1  read temperature, front left seat  → 20 °C",
            "3  tell: It's 21 degrees on your side now.",
            "4  set temperature, front right seat: 21 °C  was 22 °C",
            "5  tell: Done, 21 on the right as well.",
            "6  set temperature, front left seat: 20 °C  was 21 °C",
        ]
        shown = screen_text(app)
        assert "Step 2 of 6 · Call 1 of 1" in shown
        assert "20 °C → 21 °C" in shown


async def test_the_card_with_the_cursor_is_in_sight(worded):
    wrong = replace(WARMER, then=(*WARMER.then[:4], Step("and back", (warm(1, 99.0),))))
    async with opened(wrong, worded, size=NARROW) as (app, pilot):
        assert app.edit._form.spot == FieldSpot(("then", 4, "answers", 0), "value")
        await until(lambda: "▸ Value" in screen_text(app))
        for key in ("alt+down", "alt+up", "up"):
            await pilot.press(key)
            await until(lambda: app.screen.can_view_entire(app.screen.focused))


@pytest.mark.exhaustive
async def test_down_and_up_go_through_the_fields_of_all_steps_and_stop_at_the_ends(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, ("state", 0), "property")
        first = app.edit._form.spot
        seen = await walked(app, pilot, "down")
        assert list(dict.fromkeys(spot.path for spot in seen)) == [p.path for p in parts(WARMER)]
        fields = [spot.part for spot in seen if spot.path == ("then", 0, "answers", 0)]
        assert fields == ["property", "access", "area", "value"]
        assert await walked(app, pilot, "up") == seen[::-1]
        assert app.edit._form.spot == first
        await pilot.press("shift+tab")
        assert app.edit._form.spot == seen[-1]
        await pilot.press("tab")
        assert app.edit._form.spot == first
        assert app.edit.draft == WARMER


async def walked(app, pilot, key):
    """Press a key until it leads nowhere; returns where the cursor was, from the beginning."""
    seen = []
    while not seen or app.edit._form.spot != seen[-1]:
        seen.append(app.edit._form.spot)
        await pilot.press(key)
    return seen


async def test_down_stops_at_the_last_field(worded):
    async with opened(SEAT, worded) as (app, pilot):
        await at(app, pilot, ("then", 0, "answers", 0))
        last = app.edit._form.spot
        await pilot.press("down", "down")
        assert app.edit._form.spot == last


@pytest.mark.exhaustive
async def test_what_follows_a_changed_step_is_run_again_as_one_types(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, ("state", 0))
        await pilot.press(*"18")
        assert "1  read temperature, front left seat  → 18 °C" in folded(app)
        await at(app, pilot, ("then", 0, "answers", 0))
        await pilot.press(*"19")
        assert "6  set temperature, front left seat: 20 °C  was 19 °C" in folded(app)
        assert text_of(app, "#effects").splitlines() == [
            "temperature, front left seat",
            "  18 °C → 19 °C",
        ]
        assert app.screen.query_one("#effects").border_title == "In the car after step 2"
        await at(app, pilot, ("then", 4, "answers", 0))
        assert "19 °C → 20 °C" in text_of(app, "#effects")
        assert text_of(app, "#diff").splitlines() == [
            "at the start, HVAC_TEMPERATURE_SET 1 (front left seat): 20.0 °C → 18.0 °C",
            "step 2",
            "call 1",
            "  value: 21.0 °C → 19.0 °C",
        ]


async def test_findings_stand_at_their_step_and_the_form_opens_there(worded):
    wrong = Sample("fan to 3", (heat(1),), then=(Step("and there", (warm(4, 99.0),)),))
    async with opened(wrong, worded) as (app, pilot):
        assert app.edit._form.spot == FieldSpot(("then", 0, "answers", 0), "value")
        assert "see " in text_of(app, "#verdict")
        assert "step 2, call 1" in text_of(app, "#verdict")
        assert "out of range" in screen_text(app)
        await pilot.press(*"21")
        assert "out of range" not in screen_text(app)


@pytest.mark.exhaustive
async def test_a_reply_has_kind_reason_and_words(worded):
    async with opened(TOO_WARM, worded) as (app, pilot):
        await at(app, pilot, ("reply",), "kind")
        await pilot.press("c")
        await pilot.press("enter")
        assert app.edit.draft.reply.kind == "chat"
        assert app.edit.draft.reply.wanted  # nothing is lost by looking through the kinds
        await pilot.press("up", "left", "down", "right", "down", "end", "!")
        assert app.edit.draft.reply.because == "out_of_scope"
        assert app.edit.draft.reply.text == "It goes up to 32.5.!"
        await pilot.press("f9", "f9", "f9", "f9")
        assert app.edit.draft == TOO_WARM


@pytest.mark.exhaustive
async def test_calls_are_added_to_what_a_reply_refuses_and_options_to_what_it_asks(worded):
    async with opened(SEAT, worded) as (app, pilot):
        await at(app, pilot, ("reply", "options", 1, 0))
        await pilot.press("f5")
        assert app.edit.draft.reply.options == ((heat(16),), (heat(64),), (heat(64),))
        await pilot.press("r", "c", "enter")
        assert app.edit.draft.reply.options[2] == (heat(32),)
        await pilot.press("f8")
        assert app.edit.draft == SEAT
        await at(app, pilot, ("reply",), "text")
        await pilot.press("f7", *"door lock", "enter")
        await arrived(app, ("reply", "options", 2, 0))
        assert len(app.edit.draft.reply.options) == 3
    async with opened(TOO_WARM, worded) as (app, pilot):
        await at(app, pilot, ("reply",), "text")
        await pilot.press("f7", *"wished", "enter")
        await arrived(app, ("reply", "wanted", 1))
        assert len(app.edit.draft.reply.wanted) == 2


async def test_a_step_is_added_and_saved(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, ("then", 4, "answers", 0))
        await picked(pilot, 3)
        await pilot.press(*"Back to 20.", "ctrl+s")
    assert app.result.then[5] == Step(reply=Reply("tell", "Back to 20."))
    assert app.result.steps[:6] == WARMER.steps


@pytest.mark.exhaustive
async def test_a_turn_is_added_with_the_calls_that_its_words_ask_for(worded):
    async with opened(JOKE, worded) as (app, pilot):
        await picked(pilot, 1)
        assert app.edit._form.spot == FieldSpot(("then", 0, "query"), "query")
        await pilot.press(*"Set the driver's fan to 5", "f7")
        await pilot.pause()
        assert isinstance(app.screen, PropertyPicker)
        await pilot.press("enter")
        await arrived(app, ("then", 0, "answers", 0))
        await pilot.press("ctrl+s")
    fan = call("setIntProperty", "HVAC_FAN_SPEED", 1, 5)
    assert app.result.then == (Step("Set the driver's fan to 5", (fan,)),)


@pytest.mark.exhaustive
async def test_a_step_with_a_call_is_added_behind_a_read(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, ("answers", 0), "area")
        await picked(pilot, 2)
        await pilot.press(*"fan speed", "enter")
        await arrived(app, ("then", 0, "answers", 0))
        await pilot.press("3")
        fan = call("setIntProperty", "HVAC_FAN_SPEED", 1, 3)
        assert app.edit.draft.then == (Step(answers=(fan,)), *WARMER.then)


@pytest.mark.exhaustive
async def test_steps_are_removed_joined_and_cut_off_and_brought_back(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, ("then", 0, "answers", 0))
        await pilot.press("f8")  # nothing is left in the step
        assert app.edit.draft.then == WARMER.then[1:]
        await pilot.press("f9")
        await at(app, pilot, ("then", 1, "reply"), "text")
        await picked(pilot, 6)
        assert app.edit.draft.then == (WARMER.then[0], *WARMER.then[2:])
        assert "Step 3 removed · f9 to undo" in toasts(app)[-1]
        await pilot.press("f9")
        await at(app, pilot, ("then", 2, "query"), "query")
        await pilot.press("f8")  # as the menu's fifth
        assert [step.query for step in app.edit.draft.steps] == [
            WARMER.query,
            None,
            None,
            None,
            "no, put mine back",
        ]
        await pilot.press("f9")
        await at(app, pilot, ("then", 1, "reply"), "text")
        await picked(pilot, 7)
        assert app.edit.draft.steps == WARMER.steps[:3]
        assert "3 steps removed after step 3" in toasts(app)[-1]
        await pilot.press("f9")
        assert app.edit.draft == WARMER


@pytest.mark.exhaustive
async def test_a_step_is_split_before_the_call_with_the_cursor(worded):
    two = Sample("warm the front seats", (heat(1), heat(4)))
    async with opened(two, worded) as (app, pilot):
        await at(app, pilot, ("answers", 1))
        await picked(pilot, 4)
        assert app.edit.draft.then == (Step(answers=(heat(4),)),)
        assert app.edit._form.spot.path == ("then", 0, "answers", 0)
        await picked(pilot, 4)
        assert "can't be split" in toasts(app)[-1]
        await pilot.press("f9")
        assert app.edit.draft == two
        assert not folded(app)  # a single request is shown as ever


@pytest.mark.exhaustive
async def test_the_car_at_the_start_is_set_and_unset(worded):
    async with opened(JOKE, worded) as (app, pilot):
        await picked(pilot, 8)
        await pilot.press(*"wished", "enter")
        await arrived(app, ("state", 0))
        await pilot.press(*"19.5", "up", "right")
        assert app.edit.draft.state == (StateValue(TEMPERATURE, 4, 19.5),)
        await pilot.press("f8")
        assert app.edit.draft == JOKE


@pytest.mark.exhaustive
async def test_alt_with_arrows_goes_from_step_to_step(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, QUERY, "query")
        seen = []
        for key in ("alt+down",) * 3 + ("alt+up",) * 4:
            await pilot.press(key)
            seen.append(app.edit._form.step)
        assert seen == [1, 2, 3, 2, 1, 0, 5]


@pytest.mark.exhaustive
async def test_a_value_that_cannot_be_read_keeps_its_card_open_and_is_named_by_step(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, ("then", 0, "answers", 0))
        await pilot.press("x", "down")
        assert "is not a number" in screen_text(app)
        await pilot.press("ctrl+s")
        assert "Fix the value of step 2, call 1 first" in toasts(app)[-1]
        assert app.edit._form.spot.path == ("then", 0, "answers", 0)
        await picked(pilot, 6)  # the step that can't be read may go
        assert app.edit.draft.steps[1:] == WARMER.steps[2:]


async def test_fixes_of_the_step_with_the_cursor_are_made_first(worded):
    odd = call("setFloatProperty", "HVAC_FAN_SPEED", 1, 3.0)
    wrong = Sample("fan to 3", (odd,), then=(Step("and again", (odd,)),))
    async with opened(wrong, worded) as (app, pilot):
        await at(app, pilot, ("then", 0, "answers", 0))
        await pilot.press("f3")
        assert [one.name for one in app.edit.draft.calls] == ["setFloatProperty", "setIntProperty"]


@pytest.mark.exhaustive
async def test_json_takes_the_whole_conversation(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await pilot.press("f2")
        editor = app.screen.query_one("#json", TextArea)
        item = json.loads(editor.text)
        assert [*item] == ["query", "answers", "state", "then"]
        item["then"][1]["reply"] = {"text": "no kind"}
        editor.text = json.dumps(item, indent=2)
        await pilot.pause()
        assert "then[1].reply.kind: missing" in text_of(app, "#json-error")
        item["then"][1]["reply"] = {"kind": "tell", "text": "21 now."}
        editor.text = json.dumps(item, indent=2)
        await pilot.pause()
        await pilot.press("f2")
        assert "3  tell: 21 now." in folded(app)
        await pilot.press("ctrl+s")
    assert app.result.then[1].reply.text == "21 now."


async def test_an_editor_outside_gets_and_gives_the_whole_conversation(worded, monkeypatch):
    async def edit(app, text):
        assert json.loads(text)["then"][2]["query"] == "same for my wife"
        return text.replace("same for my wife", "same over there")

    monkeypatch.setattr("workbench.app.edit.screen.edit_outside", edit)
    async with opened(WARMER, worded) as (app, pilot):
        await pilot.press("f4")
        await pilot.pause()
        assert app.edit.draft.then[2].query == "same over there"
        assert "same over there" in screen_text(app)


async def test_another_right_answer_is_for_single_requests(worded):
    async with opened(SEAT, worded) as (app, pilot):
        await pilot.press("f12")
        assert "single request" in toasts(app)[-1]
        assert not app.edit.also_right.answers


@pytest.mark.exhaustive
async def test_a_single_request_becomes_a_conversation(worded):
    single = Sample("heat my seat", (heat(1),))
    async with opened(single, worded) as (app, pilot):
        await picked(pilot, 3)
        await pilot.press(*"Done.", "ctrl+s")
    assert app.result == Sample(
        "heat my seat", (heat(1),), then=(Step(reply=Reply("tell", "Done.")),)
    )


@pytest.mark.exhaustive
async def test_keys_typed_at_once_open_the_cards_that_they_go_to(worded):
    async with opened(WARMER, worded) as (app, pilot):
        await at(app, pilot, ("answers", 0), "area")
        await pilot.press("down", "down", "down", "down", *"22")
        assert app.edit.draft.then[0].answers == (warm(1, 22.0),)
        open_cards = [one.path for one in app.screen.query(PartCard) if not one.folded]
        assert open_cards == [("then", 0, "answers", 0)]
        assert isinstance(app.screen.focused, ValueInput)


async def test_plain_signs(worded):
    app = EditApp(WARMER, worded)
    app.ascii = True
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        shown = screen_text(app)
        assert "Step 1 of 6 . Passenger" in shown
        assert "-> 20 °C" in shown
        assert not set("·→●▸") & set(shown)


async def test_the_menu_names_the_step(worded):
    async with opened(WARMER, worded, size=NARROW) as (app, pilot):
        await at(app, pilot, ("then", 2, "query"), "query")
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, Menu)
        shown = screen_text(app)
        assert "Step 4 of 6" in shown
        assert "Split: from this call on, a step of its own (it has one call" in shown
        assert "Remove the 2 steps after this one" in shown
        assert "Join this turn with the one before\n" in re.sub(" *[│|] *", "\n", shown)
        await pilot.press("escape")
        assert app.edit.draft == WARMER


@pytest.fixture
def talks(dataset):
    """A dataset of conversations."""
    dataset.write_text(json.dumps([*map(to_item, (WARMER, SEAT))]), encoding="utf-8")


async def test_an_edited_conversation_is_saved_and_an_unfinished_one_goes_on(
    talks, open_app, until_true, dataset
):
    drafts = draft_beside(labels_path(dataset))
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("e")
        await until_true(pilot, lambda: isinstance(app.screen, EditScreen))
        app.screen._form.focus_spot(FieldSpot(("then", 2, "answers", 0), "value"))
        await pilot.pause()
        await pilot.press(*"22", "ctrl+s")
        await until_true(pilot, lambda: isinstance(app.screen, ReviewScreen))
        edited = app.review.in_force(0)
        assert edited.then[2].answers == (warm(4, 22.0),)
        assert edited.then[3:] == WARMER.then[3:]
        await pilot.press("g", "g", "e")
        await until_true(pilot, lambda: isinstance(app.screen, EditScreen))
        app.screen._form.go_step(2)
        await pilot.pause()
        await pilot.press("end", "!")
        await until_true(pilot, drafts.exists)
    async with open_app() as pilot:
        await until_true(pilot, lambda: isinstance(pilot.app.screen, DraftPrompt))
        await pilot.press("enter")
        await until_true(
            pilot, lambda: isinstance(pilot.app.screen, EditScreen) and pilot.app.screen.changed
        )
        assert pilot.app.review.in_force(0) == edited
        assert len(pilot.app.screen.draft.steps) == 6


SHOTS = {
    "warmer": (WARMER, ("alt+down",), {}),
    "seat": (SEAT, ("f8",), {}),
    "light": (TOO_WARM, (), {"theme": "workbench-light"}),
}


@pytest.mark.parametrize("size", [(120, 40), NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    "name",
    ["warmer", *(pytest.param(n, marks=pytest.mark.exhaustive) for n in ("seat", "light"))],
)
def test_looks(snap_compare, worded, name, size):
    sample, keys, options = SHOTS[name]
    assert snap_compare(EditApp(sample, worded, **options), press=keys, terminal_size=size)
