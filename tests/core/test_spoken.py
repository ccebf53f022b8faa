"""What a model says in place of calls."""

import pytest

from workbench.core.samples import Reply, Step, ToolCall
from workbench.core.training.outputs import Output
from workbench.core.training.scoring.spoken import act_of, act_table, facts, says_facts, wanted_act

CALL = ToolCall("f", {})


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Left or right?", "ask"),
        ("Sure. Which window do you mean?)", "ask"),
        ("I can't play music.", "refuse"),
        ("Sorry, that isn\u2019t possible in this car.", "refuse"),
        ("I can only go up to 32.5 degrees.", "refuse"),
        ("It only goes up to 32.5.", "refuse"),
        ("There's no seat massage in this car.", "refuse"),
        ("It's 21 degrees on your side now.", "say"),
        ("Why did the car cross the road? To get to the other side.", "say"),
        ("  \n", "nothing"),
        ("", "nothing"),
    ],
)
def test_words_are_told_apart_by_simple_rules(text, act):
    assert act_of(Output(text=text)) == act


def test_calls_count_before_words():
    assert act_of(Output((CALL,), (), "Can I?")) == "call"
    assert act_of(Output((), ("<tool_call>{",), "")) == "unparsable"


@pytest.mark.parametrize(
    ("kind", "act"), [("tell", "say"), ("chat", "say"), ("ask", "ask"), ("refuse", "refuse")]
)
def test_what_is_right_is_what_the_step_does(kind, act):
    assert wanted_act(Step(reply=Reply(kind, "…"))) == act
    assert wanted_act(Step(answers=(CALL,))) == "call"


def test_facts_are_numbers_and_states():
    assert facts("Twenty-one degrees on your side, and the fan is off.") == {21.0, "off"}
    assert facts("It's shut, 80%.") == {"closed", 80.0}
    assert facts("It's on.") == {"on"}


def test_all_facts_must_be_said_in_whatever_words():
    assert says_facts("It's 21 degrees.", "Set to twenty-one, nice and warm")
    assert not says_facts("It's 21 degrees.", "It's nice and warm")
    assert not says_facts("The window is closed.", "The window is open.")
    assert says_facts("Done.", "All right.")


def test_the_table_counts_what_was_done_for_what_was_right():
    table = act_table(["call", "call", "ask"], ["call", "ask", "refuse"])
    assert list(table) == ["call", "ask"]
    assert (table["call"]["call"], table["call"]["ask"], table["ask"]["refuse"]) == (1, 1, 1)
