"""Needs: what people feel, see or smell, and calls that serve it or do not."""

import pytest

RIGHT = [
    ("I'm melting here", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
    ("There's a horrible farm smell coming in through the vents", [("HVAC_RECIRC_ON", 1, True)]),
    (
        "She's boiling, she's in the front passenger seat; I'm fine",
        [("HVAC_TEMPERATURE_SET", 4, 18.0)],
    ),
    (
        "My wife next to me is freezing but I'm boiling",
        [("HVAC_TEMPERATURE_SET", 4, 25.0), ("HVAC_TEMPERATURE_SET", 1, 18.0)],
    ),
    ("it isn't warm enough back here on the left", [("HVAC_TEMPERATURE_SET", 16, 25.0)]),
    *(
        pytest.param(*one, marks=pytest.mark.exhaustive)
        for one in [
            ("My back is all sweaty against this seat", [("HVAC_SEAT_VENTILATION", 1, 3)]),
            ("I want warm feet only, no wind in my face", [("HVAC_FAN_DIRECTION", 1, 2)]),
            ("I can't feel my fingers on this wheel", [("HVAC_STEERING_WHEEL_HEAT", 0, 2)]),
            ("The windscreen's steaming up again", [("HVAC_DEFROSTER", 1, True)]),
            ("There's frost on the door mirrors", [("HVAC_SIDE_MIRROR_HEAT", 3, 2)]),
            ("I can't read the map, it's too dark", [("READING_LIGHTS_SWITCH", 1, 1)]),
            ("I'm cold, make it 20", [("HVAC_TEMPERATURE_SET", 1, 20.0)]),
            ("It's not cold any more, put it to 19", [("HVAC_TEMPERATURE_SET", 1, 19.0)]),
            ("It's freezing outside but I'm boiling", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
            ("it smells in here, someone farted", [("HVAC_RECIRC_ON", 1, False)]),
            ("it smells in here, someone farted", [("WINDOW_POS", 16, 10)]),
            (
                "this area looks dodgy",
                [
                    ("DOOR_LOCK", 1, True),
                    ("DOOR_LOCK", 4, True),
                    ("DOOR_LOCK", 16, True),
                    ("DOOR_LOCK", 64, True),
                ],
            ),
            ("we've broken down", [("HAZARD_LIGHTS_SWITCH", 0, 1)]),
            ("the cabin light's dazzling me", [("CABIN_LIGHTS_SWITCH", 0, 0)]),
            ("my feet are blocks of ice", [("HVAC_FAN_DIRECTION", 1, 2)]),
            ("my knees are jammed against the dashboard", [("SEAT_FORE_AFT_POS", 1, -10)]),
            ("I can't reach the pedals", [("SEAT_FORE_AFT_POS", 1, 10)]),
            ("Gran's freezing, she's behind me", [("HVAC_TEMPERATURE_SET", 16, 25.0)]),
            ("The seat's burning me, turn it off", [("HVAC_SEAT_TEMPERATURE", 1, 0)]),
            ("Brr, it's perishing in here", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
            ("I'm baked, cool me down", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
            ("My toes have gone numb", [("HVAC_FAN_DIRECTION", 1, 2)]),
            (
                "I'm sweating like a pig back here on the right",
                [("HVAC_TEMPERATURE_SET", 64, 18.0)],
            ),
            (
                "The little one's shivering, she's behind the passenger",
                [("HVAC_TEMPERATURE_SET", 64, 25.0)],
            ),
            ("It stinks of cow in here, shut the outside air out", [("HVAC_RECIRC_ON", 1, True)]),
            ("That bus in front is filling the car with fumes", [("HVAC_RECIRC_ON", 1, True)]),
            ("Something outside smells like rotten eggs", [("HVAC_RECIRC_ON", 1, True)]),
            (
                "the air's gone stale in here, I could do with some from outside",
                [("HVAC_RECIRC_ON", 1, False)],
            ),
            ("The back window's misted over and I'm reversing", [("HVAC_DEFROSTER", 2, True)]),
            ("Can't see a thing, the front's all steamed up", [("HVAC_DEFROSTER", 1, True)]),
            ("wing mirrors are all iced up this morning", [("HVAC_SIDE_MIRROR_HEAT", 3, 2)]),
            ("This seat's an ice block", [("HVAC_SEAT_TEMPERATURE", 1, 2)]),
            ("Me arse is frozen to the seat", [("HVAC_SEAT_TEMPERATURE", 1, 2)]),
            ("I'm stuck to this seat, it's that sweaty", [("HVAC_SEAT_VENTILATION", 1, 3)]),
            ("The steering wheel is like a block of ice", [("HVAC_STEERING_WHEEL_HEAT", 0, 2)]),
            ("Wheel's too hot to hold", [("HVAC_STEERING_WHEEL_HEAT", 0, 0)]),
            (
                "I can't see my book, I'm sitting behind the driver",
                [("READING_LIGHTS_SWITCH", 16, 1)],
            ),
            (
                "It's pitch black back here and I've dropped my keys",
                [("CABIN_LIGHTS_SWITCH", 0, 1)],
            ),
            ("it's blinding me, that light up here, off", [("CABIN_LIGHTS_SWITCH", 0, 0)]),
            (
                "The kids are asleep, the lights are too bright for them",
                [("CABIN_LIGHTS_SWITCH", 0, 0)],
            ),
            ("Warm the car up a bit, I'm cold, 24 will do", [("HVAC_TEMPERATURE_SET", 1, 24.0)]),
            (
                "I'm hot but leave the temperature, just put the fan on five",
                [("HVAC_FAN_SPEED", 1, 5)],
            ),
            (
                "It's cold outside today, what's the temperature in here?",
                [("HVAC_TEMPERATURE_CURRENT", 1)],
            ),
            (
                "I was freezing before but now it's fine, turn my seat heating off",
                [("HVAC_SEAT_TEMPERATURE", 1, 0)],
            ),
            ("My hands are warm now, wheel heating off", [("HVAC_STEERING_WHEEL_HEAT", 0, 0)]),
            ("It isn't foggy any more, rear fogs off", [("REAR_FOG_LIGHTS_SWITCH", 0, 0)]),
            (
                "The windscreen's clear now so the defroster can go off",
                [("HVAC_DEFROSTER", 1, False)],
            ),
            ("It's raining, shut my window", [("WINDOW_POS", 16, 0)]),
            ("It's stuffy, crack the sunroof open", [("WINDOW_POS", 65536, 1)]),
            (
                "It's too loud with the windows open, close them",
                [
                    ("WINDOW_POS", 16, 0),
                    ("WINDOW_POS", 64, 0),
                    ("WINDOW_POS", 256, 0),
                    ("WINDOW_POS", 1024, 0),
                ],
            ),
            ("I'm cold so no AC please", [("HVAC_AC_ON", 1, False)]),
            (
                "She's cold and I'm not, she's in the passenger seat",
                [("HVAC_TEMPERATURE_SET", 4, 25.0)],
            ),
            ("Hot in here, isn't it? Drop it to 19 for me", [("HVAC_TEMPERATURE_SET", 1, 19.0)]),
            (
                "We're both cold up front",
                [("HVAC_TEMPERATURE_SET", 1, 25.0), ("HVAC_TEMPERATURE_SET", 4, 25.0)],
            ),
            ("My knees are up against the dash", [("SEAT_FORE_AFT_POS", 1, -10)]),
            ("I'm too short to see over the wheel", [("SEAT_HEIGHT_POS", 1, 10)]),
            ("My hair's touching the roof", [("SEAT_HEIGHT_POS", 1, -10)]),
            ("Tight gap coming up between these parked cars", [("MIRROR_FOLD", 0, True)]),
            ("There's a crash up ahead, warn them behind", [("HAZARD_LIGHTS_SWITCH", 0, 1)]),
            (
                "I'm handing it to the valet, keep him out of the glove box",
                [("GLOVE_BOX_LOCKED", 4, True)],
            ),
            (
                "Heating's too much for the dog in the back middle, it's panting",
                [("HVAC_TEMPERATURE_SET", 32, 18.0)],
            ),
            ("The fan is blowing my hair about, turn it down to two", [("HVAC_FAN_SPEED", 1, 2)]),
            ("my legs are roasting, put the air on my face", [("HVAC_FAN_DIRECTION", 1, 1)]),
            ("I've a sore back, heat on for my seat", [("HVAC_SEAT_TEMPERATURE", 1, 1)]),
            ("It's hot out, cool my seat down to minus two", [("HVAC_SEAT_TEMPERATURE", 1, -2)]),
            (
                "I can't stand the heat, take the temperature down to 18 for all of us",
                [
                    ("HVAC_TEMPERATURE_SET", 1, 18.0),
                    ("HVAC_TEMPERATURE_SET", 4, 18.0),
                    ("HVAC_TEMPERATURE_SET", 16, 18.0),
                    ("HVAC_TEMPERATURE_SET", 64, 18.0),
                    ("HVAC_TEMPERATURE_SET", 32, 18.0),
                ],
            ),
            ("I'm freezing but the kids in the back are fine", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
        ]
    ),
]
WRONG = [
    ("I'm melting here", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
    ("There's a horrible farm smell coming in through the vents", [("HVAC_RECIRC_ON", 1, False)]),
    (
        "She's boiling, she's in the front passenger seat; I'm fine",
        [("HVAC_TEMPERATURE_SET", 4, 18.0), ("HVAC_TEMPERATURE_SET", 1, 18.0)],
    ),
    (
        "She's boiling, she's in the front passenger seat; I'm fine",
        [("HVAC_TEMPERATURE_SET", 4, 25.0)],
    ),
    (
        "My wife next to me is freezing but I'm boiling",
        [("HVAC_TEMPERATURE_SET", 4, 18.0), ("HVAC_TEMPERATURE_SET", 1, 25.0)],
    ),
    ("I'm melting here", [("WINDOW_LOCK", 1344, True)]),
    ("it isn't warm enough back here on the left", [("HVAC_TEMPERATURE_SET", 16, 18.0)]),
    *(
        pytest.param(*one, marks=pytest.mark.exhaustive)
        for one in [
            ("My back is all sweaty against this seat", [("HVAC_SEAT_VENTILATION", 1, 0)]),
            ("My back is all sweaty against this seat", [("HVAC_SEAT_TEMPERATURE", 1, 2)]),
            ("I want warm feet only, no wind in my face", [("HVAC_FAN_DIRECTION", 1, 1)]),
            ("my bum's like ice", [("HVAC_SEAT_TEMPERATURE", 1, -2)]),
            ("I can't feel my fingers on this wheel", [("HVAC_STEERING_WHEEL_HEAT", 0, -2)]),
            ("I'm freezing", [("HVAC_SEAT_VENTILATION", 1, 3)]),
            ("The windscreen's steaming up again", [("HVAC_SIDE_MIRROR_HEAT", 3, 2)]),
            ("The windscreen's steaming up again", [("HVAC_DEFROSTER", 1, False)]),
            ("There's frost on the door mirrors", [("HVAC_DEFROSTER", 1, True)]),
            ("I can't read the map, it's too dark", [("READING_LIGHTS_SWITCH", 1, 0)]),
            ("It's freezing outside but I'm boiling", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
            ("can't stop shivering", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
            ("diesel fumes are coming in", [("HVAC_RECIRC_ON", 1, False)]),
            ("the lorry ahead stinks", [("HVAC_RECIRC_ON", 1, False)]),
            ("it smells in here, someone farted", [("HVAC_RECIRC_ON", 1, True)]),
            (
                "this area looks dodgy",
                [
                    ("DOOR_LOCK", 1, False),
                    ("DOOR_LOCK", 4, False),
                    ("DOOR_LOCK", 16, False),
                    ("DOOR_LOCK", 64, False),
                ],
            ),
            ("we've broken down", [("HAZARD_LIGHTS_SWITCH", 0, 0)]),
            ("the cabin light's dazzling me", [("CABIN_LIGHTS_SWITCH", 0, 1)]),
            ("my feet are blocks of ice", [("HVAC_FAN_DIRECTION", 1, 1)]),
            ("my knees are jammed against the dashboard", [("SEAT_FORE_AFT_POS", 1, 10)]),
            ("I can't reach the pedals", [("SEAT_FORE_AFT_POS", 1, -10)]),
            ("Gran's freezing, she's behind me", [("HVAC_TEMPERATURE_SET", 16, 18.0)]),
            ("Gran's freezing, she's behind me", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
            ("The seat's burning me", [("HVAC_SEAT_TEMPERATURE", 1, 2)]),
            ("Brr, it's perishing in here", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
            ("I'm baked", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
            ("I feel like a roast chicken", [("HVAC_TEMPERATURE_SET", 1, 25.0)]),
            ("My toes have gone numb", [("HVAC_FAN_DIRECTION", 1, 1)]),
            (
                "I'm sweating like a pig back here on the right",
                [("HVAC_TEMPERATURE_SET", 64, 25.0)],
            ),
            ("I'm sweating like a pig back here on the right", [("HVAC_TEMPERATURE_SET", 1, 18.0)]),
            (
                "The little one's shivering, she's behind the passenger",
                [("HVAC_TEMPERATURE_SET", 64, 18.0)],
            ),
            ("It stinks of cow in here, shut the outside air out", [("HVAC_RECIRC_ON", 1, False)]),
            ("That bus in front is filling the car with fumes", [("HVAC_RECIRC_ON", 1, False)]),
            ("Something outside smells like rotten eggs", [("HVAC_RECIRC_ON", 1, False)]),
            ("the air's gone stale in here", [("HVAC_RECIRC_ON", 1, True)]),
            ("The back window's misted over and I'm reversing", [("HVAC_DEFROSTER", 2, False)]),
            ("The back window's misted over and I'm reversing", [("HVAC_DEFROSTER", 1, True)]),
            ("Can't see a thing, the front's all steamed up", [("HVAC_DEFROSTER", 1, False)]),
            ("wing mirrors are all iced up this morning", [("HVAC_SIDE_MIRROR_HEAT", 3, 0)]),
            ("This seat's an ice block", [("HVAC_SEAT_TEMPERATURE", 1, -2)]),
            ("This seat's an ice block", [("HVAC_SEAT_VENTILATION", 1, 3)]),
            ("Me arse is frozen to the seat", [("HVAC_SEAT_TEMPERATURE", 1, 0)]),
            ("I'm stuck to this seat, it's that sweaty", [("HVAC_SEAT_VENTILATION", 1, 0)]),
            ("The steering wheel is like a block of ice", [("HVAC_STEERING_WHEEL_HEAT", 0, -2)]),
            ("Wheel's too hot to hold", [("HVAC_STEERING_WHEEL_HEAT", 0, 2)]),
            (
                "I can't see my book, I'm sitting behind the driver",
                [("READING_LIGHTS_SWITCH", 16, 0)],
            ),
            (
                "It's pitch black back here and I've dropped my keys",
                [("CABIN_LIGHTS_SWITCH", 0, 0)],
            ),
            (
                "The kids are asleep, the lights are too bright for them",
                [("CABIN_LIGHTS_SWITCH", 0, 1)],
            ),
            ("I'm cold so no AC please", [("HVAC_AC_ON", 1, True)]),
            (
                "She's cold and I'm not, she's in the passenger seat",
                [("HVAC_TEMPERATURE_SET", 4, 25.0), ("HVAC_TEMPERATURE_SET", 1, 25.0)],
            ),
            (
                "We're both cold up front",
                [("HVAC_TEMPERATURE_SET", 1, 18.0), ("HVAC_TEMPERATURE_SET", 4, 18.0)],
            ),
            ("I'm too short to see over the wheel", [("SEAT_HEIGHT_POS", 1, -10)]),
            ("My hair's touching the roof", [("SEAT_HEIGHT_POS", 1, 10)]),
            ("Tight gap coming up between these parked cars", [("MIRROR_FOLD", 0, False)]),
            ("There's a crash up ahead, warn them behind", [("HAZARD_LIGHTS_SWITCH", 0, 0)]),
            (
                "I'm handing it to the valet, keep him out of the glove box",
                [("GLOVE_BOX_LOCKED", 4, False)],
            ),
        ]
    ),
]


@pytest.mark.parametrize(("query", "calls"), RIGHT)
def test_what_serves_a_need_is_left_in_peace(objections, query, calls):
    assert not objections(query, calls)


@pytest.mark.parametrize(("query", "calls"), WRONG)
def test_what_serves_no_need_is_found(objections, query, calls):
    assert objections(query, calls)
