"""Read or change: a command answered by a read, and a question answered by a change."""

import pytest
from verifying import verify

from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import apply_fixes

FLAP, BOOT, BOX, HAZARDS = "FUEL_DOOR_OPEN", "DOOR_POS", "GLOVE_BOX_LOCKED", "HAZARD_LIGHTS_SWITCH"
TRUNK = 536870912


def call(catalog, name, area, value=None):
    kind = "get" if value is None else "set"
    function = catalog.function_for[kind, catalog.properties[name].type].name
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments if value is None else arguments | {"value": value})


def found_in(catalog, query, *calls):
    sample = Sample(query, tuple(call(catalog, *one) for one in calls))
    assert not verify(sample, catalog).findings
    return sample, verify(sample, catalog, ["grounding"]).findings


@pytest.mark.parametrize(
    ("query", "name", "area", "value"),
    [
        ("Could I have the glove box unlocked, please?", BOX, 4, False),
        ("Don't leave the fuel flap open.", FLAP, 0, False),
        ("Boot shut, cheers.", BOOT, TRUNK, 0),
        ("Let the front passenger window down.", "WINDOW_POS", 64, 10),  # by the policy
        ("Wind my window down a bit, there's a good lad", "WINDOW_POS", 16, 2),
        *(
            pytest.param(*one, marks=pytest.mark.exhaustive)
            for one in [
                ("Might I ask you to get the petrol cap cover open?", FLAP, 0, True),
                ("Don't keep the door on my side closed, please.", BOOT, 1, 1),
                ("Could you get the boot closed?", BOOT, TRUNK, 0),
                ("Be a love and get the sunroof shut, would you?", "WINDOW_POS", 65536, 0),
                ("Would you mind awfully getting the mirrors folded?", "MIRROR_FOLD", 0, True),
                ("I was wondering if you could get the fuel flap closed", FLAP, 0, False),
                ("Keep the glove box locked, please.", BOX, 4, True),
                ("See that the glove box is locked, please.", BOX, 4, True),
                ("Would it kill you to get the boot open?", BOOT, TRUNK, 1),
                ("It'd be great to have the headlights on automatic.", "HEADLIGHTS_SWITCH", 0, 256),
                ("I think we need the defogger on.", "HVAC_DEFROSTER", 1, True),
                ("You might want to get those hazards on.", HAZARDS, 0, 1),
                ("It's high time the hazards went off.", HAZARDS, 0, 0),
                ("Don't keep my seat heating on any longer.", "HVAC_SEAT_TEMPERATURE", 1, 0),
                ("Fancy shutting the fuel flap?", FLAP, 0, False),
            ]
        ),
    ],
)
def test_a_read_for_a_command_is_found_and_its_fix_sets_what_is_said(
    catalog, query, name, area, value
):
    right, none = found_in(catalog, query, (name, area, value))
    assert none == ()
    broken, [finding] = found_in(catalog, query, (name, area))
    assert finding.code == "grounding.access"
    assert apply_fixes(broken, [finding.fix]).answers == right.answers


@pytest.mark.parametrize(
    ("query", "name", "area"),
    [
        ("Turn the fan up, please.", "HVAC_FAN_SPEED", 1),
        ("Make my seat a bit higher.", "SEAT_HEIGHT_POS", 1),
    ],
)
def test_a_value_that_the_words_leave_open_is_not_made_up(catalog, query, name, area):
    _, [finding] = found_in(catalog, query, (name, area))
    assert (finding.code, finding.fix) == ("grounding.access", None)


@pytest.mark.parametrize(
    ("query", "name", "area", "wrong"),
    [
        ("Any idea if the child lock on the windows is still on?", "WINDOW_LOCK", 1344, True),
        ("Boot, open or shut?", BOOT, TRUNK, 1),
        *(
            pytest.param(*one, marks=pytest.mark.exhaustive)
            for one in [
                ("Can you see if the child lock on the windows is on?", "WINDOW_LOCK", 1344, True),
                ("Do you happen to know if the fuel cap is open?", FLAP, 0, True),
                ("Would the charge port happen to be open?", "EV_CHARGE_PORT_OPEN", 0, True),
                ("Please say whether the boot is shut.", BOOT, TRUNK, 0),
                ("I'd love to know if the hazards are on.", HAZARDS, 0, 1),
                ("It'd be great if you could tell me if the boot is shut.", BOOT, TRUNK, 0),
                ("You wouldn't know if the glove box is locked, would you?", BOX, 4, True),
                (
                    "My seat heating feels weak. What level is it on?",
                    "HVAC_SEAT_TEMPERATURE",
                    1,
                    1,
                ),
                ("Quick question: did somebody open the petrol flap?", FLAP, 0, True),
                ("Tell me, is the fuel flap open?", FLAP, 0, True),
            ]
        ),
    ],
)
def test_a_change_for_a_question_is_found_and_its_fix_reads(catalog, query, name, area, wrong):
    right, none = found_in(catalog, query, (name, area))
    assert none == ()
    broken, found = found_in(catalog, query, (name, area, wrong))
    [finding] = [one for one in found if one.code == "grounding.access"]
    assert apply_fixes(broken, [finding.fix]).answers == right.answers


def test_a_command_after_a_question_in_one_breath_is_a_command(catalog):
    query = "Could you tell me the speed and then turn on the hazards?"
    speed = ("PERF_VEHICLE_SPEED", 0)
    assert found_in(catalog, query, speed, (HAZARDS, 0, 1))[1] == ()
    _, [finding] = found_in(catalog, query, speed, (HAZARDS, 0))
    assert (finding.code, finding.call) == ("grounding.access", 1)


@pytest.mark.parametrize("start", ["", "Oh, ", "The kids are out, "])
def test_how_things_are_is_neither_a_question_nor_the_wish(catalog, start):
    query = f"{start}the hazards are still on, get them off"
    assert found_in(catalog, query, (HAZARDS, 0, 0))[1] == ()


@pytest.mark.parametrize("plea", ["", ", can you do something?"])
def test_a_need_is_not_answered_by_a_read(catalog, plea):
    _, [finding] = found_in(catalog, f"I'm freezing{plea}", ("HVAC_TEMPERATURE_SET", 1))
    assert finding.code == "grounding.access"
    assert finding.message == (
        "“I'm freezing” asks for a change; the call only reads HVAC_TEMPERATURE_SET"
    )
    assert finding.fix is None


@pytest.mark.parametrize("question", ["What's it set to?", "Remind me what we set.", "Reading?"])
def test_a_need_with_a_question_may_be_read(catalog, question):
    query = f"I'm freezing. {question}"
    assert found_in(catalog, query, ("HVAC_TEMPERATURE_SET", 1))[1] == ()
