"""Editing a conversation: its parts by path, its steps, fixes and differences in them."""

import pytest
from conversations import EVERY, JOKE, SEAT, TEMPERATURE, TOO_WARM, WARMER, heat, warm
from msgspec.structs import replace
from verifying import verify

from workbench.core.editing.fixing import fix_sample
from workbench.core.editing.parts import (
    FieldSpot,
    calls_at,
    first_concern,
    insert_call,
    insert_option,
    move_call,
    nearest,
    parts,
    place_words,
    remove_call,
    turn_of,
    with_parts,
)
from workbench.core.editing.rerun import reasons, rerun
from workbench.core.editing.sample_diff import MovedPart, diff, sample_changes, state_changes
from workbench.core.editing.sample_text import TextError, from_text, to_text
from workbench.core.editing.steps import (
    add_call_step,
    add_reply,
    add_state,
    add_words,
    cut_after,
    join_turn,
    new_state,
    remove_reply,
    remove_step,
    split_step,
    with_state_property,
    without_empty,
)
from workbench.core.samples import Reply, Sample, StateValue, Step, with_steps
from workbench.core.verdicts import Edit, Finding, Fix, apply_fixes

TWO = Sample("warm both seats", (heat(1), heat(4)))


def said(sample):
    return [step.query for step in sample.steps]


# -------------------------------------------------------------------- parts


@pytest.mark.parametrize("sample", [*EVERY, TWO], ids=lambda sample: sample.query)
def test_a_sample_is_the_same_put_together_from_its_parts(sample):
    assert with_parts(sample, dict(parts(sample))) == sample


def test_each_part_is_changed_at_its_path():
    contents = {
        ("state", 0): StateValue(TEMPERATURE, 4, 19.0),
        ("then", 0, "answers", 0): warm(1, 22.0),
        ("then", 1, "reply"): Reply("tell", "22."),
        ("then", 2, "query"): "and hers",
    }
    made = with_parts(WARMER, contents)
    assert made.state == (contents["state", 0],)
    assert made.then[0].answers == (warm(1, 22.0),)
    assert made.then[1].reply == Reply("tell", "22.")
    assert said(made)[3] == "and hers"
    assert made.then[3:] == WARMER.then[3:]


def test_calls_are_put_in_taken_out_and_moved_wherever_they_are():
    place = ("then", 2, "answers")
    more = insert_call(WARMER, (*place, 0), heat(4))
    assert calls_at(more, place) == (heat(4), warm(4, 21.0))
    assert calls_at(move_call(more, (*place, 0), 1), place) == (warm(4, 21.0), heat(4))
    assert remove_call(more, (*place, 0)) == WARMER
    refused = insert_call(TOO_WARM, ("reply", "wanted", 1), warm(4, 50.0))
    assert refused.reply.wanted == (warm(1, 50.0), warm(4, 50.0))


def test_an_option_goes_with_its_last_call_and_comes_with_its_first():
    options = ("reply", "options")
    assert remove_call(SEAT, (*options, 0, 0)).reply.options == ((heat(64),),)
    assert insert_call(SEAT, (*options, 2, 0), heat(32)).reply.options[2] == (heat(32),)
    assert insert_option(SEAT, (*options, 1), (heat(32),)).reply.options == (
        (heat(16),),
        (heat(32),),
        (heat(64),),
    )


def test_a_turn_is_read_as_a_request_with_all_its_calls():
    assert turn_of(WARMER, ("then", 0, "answers", 0)) == (
        Sample(WARMER.query, (*WARMER.answers, warm(1, 21.0))),
        1,
    )
    assert turn_of(WARMER, ("then", 4, "query"))[0].query == "no, put mine back"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("answers", 1), "step 1, call 2"),
        (("then", 0, "answers", 0, "arguments", "value"), "step 2, call 1"),
        (("then", 1, "reply", "text"), "step 3, the reply"),
        (("reply", "wanted", 0), "step 1, refused call 1"),
        (("reply", "options", 1, 0), "step 1, option 2, call 1"),
        (("then", 2, "query"), "step 4, the words"),
        (("state", 0, 2), "value 1 at the start"),
        (("reply", "options"), "step 1, the reply"),
        (("then", 0), "step 2"),
        (("answers",), "step 1"),
    ],
)
def test_a_place_is_named_by_step_and_part(path, words):
    assert place_words(path, steps=True) == words


def test_what_is_gone_leaves_the_cursor_nearby():
    paths = [part.path for part in parts(WARMER)]
    assert nearest(("then", 0, "answers", 1), paths) == ("then", 0, "answers", 0)
    assert nearest(("then", 5, "answers", 0), paths)[:2] == ("then", 4)
    assert nearest(("state", 1), paths) == ("state", 0)


@pytest.mark.parametrize(
    ("change", "spot"),
    [
        pytest.param(
            {("then", 0, "answers", 0): warm(1, 99.0)},
            FieldSpot(("then", 0, "answers", 0), "value"),
            id="a value of a later step",
        ),
        pytest.param(
            {("then", 2, "answers", 0): warm(7, 21.0)},
            FieldSpot(("then", 2, "answers", 0), "area"),
            id="an area",
        ),
        pytest.param(
            {("then", 1, "reply"): Reply("shout", "x")},
            FieldSpot(("then", 1, "reply"), "kind"),
            id="the kind of a reply",
        ),
        pytest.param(
            {("then", 1, "reply"): Reply("tell", "")},
            FieldSpot(("then", 1, "reply"), "text"),
            id="a reply without words",
        ),
        pytest.param(
            {("state", 0): StateValue("NO", 1, 20.0)},
            FieldSpot(("state", 0), "value"),
            id="the state at the start",
        ),
        pytest.param(
            {("then", 2, "query"): ""}, FieldSpot(("then", 2, "query"), "query"), id="no words"
        ),
    ],
)
def test_repairs_start_at_the_step_of_the_first_error(catalog, change, spot):
    wrong = with_parts(WARMER, change)
    assert first_concern(wrong, verify(wrong, catalog), catalog) == spot


# -------------------------------------------------------------------- steps


def test_steps_are_put_in_after_one():
    words = add_words(WARMER, 1)
    assert said(words.sample)[2] == ""
    assert words.path == ("then", 1, "query")
    calls = add_call_step(WARMER, 0, warm(4, 21.0))
    assert calls.sample.then[0] == Step(answers=(warm(4, 21.0),))
    assert calls.path == ("then", 0, "answers", 0)
    reply = add_reply(WARMER, 5)
    assert reply.sample.then[5] == Step(reply=Reply("tell"))


def test_a_step_that_has_only_words_takes_calls_or_a_reply_itself():
    asked = add_words(WARMER, 5)
    with_call = add_call_step(asked.sample, 6, heat(1)).sample
    assert with_call.then[5] == Step("", (heat(1),))
    with_reply = add_reply(asked.sample, 6, "chat").sample
    assert with_reply.then[5] == Step("", reply=Reply("chat"))
    assert len(with_call.steps) == len(with_reply.steps) == 7


def test_after_a_reply_the_passenger_speaks_first():
    assert add_call_step(WARMER, 2, heat(1)).sample.then[2] == Step("", (heat(1),))
    assert add_reply(JOKE, 0, "chat").sample.then[0] == Step("", reply=Reply("chat"))


def test_the_words_of_a_removed_step_stay_where_its_turn_goes_on():
    without_read = remove_step(WARMER, 0).sample
    assert (without_read.query, without_read.answers) == (WARMER.query, (warm(1, 21.0),))
    without_turn = remove_step(WARMER, 5).sample
    assert without_turn.steps == WARMER.steps[:5]
    assert remove_step(JOKE, 0) is None


def test_calls_are_split_into_two_steps():
    made = split_step(TWO, 0, 1)
    assert made.sample.steps == (Step(TWO.query, (heat(1),)), Step(answers=(heat(4),)))
    assert made.path == ("then", 0, "answers", 0)
    assert split_step(TWO, 0, 0).sample == made.sample
    assert split_step(WARMER, 1, 0) is None
    beside = replace(TWO, answers=(heat(1),), reply=Reply("tell", "Done."))
    assert split_step(beside, 0, 0).sample.then == (Step(reply=Reply("tell", "Done.")),)


def test_what_follows_a_step_is_cut_off():
    assert cut_after(WARMER, 2).steps == WARMER.steps[:3]
    assert cut_after(WARMER, 5) == WARMER


def test_a_turn_without_its_words_goes_on_with_the_one_before():
    joined = join_turn(WARMER, 3)
    assert joined.sample.then == (
        Step(answers=(warm(1, 21.0),)),
        Step(answers=(warm(4, 21.0),)),
        *WARMER.then[3:],
    )
    assert join_turn(WARMER, 1) is None
    assert join_turn(WARMER, 0) is None
    answered = join_turn(SEAT, 1).sample
    assert answered == Sample(SEAT.query, (heat(16),))


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.query)
def test_what_is_made_of_steps_has_the_shape_of_a_conversation(catalog, sample):
    """Words may be missing, and what is said; nothing else."""
    unwritten = {"format.empty_query", "format.empty_reply", "format.empty_step", "format.no_calls"}
    for number in range(len(sample.steps)):
        last_of_turn = number + 1 == len(sample.steps) or sample.steps[number + 1].query is not None
        made = [
            add_words(sample, number),
            add_call_step(sample, number, heat(1)),
            add_reply(sample, number) if last_of_turn else None,
            remove_step(sample, number),
            split_step(sample, number, 1),
            join_turn(sample, number),
        ]
        for one in [one.sample for one in made if one] + [cut_after(sample, number)]:
            found = {f.code for f in verify(one, catalog).findings if f.stage == "format"}
            assert found <= unwritten, (number, one)


def test_a_reply_goes_with_its_step_where_nothing_else_is_in_that():
    assert remove_reply(WARMER, 2).then == (WARMER.then[0], *WARMER.then[2:])
    assert remove_reply(JOKE, 0) == Sample(JOKE.query, ())


def test_a_step_goes_with_its_last_call_unless_something_is_said_in_it():
    emptied = remove_call(WARMER, ("then", 0, "answers", 0))
    assert without_empty(emptied, 1).then == WARMER.then[1:]
    said_only = remove_call(WARMER, ("then", 2, "answers", 0))
    assert without_empty(said_only, 3) == said_only
    assert without_empty(Sample("x", ()), 0) == Sample("x", ())


def test_a_value_at_the_start_differs_from_the_cars_and_keeps_the_order(catalog):
    for prop in catalog.properties.values():
        one = new_state(prop, JOKE, catalog)
        made = add_state(JOKE, one, catalog).sample
        codes = {f.code for f in verify(made, catalog).findings}
        assert "format.state" not in codes, one
    names = ["WINDOW_POS", "DOOR_LOCK", TEMPERATURE]
    made = JOKE
    for name in names:
        made = add_state(made, new_state(catalog.properties[name], made, catalog), catalog).sample
    order = list(catalog.properties)
    assert [one.property for one in made.state] == sorted(names, key=order.index)
    again = new_state(catalog.properties["DOOR_LOCK"], made, catalog)
    assert again not in made.state
    moved = with_state_property(
        StateValue(TEMPERATURE, 16, 20.0), catalog.properties["HVAC_FAN_SPEED"], catalog
    )
    assert (moved.property, moved.area) == ("HVAC_FAN_SPEED", 16)


# -------------------------------------------------------------------- run again


def test_what_replies_refuse_or_offer_is_tried_where_they_stand(catalog):
    outcomes = rerun(TOO_WARM, catalog).outcomes
    assert "out of range" in outcomes["reply", "wanted", 0].refused
    assert reasons(TOO_WARM, ("reply",), catalog) == ("execution.value_out_of_range",)
    assert reasons(WARMER, ("then", 1, "reply"), catalog) == ()
    offered = rerun(SEAT, catalog)
    assert offered.outcomes["reply", "options", 1, 0].after == 2
    assert offered.steps[0].state == {}


def test_a_changed_start_changes_what_is_read_later(catalog):
    cooler = with_parts(WARMER, {("state", 0): StateValue(TEMPERATURE, 1, 18.0)})
    assert rerun(cooler, catalog).outcomes["answers", 0].answer["value"] == 18.0


# -------------------------------------------------------------------- fixes


def fix(path, op="replace", value=None, code="format.wrong_type"):
    return Finding(code, "x", path, Fix(str(path), (Edit(op, path, value),)))


def test_fixes_of_different_steps_are_all_made_whatever_is_removed():
    found = [
        fix(("then", 1), "remove"),
        fix(("then", 3), "remove"),
        fix(("then", 0, "answers", 0, "arguments", "value"), value=22.0),
        fix(("then", 4, "query"), value="back"),
        fix(("state", 0), "remove"),
    ]
    fixed = fix_sample(WARMER, found)
    assert not fixed.left
    assert fixed.sample.state == ()
    assert fixed.sample.then == (
        Step(answers=(warm(1, 22.0),)),
        WARMER.then[2],
        Step("back", (warm(1, 20.0),)),
    )


def test_a_fix_in_a_step_that_another_removes_is_left():
    found = [fix(("then", 1), "remove"), fix(("then", 1, "reply", "text"), value="x")]
    assert len(fix_sample(WARMER, found).left) == 1


def test_a_call_and_a_later_step_are_removed_in_an_order_that_keeps_their_places():
    three = replace(TWO, then=(Step(answers=(heat(1), heat(4))), Step(answers=(heat(16),))))
    found = [fix(("then", 0, "answers", 0), "remove"), fix(("then", 1), "remove")]
    assert fix_sample(three, found).sample.then == (Step(answers=(heat(4),)),)


def test_a_repeated_call_of_a_later_step_stays_if_the_other_is_changed():
    twins = replace(TWO, then=(Step(answers=(heat(1), heat(1))),))
    place = ("then", 0, "answers")
    repeated = fix((*place, 1), "remove", code="execution.repeated_call")
    change = fix((*place, 0, "arguments", "areaId"), value=4)
    assert fix_sample(twins, [repeated, change]).sample.then[0].answers == (heat(4), heat(1))
    elsewhere = fix(("answers", 0, "arguments", "areaId"), value=16)
    assert fix_sample(twins, [repeated, elsewhere]).sample.then[0].answers == (heat(1),)


def test_the_last_step_or_value_that_a_fix_removes_leaves_no_empty_list():
    bare = replace(SEAT, reply=None, answers=(heat(1),), state=WARMER.state)
    made = apply_fixes(bare, [fix(("then", 0), "remove").fix, fix(("state", 0), "remove").fix])
    assert made == Sample(SEAT.query, (heat(1),))
    foreign = Sample("x", (heat(1),), extra={"then": []})
    assert apply_fixes(foreign, [fix(("query",), value="y").fix]).extra == {"then": []}


# -------------------------------------------------------------------- differences and text


def test_differences_are_told_by_step(catalog):
    after = add_words(cut_after(WARMER, 4), 4).sample
    after = with_parts(
        after,
        {
            ("then", 0, "answers", 0): warm(1, 22.0),
            ("then", 1, "reply"): Reply("tell", "It's 22."),
            ("then", 4, "query"): "thanks",
        },
    )
    after = add_reply(after, 5, "chat").sample
    found = sample_changes(WARMER, after, catalog)
    assert [(one.before, one.after) for one in found] == [(1, 1), (2, 2), (5, 5)]
    assert [(p.part, p.before, p.after) for p in found[0].calls[0].parts] == [
        ("value", "21.0 °C", "22.0 °C")
    ]
    assert [p.part for p in found[1].parts] == ["text"]
    assert {p.part for p in found[2].parts} == {"query", "reply", "text"}
    assert sample_changes(WARMER, WARMER, catalog) == ()


def test_a_step_that_is_gone_doesnt_change_those_after_it(catalog):
    without = remove_step(WARMER, 2).sample
    found = sample_changes(WARMER, without, catalog)
    assert [(one.before, one.after) for one in found] == [(2, None)]


def test_an_option_that_is_gone_is_told_as_such(catalog):
    [without] = sample_changes(SEAT, remove_call(SEAT, ("reply", "options", 0, 0)), catalog)
    assert [(p.part, "16" in p.before, p.after) for p in without.parts] == [("option", True, "")]
    [more] = sample_changes(
        TOO_WARM, insert_call(TOO_WARM, ("reply", "wanted", 1), warm(4, 50.0)), catalog
    )
    assert [(p.part, p.before, "50.0" in p.after) for p in more.parts] == [("refused", "", True)]


def test_what_stands_in_another_step_now_has_moved(catalog):
    asked = replace(SEAT, answers=(heat(16),))
    [split] = sample_changes(asked, split_step(asked, 0, 1).sample, catalog)
    assert split == (None, 1, (), (), (MovedPart("reply", 0),))
    two = replace(JOKE, answers=(heat(16), heat(64)), reply=None, then=(Step(reply=JOKE.reply),))
    [split] = sample_changes(two, split_step(two, 0, 1).sample, catalog)
    assert split == (None, 1, (), (), (MovedPart("call", 0),))


def test_a_step_that_stands_elsewhere_now_is_not_told_as_gone(catalog):
    start, *rest = WARMER.steps
    later = with_steps(WARMER, [start, *rest[2:4], *rest[:2], *rest[4:]])
    found = sample_changes(WARMER, later, catalog)
    assert all(one.after is not None and not one.parts and not one.calls for one in found)
    assert {moved.part for one in found for moved in one.moved} == {"query", "call", "reply"}


def test_differences_in_the_state_at_the_start_name_the_place(catalog):
    found = state_changes(
        WARMER, with_parts(WARMER, {("state", 0): StateValue(TEMPERATURE, 1, 18.0)}), catalog
    )
    assert found == (("HVAC_TEMPERATURE_SET 1 (front left seat)", "20.0 °C", "18.0 °C"),)


def test_the_lines_of_a_difference_show_later_steps(catalog):
    after = with_parts(WARMER, {("then", 2, "answers", 0): warm(4, 22.0)})
    assert [line.text for line in diff(WARMER, after, catalog)] == [
        "setFloatProperty",
        "  value: 21.0 °C",
        "  value: 22.0 °C",
    ]


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.query)
def test_json_and_back_is_the_same_conversation(sample):
    assert from_text(to_text(sample)) == sample


@pytest.mark.parametrize(
    ("put", "instead", "reason"),
    [
        ('"kind": "tell"', '"kind": 1', "then[1].reply.kind: expected a string"),
        ('"areaId": 4', '"areaId" 4', "a colon is missing here"),
        ('"then": [', '"then": [], "rest": [', "then: expected a list of steps"),
        ('[\n      "HVAC_TEMPERATURE_SET",', "[", "state[0]: expected [property, area, value]"),
    ],
)
def test_a_mistake_in_the_json_of_a_later_step_is_found_at_its_line(put, instead, reason):
    text = to_text(WARMER)
    with pytest.raises(TextError) as raised:
        from_text(text.replace(put, instead, 1), extra={})
    assert reason in str(raised.value)
    assert raised.value.line == text[: text.index(put)].count("\n") + 1


def test_keys_that_other_programs_left_are_kept_while_one_edits():
    foreign = Sample("x", (heat(1),), extra={"then": [], "reply": "none"})
    assert from_text(to_text(foreign), extra=foreign.extra) == foreign
    with pytest.raises(TextError, match='reply: expected an object with a "kind"'):
        from_text(to_text(foreign), extra={"then": []})
