"""Scope: which words of a request count, and where people sit."""

import pytest
from verifying import words

from workbench.core.reading.positions import select
from workbench.core.reading.reader import QueryReader

EVERYWHERE = {1, 4, 16, 32, 64}


@pytest.fixture(scope="module")
def reader(catalog):
    return QueryReader(catalog, words().lexicon)


def areas(reader, catalog, query, name="HVAC_TEMPERATURE_SET"):
    prop = catalog.properties[name]
    places = reader.read(query).places
    return frozenset().union(*(select(place, prop, catalog) for place in places))


@pytest.mark.parametrize(
    ("query", "live"),
    [
        # a number, a place, a property, a direction
        ("Set it to 22, no wait, 24 degrees", " set it to # degrees "),
        ("Open the left, sorry, the right back window", " open the right back window "),
        ("Turn the headlights, uh, the hazards on", " turn the hazards on "),
        ("Fold the mirrors in, oh no wait, out", " fold the mirrors out "),
        ("Lock the doors, hang on, unlock them", " unlock the doors "),
        ("AC on the left no right", " ac on the right "),
        # across sentences, and what isn't said again stays
        ("Passenger temperature 19. No, 21", " passenger temperature # "),
        ("Put my fan on three. Make that five", " put my fan on # "),
        # the whole wish
        ("Open the boot, no, forget the boot, open the glove box", " open the glove box "),
        # what begins a turn, or is no correction
        ("No, the left one", " no , the left one "),
        ("No need for the hazards", " no need for the hazards "),
        ("I mean it, lock the doors", " i mean it , lock the doors "),
        ("Sorry to bother you, lock the doors", " sorry to bother you , lock the doors "),
        ("It's on 24, make it three degrees cooler", " its on # , make it # degrees cooler "),
    ],
)
def test_what_is_taken_back_leaves_the_text(reader, query, live):
    said = [word for word in reader.read(query).text.words if word != ","]
    assert said == [word for word in live.split() if word != ","]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("All seats to 21 except mine", EVERYWHERE - {1}),
        ("All seats to 21 apart from the front ones", {16, 32, 64}),
        ("21 for everyone but the passenger", EVERYWHERE - {4}),
        ("Everyone on 21, leave the back left as it is", EVERYWHERE - {16}),
        ("The back on 21 but not the middle", {16, 64}),
        ("21 for everyone bar Gran, she's in the passenger seat", EVERYWHERE - {4}),
        ("20 for me and 21 for the rest", EVERYWHERE),
        ("Only the back on 21, not the front", {16, 32, 64}),
    ],
)
def test_what_is_left_out_is_no_place(reader, catalog, query, meant):
    assert areas(reader, catalog, query) == meant


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Grandad's in the front with me, put his seat on 21", {4}),
        ("My sister is behind the driver. 21 for her", {16}),
        ("Emma's on the back left, Tom's on the back right. 20 for Emma", {16}),
        ("My mum sits up front beside me. 21 for her and the one behind her", {4, 64}),
        ("Dad's driving and I'm next to him. 21 for me", {4}),
        ("21 for my wife, she's in the passenger seat", {4}),
        ("Behind me is my daughter, 21 for her", {16}),
        ("As the passenger I'd like 21 for me", {4}),
    ],
)
def test_people_are_where_they_are_said_to_sit(reader, catalog, query, meant):
    assert areas(reader, catalog, query) == meant


@pytest.mark.parametrize(
    ("query", "live"),
    [
        ("It was on 24 before, now 21 please", "it was on before , now # please"),
        ("He says it should be 25, but I want 21", "he says it should be , but i want #"),
        ("Don't open the boot, only unlock the doors", "only unlock the doors"),
        ("Get the air off my face and onto my feet", "get the air onto my feet"),
        # what it starts from is needed
        ("It was on 20, up two degrees", "it was on # , up # degrees"),
    ],
)
def test_what_is_only_told_leaves_the_text(reader, query, live):
    assert " ".join(reader.read(query).text.words) == live


@pytest.mark.parametrize(
    ("query", "read", "guessed"),
    [
        ("trun on the hazzards", "turn on the hazards", True),
        ("open the write rear window", "open the right rear window", True),
        ("turn of the ac", "turn off the ac", True),
        ("heating on level too", "heating on level #", True),
        ("lights to auto matic", "lights to automatic", True),
        ("pop the dicky", "pop the boot", False),
        ("the river, the heart, and the header", "the river , the heart , and the header", False),
    ],
)
def test_words_are_read_as_they_are_meant(reader, query, read, guessed):
    reading = reader.read(query)
    assert (" ".join(reading.text.words), reading.guessed) == (read, guessed)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        # the place first, then that it stays as it is
        ("21 everywhere, the middle back one stays as it is", EVERYWHERE - {32}),
        ("21 for the back, the middle one doesn't need it", {16, 64}),
        ("All seats to 21, mine can stay how it is", EVERYWHERE - {1}),
        ("All the seats to 21, only the back right one don't touch", EVERYWHERE - {64}),
        ("Everyone gets 21, not me though", EVERYWHERE - {1}),
        ("21 for everybody, the driver's seat you leave as it is", EVERYWHERE - {1}),
        ("all the seats to 21 the back ones stay as they are", {1, 4}),
        # "but" and "leave" alone
        ("Every seat to 21 but the back left", EVERYWHERE - {16}),
        ("21 for every seat, leave just the front passenger's", EVERYWHERE - {4}),
        ("The back to 21 and leave the front", {16, 32, 64}),
        ("Leave mine, the others to 21", EVERYWHERE - {1}),
        ("reading lights off everywhere accept mine", EVERYWHERE - {1}),
        # people who are left out
        ("Nana's behind me, every seat but hers to 21", EVERYWHERE - {16}),
        ("Every seat but hers to 21, she's sat behind me", EVERYWHERE - {16}),
        ("21 for everybody, my wife next to me doesn't want it", EVERYWHERE - {4}),
    ],
)
def test_what_stays_as_it_is_is_left_out(reader, catalog, query, meant):
    assert areas(reader, catalog, query) == meant


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Paul's behind me, Rita's next to him in the middle: 21 for Rita", {32}),
        ("Sofia sits behind Jonas, and Jonas is next to me. Sofia gets 21", {64}),
        ("Aunty Bev's sat behind me and Uncle Col's next to her in the middle, 21 for him", {32}),
        ("priyas in the front next to me put her on 21", {4}),
        ("My chief is sitting on the left in the back, 21 for him", {16}),
        ("He's sat behind the passenger, put his seat on 21", {64}),
        ("The boss is in the front, 21 for her", {4}),
        ("My husband's sat in front of me, I'm in the back left. His on 21", {1}),
        ("My husband's driving, I'm behind the passenger seat, 21 for me", {64}),
        ("I'm the copilot, 21 for me and for the one behind me", {4, 64}),
        ("I'm squashed between these two in the back, my seat on 21", {32}),
    ],
)
def test_people_sit_where_others_are_said_to(reader, catalog, query, meant):
    assert areas(reader, catalog, query) == meant


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("The seat behind on the left to 21", {16}),
        ("Seat left behind to 21", {16}),
        ("21 for everybody behind", {16, 32, 64}),
        ("21 for the whole back", {16, 32, 64}),
        ("The outer two in the back row on 21", {16, 64}),
        ("The seats either side of the middle in the back on 21", {16, 64}),
        ("The two in front on 21", {1, 4}),
        ("The front right seat and the one behind it on 21", {4, 64}),
        ("The middle kid in the back gets 21", {32}),
        ("I left it behind, 21 for me", {1}),
        ("Shove my seat right back", {1}),
    ],
)
def test_rows_and_sides_stand_in_any_order(reader, catalog, query, meant):
    assert areas(reader, catalog, query) == meant
