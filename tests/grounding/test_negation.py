"""Negations, and requests that look like statements or questions."""

import pytest

RIGHT = [
    ("The kids shouldn't be able to open the windows", [("WINDOW_LOCK", 1344, True)]),
    ("There's no reason for the hazards to be going anymore", [("HAZARD_LIGHTS_SWITCH", 0, 0)]),
    (
        "The headlights mustn't go by automatic, they must be simply on.",
        [("HEADLIGHTS_SWITCH", 0, 1)],
    ),
    ("could i have my reading light on", [("READING_LIGHTS_SWITCH", 1, 1)]),
    ("Don't open the sunroof, tilt it", [("WINDOW_POS", 65536, -10)]),
    (
        "The wind should not blow my face, let it blow the feet only.",
        [("HVAC_FAN_DIRECTION", 1, 2)],
    ),
    *(
        pytest.param(*one, marks=pytest.mark.exhaustive)
        for one in [
            (
                "The children must not be able to open windows by their own buttons.",
                [("WINDOW_LOCK", 1344, True)],
            ),
            ("The kids should be able to work their windows again", [("WINDOW_LOCK", 1344, False)]),
            (
                "Let them play with their own windows again, I don't mind.",
                [("WINDOW_LOCK", 1344, False)],
            ),
            (
                "Windows needn't be child locked now, it's only adults today",
                [("WINDOW_LOCK", 1344, False)],
            ),
            (
                "Nobody in the back should be messing with the window switches",
                [("WINDOW_LOCK", 1344, True)],
            ),
            ("I don't want the AC on", [("HVAC_AC_ON", 1, False)]),
            (
                "Could you not have my reading light burning the whole time?",
                [("READING_LIGHTS_SWITCH", 1, 0)],
            ),
            (
                "Don't let the headlights decide for themselves, just have them on",
                [("HEADLIGHTS_SWITCH", 0, 1)],
            ),
            ("I'd rather you didn't run the AC", [("HVAC_AC_ON", 1, False)]),
            ("I'd sooner the recirculation wasn't on", [("HVAC_RECIRC_ON", 1, False)]),
            ("I don't want any more recirculated air", [("HVAC_RECIRC_ON", 1, False)]),
            ("Help me lock the glove box, can?", [("GLOVE_BOX_LOCKED", 4, True)]),
            ("Is it possible to switch on the rear fogs?", [("REAR_FOG_LIGHTS_SWITCH", 0, 1)]),
            ("Can my window come down?", [("WINDOW_POS", 16, 10)]),
            (
                "I'm sat behind the driver, could I have my reading light on?",
                [("READING_LIGHTS_SWITCH", 16, 1)],
            ),
            ("Could I have the charge limit, please?", [("EV_CHARGE_PERCENT_LIMIT", 0)]),
            (
                "The mirrors shouldn't fold by themselves any more",
                [("MIRROR_AUTO_FOLD_ENABLED", 3, False)],
            ),
            (
                "Could you not have the mirrors tuck themselves in every time I park?",
                [("MIRROR_AUTO_FOLD_ENABLED", 3, False)],
            ),
            (
                "The mirrors should fold themselves in whenever I lock the car",
                [("MIRROR_AUTO_FOLD_ENABLED", 3, True)],
            ),
            ("do the mirrors fold by themselves when i park", [("MIRROR_AUTO_FOLD_ENABLED", 3)]),
            ("The sunroof should not be opened, only tilted.", [("WINDOW_POS", 65536, -10)]),
            ("Don't open the glove box, only unlock it.", [("GLOVE_BOX_LOCKED", 4, False)]),
            (
                "The glove box shouldn't be something the valet can open, lock it",
                [("GLOVE_BOX_LOCKED", 4, True)],
            ),
            (
                "i dont want the seat heated i want it cooled level one",
                [("HVAC_SEAT_TEMPERATURE", 1, -1)],
            ),
            ("I want to have air in my face, not on the legs.", [("HVAC_FAN_DIRECTION", 1, 1)]),
            ("the mirrors shouldnt be folded in", [("MIRROR_FOLD", 0, False)]),
            ("i dinnae want the ac on switch it off", [("HVAC_AC_ON", 1, False)]),
            (
                "dont lock the doors leave em unlocked unlock them all",
                [
                    ("DOOR_LOCK", 1, False),
                    ("DOOR_LOCK", 4, False),
                    ("DOOR_LOCK", 16, False),
                    ("DOOR_LOCK", 64, False),
                ],
            ),
            (
                "its stuffy in here stop recirculating get me some fresh air from outside",
                [("HVAC_RECIRC_ON", 1, False)],
            ),
            (
                "It's stuffy, stop recirculating and let some outside air in.",
                [("HVAC_RECIRC_ON", 1, False)],
            ),
            ("Put on the rear defroster, please.", [("HVAC_DEFROSTER", 2, True)]),
            (
                "No need that light burns in whole cabin, it blinds me.",
                [("CABIN_LIGHTS_SWITCH", 0, 0)],
            ),
            (
                "neither of the back doors should be locked",
                [("DOOR_LOCK", 16, False), ("DOOR_LOCK", 64, False)],
            ),
            ("Who left the hazards going? Kill them.", [("HAZARD_LIGHTS_SWITCH", 0, 0)]),
            (
                "Why is the fog lamp at rear burning? It disturbs the others, out with it.",
                [("REAR_FOG_LIGHTS_SWITCH", 0, 0)],
            ),
            ("It's not needed that the rear fog lamp is on.", [("REAR_FOG_LIGHTS_SWITCH", 0, 0)]),
            (
                "Automatic climate for me, I don't need it, I regulate by hand.",
                [("HVAC_AUTO_ON", 1, False)],
            ),
            ("Help me open air conditioner, my seat only.", [("HVAC_AC_ON", 1, True)]),
            ("You can close the light in the cabin, please.", [("CABIN_LIGHTS_SWITCH", 0, 0)]),
            ("Close the rear fog light, thank you.", [("REAR_FOG_LIGHTS_SWITCH", 0, 0)]),
            (
                "Open the glove box and the reading light on",
                [("GLOVE_BOX_DOOR_POS", 4, 10), ("READING_LIGHTS_SWITCH", 1, 1)],
            ),
            (
                "Open the window and the reading light off",
                [("WINDOW_POS", 16, 10), ("READING_LIGHTS_SWITCH", 1, 0)],
            ),
            (
                "Automatic climate for rear left off, rear right on.",
                [("HVAC_AUTO_ON", 16, False), ("HVAC_AUTO_ON", 64, True)],
            ),
            (
                "Jake's back right, Ella's back left: light on for Ella, off for Jake",
                [("READING_LIGHTS_SWITCH", 16, 1), ("READING_LIGHTS_SWITCH", 64, 0)],
            ),
            (
                "My window down and the passenger's up",
                [("WINDOW_POS", 16, 10), ("WINDOW_POS", 64, 0)],
            ),
            (
                "The AC's on in the back, turn it off there and leave mine on",
                [("HVAC_AC_ON", 16, False), ("HVAC_AC_ON", 64, False), ("HVAC_AC_ON", 32, False)],
            ),
            (
                "The rear defroster should be off; it's the front one that should be on.",
                [("HVAC_DEFROSTER", 2, False), ("HVAC_DEFROSTER", 1, True)],
            ),
            (
                "Both front windows shut, it's loud, and the sunroof too",
                [("WINDOW_POS", 16, 0), ("WINDOW_POS", 64, 0), ("WINDOW_POS", 65536, 0)],
            ),
            ("Shut the door of the passenger, it stands open.", [("DOOR_POS", 4, 0)]),
            ("Cool me the seat with full power.", [("HVAC_SEAT_TEMPERATURE", 1, -2)]),
            ("Fresh air from outside, no recirculating please", [("HVAC_RECIRC_ON", 1, False)]),
            (
                "Could you not have the air in my face, only my feet?",
                [("HVAC_FAN_DIRECTION", 1, 2)],
            ),
            ("The sunroof please only tilt, not open.", [("WINDOW_POS", 65536, -10)]),
            ("Seat heating level, please", [("HVAC_SEAT_TEMPERATURE", 1)]),
            ("Where's the air blowing, on my face or my feet?", [("HVAC_FAN_DIRECTION", 1)]),
            ("I'd like to know whether the air is on my feet", [("HVAC_FAN_DIRECTION", 1)]),
            ("is the child lock on", [("WINDOW_LOCK", 1344)]),
            (
                "Wind down my own glass and wind up my brother's own, he's sitting beside me.",
                [("WINDOW_POS", 16, 10), ("WINDOW_POS", 64, 0)],
            ),
            (
                "Mine down, hers up. My wife's next to me. The windows I mean",
                [("WINDOW_POS", 16, 10), ("WINDOW_POS", 64, 0)],
            ),
            (
                "Heat my seat and cool hers, she's the front passenger",
                [("HVAC_SEAT_TEMPERATURE", 1, 1), ("HVAC_SEAT_TEMPERATURE", 4, -1)],
            ),
            (
                "Lock the back doors and unlock the front ones",
                [
                    ("DOOR_LOCK", 16, True),
                    ("DOOR_LOCK", 64, True),
                    ("DOOR_LOCK", 1, False),
                    ("DOOR_LOCK", 4, False),
                ],
            ),
            ("AC off for me, it can stay on for the passenger", [("HVAC_AC_ON", 1, False)]),
            (
                "Turn off the reading light on the left in the back, and the one on the right too",
                [("READING_LIGHTS_SWITCH", 16, 0), ("READING_LIGHTS_SWITCH", 64, 0)],
            ),
        ]
    ),
]
WRONG = [
    ("The kids shouldn't be able to open the windows", [("WINDOW_LOCK", 1344, False)]),
    ("There's no reason for the hazards to be going anymore", [("HAZARD_LIGHTS_SWITCH", 0, 1)]),
    (
        "The headlights mustn't go by automatic, they must be simply on.",
        [("HEADLIGHTS_SWITCH", 0, 0)],
    ),
    (
        "The headlights mustn't go by automatic, they must be simply on.",
        [("HEADLIGHTS_SWITCH", 0, 256)],
    ),
    ("could i have my reading light on", [("READING_LIGHTS_SWITCH", 1)]),
    ("could i have my reading light on", [("READING_LIGHTS_SWITCH", 1, 0)]),
    ("Don't open the sunroof, tilt it", [("WINDOW_POS", 65536, 0)]),
    ("Don't open the sunroof, tilt it", [("WINDOW_POS", 65536, 10)]),
    (
        "The wind should not blow my face, let it blow the feet only.",
        [("HVAC_FAN_DIRECTION", 1, 3)],
    ),
    (
        "The wind should not blow my face, let it blow the feet only.",
        [("HVAC_FAN_DIRECTION", 1, 1)],
    ),
    *(
        pytest.param(*one, marks=pytest.mark.exhaustive)
        for one in [
            (
                "The children must not be able to open windows by their own buttons.",
                [("WINDOW_LOCK", 1344, False)],
            ),
            ("The kids should be able to work their windows again", [("WINDOW_LOCK", 1344, True)]),
            (
                "Let them play with their own windows again, I don't mind.",
                [("WINDOW_LOCK", 1344, True)],
            ),
            (
                "Windows needn't be child locked now, it's only adults today",
                [("WINDOW_LOCK", 1344, True)],
            ),
            (
                "Nobody in the back should be messing with the window switches",
                [("WINDOW_LOCK", 1344, False)],
            ),
            ("I don't want the AC on", [("HVAC_AC_ON", 1, True)]),
            (
                "Could you not have my reading light burning the whole time?",
                [("READING_LIGHTS_SWITCH", 1, 1)],
            ),
            (
                "Don't let the headlights decide for themselves, just have them on",
                [("HEADLIGHTS_SWITCH", 0, 0)],
            ),
            (
                "Don't let the headlights decide for themselves, just have them on",
                [("HEADLIGHTS_SWITCH", 0, 256)],
            ),
            ("I'd rather you didn't run the AC", [("HVAC_AC_ON", 1, True)]),
            ("I'd sooner the recirculation wasn't on", [("HVAC_RECIRC_ON", 1, True)]),
            ("I don't want any more recirculated air", [("HVAC_RECIRC_ON", 1, True)]),
            ("Help me lock the glove box, can?", [("GLOVE_BOX_LOCKED", 4)]),
            ("Is it possible to switch on the rear fogs?", [("REAR_FOG_LIGHTS_SWITCH", 0)]),
            ("Can my window come down?", [("WINDOW_POS", 16)]),
            (
                "The mirrors shouldn't fold by themselves any more",
                [("MIRROR_AUTO_FOLD_ENABLED", 3, True)],
            ),
            (
                "Could you not have the mirrors tuck themselves in every time I park?",
                [("MIRROR_AUTO_FOLD_ENABLED", 3, True)],
            ),
            (
                "The mirrors should fold themselves in whenever I lock the car",
                [("MIRROR_AUTO_FOLD_ENABLED", 3, False)],
            ),
            ("The sunroof should not be opened, only tilted.", [("WINDOW_POS", 65536, 10)]),
            ("Don't open the glove box, only unlock it.", [("GLOVE_BOX_LOCKED", 4, True)]),
            (
                "i dont want the seat heated i want it cooled level one",
                [("HVAC_SEAT_TEMPERATURE", 1, 1)],
            ),
            ("I want to have air in my face, not on the legs.", [("HVAC_FAN_DIRECTION", 1, 3)]),
            ("the mirrors shouldnt be folded in", [("MIRROR_FOLD", 0, True)]),
            ("i dinnae want the ac on switch it off", [("HVAC_AC_ON", 1, True)]),
            (
                "dont lock the doors leave em unlocked unlock them all",
                [
                    ("DOOR_LOCK", 1, True),
                    ("DOOR_LOCK", 4, True),
                    ("DOOR_LOCK", 16, True),
                    ("DOOR_LOCK", 64, True),
                ],
            ),
            (
                "its stuffy in here stop recirculating get me some fresh air from outside",
                [("HVAC_RECIRC_ON", 1, True)],
            ),
            ("Turn on the rear fog light.", [("REAR_FOG_LIGHTS_SWITCH", 0, 0)]),
            ("Put on the rear defroster, please.", [("HVAC_DEFROSTER", 2, False)]),
            (
                "No need that light burns in whole cabin, it blinds me.",
                [("CABIN_LIGHTS_SWITCH", 0, 1)],
            ),
            (
                "neither of the back doors should be locked",
                [("DOOR_LOCK", 16, True), ("DOOR_LOCK", 64, True)],
            ),
            (
                "Why is the fog lamp at rear burning? It disturbs the others, out with it.",
                [("REAR_FOG_LIGHTS_SWITCH", 0, 1)],
            ),
            ("It's not needed that the rear fog lamp is on.", [("REAR_FOG_LIGHTS_SWITCH", 0, 1)]),
            (
                "Automatic climate for me, I don't need it, I regulate by hand.",
                [("HVAC_AUTO_ON", 1, True)],
            ),
            ("Help me open air conditioner, my seat only.", [("HVAC_AC_ON", 1, False)]),
            ("You can close the light in the cabin, please.", [("CABIN_LIGHTS_SWITCH", 0, 1)]),
            ("Close the rear fog light, thank you.", [("REAR_FOG_LIGHTS_SWITCH", 0, 1)]),
            (
                "Open the window and the reading light off",
                [("WINDOW_POS", 16, 10), ("READING_LIGHTS_SWITCH", 1, 1)],
            ),
            (
                "Jake's back right, Ella's back left: light on for Ella, off for Jake",
                [("READING_LIGHTS_SWITCH", 16, 1), ("READING_LIGHTS_SWITCH", 64, 1)],
            ),
            (
                "My window down and the passenger's up",
                [("WINDOW_POS", 16, 10), ("WINDOW_POS", 64, 10)],
            ),
            (
                "The rear defroster should be off; it's the front one that should be on.",
                [("HVAC_DEFROSTER", 2, False), ("HVAC_DEFROSTER", 1, False)],
            ),
            (
                "Air on my face, and on the passenger's feet",
                [("HVAC_FAN_DIRECTION", 1, 1), ("HVAC_FAN_DIRECTION", 4, 1)],
            ),
            (
                "Air on my face, and on the passenger's feet",
                [("HVAC_FAN_DIRECTION", 1, 2), ("HVAC_FAN_DIRECTION", 4, 1)],
            ),
            ("Shut the door of the passenger, it stands open.", [("DOOR_POS", 4, 1)]),
            ("Cool me the seat with full power.", [("HVAC_SEAT_TEMPERATURE", 1, 2)]),
            ("Fresh air from outside, no recirculating please", [("HVAC_RECIRC_ON", 1, True)]),
            (
                "Could you not have the air in my face, only my feet?",
                [("HVAC_FAN_DIRECTION", 1, 1)],
            ),
            ("The sunroof please only tilt, not open.", [("WINDOW_POS", 65536, 0)]),
            (
                "My boss in the passenger seat said her back's soaked in sweat",
                [("HVAC_SEAT_VENTILATION", 4)],
            ),
            ("I want air on my face", [("HVAC_FAN_DIRECTION", 1)]),
            ("Air on my legs only please not my face", [("HVAC_FAN_DIRECTION", 1)]),
            ("the kids shouldn't be able to open the windows", [("WINDOW_LOCK", 1344)]),
            ("Child lock on the windows, please.", [("WINDOW_LOCK", 1344)]),
            (
                "Wind down my own glass and wind up my brother's own, he's sitting beside me.",
                [("WINDOW_POS", 16, 10), ("WINDOW_POS", 64, 10)],
            ),
            (
                "Lock the back doors and unlock the front ones",
                [
                    ("DOOR_LOCK", 16, True),
                    ("DOOR_LOCK", 64, True),
                    ("DOOR_LOCK", 1, True),
                    ("DOOR_LOCK", 4, False),
                ],
            ),
        ]
    ),
]


@pytest.mark.parametrize(("query", "calls"), RIGHT)
def test_what_a_negation_leaves_is_left_in_peace(objections, query, calls):
    assert not objections(query, calls)


@pytest.mark.parametrize(("query", "calls"), WRONG)
def test_what_a_negation_denies_is_found(objections, query, calls):
    assert objections(query, calls)
