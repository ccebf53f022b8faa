"""What a conversation has shown: the values that were read or set, changes, and refusals."""

import pytest

from workbench.core.checks.conversation.session import run_session
from workbench.core.samples import Reply, Sample, StateValue, Step, ToolCall

TEMPERATURE = "HVAC_TEMPERATURE_SET"


def get(area, name=TEMPERATURE):
    return ToolCall("getFloatProperty", {"propertyName": name, "areaId": area})


def put(area, value, name=TEMPERATURE):
    arguments = {"propertyName": name, "areaId": area, "value": value}
    return ToolCall("setFloatProperty", arguments)


@pytest.fixture
def session(catalog):
    told = Step(reply=Reply("tell", "It's 21 now."))
    steps = [
        Step(answers=(put(1, 21),)),
        told,
        Step("and 50 for her", (put(4, 50.0),)),
        Step(reply=Reply("refuse", "32.5 is the most.", "execution.value_out_of_range")),
        Step("put mine back", (put(1, 20.0), put(4, 23.0))),
    ]
    state = (StateValue(TEMPERATURE, 1, 20.0),)
    sample = Sample("one degree warmer", (get(1),), state=state, then=tuple(steps))
    return run_session(sample, catalog)


def test_a_value_is_known_from_the_step_after_its_result(session):
    here = (TEMPERATURE, 1)
    known = [session.known(here, step) for step in range(6)]
    assert [one and (one.value, one.step, one.changed) for one in known] == [
        None,
        (20.0, 0, False),
        *[(21.0, 1, True)] * 4,
    ]
    assert [one.value for one in session.history(here, 99)] == [20.0, 21.0, 20.0]


def test_what_the_car_refuses_shows_no_value(session):
    assert session.known((TEMPERATURE, 4), 5) is None
    [refused] = session.refused
    assert (refused.step, refused.call, refused.made) == (3, 0, put(4, 50.0))
    assert refused.codes == {"execution.value_out_of_range"}


def test_a_change_knows_what_was_there_and_what_was_seen_of_it(session):
    told = [(one.spot[1], one.before, one.after, one.known is None) for one in session.changes]
    assert told == [(1, 20.0, 21, False), (1, 21.0, 20.0, False), (4, 22.0, 23.0, True)]
    assert session.changed(2, 5) == ()


def test_the_car_can_be_asked_as_it_was_before_any_step(session):
    assert [session.value((TEMPERATURE, 1), step) for step in range(6)] == [20.0, 20.0, *[21.0] * 4]
    assert session.value(("WINGS", 1), 0) is None
    session.car(5).run(put(1, 30.0))
    assert session.value((TEMPERATURE, 1), 5) == 21.0


def test_steps_are_counted_by_turns(session):
    assert session.turns == (range(0, 3), range(3, 5), range(5, 6))
    assert session.turn_of == (0, 0, 0, 1, 1, 2)


def test_what_is_measured_changes_by_itself(catalog):
    found = {name for name, prop in catalog.properties.items() if prop.changes_itself}
    assert {"PERF_VEHICLE_SPEED", "RANGE_REMAINING", "HVAC_TEMPERATURE_CURRENT"} <= found
    assert not found & {TEMPERATURE, "INFO_MAKE", "DOOR_LOCK"}
